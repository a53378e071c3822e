package receiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Times and limits of forwarding.
const (
	firstPause     = 500 * time.Millisecond // doubled after each failure
	longestPause   = 30 * time.Second
	forwardTimeout = 15 * time.Second // for one answer; Antom does not document its own
	concurrent     = 8                // payments at a time

	// DefaultResends is how often Antom sends an unacknowledged notification again: up to 8
	// sends in all (SEED, J24).
	DefaultResends = 7
)

// ForwardOptions configures a [Forwarder].
type ForwardOptions struct {
	Target    *url.URL    // without a path, each record goes to the path that it was signed for
	Hop       string      // added to HopHeader, if not empty
	Header    http.Header // replaces received headers of the same names
	Resends   int         // how often to resend an unacknowledged record
	Transport http.RoundTripper
	Now       func() time.Time
	Notify    func(Event)
}

// Forwarder forwards the journal's records to the merchant's server, those of one payment one
// after another. While the server is down it tries one record at growing intervals; no record
// is lost.
type Forwarder struct {
	o        ForwardOptions
	client   *http.Client
	journal  *Journal
	progress *progress
	results  chan result

	mu      sync.Mutex
	arrived []location // stored and not yet in a lane
	woken   []string   // lanes whose pause has ended
	probe   bool       // the server is down and may be tried again
	wake    chan struct{}
	settled []chan struct{} // closed when the queue is empty or the server is down

	// Used by Run's goroutine only:
	lanes    map[string]*lane
	ready    []string // lanes that may send, in order
	waiting  int
	inFlight int
	down     bool
	probing  bool // the server is down and one try is in flight
	failures int  // consecutive failures while the server is down
}

// lane is the queue of one payment.
type lane struct {
	records  []location
	attempts int // of the first record: tries that were answered but not acknowledged
	losses   int // of the first record: consecutive tries without an answer
}

// result is the result of one try.
type result struct {
	order   string
	id      string
	status  int
	elapsed time.Duration
	refused error // answered, but not acknowledged
	lost    error // the server did not answer
	broken  error // the record can't be read
}

// NewForwarder returns a forwarder of the records that the journal stores from now on and of
// those found waiting. [Forwarder.Run] does the work.
func NewForwarder(dir string, journal *Journal, found *Found, o ForwardOptions) (*Forwarder, error) {
	written, err := openProgress(dir)
	if err != nil {
		return nil, err
	}
	f := &Forwarder{
		o: o, journal: journal, progress: written,
		client: &http.Client{
			Transport: o.Transport, Timeout: forwardTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		results: make(chan result, concurrent), wake: make(chan struct{}, 1),
		lanes: map[string]*lane{}, arrived: found.waiting,
	}
	journal.committed = f.enqueue
	return f, nil
}

// enqueue adds a newly stored record.
func (f *Forwarder) enqueue(p location) {
	f.mu.Lock()
	f.arrived = append(f.arrived, p)
	f.mu.Unlock()
	f.wakeUp()
}

// wakeUp makes Run look at what has changed.
func (f *Forwarder) wakeUp() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run forwards until ctx ends, then waits for the tries in flight.
func (f *Forwarder) Run(ctx context.Context) error {
	defer f.progress.file.Close()
	f.wakeUp()
	for {
		select {
		case <-ctx.Done():
			for ; f.inFlight > 0; f.inFlight-- {
				f.finish(<-f.results)
			}
			return nil
		case r := <-f.results:
			f.inFlight--
			f.finish(r)
		case <-f.wake:
			f.collect()
		}
		f.dispatch(ctx)
		f.settle()
	}
}

// Waiting returns how many records still have to be forwarded. Call it after Run has returned.
func (f *Forwarder) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting + len(f.arrived)
}

// Settled returns a channel that is closed as soon as the queue is empty or the merchant's
// server is down.
func (f *Forwarder) Settled() <-chan struct{} {
	settled := make(chan struct{})
	f.mu.Lock()
	f.settled = append(f.settled, settled)
	f.mu.Unlock()
	f.wakeUp()
	return settled
}

