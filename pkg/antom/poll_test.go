package antom_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// step is how the gateway answers one inquiry.
type step struct {
	takes time.Duration
	body  string // signed
	fault func(*http.Response) error
}

func state(status string) step {
	return step{body: strings.Replace(paidBody, `"paymentStatus":"SUCCESS"`, `"paymentStatus":"`+status+`"`, 1)}
}

func (s step) after(d time.Duration) step { s.takes = d; return s }

func refuses(status, code string) step { return step{body: result(status, code, "")} }

// The errors of a network.

func dropped() step {
	return step{fault: func(*http.Response) error { return errors.New("connection reset by peer") }}
}

func unreachable() step {
	return step{fault: func(*http.Response) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}}
}

func hangs() step { return dropped().after(time.Hour) }

func status(code int) step {
	return step{body: paidBody, fault: func(r *http.Response) error {
		r.StatusCode, r.Status = code, fmt.Sprintf("%d %s", code, http.StatusText(code))
		return nil
	}}
}

func wronglySigned() step {
	return step{body: paidBody, fault: func(r *http.Response) error {
		r.Body = io.NopCloser(strings.NewReader(strings.Replace(paidBody, "4200", "1", 1)))
		return nil
	}}
}

// script is a transport that answers step by step; a call after the last step fails the test.
type script struct {
	t     *testing.T
	key   *sign.PrivateKey
	steps []step
	asked int
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.asked == len(s.steps) {
		s.t.Errorf("inquiry %d was not to be made", s.asked+1)
		return nil, errors.New("nothing left")
	}
	step := s.steps[s.asked]
	s.asked++
	if step.takes > 0 {
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(step.takes):
		}
	}
	header, err := signedHeaders(s.key, r, step.body)
	if err != nil {
		return nil, err
	}
	answer := respond(r, header, step.body)
	if step.fault != nil {
		if err := step.fault(answer); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// pollClient is a client of the script.
func pollClient(t *testing.T, steps ...step) (*antom.Client, *script) {
	t.Helper()
	s := &script{t: t, key: privateKey(t, "antom"), steps: steps}
	client, err := antom.NewClient(testClientID, privateKey(t, "merchant"), s.key.Public(), antom.WithTransport(s))
	if err != nil {
		t.Fatal(err)
	}
	return client, s
}

// tell describes a poll: when it was sent and answered, its result, and what comes next.
func tell(begin time.Time, p antom.Poll) string {
	said := "error"
	switch {
	case p.Payment != nil && p.Err != nil:
		said = "a payment and an error"
	case p.Payment != nil:
		said = string(p.Payment.PaymentStatus)
	}
	words := []string{fmt.Sprintf("%d at %s, after %s: %s", p.N, p.At.Sub(begin), p.Elapsed, said)}
	for _, flag := range []struct {
		set  bool
		word string
	}{{p.Changed, "changed"}, {p.Final, "final"}, {p.Last, "last"}} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	if !p.Last {
		words = append(words, fmt.Sprintf("next in %s", p.Next))
	}
	return strings.Join(words, ", ") + ": " + p.Reason
}

func TestPoll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options antom.PollOptions
		steps   []step
		want    []string
	}{
		{"final at once", antom.PollOptions{}, []step{state("SUCCESS")}, []string{
			"1 at 0s, after 0s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"every change is told", antom.PollOptions{}, []step{state("PROCESSING"), state("PROCESSING"), state("PENDING"), state("FAIL")}, []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"2 at 2s, after 2s: PROCESSING, next in 2s: the payment is not final: PROCESSING",
			"3 at 4s, after 4s: PENDING, changed, next in 2s: the payment is not final: PENDING",
			"4 at 6s, after 6s: FAIL, changed, final, last: the payment is final: FAIL",
		}},
		{"cancelled is final", antom.PollOptions{}, []step{state("CANCELLED")}, []string{
			"1 at 0s, after 0s: CANCELLED, changed, final, last: the payment is final: CANCELLED",
		}},
		{"a status that nobody documented", antom.PollOptions{}, []step{state("AWAITING_MOON"), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: AWAITING_MOON, changed, next in 2s: the payment is not final: AWAITING_MOON",
			"2 at 2s, after 2s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"from start to start", antom.PollOptions{}, []step{
			state("PROCESSING").after(1500 * time.Millisecond), state("PROCESSING").after(1900 * time.Millisecond), state("SUCCESS"),
		}, []string{
			"1 at 0s, after 1.5s: PROCESSING, changed, next in 500ms: the payment is not final: PROCESSING",
			"2 at 2s, after 3.9s: PROCESSING, next in 100ms: the payment is not final: PROCESSING",
			"3 at 4s, after 4s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"an answer slower than the interval", antom.PollOptions{}, []step{
			state("PROCESSING").after(5 * time.Second), state("PROCESSING").after(5 * time.Second), state("PROCESSING"), state("SUCCESS"),
		}, []string{
			"1 at 0s, after 5s: PROCESSING, changed, next in 0s: the payment is not final: PROCESSING",
			"2 at 5s, after 10s: PROCESSING, next in 0s: the payment is not final: PROCESSING",
			"3 at 10s, after 10s: PROCESSING, next in 2s: the payment is not final: PROCESSING",
			"4 at 12s, after 12s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"own interval", antom.PollOptions{Interval: 10 * time.Second}, []step{state("PROCESSING"), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 10s: the payment is not final: PROCESSING",
			"2 at 10s, after 10s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"not paid yet", antom.PollOptions{}, []step{refuses("F", "ORDER_NOT_EXIST"), refuses("F", "ORDER_NOT_EXIST"), state("PROCESSING"), refuses("F", "ORDER_NOT_EXIST"), state("PROCESSING"), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: error, next in 2s: not paid yet: ORDER_NOT_EXIST",
			"2 at 2s, after 2s: error, next in 2s: not paid yet: ORDER_NOT_EXIST",
			"3 at 4s, after 4s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"4 at 6s, after 6s: error, next in 2s: not paid yet: ORDER_NOT_EXIST",
			"5 at 8s, after 8s: PROCESSING, next in 2s: the payment is not final: PROCESSING",
			"6 at 10s, after 10s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"faults double the interval, an answer restores it", antom.PollOptions{}, []step{
			state("PROCESSING"), dropped(), unreachable(), status(503), status(429), dropped(), dropped(), state("PROCESSING"), dropped(), state("SUCCESS"),
		}, []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"2 at 2s, after 2s: error, next in 4s: no usable answer: dropped",
			"3 at 6s, after 6s: error, next in 8s: no usable answer: unreachable",
			"4 at 14s, after 14s: error, next in 16s: no usable answer: server-fault",
			"5 at 30s, after 30s: error, next in 30s: no usable answer: server-fault",
			"6 at 1m0s, after 1m0s: error, next in 30s: no usable answer: dropped",
			"7 at 1m30s, after 1m30s: error, next in 30s: no usable answer: dropped",
			"8 at 2m0s, after 2m0s: PROCESSING, next in 2s: the payment is not final: PROCESSING",
			"9 at 2m2s, after 2m2s: error, next in 4s: no usable answer: dropped",
			"10 at 2m6s, after 2m6s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"U doubles the interval, not paid yet restores it", antom.PollOptions{}, []step{
			refuses("U", "UNKNOWN_EXCEPTION"), refuses("U", "REQUEST_TRAFFIC_EXCEED_LIMIT"), refuses("F", "ORDER_NOT_EXIST"), refuses("U", "PAYMENT_IN_PROCESS"), state("SUCCESS"),
		}, []string{
			"1 at 0s, after 0s: error, next in 4s: the gateway does not know yet: UNKNOWN_EXCEPTION",
			"2 at 4s, after 4s: error, next in 8s: the gateway does not know yet: REQUEST_TRAFFIC_EXCEED_LIMIT",
			"3 at 12s, after 12s: error, next in 2s: not paid yet: ORDER_NOT_EXIST",
			"4 at 14s, after 14s: error, next in 4s: the gateway does not know yet: PAYMENT_IN_PROCESS",
			"5 at 18s, after 18s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"own bound of the interval", antom.PollOptions{Interval: 3 * time.Second, MaxBackoff: 5 * time.Second}, []step{dropped(), dropped(), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: error, next in 5s: no usable answer: dropped",
			"2 at 5s, after 5s: error, next in 5s: no usable answer: dropped",
			"3 at 10s, after 10s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"a bound below the interval", antom.PollOptions{Interval: time.Minute, MaxBackoff: time.Second}, []step{dropped(), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: error, next in 1m0s: no usable answer: dropped",
			"2 at 1m0s, after 1m0s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"negative options", antom.PollOptions{Interval: -1, MaxBackoff: -1}, []step{dropped(), state("SUCCESS")}, []string{
			"1 at 0s, after 0s: error, next in 4s: no usable answer: dropped",
			"2 at 4s, after 4s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"a call that times out", antom.PollOptions{}, []step{hangs(), hangs(), hangs(), state("SUCCESS")}, []string{
			"1 at 0s, after 15s: error, next in 0s: no usable answer: timed-out",
			"2 at 15s, after 30s: error, next in 0s: no usable answer: timed-out",
			"3 at 30s, after 45s: error, next in 1s: no usable answer: timed-out",
			"4 at 46s, after 46s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}},
		{"a refusal ends it", antom.PollOptions{}, []step{state("PROCESSING"), refuses("F", "ACCESS_DENIED")}, []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"2 at 2s, after 2s: error, last: refused: ACCESS_DENIED",
		}},
		{"a refusal that nobody documented ends it", antom.PollOptions{}, []step{refuses("F", "BRAND_NEW")}, []string{
			"1 at 0s, after 0s: error, last: refused: BRAND_NEW",
		}},
		{"a wrong signature ends it", antom.PollOptions{}, []step{state("PROCESSING"), wronglySigned()}, []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"2 at 2s, after 2s: error, last: asking again would not help",
		}},
		{"a redirect ends it", antom.PollOptions{}, []step{status(302)}, []string{
			"1 at 0s, after 0s: error, last: no usable answer: redirected",
		}},
		{"a wrong address ends it", antom.PollOptions{}, []step{status(404)}, []string{
			"1 at 0s, after 0s: error, last: no usable answer: bad-status",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, gateway := pollClient(t, test.steps...)
				begin := time.Now()
				var got []string
				for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentRequestID: "order-1001"}, test.options) {
					got = append(got, tell(begin, poll))
					if poll.Response == nil && poll.Payment != nil {
						t.Errorf("poll %d has no response", poll.N)
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if gateway.asked != len(test.steps) {
					t.Errorf("asked %d times, want %d", gateway.asked, len(test.steps))
				}
			})
		})
	}
}

