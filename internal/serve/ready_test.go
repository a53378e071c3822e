package serve_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/internal/testkit"
)

func TestURL(t *testing.T) {
	t.Parallel()
	for _, test := range [...]struct {
		ip    string
		https bool
		want  string
	}{
		{"127.0.0.1", false, "http://127.0.0.1:4300"},
		{"127.0.0.1", true, "https://127.0.0.1:4300"},
		{"::1", false, "http://[::1]:4300"},
		{"0.0.0.0", false, "http://127.0.0.1:4300"},
		{"::", true, "https://127.0.0.1:4300"},
		{"192.0.2.7", false, "http://192.0.2.7:4300"},
	} {
		if got := serve.URL(&net.TCPAddr{IP: net.ParseIP(test.ip), Port: 4300}, test.https); got != test.want {
			t.Errorf("URL(%s, %t) = %s, want %s", test.ip, test.https, got, test.want)
		}
	}
}

func TestWriteReady(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "ready")
	for _, url := range [...]string{"http://127.0.0.1:1", "http://127.0.0.1:2"} {
		if err := serve.WriteReady(path, url); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != url+"\n" {
			t.Errorf("ready file: %q, %v", text, err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files, %v", len(left), err)
	}
	if err := serve.WriteReady(filepath.Join(dir, "none", "ready"), "x"); err == nil || !strings.Contains(err.Error(), "write --ready-file") {
		t.Errorf("in a missing folder: %v", err)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, test := range [...]struct {
		method, path string
		is           bool
	}{
		{"GET", "/healthz", true}, {"HEAD", "/healthz", true}, {"POST", "/healthz", false}, {"GET", "/healthz/", false},
	} {
		w := httptest.NewRecorder()
		if is := serve.Health(w, httptest.NewRequestWithContext(t.Context(), test.method, test.path, nil), "abc"); is != test.is {
			t.Errorf("%s %s: %t", test.method, test.path, is)
		}
		if got := w.Body.String(); test.is && got != `{"status":"ok","instance":"abc"}`+"\n" || !test.is && got != "" {
			t.Errorf("%s %s: %q", test.method, test.path, got)
		}
	}
}

// TestServe_limit: a connection beyond the limit waits until another one ends.
func TestServe_limit(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	serving(t, handler, func(l *testkit.Pipes) {
		first, second := l.Dial(), l.Dial()
		third := make(chan string)
		go func() {
			conn := l.Dial()
			_, _ = io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
			answer, _ := io.ReadAll(conn)
			third <- string(answer)
		}()
		synctest.Wait()
		select {
		case answer := <-third:
			t.Errorf("with three connections: %q", answer)
		default:
		}
		_ = first.Close()
		if answer := <-third; !strings.Contains(answer, "204") {
			t.Errorf("once a slot is free: %q", answer)
		}
		_ = second.Close()
	})
}
