package receiver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/pkg/antom"
)

// bareServer sends these answers on its connections, one per connection, and closes each
// connection after its answer. The last answer repeats.
func bareServer(t *testing.T, answers ...string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			request, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				_, err = io.Copy(io.Discard, request.Body)
			}
			if err == nil {
				_, _ = io.WriteString(conn, answers[min(n, len(answers)-1)])
			}
			_ = conn.Close()
		}
	}()
	return listener
}

// TestForwarder_brokenAnswer: a server that accepts the connection and closes it before its
// answer is complete counts as down, whatever the answer began with. The notification is tried
// until it gets a complete answer, and the incomplete ones do not count as answers.
func TestForwarder_brokenAnswer(t *testing.T) {
	t.Parallel()
	body := string(antom.AcknowledgementBody())
	whole := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	for name, broken := range map[string]struct{ answer, why string }{
		"nothing":        {"", "it closed the connection without an answer"},
		"half a header":  {whole[:17], "net/http: HTTP/1.x transport connection broken: unexpected EOF"},
		"no body":        {strings.TrimSuffix(whole, body), "it closed the connection before the end of its answer: unexpected EOF"},
		"half a body":    {whole[:len(whole)-5], "it closed the connection before the end of its answer: unexpected EOF"},
		"half a chunk":   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s", len(body), body), "it closed the connection before the end of its answer: unexpected EOF"},
		"half a refusal": {"HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nsorry", "it closed the connection before the end of its answer: unexpected EOF"},
		"half a gzip":    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b", "it closed the connection before the end of its answer: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := bareServer(t, broken.answer, broken.answer, whole)
			events := forwardOne(t, "http://"+server.Addr().String())
			var told []string
			for _, e := range events {
				switch {
				case e.Type == receiver.Forwarded:
					told = append(told, fmt.Sprintf("forwarded %d %v %v", e.Attempt, e.Final, e.Err))
				case e.State == receiver.StateDown:
					told = append(told, "down "+e.Err.Error())
				default:
					told = append(told, string(e.State))
				}
			}
			if want := []string{"down " + broken.why, "up", "forwarded 1 true <nil>", "empty"}; !slices.Equal(told, want) {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}

// forwardOne forwards one notification over real sockets until nothing is waiting.
func forwardOne(t *testing.T, target string) []receiver.Event {
	t.Helper()
	dir := t.TempDir()
	journal, found := reopen(t, dir)
	var events []receiver.Event
	empty := make(chan struct{})
	f, err := receiver.NewForwarder(dir, journal, found, receiver.ForwardOptions{
		Target: mustParse(t, target), Resends: 0, Now: time.Now,
		Notify: func(e receiver.Event) { // called by Run's goroutine only
			events = append(events, e)
			if e.State == receiver.StateEmpty {
				close(empty)
			}
		},
	})
	if err == nil {
		err = journal.Append(record("p", 1))
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	<-empty
	stop()
	if err := errors.Join(<-done); err != nil {
		t.Error(err)
	}
	return events
}

// TestForwarder_poison: a notification that always makes the server close the connection is
// never given up, and delays the others less and less often.
func TestForwarder_poison(t *testing.T) {
	t.Parallel()
	m := &merchant{answer: func(ctx context.Context, what string) (int, string, error) {
		if what == "a/1" {
			return 0, "", io.EOF
		}
		return acknowledge(ctx, what)
	}}
	var others []string
	for n := range 20 {
		others = append(others, fmt.Sprintf("b/%d", n), fmt.Sprintf("c%d/1", n))
	}
	forwarding(t, m, 5*time.Minute, append([]string{"a/1"}, others...)...)
	seen := m.seen()
	tries := 0
	for _, what := range seen {
		if what == "a/1" {
			tries++
		}
	}
	if tries < 8 || tries > 20 {
		t.Errorf("tried %d times in five minutes, want once per 30 s in the end", tries)
	}
	for _, other := range others {
		if !slices.Contains(seen, other) {
			t.Errorf("%s was never forwarded", other)
		}
	}
}
