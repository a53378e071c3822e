package emulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Limits of the sender.
const (
	// DefaultNotifyTimeout is the time limit for an endpoint's answer (INF: not documented;
	// Antom advises 10 s for calls in the other direction).
	DefaultNotifyTimeout = 10 * time.Second
	maxAttempts          = 16 // concurrent attempts
	maxHeldBack          = 10 * time.Second
)

// sender sends due notifications, for several payments at a time, but one after the other for
// each payment. One goroutine decides what to send; the attempts run in workers, and it waits
// for them.
type sender struct {
	server  *Server
	client  *http.Client
	woken   chan struct{}      // something may be due
	settles chan chan struct{} // callers that wait until nothing is due
	ended   chan struct{}      // the sender has stopped
	held    map[string]heldBack
}

// heldBack is a notification that lets its payment's next one go first.
type heldBack struct {
	send    *faultySend // how to send it afterwards
	until   time.Time
	release bool
}

func newSender(s *Server) *sender {
	timeout := s.options.NotifyTimeout
	if timeout == 0 {
		timeout = DefaultNotifyTimeout
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: timeout}).DialContext,
		MaxIdleConns: maxAttempts, MaxIdleConnsPerHost: maxAttempts, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: largestHeader,
	}
	if s.options.NotifyRoots != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: s.options.NotifyRoots, MinVersion: tls.VersionTLS12}
	}
	return &sender{
		server: s, woken: make(chan struct{}, 1), settles: make(chan chan struct{}), ended: make(chan struct{}), held: map[string]heldBack{},
		client: &http.Client{
			Transport: transport, Timeout: timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// wake makes the sender check for due notifications after a change.
func (c *sender) wake() {
	c.server.changes.notify()
	select {
	case c.woken <- struct{}{}:
	default: // a check is already pending
	}
}

// settle waits until nothing is due and no attempt is running.
func (c *sender) settle(ctx context.Context) error {
	settled := make(chan struct{})
	select {
	case c.settles <- settled:
	case <-c.ended:
		return errors.New("the emulator's server has stopped")
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-settled:
		return nil
	case <-c.ended:
		return errors.New("the emulator's server has stopped")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run sends until ctx ends, and then waits for the running attempts.
func (c *sender) run(ctx context.Context) error {
	defer c.client.CloseIdleConnections()
	defer close(c.ended)
	var workers sync.WaitGroup
	defer workers.Wait()
	busy, done := map[string]bool{}, make(chan string, maxAttempts)
	var waiting []chan struct{}
	for {
		due, next, err := c.due(ctx, busy)
		if err != nil && ctx.Err() == nil {
			next = restAfterFailure
			c.server.emulator.logger.Error("notifications", "error", err)
		}
		for _, d := range due {
			busy[d.order] = true
			send := c.prepare(ctx, d)
			workers.Go(func() {
				send.run(ctx)
				done <- d.order
			})
		}
		if len(busy) == 0 {
			for _, settled := range waiting {
				close(settled)
			}
			waiting = nil
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case id := <-done:
			delete(busy, id)
		case settled := <-c.settles:
			waiting = append(waiting, settled)
		case <-c.woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// longestSleep is how long the sender sleeps when nothing is planned, or when the clock is
// virtual and moves only by request.
const longestSleep = time.Hour

// due returns what to send now, at most one notification per payment and no more than there
// are free workers, and how long to sleep if nothing happens.
func (c *sender) due(ctx context.Context, busy map[string]bool) (list []Delivery, sleep time.Duration, err error) {
	sleep = longestSleep
	if c.server.options.Hold || len(busy) >= maxAttempts {
		return nil, sleep, nil
	}
	e := c.server.emulator
	err = e.store.view(ctx, func(tx *transaction) error {
		bucket := tx.tx.Bucket(queueBucket)
		if bucket == nil {
			return nil
		}
		taken, now := map[string]bool{}, []byte(timeKey(tx.now, "\xff"))
		cursor := bucket.Cursor()
		for key, value := cursor.First(); key != nil && len(busy)+len(list) < maxAttempts; key, value = cursor.Next() {
			if tx.leaves(notificationOf(key)) {
				continue
			}
			if bytes.Compare(key, now) > 0 {
				sleep = min(sleep, untilKey(key, tx.now))
				break
			}
			id := string(value)
			if busy[id] || taken[id] || c.waits(id, notificationOf(key), tx.now) {
				continue
			}
			d, err := tx.delivery(string(key), id)
			if err != nil {
				return err
			}
			taken[id] = true
			list = append(list, d)
		}
		if len(c.held) > 0 {
			sleep = min(sleep, maxHeldBack)
		}
		if virtual, _, err := tx.clock(); virtual || err != nil {
			sleep = longestSleep
		}
		return nil
	})
	return list, sleep, err
}

func untilKey(key []byte, now time.Time) time.Duration {
	at, _, _ := strings.Cut(string(key), "|")
	due, err := time.Parse(keyTime, at)
	if err != nil {
		return 0
	}
	return max(due.Sub(now), time.Millisecond)
}

// waits reports whether a notification is still held back.
func (c *sender) waits(order, id string, now time.Time) bool {
	held, ok := c.held[order]
	return ok && held.send.delivery.ID == id && !held.release && now.Before(held.until)
}

// prepare counts the attempt for the faults and decides, in the sender's own goroutine, what
// to do. Only one notification per payment is held back at a time: there must be another one
// to go first.
func (c *sender) prepare(ctx context.Context, d Delivery) *faultySend {
	var taken aspect
	if held, ok := c.held[d.order]; ok {
		if held.send.delivery.ID == d.ID {
			delete(c.held, d.order)
			held.send.delivery, held.send.behind = d, false
			return held.send // already counted when it was held back
		}
		held.release, taken = true, theOrder
		c.held[d.order] = held
	}
	x := &faultySend{sender: c, delivery: d, times: 1, keyVersion: keyVersion, clientID: d.ClientID}
	x.injected = c.server.faults.inject(notificationName(d.Type), true, taken)
	for _, f := range x.injected {
		if row, _ := lookupFault(f.Kind); row.send != nil {
			row.send(x, f)
		}
	}
	if x.behind {
		now := c.server.emulator.timeOr(ctx, c.server.emulator.now())
		c.held[d.order] = heldBack{send: x, until: now.Add(maxHeldBack)}
	}
	return x
}

// run makes the attempt and stores the result.
func (x *faultySend) run(ctx context.Context) {
	if x.behind || pause(ctx, x.delay) != nil {
		return // it stays in the queue
	}
	for n := range x.times {
		attempt := Attempt{Verdict: "not sent: fault never", Copy: n > 0}
		start := x.sender.server.emulator.now()
		if !x.never {
			attempt = x.attempt(ctx)
			attempt.Copy = n > 0
		}
		if ctx.Err() != nil {
			return // interrupted by the shutdown: it stays in the queue
		}
		if !x.keep(ctx, n, attempt, x.sender.server.emulator.now().Sub(start)) {
			_ = pause(ctx, restAfterFailure) // it is still due
			return
		}
	}
}

// restAfterFailure is how long a payment's notifications pause when an attempt could not be
// stored, for example on a full disk.
const restAfterFailure = 5 * time.Second

// attempt sends the notification once and evaluates the answer as Antom does.
func (x *faultySend) attempt(ctx context.Context) Attempt {
	request, err := x.request(ctx)
	if err != nil {
		return Attempt{Verdict: "not sent: " + err.Error()}
	}
	return NewAttempt(antom.Deliver(x.sender.client, request))
}

// NewAttempt converts an endpoint's answer for the state.
func NewAttempt(answer antom.Answer) Attempt {
	attempt := Attempt{HTTPStatus: answer.Status, Body: string(answer.Body), Acknowledged: answer.Acknowledged(), Verdict: "acknowledged"}
	switch {
	case answer.Lost != nil && answer.Status == 0:
		attempt.Verdict = "no answer: " + shortCause(answer.Lost)
	case !attempt.Acknowledged:
		attempt.Verdict = answer.Err().Error()
	}
	return attempt
}

// keep stores the attempt and notifies the observer. A fault's extra copy is recorded too but
// not counted by the schedule: to Antom it is the same attempt.
func (x *faultySend) keep(ctx context.Context, copyNumber int, attempt Attempt, took time.Duration) (kept bool) {
	s, d := x.sender.server, x.delivery
	attempt.Time = s.emulator.timeOr(ctx, s.emulator.now()).UTC()
	err := s.emulator.RecordAttempt(ctx, d.ID, attempt)
	if _, gone := errors.AsType[*Refusal](err); err != nil && !gone { // gone after a reset in between, which is not an error
		s.emulator.logger.Error("notifications", "id", d.ID, "error", err)
		return false
	}
	s.changes.notify()
	if s.options.Observe == nil {
		return true
	}
	record := Record{
		Type: "delivery", ClientID: d.ClientID, Time: s.emulator.now().UTC(), EmulatorTime: attempt.Time, NotifyType: d.Type, NotificationID: d.ID, URL: d.URL, Attempt: d.Attempt + copyNumber,
		HTTPStatus: attempt.HTTPStatus, Acknowledged: &attempt.Acknowledged, Verdict: attempt.Verdict, Faults: kindsOf(x.injected), TookMS: milliseconds(took),
	}
	record.addIDs(d.Body)
	record.PaymentRequestID = d.PaymentRequestID
	s.options.Observe(record)
	return true
}

// shortCause says briefly why no answer came.
func shortCause(err error) string {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "timed out"
	}
	return err.Error()
}
