package cli

import (
	"context"
	"sync"
	"time"
)

// The bounds of a wait for many payments. Antom publishes no limit, only the
// code REQUEST_TRAFFIC_EXCEED_LIMIT, so both are our choice (INF): 20 requests a
// second ask after 40 payments every two seconds, and after 1,000 every 50.
const (
	DefaultRate   = 20.0
	inquiriesOpen = 16
)

// gate bounds how many inquiries are under way at a time and how many begin in
// a second. Who comes first is admitted first.
type gate struct {
	slots chan struct{}
	every time.Duration
	now   func() time.Time

	mu   sync.Mutex
	next time.Time // when the next inquiry may begin
}

// NewGate makes a gate that admits rate inquiries a second.
func NewGate(rate float64, now func() time.Time) *gate {
	return &gate{slots: make(chan struct{}, inquiriesOpen), every: time.Duration(float64(time.Second) / rate), now: now}
}

// Enter waits for a slot and for its time; leave gives the slot back.
func (g *gate) Enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave = func() { <-g.slots }
	timer := time.NewTimer(g.reserve())
	defer timer.Stop()
	select {
	case <-timer.C:
		return leave, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// reserve takes the next time and says how long it is until then.
func (g *gate) reserve() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	at := g.next
	if at.Before(now) {
		at = now
	}
	g.next = at.Add(g.every)
	return at.Sub(now)
}
