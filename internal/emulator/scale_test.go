package emulator_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
)

// largeState is how many payments a state holds in which calls are to be about
// as fast as in an empty one.
const largeState = 10_000

// largest is by how much a call may be slower in a large state.
const largest = 1.5

// grow makes payments. It goes by the emulator's own functions, not by signed
// calls, which would take a minute.
func grow(tb testing.TB, e *emulator.Emulator, n int) {
	tb.Helper()
	if err := e.Grow(tb.Context(), n); err != nil {
		tb.Fatal(err)
	}
}

// call is something that is done with an emulator, on an order of its own.
type call struct {
	name  string
	setup []string
	do    func(ctx context.Context, p *play) error
}

// step is a call of the gateway.
func step(text string) func(context.Context, *play) error {
	return func(_ context.Context, p *play) error { return p.step(parseLine(text).words) }
}

// measured are the six calls of the gateway.
func measured() []call {
	return []call{
		{"createPaymentSession", nil, step("session")},
		{"inquiryPayment", []string{"session", "pay"}, step("inquire")},
		{"capture", []string{"session capture=MANUAL", "pay"}, step("capture")},
		{"refund", []string{"session sale", "pay"}, step("refund")},
		{"cancel", []string{"session sale", "pay"}, step("cancel")},
		{"inquiryRefund", []string{"session sale", "pay", "refund"}, step("inquireRefund")},
	}
}

// steered are the calls of those who steer the emulator.
func steered() []call {
	return []call{
		{"pay", []string{"session"}, func(ctx context.Context, p *play) error {
			_, err := p.e.Pay(ctx, emulator.PayRequest{PaymentRequestID: p.vars["paymentRequestId"]})
			return err
		}},
		{"show", []string{"session", "pay"}, func(ctx context.Context, p *play) error {
			_, err := p.e.Show(ctx, p.vars["paymentRequestId"])
			return err
		}},
		{"list", nil, func(ctx context.Context, p *play) error {
			_, err := p.e.List(ctx, 5)
			return err
		}},
		{"clock", nil, func(ctx context.Context, p *play) error {
			_, err := p.e.Clock(ctx)
			return err
		}},
		{"clock advance", []string{"session", "pay processing=3s"}, func(ctx context.Context, p *play) error {
			_, _, err := p.e.AdvanceClock(ctx, 2*time.Hour)
			return err
		}},
		{"deliver", []string{"session sale", "pay"}, func(ctx context.Context, p *play) error {
			due, _, err := p.e.Undelivered(ctx, p.vars["paymentRequestId"])
			if err != nil {
				return err
			}
			return p.e.RecordAttempt(ctx, due[0].ID, emulator.Attempt{HTTPStatus: 200, Acknowledged: true, Verdict: "acknowledged"})
		}},
	}
}

// asCommand does a call as a command does that finds no server: it opens the
// emulator first.
func asCommand(do func(context.Context, *play) error) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) (err error) {
		if p.e, err = emulator.Open(p.dir, emulator.Options{}); err != nil {
			return err
		}
		p.handler = p.e
		return do(ctx, p)
	}
}

// TestLargeState compares the time of each call in a large state with that in an
// empty one, in one run, in turns, so that other load hits both: the calls of the
// gateway and those who steer it, in a process of their own and where the state
// is held, as a server does.
func TestLargeState(t *testing.T) {
	for _, hold := range []bool{false, true} {
		small, large := newPlay(t, emulator.Options{Hold: hold}), newPlay(t, emulator.Options{Hold: hold})
		grow(t, large.e, largeState)
		calls := steered()
		if !hold {
			for i := range calls {
				calls[i].do = asCommand(calls[i].do)
			}
			calls = append(measured(), calls...)
		}
		for _, p := range []*play{small, large} { // past what the grown orders still have before them: to list that is no call's burden
			prepare(t, p, "advance 2h")
		}
		for _, c := range calls {
			compare(t, small, large, c, hold)
		}
		for _, p := range []*play{small, large} {
			if err := p.e.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func compare(t *testing.T, small, large *play, c call, hold bool) {
	t.Helper()
	ratio := 0.0
	for range 3 { // a machine that does something else now and then is no fault
		if ratio = slowdown(t, small, large, c); ratio <= largest {
			break
		}
	}
	t.Logf("%s, held %v: %.2f times as long with %d payments", c.name, hold, ratio, largeState)
	if ratio > largest {
		t.Errorf("%s, held %v, takes %.2f times as long with %d payments, want at most %.1f", c.name, hold, ratio, largeState, largest)
	}
}

func slowdown(t *testing.T, small, large *play, c call) float64 {
	t.Helper()
	var took [2][]time.Duration
	for range 15 {
		for i, p := range []*play{small, large} {
			prepare(t, p, c.setup...)
			begin := time.Now()
			if err := c.do(t.Context(), p); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			took[i] = append(took[i], time.Since(begin))
		}
	}
	return float64(median(took[1])) / float64(median(took[0]))
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// BenchmarkCall measures a call within the process, signing and all, by how the
// state file is used and by its size.
func BenchmarkCall(b *testing.B) {
	for _, hold := range []bool{false, true} {
		for _, size := range []int{0, largeState} {
			for _, call := range measured()[:2] {
				b.Run(fmt.Sprintf("%s/hold=%v/payments=%d", call.name, hold, size), func(b *testing.B) {
					p := newPlay(b, emulator.Options{Hold: hold})
					b.Cleanup(func() { letGo(b, p.e) })
					if size > 0 {
						grow(b, p.e, size)
					}
					prepareB(b, p, call.setup...)
					for b.Loop() {
						if err := call.do(b.Context(), p); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkStore measures what the state file itself costs.
func BenchmarkStore(b *testing.B) {
	for _, hold := range []bool{false, true} {
		for _, size := range []int{0, largeState} {
			b.Run(fmt.Sprintf("hold=%v/payments=%d", hold, size), func(b *testing.B) {
				p := newPlay(b, emulator.Options{Hold: hold})
				b.Cleanup(func() { letGo(b, p.e) })
				grow(b, p.e, max(size, 1))
				b.Run("read", func(b *testing.B) {
					for b.Loop() {
						if _, err := p.e.Show(b.Context(), "grown-0"); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run("write", func(b *testing.B) {
					for b.Loop() {
						grow(b, p.e, 1)
					}
				})
			})
		}
	}
}

func letGo(b *testing.B, e *emulator.Emulator) {
	b.Helper()
	if err := e.Close(); err != nil {
		b.Error(err)
	}
}

func prepareB(b *testing.B, p *play, steps ...string) {
	b.Helper()
	for _, step := range steps {
		if err := p.step(parseLine(step).words); err != nil {
			b.Fatalf("%s: %v", step, err)
		}
	}
}