// The errors of a series are those of its inquiries.
func TestPoll_errors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := pollClient(t, refuses("U", "UNKNOWN_EXCEPTION"), dropped(), wronglySigned())
		var polls []antom.Poll
		for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{}) {
			polls = append(polls, poll)
		}
		if refused, ok := errors.AsType[*antom.ResultError](polls[0].Err); !ok || refused.Response != polls[0].Response {
			t.Errorf("1: %v", polls[0].Err)
		}
		if lost, ok := errors.AsType[*antom.TransportError](polls[1].Err); !ok || lost.Kind != antom.Dropped || polls[1].Response != nil {
			t.Errorf("2: %v", polls[1].Err)
		}
		if !errors.Is(polls[2].Err, &sign.Error{Reason: sign.Mismatch}) || polls[2].Response == nil {
			t.Errorf("3: %v", polls[2].Err)
		}
	})
}

// An invalid inquiry ends the series with its error.
func TestPoll_withoutID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := pollClient(t)
		n := 0
		for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{}, antom.PollOptions{}) {
			n++
			if poll.Err == nil || !poll.Last {
				t.Errorf("poll = %+v", poll)
			}
		}
		if n != 1 {
			t.Errorf("%d polls, want 1", n)
		}
	})
}

// TestPoll_endOfContext ends the context during an inquiry and during a pause: the series ends
// immediately without another poll.
func TestPoll_endOfContext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		limit time.Duration
		steps []step
		want  int
	}{
		{"before", 0, nil, 0},
		{"in the first inquiry", time.Second, []step{state("PROCESSING").after(5 * time.Second)}, 0},
		{"in a pause", 3 * time.Second, []step{state("PROCESSING"), state("PROCESSING")}, 2},
		{"in a later inquiry", 3 * time.Second, []step{state("PROCESSING"), state("PROCESSING").after(5 * time.Second)}, 1},
		{"in a long pause after a fault", 5 * time.Second, []step{dropped(), dropped()}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, gateway := pollClient(t, test.steps...)
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				begin := time.Now()
				n := 0
				for poll := range client.Payments.Poll(ctx, antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{}) {
					n++
					if poll.Last {
						t.Errorf("poll %d says that it is the last: %+v", poll.N, poll)
					}
				}
				if n != test.want || gateway.asked != len(test.steps) {
					t.Errorf("%d polls of %d inquiries, want %d of %d", n, gateway.asked, test.want, len(test.steps))
				}
				if took := time.Since(begin); took != test.limit || ctx.Err() == nil {
					t.Errorf("ended after %s, want %s", took, test.limit)
				}
			})
		})
	}
}

