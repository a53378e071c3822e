package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// What a wire can do to a call that moves money.
const (
	wireTwice      = "twice"       // it arrives twice, and the second answer comes back
	wireHeld       = "held"        // it arrives after its sender has given up; see wire.release
	wireStale      = "stale"       // it arrives, and an earlier answer comes back
	wireStopBefore = "stop-before" // the sender ends before it arrives
	wireStopAfter  = "stop-after"  // the sender ends after it was carried out
)

// wire lies between a shop and its gateway. It delivers every call, but for those that
// it was told to lose, to hold back or to double.
type wire struct {
	*httptest.Server
	gateway string
	client  *http.Client

	mu     sync.Mutex
	calm   *sync.Cond // no call is on its way any more
	busy   int        // calls on their way
	mode   string     // for the next call that moves money
	stop   func()     // ends the sender
	moving int        // calls that move money and were sent
	last   int        // how many of them there were when somebody asked; see wire.moved
	held   []*http.Request
	stale  map[string]*passed // the last success of each path
}

// passed is an answer on its way back.
type passed struct {
	header http.Header
	status int
	body   []byte
	err    error // it was cut off
}

func newWire(t *testing.T, gateway string) *wire {
	t.Helper()
	w := &wire{gateway: gateway, client: &http.Client{Transport: &http.Transport{}}, stale: map[string]*passed{}}
	w.calm = sync.NewCond(&w.mu)
	w.Server = httptest.NewServer(http.HandlerFunc(w.carry))
	t.Cleanup(func() {
		w.Close()
		w.client.CloseIdleConnections()
	})
	return w
}

// next says what happens to the next call that moves money.
func (w *wire) next(mode string, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mode, w.stop = mode, stop
}

// take is what happens to a call; only the first one meets it.
func (w *wire) take(op antom.Operation) (mode string, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if op == antom.InquiryPayment || op == antom.InquiryRefund {
		return "", nil
	}
	w.moving++
	mode, stop, w.mode = w.mode, w.stop, ""
	return mode, stop
}

// sent is how many calls that move money were sent.
func (w *wire) sent() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moving
}

func (w *wire) busier(by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy += by
	w.calm.Broadcast()
}

// settle waits until no call is on its way.
func (w *wire) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy > 0 {
		w.calm.Wait()
	}
}

// moved reports whether money may have moved since it was last asked for.
func (w *wire) moved() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	yes := w.moving != w.last
	w.last = w.moving
	return yes
}

func (w *wire) carry(out http.ResponseWriter, r *http.Request) {
	w.busier(1)
	defer w.busier(-1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	mode, stop := w.take(antom.Operation(path.Base(r.URL.Path)))
	if mode == wireStopBefore {
		stop()
		panic(http.ErrAbortHandler)
	}
	onward, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, w.gateway+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	onward.Header = r.Header.Clone()
	if mode == wireHeld {
		w.mu.Lock()
		w.held = append(w.held, onward)
		w.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	answer := w.deliver(onward)
	if mode == wireTwice {
		onward.Body, _ = onward.GetBody() // of a bytes.Reader, which can be read again
		answer = w.deliver(onward)
	}
	if mode == wireStopAfter {
		stop()
		panic(http.ErrAbortHandler)
	}
	w.answer(out, w.choose(mode, r.URL.Path, answer))
}

// choose is the answer that comes back: with stale an earlier one, if there is one.
func (w *wire) choose(mode, path string, answer *passed) *passed {
	w.mu.Lock()
	defer w.mu.Unlock()
	earlier := w.stale[path]
	if bytes.Contains(answer.body, []byte(`"resultStatus":"S"`)) {
		w.stale[path] = answer
	}
	if mode == wireStale && earlier != nil {
		return earlier
	}
	return answer
}

// deliver takes a call to the gateway and reads the answer as far as it comes.
func (w *wire) deliver(r *http.Request) *passed {
	response, err := w.client.Do(r)
	if err != nil {
		return &passed{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return &passed{response.Header.Clone(), response.StatusCode, body, err}
}

func (w *wire) answer(out http.ResponseWriter, answer *passed) {
	if answer.err != nil && len(answer.body) == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.header {
		out.Header()[name] = slices.Clone(values)
	}
	out.WriteHeader(answer.status)
	_, err := out.Write(answer.body)
	if errors.Join(err, answer.err) != nil {
		panic(http.ErrAbortHandler)
	}
}

// release delivers what was held back; nobody waits for the answers any more.
func (w *wire) release() {
	w.mu.Lock()
	late := w.held
	w.held = nil
	w.moving += len(late)
	w.mu.Unlock()
	for _, r := range late {
		w.deliver(r)
	}
}

// drop forgets what was held back.
func (w *wire) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held, w.mode = nil, ""
}

// patience is how long a sender waits in an attempt whose answer comes too late.
const patience = 40 * time.Millisecond
