package emulator

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/antom-cli/antom/internal/serve"
)

// Address is what a running server publishes beside the state.
type Address struct {
	URL      string    `json:"url"` // without a trailing slash
	PID      int       `json:"pid"`
	Instance string    `json:"instance"` // the answer of its /healthz, which distinguishes it from other servers
	CACert   string    `json:"caCertFile,omitempty"`
	Name     string    `json:"serverName,omitempty"` // in the certificate, if different from the URL's host
	Started  time.Time `json:"started"`
}

func addressFile(dir string) string { return filepath.Join(dir, "serve.json") }
func tokenFile(dir string) string   { return filepath.Join(dir, "control.token") }

// TokenFile is the path of the control API's token.
func (e *Emulator) TokenFile() string { return tokenFile(e.dir) }

// token reads the token of the control API, or makes it.
func (e *Emulator) token() (string, error) {
	if err := writeOnce(e.TokenFile(), []byte(rand.Text()+"\n")); err != nil {
		return "", fmt.Errorf("make the token of the control API: %w", err)
	}
	return readToken(e.dir)
}

func readToken(dir string) (string, error) {
	text, err := os.ReadFile(tokenFile(dir))
	if err != nil {
		return "", fmt.Errorf("read the token of the control API: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("the token of the control API in %s is empty: remove the file, then restart the server", tokenFile(dir))
	}
	return token, nil
}

// publish writes the address file.
func (a Address) publish(dir string) error {
	text, err := json.Marshal(a)
	if err == nil {
		err = writeFile(addressFile(dir), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("publish the server's address: %w", err)
	}
	return nil
}

// withdraw removes the address file, unless it is another server's.
func (a Address) withdraw(dir string) {
	if found, err := readAddress(dir); err == nil && found.Instance == a.Instance {
		os.Remove(addressFile(dir))
	}
}

func readAddress(dir string) (Address, error) {
	var a Address
	text, err := os.ReadFile(addressFile(dir))
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return a, err
}

// Running finds the server of the state in dir. A file left by a killed server is ignored: the
// lock on the state is free, or nobody answers with its instance name.
func Running(ctx context.Context, dir string) (*Remote, error) {
	a, unread := readAddress(dir)
	if unread != nil || lockIsFree(dir) {
		return nil, nil //nolint:nilerr // an unreadable address file means no server
	}
	remote, err := newRemote(dir, a)
	if err != nil {
		return nil, err
	}
	if instance, err := remote.instance(ctx); err != nil || instance != a.Instance {
		return nil, nil //nolint:nilerr // another process holds the state
	}
	return remote, nil
}

// lockIsFree reports whether no process holds the state.
func lockIsFree(dir string) bool {
	path := filepath.Join(dir, "state.db")
	if _, err := os.Stat(path); err != nil {
		return true
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Millisecond, ReadOnly: true})
	if err != nil {
		return !errors.Is(err, berrors.ErrTimeout)
	}
	_ = db.Close() // opened for reading only
	return true
}

// healthTimeout limits the check whether a server is there.
const healthTimeout = 2 * time.Second

// instance asks a server for its instance name.
func (r *Remote) instance(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Address.URL+serve.HealthPath, nil)
	if err != nil {
		return "", err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var health struct {
		Instance string `json:"instance"`
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, longestControl)).Decode(&health)
	return health.Instance, err
}

// newRemote makes the client of a server's control API.
func newRemote(dir string, a Address) (*Remote, error) {
	token, err := readToken(dir)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute} // no proxy: the server is on this machine
	if a.CACert != "" {
		roots, err := readRoots(a.CACert)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: a.Name, MinVersion: tls.VersionTLS12}
	}
	return &Remote{Address: a, token: token, transport: transport, client: &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func readRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("no certificate in %s", path)
	}
	return roots, nil
}

// InUseError reports that another server has the state.
type InUseError struct {
	Dir     string
	Address Address // of the other server; zero if it left no address file
}

func (e *InUseError) Error() string {
	if e.Address.URL == "" {
		return fmt.Sprintf("the emulator's state in %s is in use by another process", e.Dir)
	}
	return fmt.Sprintf("the emulator's state in %s is already served: by process %d at %s", e.Dir, e.Address.PID, e.Address.URL)
}

// Hint says how to run two.
func (e *InUseError) Hint() string {
	return "use that server, stop it, or name another folder with ANTOM_STATE_DIR"
}

// inUse explains why the state is not available.
func inUse(dir string) error {
	a, err := readAddress(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		a = Address{}
	}
	return &InUseError{Dir: dir, Address: a}
}