// The caller cancels within the loop's body.
func TestPoll_cancelInTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := pollClient(t, state("PROCESSING"))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		begin := time.Now()
		for range client.Payments.Poll(ctx, antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{}) {
			cancel()
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("ended after %s, want at once", took)
		}
	})
}

// TestPoll_break leaves the loop early. A remaining goroutine or timer would keep the bubble
// from ending, and there must be no further inquiry.
func TestPoll_break(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, gateway := pollClient(t, state("PROCESSING"), state("PROCESSING"))
		for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{}) {
			if poll.N == 2 {
				break
			}
		}
		<-time.After(time.Hour)
		synctest.Wait()
		if gateway.asked != 2 {
			t.Errorf("asked %d times, want 2", gateway.asked)
		}
	})
}

// A series can be started again from its beginning.
func TestPoll_again(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := pollClient(t, state("PROCESSING"), state("SUCCESS"), state("SUCCESS"))
		series := client.Payments.Poll(t.Context(), antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{})
		var got []string
		for range 2 {
			begin := time.Now()
			for poll := range series {
				got = append(got, tell(begin, poll))
			}
		}
		want := []string{
			"1 at 0s, after 0s: PROCESSING, changed, next in 2s: the payment is not final: PROCESSING",
			"2 at 2s, after 2s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
			"1 at 0s, after 0s: SUCCESS, changed, final, last: the payment is final: SUCCESS",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
