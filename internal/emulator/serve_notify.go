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

// Limits of the courier.
const (
	// DefaultNotifyTimeout is how long an endpoint has for its answer (INF: not
	// documented; Antom advises 10 s for calls in the other direction).
	DefaultNotifyTimeout = 10 * time.Second
	couriers             = 16 // attempts under way at a time
	patienceForOrder     = 10 * time.Second
)

// courier sends the notifications that are due, several payments at a time, one
// message of a payment after the other. One goroutine decides; the attempts
// themselves are its workers, and it waits for them.
type courier struct {
	server  *Server
	client  *http.Client
	woken   chan struct{}      // something may be due
	settles chan chan struct{} // who waits until nothing is due
	ended   chan struct{}      // the courier is gone
	held    map[string]heldBack
}

// heldBack is a notification that lets the next one of its payment pass.
type heldBack struct {
	send    *struckSend // what becomes of it then
	until   time.Time
	release bool
}

func newCourier(s *Server) *courier {
	timeout := s.options.NotifyTimeout
	if timeout == 0 {
		timeout = DefaultNotifyTimeout
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: timeout}).DialContext,
		MaxIdleConns: couriers, MaxIdleConnsPerHost: couriers, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: largestHeader,
	}
	if s.options.NotifyRoots != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: s.options.NotifyRoots, MinVersion: tls.VersionTLS12}
	}
	return &courier{
		server: s, woken: make(chan struct{}, 1), settles: make(chan chan struct{}), ended: make(chan struct{}), held: map[string]heldBack{},
		client: &http.Client{
			Transport: transport, Timeout: timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// wake makes the courier look whether something is due: something has changed.
func (c *courier) wake() {
	c.server.changes.tell()
	select {
	case c.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// settle waits until nothing is due and nothing is under way.
func (c *courier) settle(ctx context.Context) error {
	settled := make(chan struct{})
	select {
	case c.settles <- settled:
	case <-c.ended:
		return errors.New("the emulator's server has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-settled:
		return nil
	case <-c.ended:
		return errors.New("the emulator's server has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run sends until ctx ends, and then waits for the attempts under way.
func (c *courier) run(ctx context.Context) error {
	defer c.client.CloseIdleConnections()
	defer close(c.ended)
	var workers sync.WaitGroup
	defer workers.Wait()
	busy, done := map[string]bool{}, make(chan string, couriers)
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

// longestSleep is how long the courier sleeps when nothing is planned, or when
// the clock is virtual and will not move by itself.
const longestSleep = time.Hour

// due returns what to send now, at most one message of each payment and no more
// than there are free hands, and how long to sleep if nothing happens.
func (c *courier) due(ctx context.Context, busy map[string]bool) (list []Delivery, sleep time.Duration, err error) {
	sleep = longestSleep
	if c.server.options.Hold || len(busy) >= couriers {
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
		for key, value := cursor.First(); key != nil && len(busy)+len(list) < couriers; key, value = cursor.Next() {
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
			sleep = min(sleep, patienceForOrder)
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
func (c *courier) waits(order, id string, now time.Time) bool {
	held, ok := c.held[order]
	return ok && held.send.delivery.ID == id && !held.release && now.Before(held.until)
}

// prepare counts the attempt against the faults and decides, in the courier's
// own goroutine, what becomes of it. Of a payment one notification at a time is
// held back: there must be another for it to come after.
func (c *courier) prepare(ctx context.Context, d Delivery) *struckSend {
	var taken aspect
	if held, ok := c.held[d.order]; ok {
		if held.send.delivery.ID == d.ID {
			delete(c.held, d.order)
			held.send.delivery, held.send.behind = d, false
			return held.send // it was counted when it was held back
		}
		held.release, taken = true, theOrder
		c.held[d.order] = held
	}
	x := &struckSend{courier: c, delivery: d, times: 1, keyVersion: keyVersion, clientID: d.ClientID}
	x.met = c.server.faults.strike(notificationName(d.Type), true, taken)
	for _, f := range x.met {
		if row, _ := lookupFault(f.Kind); row.send != nil {
			row.send(x, f)
		}
	}
	if x.behind {
		now := c.server.emulator.timeOr(ctx, c.server.emulator.now())
		c.held[d.order] = heldBack{send: x, until: now.Add(patienceForOrder)}
	}
	return x
}

// run makes the attempt and keeps what came of it.
func (x *struckSend) run(ctx context.Context) {
	if x.behind || pause(ctx, x.delay) != nil {
		return // it stays in the queue
	}
	for n := range x.times {
		attempt := Attempt{Verdict: "not sent: fault never", Copy: n > 0}
		start := x.courier.server.emulator.now()
		if !x.never {
			attempt = x.attempt(ctx)
			attempt.Copy = n > 0
		}
		if ctx.Err() != nil {
			return // cut off by our own end: it stays in the queue
		}
		if !x.keep(ctx, n, attempt, x.courier.server.emulator.now().Sub(start)) {
			_ = pause(ctx, restAfterFailure) // it is due still
			return
		}
	}
}

// restAfterFailure is how long a payment's notifications rest when an attempt
// could not be kept, as on a full disk.
const restAfterFailure = 5 * time.Second

// attempt sends the notification once and judges the answer as Antom does.
func (x *struckSend) attempt(ctx context.Context) Attempt {
	request, err := x.request(ctx)
	if err != nil {
		return Attempt{Verdict: "not sent: " + err.Error()}
	}
	return NewAttempt(antom.Deliver(x.courier.client, request))
}

// NewAttempt is an endpoint's answer as the state keeps it.
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

// keep stores the attempt and tells the observer of it. So it does of a second copy
// that a fault sends, which the schedule does not count: to Antom it is the same
// attempt.
func (x *struckSend) keep(ctx context.Context, copyNumber int, attempt Attempt, took time.Duration) (kept bool) {
	s, d := x.courier.server, x.delivery
	attempt.Time = s.emulator.timeOr(ctx, s.emulator.now()).UTC()
	err := s.emulator.RecordAttempt(ctx, d.ID, attempt)
	if _, gone := errors.AsType[*Refusal](err); err != nil && !gone { // a reset in between is no fault
		s.emulator.logger.Error("notifications", "id", d.ID, "error", err)
		return false
	}
	s.changes.tell()
	if s.options.Observe == nil {
		return true
	}
	record := Record{
		Type: "delivery", ClientID: d.ClientID, Time: s.emulator.now().UTC(), EmulatorTime: attempt.Time, NotifyType: d.Type, NotificationID: d.ID, URL: d.URL, Attempt: d.Attempt + copyNumber,
		HTTPStatus: attempt.HTTPStatus, Acknowledged: &attempt.Acknowledged, Verdict: attempt.Verdict, Faults: kindsOf(x.met), TookMS: milliseconds(took),
	}
	record.name(d.Body)
	record.PaymentRequestID = d.PaymentRequestID
	s.options.Observe(record)
	return true
}

// shortCause is why no answer came, in as few words as the record needs.
func shortCause(err error) string {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "timed out"
	}
	return err.Error()
}
