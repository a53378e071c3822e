package checkoutcmd

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// gateway answers inquiries by the time since it was made.
type gateway struct {
	begin time.Time
	paid  time.Duration // 0: never
	final time.Duration

	mu    sync.Mutex
	asked []time.Duration
}

func (*gateway) Operation() antom.Operation { return antom.InquiryPayment }

func (g *gateway) Ask(_ context.Context, target wait.Target) (wait.State, error) {
	at := time.Since(g.begin)
	g.mu.Lock()
	g.asked = append(g.asked, at)
	g.mu.Unlock()
	switch {
	case g.paid == 0 || at < g.paid:
		row, _ := antom.LookupResultCode(antom.CodeOrderNotExist)
		return wait.State{}, &antom.ResultError{Operation: antom.InquiryPayment, Result: antom.Result{ResultStatus: antom.StatusF, ResultCode: antom.CodeOrderNotExist}, Row: row, Known: true}
	case at < g.final:
		return wait.State{Target: target, Status: "PROCESSING"}, nil
	}
	return wait.State{Target: target, Status: "SUCCESS", Final: true}, nil
}

// Nothing is asked without a reason. A reported payment is asked for at once, and for longer
// than a possible one.
func TestAsker(t *testing.T) {
	t.Parallel()
	second := time.Second
	for name, test := range map[string]struct {
		paid, final time.Duration
		reasons     map[time.Duration]reason
		until       time.Duration
		want        []time.Duration // when it is asked
		ends        bool
	}{
		"no reason":                   {until: time.Minute},
		"paid, and told":              {paid: second, final: second, reasons: map[time.Duration]reason{5 * second: claimed}, until: time.Minute, want: []time.Duration{5 * second}, ends: true},
		"told, and not yet there":     {paid: 8 * second, final: 11 * second, reasons: map[time.Duration]reason{second: claimed}, until: time.Minute, want: []time.Duration{second, 3 * second, 5 * second, 7 * second, 9 * second, 11 * second}, ends: true},
		"possible, and then at rest":  {reasons: map[time.Duration]reason{second: possible}, until: 30 * second, want: []time.Duration{second, 3 * second, 5 * second, 25 * second}},
		"at rest, and then told":      {paid: 12 * second, final: 12 * second, reasons: map[time.Duration]reason{second: possible, 13 * second: claimed}, until: time.Minute, want: []time.Duration{second, 3 * second, 5 * second, 13 * second}, ends: true},
		"told while it is asked":      {paid: 2 * second, final: 2 * second, reasons: map[time.Duration]reason{second: possible, 2500 * time.Millisecond: claimed}, until: time.Minute, want: []time.Duration{second, 2500 * time.Millisecond}, ends: true},
		"closed, and found by chance": {paid: 20 * second, final: 20 * second, reasons: map[time.Duration]reason{second: possible}, until: time.Minute, want: []time.Duration{second, 3 * second, 5 * second, 25 * second}, ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := &gateway{begin: time.Now(), paid: test.paid, final: test.final}
				a := newAsker(g, wait.Target{PaymentRequestID: "order-1"}, 2*second)
				ctx, stop := context.WithTimeout(t.Context(), test.until)
				defer stop()
				go func() {
					for {
						select {
						case <-a.news:
						case <-ctx.Done():
							return
						}
					}
				}()
				for after, why := range test.reasons {
					time.AfterFunc(after, func() { a.wake(why) })
				}
				a.run(ctx)
				if ended := ctx.Err() == nil; ended != test.ends {
					t.Errorf("it has ended: %t, want %t (%v)", ended, test.ends, errors.Unwrap(ctx.Err()))
				}
				if !slices.Equal(g.asked, test.want) {
					t.Errorf("asked at %v, want %v", g.asked, test.want)
				}
				stop()
				synctest.Wait()
			})
		})
	}
}

// The stronger of two pending reasons is kept, and wake never blocks.
func TestAsker_wake(t *testing.T) {
	t.Parallel()
	a := newAsker(nil, wait.Target{}, time.Second)
	for _, why := range []reason{possible, claimed, possible} {
		a.wake(why)
	}
	if why := <-a.reasons; why != claimed || len(a.reasons) != 0 {
		t.Errorf("%d, and %d more", why, len(a.reasons))
	}
}
