package serve_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/internal/testkit"
)

// server returns a server with the limits that these tests expect.
func server(handler http.Handler) *serve.Server {
	return &serve.Server{Handler: handler, Limits: serve.Limits{
		Header: 5 * time.Second, Read: 15 * time.Second, Write: 30 * time.Second, Idle: time.Minute, HeaderBytes: 32 << 10, Connections: 2,
	}}
}

// serving runs a handler behind pipes with fake time.
func serving(t *testing.T, handler http.Handler, use func(*testkit.Pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := testkit.NewPipes()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- server(handler).Serve(ctx, listener) }()
		use(listener)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestServe_slowClients: a client that does not finish its request is disconnected.
func TestServe_slowClients(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	for name, test := range map[string]struct {
		sends string
		after time.Duration
	}{
		"sends nothing":          {"", 5 * time.Second},
		"no end of the header":   {"POST / HTTP/1.1\r\nHost: a\r\n", 5 * time.Second},
		"no end of the body":     {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{", 15 * time.Second},
		"nothing after the last": {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 60 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serving(t, handler, func(l *testkit.Pipes) {
				conn := l.Dial()
				start := time.Now()
				go func() { _, _ = io.WriteString(conn, test.sends) }()
				_, _ = io.Copy(io.Discard, conn) // until the server closes the connection
				if took := time.Since(start); took != test.after {
					t.Errorf("closed after %s, want %s", took, test.after)
				}
				_ = conn.Close()
			})
		})
	}
}

// TestServe_longHeader: a header that is too long is rejected.
func TestServe_longHeader(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it reached the handler") })
	serving(t, handler, func(l *testkit.Pipes) {
		conn := l.Dial()
		go func() {
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", 64<<10)+"\r\n\r\n")
		}()
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", response.StatusCode)
		}
		_ = conn.Close()
	})
}

// TestServe_end: an answer in progress when the server stops is still sent.
func TestServe_end(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		entered := make(chan struct{})
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-time.After(3 * time.Second)
			_, _ = io.WriteString(w, "stored")
		})
		listener := testkit.NewPipes()
		done := make(chan error, 1)
		go func() { done <- server(handler).Serve(ctx, listener) }()
		conn := listener.Dial()
		go func() {
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		}()
		<-entered
		stop()
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(answer), "stored") {
			t.Errorf("answer %q, %v", answer, err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
