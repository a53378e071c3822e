package emulator_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
)

func keyNames(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func openLater(t *testing.T, dir string) (*emulator.Emulator, *emulator.Server) {
	t.Helper()
	e, err := emulator.OpenToServe(dir, emulator.Options{KeysLater: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIt(t, e) })
	server, err := e.NewServer(emulator.ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return e, server
}

// TestKeysLater has a server answer in a new state folder: what needs no key does
// not wait for one, and what does gets it. Nothing makes keys in the background
// here, since the server does not listen.
func TestKeysLater(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, server := openLater(t, dir)
	ask := func(method, path, client string) string {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Client-Id", client)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		return w.Body.String()
	}
	const inquiry = "/ams/sandbox/api/v1/payments/inquiryPayment"
	for _, row := range []struct{ method, path, client, want string }{
		{http.MethodGet, "/healthz", "", `"ok"`},
		{http.MethodPost, inquiry, "SANDBOX_5XNOBODY0000001", "CLIENT_INVALID"},
	} {
		if got := ask(row.method, row.path, row.client); !strings.Contains(got, row.want) {
			t.Errorf("%s %s: %s, want %s", row.method, row.path, got, row.want)
		}
	}
	if found := keyNames(t, dir); len(found) > 0 {
		t.Errorf("%q were made before a call needed them", found)
	}
	if got := ask(http.MethodPost, inquiry, e.ClientID()); !strings.Contains(got, "PARAM_ILLEGAL") { // a signed refusal: no request-time
		t.Errorf("the first call that needs keys: %s", got)
	}
	if found := keyNames(t, dir); !slices.Equal(found, []string{emulator.AntomKeyFile, emulator.MerchantKeyFile}) {
		t.Errorf("keys %q after it", found)
	}
}

// TestKeysLater_served takes a payment in a new state folder as soon as the server
// listens.
func TestKeysLater_served(t *testing.T) {
	t.Parallel()
	s := serveIn(t, t.TempDir(), emulator.ServeOptions{Hold: true}, emulator.Options{KeysLater: true})
	s.paid("first", "", automatic)
	if found := keyNames(t, s.dir); !slices.Equal(found, []string{emulator.AntomKeyFile, emulator.MerchantKeyFile}) {
		t.Errorf("keys %q after it", found)
	}
}

// TestKeysLater_failure can't make a key: the server ends and says so.
func TestKeysLater_failure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, emulator.AntomKeyFile)); err != nil {
		t.Fatal(err)
	}
	e, server := openLater(t, dir)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(t.Context(), listener); err == nil || !strings.Contains(err.Error(), "read the emulator's key") {
		t.Errorf("it ended with %v", err)
	}
	if facts := e.Profile(); facts.AntomKey != nil || facts.MerchantKey != nil {
		t.Error("there is a key")
	}
	server.Close()
}

// TestKeys_race opens one new state many times at once, served and not: all have
// the same keys.
func TestKeys_race(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _ := openLater(t, dir)
	all := make([]emulator.Profile, 4)
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			e := first
			if i > 0 {
				var err error
				if e, err = emulator.Open(dir, emulator.Options{}); err != nil {
					t.Error(err)
					return
				}
			}
			all[i] = e.Profile()
		})
	}
	group.Wait()
	for _, facts := range all[1:] {
		if facts.AntomKey.Base64() != all[0].AntomKey.Base64() || facts.MerchantKey.Base64() != all[0].MerchantKey.Base64() {
			t.Error("two of them have different keys")
		}
	}
}

// TestKeys_killed kills a process while it makes its keys, at several moments:
// the next one starts.
func TestKeys_killed(t *testing.T) {
	t.Parallel()
	for _, moment := range []string{"*", ".key-*", "*.pem", "state.db"} {
		dir := filepath.Join(t.TempDir(), "emulator")
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childDir+"="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool {
			found, err := filepath.Glob(filepath.Join(dir, moment))
			_, made := os.Stat(filepath.Join(dir, "state.db"))
			return err == nil && (len(found) > 0 || made == nil || moment == "*" && isThere(dir))
		})
		if err := child.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = child.Wait() // it was killed
		e, err := emulator.Open(dir, emulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		client, err := newClient(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := client.Sessions.Create(t.Context(), sessionRequest("after")); err != nil {
			t.Errorf("after a kill at %s: %v", moment, err)
		}
	}
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
