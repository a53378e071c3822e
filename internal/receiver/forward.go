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

// Times and bounds of forwarding.
const (
	firstPause     = 500 * time.Millisecond // doubled after each failure
	longestPause   = 30 * time.Second
	forwardTimeout = 15 * time.Second // for one answer; Antom's own is not documented
	concurrent     = 8                // payments at a time

	// DefaultResends is how often Antom sends a notification again that was not
	// acknowledged: up to 8 sends (SEED, J24).
	DefaultResends = 7
)

// ForwardOptions say where and how to forward.
type ForwardOptions struct {
	Target    *url.URL    // without a path: each goes to the path that it was signed for
	Hop       string      // added to HopHeader, if not empty
	Header    http.Header // put in the place of those that came
	Resends   int         // how often to send again what was not acknowledged
	Transport http.RoundTripper
	Now       func() time.Time
	Notify    func(Event)
}

// Forwarder hands the journal's records on to the merchant's server, those of one
// payment one after another. While the server is down it tries one now and then;
// nothing is lost meanwhile.
type Forwarder struct {
	o        ForwardOptions
	client   *http.Client
	journal  *Journal
	progress *progress
	results  chan result

	mu      sync.Mutex
	arrived []place  // stored and not yet in a lane
	woken   []string // lanes whose pause is over
	probe   bool     // the pause of a server that is down is over
	wake    chan struct{}
	settled []chan struct{} // closed when there is nothing to do, or nothing can be done

	// Of Run's goroutine alone:
	lanes    map[string]*lane
	ready    []string // lanes that may send, in their turn
	waiting  int
	inFlight int
	down     bool
	probing  bool // the one try of a server that is down is on its way
	failures int  // of a server that is down, in a row
}

// lane is the queue of one payment.
type lane struct {
	places   []place
	attempts int // of the first place that were answered, and not acknowledged
	losses   int // of the first place that broke off, in a row
}

// result is what came of one try.
type result struct {
	order   string
	id      string
	status  int
	elapsed time.Duration
	refused error // answered, and not acknowledged
	lost    error // the server is not there
	broken  error // the record can't be read
}

// NewForwarder makes a forwarder of what the journal takes from now on and of
// what was found waiting. It works in [Forwarder.Run].
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

// enqueue takes a record that was stored just now.
func (f *Forwarder) enqueue(p place) {
	f.mu.Lock()
	f.arrived = append(f.arrived, p)
	f.mu.Unlock()
	f.nudge()
}

func (f *Forwarder) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run forwards until ctx ends, and waits for what is on its way.
func (f *Forwarder) Run(ctx context.Context) error {
	defer f.progress.file.Close()
	f.nudge()
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

// Waiting is how many records are to be forwarded still, once Run has returned.
func (f *Forwarder) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting + len(f.arrived)
}