func (f *Forwarder) settle() {
	if f.waiting > 0 && !f.down {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.arrived) > 0 {
		return
	}
	for _, settled := range f.settled {
		close(settled)
	}
	f.settled = nil
}

// collect puts new records into their lanes, and readies the lanes whose pause has ended.
func (f *Forwarder) collect() {
	f.mu.Lock()
	arrived, woken := f.arrived, f.woken
	f.arrived, f.woken = nil, nil
	f.mu.Unlock()
	f.ready = append(f.ready, woken...)
	for _, p := range arrived {
		f.waiting++
		if own := f.lanes[p.order]; own != nil {
			own.records = append(own.records, p)
			continue
		}
		f.lanes[p.order] = &lane{records: []location{p}}
		f.ready = append(f.ready, p.order)
	}
}

// dispatch sends the first record of every ready lane: several at a time while the server is
// up, one at a time while it is down.
func (f *Forwarder) dispatch(ctx context.Context) {
	f.mu.Lock()
	probe := f.probe
	f.mu.Unlock()
	for len(f.ready) > 0 && f.inFlight < concurrent && (!f.down || probe && f.inFlight == 0) {
		order := f.ready[0]
		f.ready = f.ready[1:]
		next := f.lanes[order].records[0]
		f.inFlight++
		f.probing = f.down
		go func() { f.results <- f.send(ctx, next) }() // Run waits for every result
	}
}

func (f *Forwarder) send(ctx context.Context, p location) result {
	r := result{order: p.order, id: p.id}
	record, err := f.journal.read(p)
	if err != nil {
		r.broken = err
		return r
	}
	request, err := NewRequest(ctx, record, f.o.Target)
	if err != nil {
		r.broken = err
		return r
	}
	f.addHeaders(request, record)
	begin := f.o.Now()
	answer := antom.Deliver(f.client, request)
	r.status, r.refused = answer.Status, answer.Refused
	err = answer.Lost
	r.elapsed = f.o.Now().Sub(begin)
	switch {
	case err != nil && isSlow(err):
		r.refused = fmt.Errorf("no answer within %s", forwardTimeout)
	case err != nil:
		r.lost = explain(err)
	case unavailable(r.status):
		r.lost = r.refused
	}
	return r
}

// addHeaders adds the headers that the merchant's server gets beyond those received.
func (f *Forwarder) addHeaders(request *http.Request, record *Record) {
	if f.o.Hop != "" {
		request.Header[HopHeader] = append(record.Header().Values(HopHeader), f.o.Hop)
	}
	maps.Copy(request.Header, f.o.Header)
}

// isSlow distinguishes a server that accepts the request but does not answer from one that is
// down.
func isSlow(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	var late interface{ Timeout() bool }
	return errors.As(err, &late) && late.Timeout()
}

// explain explains the error of a connection that was closed without an answer.
func explain(err error) error {
	if err == io.EOF { //nolint:errorlint // exactly as net/http returns it, not wrapped
		return errors.New("it closed the connection without an answer")
	}
	return err
}

// unavailable reports the statuses with which a proxy answers when its server is down.
func unavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// finish updates the lanes after a try.
func (f *Forwarder) finish(r result) {
	probed := f.probing
	f.probing = false
	switch {
	case r.lost != nil && (errors.Is(r.lost, context.Canceled) || f.down && !probed):
		f.ready = append(f.ready, r.order) // we are stopping, or it was in flight when the server went down
	case r.lost != nil:
		f.lost(r)
	case r.broken != nil:
		f.answered(r, r.broken, 0)
	default:
		f.recovered()
		f.answered(r, r.refused, f.o.Resends)
	}
}

