package cli

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A hundred inquiries of a second each, at most ten a second and sixteen at a
// time, begin within ten seconds and never too many at once.
func TestGate_bounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(10, time.Now)
		begin := time.Now()
		var mu sync.Mutex
		var group sync.WaitGroup
		open, most, last := 0, 0, time.Duration(0)
		for range 100 {
			group.Go(func() {
				leave, err := g.Enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				open++
				most, last = max(most, open), max(last, time.Since(begin))
				mu.Unlock()
				<-time.After(3 * time.Second)
				mu.Lock()
				open--
				mu.Unlock()
				leave()
			})
		}
		group.Wait()
		// 16 slots of 3 s carry 5.3 inquiries a second: the slots are what bounds here.
		if most > inquiriesOpen || most < inquiriesOpen-1 {
			t.Errorf("%d inquiries at a time, want %d", most, inquiriesOpen)
		}
		if last < 18*time.Second || last > 20*time.Second {
			t.Errorf("the last one began after %s", last)
		}
	})
}

func TestGate_rate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(20, time.Now)
		begin := time.Now()
		for range 41 {
			leave, err := g.Enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave()
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("41 inquiries at 20 a second took %s, want 2s", took)
		}
		<-time.After(time.Hour) // what was not used is not made up for
		begin = time.Now()
		for range 3 {
			leave, _ := g.Enter(t.Context())
			leave()
		}
		if took := time.Since(begin); took != 100*time.Millisecond {
			t.Errorf("3 inquiries after a pause took %s, want 100ms", took)
		}
	})
}

// Who gives up while waiting leaves no slot behind.
func TestGate_cancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(0.01, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		for i := range 2 * inquiriesOpen {
			group.Go(func() {
				leave, err := g.Enter(ctx)
				switch {
				case err == nil:
					leave()
				case !errors.Is(err, context.DeadlineExceeded):
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		group.Wait()
		if len(g.slots) != 0 {
			t.Errorf("%d slots are still taken", len(g.slots))
		}
	})
}
