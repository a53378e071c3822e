package receiver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/pkg/antom"
)

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// merchant is the server that notifications are forwarded to, without a network. Its answers
// may take time.
type merchant struct {
	answer func(ctx context.Context, metadata string) (status int, body string, err error)

	mu    sync.Mutex
	calls []call
}

// call is a delivery that the merchant received, and when.
type call struct {
	what  string // payment/metadata
	after time.Duration
}

// RoundTrip answers one request.
func (m *merchant) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n, err := antom.ParseNotification(body)
	if err != nil {
		return nil, err
	}
	what := n.Payment.PaymentRequestID + "/" + n.Payment.Metadata
	m.mu.Lock()
	m.calls = append(m.calls, call{what, time.Since(bubbleStart)})
	m.mu.Unlock()
	status, text, err := m.answer(r.Context(), what)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func (m *merchant) seen() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, c := range m.calls {
		all = append(all, c.what)
	}
	return all
}

// bubbleStart is the initial time in every synctest bubble.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func acknowledge(context.Context, string) (int, string, error) {
	return http.StatusOK, string(antom.AcknowledgementBody()), nil
}

func refusedConnection() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

// forwarding runs a forwarder in a bubble over a journal that holds the given deliveries
// (payment/number). It returns the events up to when nothing is waiting, or up to the limit.
func forwarding(t *testing.T, m *merchant, limit time.Duration, deliveries ...string) []receiver.Event {
	t.Helper()
	var events []receiver.Event
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		journal, found, err := receiver.OpenJournal(dir)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		empty := make(chan struct{}, 1)
		f, err := receiver.NewForwarder(dir, journal, found, receiver.ForwardOptions{
			Target: mustParse(t, "http://merchant.example"), Resends: receiver.DefaultResends, Transport: m, Now: time.Now,
			Notify: func(e receiver.Event) {
				mu.Lock()
				defer mu.Unlock()
				events = append(events, e)
				if e.State == receiver.StateEmpty {
					empty <- struct{}{}
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, each := range deliveries {
			payment, n, _ := strings.Cut(each, "/")
			number := 0
			if _, err := fmt.Sscan(n, &number); err != nil {
				t.Fatal(err)
			}
			if err := journal.Append(record(payment, number)); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		select {
		case <-empty:
		case <-time.After(limit):
		}
		stop()
		if err := errors.Join(<-done, journal.Close()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	return events
}

// TestForwarder_order: notifications of one payment are forwarded one after another, those of
// different payments concurrently.
func TestForwarder_order(t *testing.T) {
	t.Parallel()
	var running sync.Map
	var most atomic.Int64
	m := &merchant{answer: func(ctx context.Context, what string) (int, string, error) {
		payment, _, _ := strings.Cut(what, "/")
		if _, busy := running.LoadOrStore(payment, true); busy {
			t.Errorf("%s came while another one of its payment was in progress", what)
		}
		n := int64(0)
		running.Range(func(any, any) bool { n++; return true })
		most.Store(max(most.Load(), n))
		time.Sleep(time.Second) //nolint:forbidigo // fake time in a bubble
		running.Delete(payment)
		return acknowledge(ctx, what)
	}}
	var deliveries []string
	for n := range 4 {
		for _, payment := range []string{"a", "b", "c"} {
			deliveries = append(deliveries, fmt.Sprintf("%s/%d", payment, n))
		}
	}
	forwarding(t, m, time.Minute, deliveries...)
	got := m.seen()
	if len(got) != len(deliveries) {
		t.Fatalf("forwarded %v", got)
	}
	for _, payment := range []string{"a", "b", "c"} {
		own := slices.DeleteFunc(slices.Clone(got), func(what string) bool { return !strings.HasPrefix(what, payment) })
		if !slices.IsSorted(own) {
			t.Errorf("payment %s: order %v", payment, own)
		}
	}
	if most.Load() != 3 {
		t.Errorf("at most %d payments at a time, want 3", most.Load())
	}
}

// TestForwarder_down: while the server is down one record is tried after 0.5 s, 1 s, 2 s, up to
// every 30 s; when it is back, all are sent, each once.
func TestForwarder_down(t *testing.T) {
	t.Parallel()
	up := 100 * time.Second
	m := &merchant{answer: func(ctx context.Context, what string) (int, string, error) {
		if time.Since(bubbleStart) < up {
			return 0, "", refusedConnection()
		}
		return acknowledge(ctx, what)
	}}
	events := forwarding(t, m, time.Hour, "a/1", "b/1", "a/2")
	var tries []time.Duration
	delivered := map[string]int{}
	for _, c := range m.calls {
		if c.after < up {
			tries = append(tries, c.after)
		} else {
			delivered[c.what]++
		}
	}
	second := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	want := []time.Duration{0, 0, second(.5), second(1.5), second(3.5), second(7.5), second(15.5), second(31.5), second(61.5), second(91.5)}
	if !slices.Equal(tries, want) {
		t.Errorf("tried at %v, want %v", tries, want)
	}
	if len(delivered) != 3 || delivered["a/1"] != 1 || delivered["b/1"] != 1 || delivered["a/2"] != 1 {
		t.Errorf("delivered %v", delivered)
	}
	var states []string
	for _, e := range events {
		if e.Type == receiver.Merchant {
			states = append(states, fmt.Sprintf("%s %d", e.State, e.Queue))
		}
	}
	if want := []string{"down 3", "up 3", "empty 0"}; !slices.Equal(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
}

// TestForwarder_refused: a record whose answer is not an acknowledgement blocks its payment, is
// sent again seven times, and then given up; other payments continue.
func TestForwarder_refused(t *testing.T) {
	t.Parallel()
	m := &merchant{answer: func(ctx context.Context, what string) (int, string, error) {
		if what == "a/1" {
			return http.StatusOK, `{"result":{"resultCode":"SUCCESS"}}`, nil
		}
		return acknowledge(ctx, what)
	}}
	events := forwarding(t, m, time.Hour, "a/1", "a/2", "b/1")
	var lefts []int
	var text string
	for _, e := range events {
		if e.Type == receiver.Forwarded && e.Err != nil {
			lefts = append(lefts, e.Left)
			text = e.Err.Error()
		}
	}
	if want := []int{7, 6, 5, 4, 3, 2, 1, 0}; !slices.Equal(lefts, want) || text != "resultStatus missing" {
		t.Errorf("left %v, want %v; because %q", lefts, want, text)
	}
	seen := m.seen()
	if at := slices.Index(seen, "a/2"); at != len(seen)-1 {
		t.Errorf("order %v: a/2 must come last", seen)
	}
	if at := slices.Index(seen, "b/1"); at > 2 {
		t.Errorf("order %v: b/1 waited for another payment", seen)
	}
}

// TestForwarder_slow: a server that accepts a request and never answers delays one payment, and
// is not considered down.
func TestForwarder_slow(t *testing.T) {
	t.Parallel()
	m := &merchant{answer: func(ctx context.Context, what string) (int, string, error) {
		if what == "a/1" {
			<-ctx.Done()
			return 0, "", ctx.Err()
		}
		return acknowledge(ctx, what)
	}}
	events := forwarding(t, m, time.Hour, "a/1", "b/1")
	if slices.ContainsFunc(events, func(e receiver.Event) bool { return e.State == receiver.StateDown }) {
		t.Error("the server was considered down")
	}
	var waited time.Duration
	for _, e := range events {
		if e.ID == "n1" && e.Attempt == 1 {
			waited = e.Elapsed
		}
	}
	if waited != 15*time.Second {
		t.Errorf("waited %s for an answer, want 15s", waited)
	}
}

// TestForwarder_restart: records left over are forwarded after a restart, finished ones are not
// forwarded again.
func TestForwarder_restart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var down atomic.Bool
	got := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		body, _ := io.ReadAll(r.Body)
		n, err := antom.ParseNotification(body)
		if err != nil {
			t.Error(err)
			return
		}
		got <- n.Payment.PaymentRequestID
		_ = antom.Acknowledge(w)
	}))
	defer server.Close()
	round := func(waiting int, payments ...string) {
		journal, found, err := receiver.OpenJournal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if found.Waiting() != waiting {
			t.Errorf("%d waiting, want %d", found.Waiting(), waiting)
		}
		f, err := receiver.NewForwarder(dir, journal, found, receiver.ForwardOptions{
			Target: mustParse(t, server.URL), Now: time.Now, Notify: func(receiver.Event) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, payment := range payments {
			if err := journal.Append(record(payment, 1)); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		<-f.Settled()
		stop()
		if err := errors.Join(<-done, journal.Close()); err != nil {
			t.Error(err)
		}
	}
	round(0, "a", "b")
	down.Store(true)
	round(0, "c", "d")
	down.Store(false)
	round(2, "e")
	round(0)
	close(got)
	var all []string
	for payment := range got {
		all = append(all, payment)
	}
	slices.Sort(all)
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(all, want) {
		t.Errorf("forwarded %v, want %v", all, want)
	}
}