// Settled returns a channel that is closed as soon as nothing waits any more, or
// the merchant's server is down.
func (f *Forwarder) Settled() <-chan struct{} {
	settled := make(chan struct{})
	f.mu.Lock()
	f.settled = append(f.settled, settled)
	f.mu.Unlock()
	f.nudge()
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

// collect puts what has arrived into its lanes, and lets those go on whose pause
// is over.
func (f *Forwarder) collect() {
	f.mu.Lock()
	arrived, woken := f.arrived, f.woken
	f.arrived, f.woken = nil, nil
	f.mu.Unlock()
	f.ready = append(f.ready, woken...)
	for _, p := range arrived {
		f.waiting++
		if own := f.lanes[p.order]; own != nil {
			own.places = append(own.places, p)
			continue
		}
		f.lanes[p.order] = &lane{places: []place{p}}
		f.ready = append(f.ready, p.order)
	}
}

// dispatch sends the first of every lane that may: several at a time while the
// server is up, one try at a time while it is down.
func (f *Forwarder) dispatch(ctx context.Context) {
	f.mu.Lock()
	probe := f.probe
	f.mu.Unlock()
	for len(f.ready) > 0 && f.inFlight < concurrent && (!f.down || probe && f.inFlight == 0) {
		order := f.ready[0]
		f.ready = f.ready[1:]
		next := f.lanes[order].places[0]
		f.inFlight++
		f.probing = f.down
		go func() { f.results <- f.send(ctx, next) }() // Run waits for every result
	}
}

func (f *Forwarder) send(ctx context.Context, p place) result {
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
	f.mark(request, record)
	begin := f.o.Now()
	answer := antom.Deliver(f.client, request)
	r.status, r.refused = answer.Status, answer.Refused
	err = answer.Lost
	r.elapsed = f.o.Now().Sub(begin)
	switch {
	case err != nil && slow(err):
		r.refused = fmt.Errorf("no answer within %s", forwardTimeout)
	case err != nil:
		r.lost = reason(err)
	case unavailable(r.status):
		r.lost = r.refused
	}
	return r
}

// mark adds what the merchant's server gets beside what came.
func (f *Forwarder) mark(request *http.Request, record *Record) {
	if f.o.Hop != "" {
		request.Header[HopHeader] = append(record.Header().Values(HopHeader), f.o.Hop)
	}
	maps.Copy(request.Header, f.o.Header)
}

// slow tells a server that took the request and does not answer from one that
// is not there.
func slow(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	var late interface{ Timeout() bool }
	return errors.As(err, &late) && late.Timeout()
}

// reason says of a server that only closed the connection what it did.
func reason(err error) error {
	if err == io.EOF { //nolint:errorlint // as net/http says it, and nothing that wraps it
		return errors.New("it hung up without an answer")
	}
	return err
}

// unavailable are the answers of a proxy whose server is down.
func unavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// finish draws the consequences of a try.
func (f *Forwarder) finish(r result) {
	probed := f.probing
	f.probing = false
	switch {
	case r.lost != nil && (errors.Is(r.lost, context.Canceled) || f.down && !probed):
		f.ready = append(f.ready, r.order) // we are stopping, or it was on its way when the server went down
	case r.lost != nil:
		f.lost(r)
	case r.broken != nil:
		f.answered(r, r.broken, 0)
	default:
		f.recovered()
		f.answered(r, r.refused, f.o.Resends)
	}
}

// lost notes that the server is down; the lane takes its turn behind the others.
// One that breaks off again and again waits longer each time, lest a notification
// on which the server dies keep it from the rest.
func (f *Forwarder) lost(r result) {
	own := f.lanes[r.order]
	own.losses++
	f.later(r.order, pause(own.losses))
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
		f.nudge()
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

// answered notes an answer. A record that was not acknowledged is sent again
// after a pause, and the rest of its payment waits for it.
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
		f.later(r.order, pause(own.attempts))
	}
	e.Queue = f.waiting
	f.o.Notify(e)
	if f.waiting == 0 {
		f.o.Notify(Event{Type: Merchant, Time: f.o.Now(), State: StateEmpty})
	}
}

// done writes down that a record need not be forwarded any more. If that fails
// it is forwarded again after a restart.
func (f *Forwarder) done(r result, refused error) {
	o := outcome{ID: r.id, Time: f.o.Now().UTC(), Acknowledged: refused == nil, Status: r.status}
	if refused != nil {
		o.Reason = refused.Error()
	}
	if err := f.progress.write(o); err != nil {
		f.o.Notify(Event{Type: NotStored, Time: f.o.Now(), ID: r.id, Err: err})
	}
}

// next takes the first record off a lane.
func (f *Forwarder) next(order string) {
	own := f.lanes[order]
	f.waiting--
	own.attempts = 0
	own.places = slices.Delete(own.places, 0, 1)
	if len(own.places) == 0 {
		delete(f.lanes, order)
		return
	}
	f.ready = append(f.ready, order)
}

func (f *Forwarder) later(order string, wait time.Duration) {
	time.AfterFunc(wait, func() {
		f.mu.Lock()
		f.woken = append(f.woken, order)
		f.mu.Unlock()
		f.nudge()
	})
}

// pause is how long to wait after so many failures in a row.
func pause(failures int) time.Duration {
	wait := firstPause
	for range failures - 1 {
		if wait *= 2; wait >= longestPause {
			return longestPause
		}
	}
	return wait
}

// notForwarded are the headers that are about one connection only (RFC 9110,
// 7.6.1), the host, which is the target's, and those of the way that it took.
var notForwarded = [...]string{"Connection", "Content-Length", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", HopHeader}

// NewRequest makes the request that hands a record on, its headers and its body
// as they came. A target without a path stands for the path that was signed.
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
		request.Header["User-Agent"] = []string{""} // or net/http adds its own
	}
	return request, nil
}
