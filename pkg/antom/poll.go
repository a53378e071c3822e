package antom

import (
	"context"
	"iter"
	"time"
)

// DefaultPollInterval is the interval that Antom's guide recommends.
const DefaultPollInterval = 2 * time.Second

const defaultMaxBackoff = 30 * time.Second

// PollOptions say how often to ask.
type PollOptions struct {
	// Interval counts from the start of one inquiry to the start of the next;
	// zero is 2 s.
	Interval time.Duration
	// MaxBackoff bounds the interval after faults; zero is 30 s.
	MaxBackoff time.Duration
}

// Poll is one inquiry of a series.
type Poll struct {
	// N counts from 1.
	N int
	// Elapsed is the time since the series began.
	Elapsed time.Duration
	// Payment and Response are nil if Err is not.
	Payment  *Payment
	Response *Response
	Err      error
	// Changed is true if the state differs from that of the last answer.
	Changed bool
	// Final is true if the state will not change any more: the series ends.
	Final bool
	// Last is true if no inquiry follows.
	Last bool
	// Next is the time until the next inquiry.
	Next time.Duration
	// Reason says why the series goes on or ends.
	Reason string
}

// Poll inquires at once and then again and again until the payment is final,
// which the last Poll of the series says, or until an answer shows that asking
// again would not help: a refusal other than ORDER_NOT_EXIST, which means that
// the buyer has not paid yet, or a signature that does not hold. Network faults
// and U answers make it ask less often, up to MaxBackoff. The series ends
// silently when ctx does.
func (s *PaymentsService) Poll(ctx context.Context, inquiry Inquiry, options PollOptions) iter.Seq[Poll] {
	return func(yield func(Poll) bool) {
		pace := newPace(options)
		begin := time.Now()
		var last PaymentStatus
		for n := 1; ; n++ {
			start := time.Now()
			payment, response, err := s.Inquire(ctx, inquiry)
			if ctx.Err() != nil {
				return
			}
			poll := Poll{N: n, Elapsed: time.Since(begin), Payment: payment, Response: response, Err: err}
			if payment != nil {
				poll.Changed, last = payment.PaymentStatus != last, payment.PaymentStatus
				poll.Final = payment.PaymentStatus.Final()
			}
			decision := afterInquiry(payment, err)
			if poll.Final {
				decision = next{reason: "the payment is final"}
			}
			poll.Reason, poll.Last = decision.reason, !decision.again
			if decision.again {
				poll.Next = max(0, pace.after(decision.backOff)-time.Since(start))
			}
			if !yield(poll) || !decision.again || !sleep(ctx, start.Add(pace.current)) {
				return
			}
		}
	}
}

// pace is the interval in force.
type pace struct{ usual, longest, current time.Duration }

func newPace(options PollOptions) *pace {
	p := &pace{usual: options.Interval, longest: options.MaxBackoff}
	if p.usual <= 0 {
		p.usual = DefaultPollInterval
	}
	if p.longest <= 0 {
		p.longest = max(defaultMaxBackoff, p.usual)
	}
	p.current = p.usual
	return p
}

// after doubles the interval after a fault and restores it after an answer.
func (p *pace) after(fault bool) time.Duration {
	if fault {
		p.current = min(p.current*2, p.longest)
	} else {
		p.current = p.usual
	}
	return p.current
}

// sleep waits until a time and reports whether ctx is still alive.
func sleep(ctx context.Context, until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