// lost records that the server is down; the lane moves behind the others. A lane whose tries
// fail again and again waits longer each time, so that a notification that crashes the server
// does not block the rest.
func (f *Forwarder) lost(r result) {
	own := f.lanes[r.order]
	own.losses++
	f.retryAfter(r.order, pause(own.losses))
	wasDown := f.down
	f.down = true
	f.failures++
	wait := pause(f.failures)
	f.mu.Lock()
	f.probe = false
	f.mu.Unlock()
	time.AfterFunc(wait, func() {
		f.mu.Lock()
		f.probe = true
		f.mu.Unlock()
		f.wakeUp()
	})
	if !wasDown {
		f.o.Notify(Event{Type: Merchant, Time: f.o.Now(), State: StateDown, Err: r.lost, Queue: f.waiting, RetryIn: wait})
	}
}

func (f *Forwarder) recovered() {
	if f.down {
		f.o.Notify(Event{Type: Merchant, Time: f.o.Now(), State: StateUp, Queue: f.waiting})
	}
	f.down, f.failures = false, 0
}

// answered records an answer. An unacknowledged record is sent again after a pause, and the
// rest of its payment waits for it.
func (f *Forwarder) answered(r result, refused error, resends int) {
	own := f.lanes[r.order]
	own.attempts++
	own.losses = 0
	final := refused == nil || own.attempts > resends
	e := Event{
		Type: Forwarded, Time: f.o.Now(), ID: r.id, Status: r.status, Err: refused, Attempt: own.attempts, Left: max(DefaultResends+1-own.attempts, 0), Final: final, Elapsed: r.elapsed,
	}
	if final {
		f.done(r, refused)
		f.next(r.order)
	} else {
		f.retryAfter(r.order, pause(own.attempts))
	}
	e.Queue = f.waiting
	f.o.Notify(e)
	if f.waiting == 0 {
		f.o.Notify(Event{Type: Merchant, Time: f.o.Now(), State: StateEmpty})
	}
}

// done records that a record is finished. If that fails, the record is forwarded again after a
// restart.
func (f *Forwarder) done(r result, refused error) {
	o := outcome{ID: r.id, Time: f.o.Now().UTC(), Acknowledged: refused == nil, Status: r.status}
	if refused != nil {
		o.Reason = refused.Error()
	}
	if err := f.progress.write(o); err != nil {
		f.o.Notify(Event{Type: NotStored, Time: f.o.Now(), ID: r.id, Err: err})
	}
}

// next removes the first record of a lane.
func (f *Forwarder) next(order string) {
	own := f.lanes[order]
	f.waiting--
	own.attempts = 0
	own.records = slices.Delete(own.records, 0, 1)
	if len(own.records) == 0 {
		delete(f.lanes, order)
		return
	}
	f.ready = append(f.ready, order)
}

// retryAfter readies a lane after a pause.
func (f *Forwarder) retryAfter(order string, wait time.Duration) {
	time.AfterFunc(wait, func() {
		f.mu.Lock()
		f.woken = append(f.woken, order)
		f.mu.Unlock()
		f.wakeUp()
	})
}

// pause returns how long to wait after this many consecutive failures.
func pause(failures int) time.Duration {
	wait := firstPause
	for range failures - 1 {
		if wait *= 2; wait >= longestPause {
			return longestPause
		}
	}
	return wait
}

// notForwarded are the headers that belong to one connection (RFC 9110, 7.6.1), the host, which
// is the target's, and the header that records the forwarding listeners.
var notForwarded = [...]string{"Connection", "Content-Length", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", HopHeader}

// NewRequest returns the request that forwards a record, with the headers and the body as
// received. If target has no path, the signed path is used.
func NewRequest(ctx context.Context, record *Record, target *url.URL) (*http.Request, error) {
	to := *target
	if to.Path == "" || to.Path == "/" {
		signed, err := url.ParseRequestURI(record.URL)
		if err != nil {
			return nil, fmt.Errorf("forward %s: path %q: %w", record.ID, record.URL, err)
		}
		to.Path, to.RawPath, to.RawQuery = signed.Path, signed.RawPath, signed.RawQuery
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(record.Body()))
	if err != nil {
		return nil, fmt.Errorf("forward %s: %w", record.ID, err)
	}
	request.Header = record.Header()
	for _, name := range notForwarded {
		request.Header.Del(name)
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header["User-Agent"] = []string{""} // otherwise net/http adds its own
	}
	return request, nil
}
