package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// URL returns the address at which a listener can be reached from this machine: 127.0.0.1 if it
// listens on all addresses.
func URL(address net.Addr, https bool) string {
	scheme := "http://"
	if https {
		scheme = "https://"
	}
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return scheme + address.String()
	}
	return scheme + net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}

// WriteReady writes the server's URL to a file, for scripts that wait until the server listens.
// The file appears with its complete content, and only its owner can read it.
func WriteReady(path, url string) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".antom-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write --ready-file: %w", err)
	}
	defer os.Remove(temporary.Name()) // already renamed if all went well
	_, err = temporary.WriteString(url + "\n")
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write --ready-file: %w", err)
	}
	return nil
}

// HealthPath is the path that answers a GET with 200 while the server is up.
const HealthPath = "/healthz"

// Health answers a health request and reports whether the request was one. The instance
// identifies the server; it may be empty.
func Health(w http.ResponseWriter, r *http.Request, instance string) bool {
	if r.URL.Path != HealthPath || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	body, err := json.Marshal(struct {
		Status   string `json:"status"`
		Instance string `json:"instance,omitempty"`
	}{"ok", instance})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return true
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = w.Write(append(body, '\n')) // nobody to answer: the client has left
	return true
}
