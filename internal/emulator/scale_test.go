package emulator_test

import (
	"context"
	"fmt"
	"net"
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

// steering is what both the emulator in this process and a served one do.
type controller interface {
	Pay(ctx context.Context, request emulator.PayRequest) (emulator.PayResult, error)
	Show(ctx context.Context, paymentRequestID string) (emulator.Details, error)
	List(ctx context.Context, limit int) ([]emulator.Summary, error)
	Clock(ctx context.Context) (emulator.Clock, error)
	AdvanceClock(ctx context.Context, by time.Duration) (emulator.Clock, []emulator.Event, error)
	Undelivered(ctx context.Context, paymentRequestID string) ([]emulator.Delivery, int, error)
	RecordAttempt(ctx context.Context, id string, attempt emulator.Attempt) error
}

// steered are the calls of those who steer the emulator, which find gets.
func controlCalls(find func(*play) (controller, error)) []call {
	on := func(do func(ctx context.Context, e controller, id string) error) func(context.Context, *play) error {
		return func(ctx context.Context, p *play) error {
			e, err := find(p)
			if err != nil {
				return err
			}
			return do(ctx, e, p.vars["paymentRequestId"])
		}
	}
	return []call{
		{"pay", []string{"session"}, on(func(ctx context.Context, e controller, id string) error {
			_, err := e.Pay(ctx, emulator.PayRequest{PaymentRequestID: id})
			return err
		})},
		{"show", []string{"session", "pay"}, on(func(ctx context.Context, e controller, id string) error {
			_, err := e.Show(ctx, id)
			return err
		})},
		{"list", nil, on(func(ctx context.Context, e controller, _ string) error {
			_, err := e.List(ctx, 5)
			return err
		})},
		{"clock", nil, on(func(ctx context.Context, e controller, _ string) error {
			_, err := e.Clock(ctx)
			return err
		})},
		{"clock advance", []string{"session", "pay processing=3s"}, on(func(ctx context.Context, e controller, _ string) error {
			_, _, err := e.AdvanceClock(ctx, 2*time.Hour)
			return err
		})},
		{"deliver", []string{"session sale", "pay"}, on(deliver)},
	}
}

// deliver is what antom emulator deliver does beside sending.
func deliver(ctx context.Context, e controller, id string) error {
	due, _, err := e.Undelivered(ctx, id)
	if err != nil {
		return err
	}
	for _, d := range due {
		if err := e.RecordAttempt(ctx, d.ID, emulator.Attempt{HTTPStatus: 200, Acknowledged: true, Verdict: "acknowledged"}); err != nil {
			return err
		}
	}
	return nil
}

// opened is the emulator as a command has it that finds no server: opened for
// this call.
func opened(p *play) (controller, error) { return emulator.Open(p.dir, emulator.Options{}) }

// controlled serves a play's emulator until the test ends and returns its
// control API.
func controlled(t *testing.T, p *play) controller {
	t.Helper()
	server, err := p.e.NewServer(emulator.ServeOptions{Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Publish(listener); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		server.Close()
		closeIt(t, p.e)
	})
	remote, err := emulator.Running(t.Context(), p.dir)
	if err != nil || remote == nil {
		t.Fatalf("%v, %v", remote, err)
	}
	return remote
}

// TestLargeState compares the time of each call in a large state with that in an
// empty one, in one run, in turns, so that other load hits both: the calls of the
// gateway, and those of who steers it by commands or by the control API.
func TestLargeState(t *testing.T) {
	t.Run("in process", func(t *testing.T) {
		small, large := sizes(t, emulator.Options{})
		for _, c := range append(measured(), controlCalls(opened)...) {
			compare(t, small, large, c)
		}
	})
	t.Run("served", func(t *testing.T) {
		small, large := sizes(t, emulator.Options{Hold: true})
		apis := map[*play]controller{small: controlled(t, small), large: controlled(t, large)}
		for _, c := range controlCalls(func(p *play) (controller, error) { return apis[p], nil }) {
			compare(t, small, large, c)
		}
	})
}

// sizes are an empty state and a large one. The large one is past what its orders
// still had before them: to list that is no burden of the next move of the clock.
func sizes(t *testing.T, options emulator.Options) (small, large *play) {
	t.Helper()
	small, large = newPlay(t, options), newPlay(t, options)
	grow(t, large.e, largeState)
	for _, p := range []*play{small, large} {
		prepare(t, p, "advance 2h")
	}
	return small, large
}

func compare(t *testing.T, small, large *play, c call) {
	t.Helper()
	ratio := 0.0
	for range 8 { // a machine that does something else for a while is no fault
		if ratio = slowdown(t, small, large, c); ratio <= largest {
			break
		}
	}
	t.Logf("%s: %.2f times as long with %d payments", c.name, ratio, largeState)
	if ratio > largest {
		t.Errorf("%s takes %.2f times as long with %d payments, want at most %.1f", c.name, ratio, largeState, largest)
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
