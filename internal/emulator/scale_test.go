package emulator_test

import (
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

// measured are the six calls, each made on an order of its own.
func measured() []struct {
	name  string
	setup []string
	step  string
} {
	return []struct {
		name  string
		setup []string
		step  string
	}{
		{"createPaymentSession", nil, "session"},
		{"inquiryPayment", []string{"session", "pay"}, "inquire"},
		{"capture", []string{"session capture=MANUAL", "pay"}, "capture"},
		{"refund", []string{"session sale", "pay"}, "refund"},
		{"cancel", []string{"session sale", "pay"}, "cancel"},
		{"inquiryRefund", []string{"session sale", "pay", "refund"}, "inquireRefund"},
	}
}

// TestLargeState compares the median time of each call in a large state with
// that in an empty one, in one run, in turns, so that other load hits both.
func TestLargeState(t *testing.T) {
	small, large := newPlay(t, emulator.Options{}), newPlay(t, emulator.Options{})
	grow(t, large.e, largeState)
	for _, call := range measured() {
		ratio := 0.0
		for range 3 { // a machine that does something else now and then is no fault
			if ratio = slowdown(t, small, large, call.setup, call.step); ratio <= largest {
				break
			}
		}
		t.Logf("%s: %.2f times as long with %d payments", call.name, ratio, largeState)
		if ratio > largest {
			t.Errorf("%s takes %.2f times as long with %d payments, want at most %.1f", call.name, ratio, largeState, largest)
		}
	}
}

func slowdown(t *testing.T, small, large *play, setup []string, step string) float64 {
	t.Helper()
	var took [2][]time.Duration
	for range 15 {
		for i, p := range []*play{small, large} {
			prepare(t, p, setup...)
			begin := time.Now()
			prepare(t, p, step)
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
						prepareB(b, p, call.step)
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
