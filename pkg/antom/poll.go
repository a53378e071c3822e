package antom

import (
	"context"
	"iter"
	"time"
)

// DefaultPollInterval is the interval that Antom's guide recommends (SEED).
const DefaultPollInterval = 2 * time.Second

// DefaultMaxBackoff limits the interval after errors.
const DefaultMaxBackoff = 30 * time.Second

// PollOptions configures a series of inquiries.
type PollOptions struct {
	// Interval is the time between the starts of two inquiries; zero means
	// [DefaultPollInterval].
	Interval time.Duration
	// MaxBackoff limits the interval after errors; zero means [DefaultMaxBackoff]. It is never
	// less than Interval.
	MaxBackoff time.Duration
	// Done reports whether no further inquiry is needed after an answer. If nil, the series
	// ends when the payment's status is final. A capture happens after that, so set Done to
	// wait for one.
	Done func(*Payment) bool
	// Admit, if not nil, is called before each inquiry and may wait, so that many series share
	// a rate. The function it returns is called after the answer. Its error ends the series.
	Admit func(context.Context) (release func(), err error)
}

// Poll is one inquiry of a series.
type Poll struct {
	// N counts from 1.
	N int
	// At is when the inquiry was sent.
	At time.Time
	// Elapsed is the time from the start of the series to the answer.
	Elapsed time.Duration
	// Payment is nil if Err is not.
	Payment *Payment
	// Response is the answer, if one was read.
	Response *Response
	Err      error
	// Changed is true if the payment's status differs from the previous one.
	Changed bool
	// Final is true if the payment's status will not change any more or, with
	// [PollOptions.Done], if Done returned true.
	Final bool
	// Last is true if no inquiry follows: the payment is Final, or asking again after Err would
	// not help.
	Last bool
	// Next is the time until the next inquiry; zero: immediately, or none.
	Next time.Duration
	// Reason is why the series continues or ends.
	Reason string
}

// Poll inquires immediately and then repeatedly until the payment is final, or until an answer
// shows that asking again would not help: a refusal other than ORDER_NOT_EXIST, which means
// that the buyer has not paid yet, or an invalid signature. Network errors and U answers reduce
// the frequency: each doubles the interval up to MaxBackoff, and the next answer restores it.
// The series ends silently when ctx does; see ctx.Err.
func (s *PaymentsService) Poll(ctx context.Context, inquiry Inquiry, options PollOptions) iter.Seq[Poll] {
	return func(yield func(Poll) bool) {
		pace := NewPace(InquiryPayment, options)
		begin := time.Now()
		var known PaymentStatus
		for n := 1; ctx.Err() == nil; n++ {
			poll, decision := s.pollOnce(ctx, inquiry, options, pace)
			if poll.Err != nil && ctx.Err() != nil {
				return
			}
			poll.N, poll.Elapsed = n, time.Since(begin)
			if poll.Payment != nil {
				poll.Changed, known = poll.Payment.PaymentStatus != known, poll.Payment.PaymentStatus
			}
			due := poll.At.Add(decision.Interval)
			if decision.Again {
				poll.Next = max(0, time.Until(due))
			}
			if !yield(poll) || !decision.Again || !sleepUntil(ctx, due) {
				return
			}
		}
	}
}

// pollOnce inquires and decides what to do next.
func (s *PaymentsService) pollOnce(ctx context.Context, inquiry Inquiry, options PollOptions, pace *Pace) (Poll, Decision) {
	release := func() {}
	if options.Admit != nil {
		var err error
		if release, err = options.Admit(ctx); err != nil {
			return Poll{At: time.Now(), Err: err, Last: true, Reason: "not admitted"}, Decision{}
		}
	}
	poll := Poll{At: time.Now()}
	poll.Payment, poll.Response, poll.Err = s.Inquire(ctx, inquiry)
	release()
	done := poll.Err == nil && options.done(poll.Payment)
	decision := pace.After(poll.Err, done)
	poll.Final = done
	poll.Last, poll.Reason = !decision.Again, decision.Reason
	if poll.Err == nil && options.Done == nil {
		poll.Reason = afterPayment(poll.Payment.PaymentStatus)
	}
	return poll, decision
}

func afterPayment(status PaymentStatus) string {
	if status.Final() {
		return "the payment is final: " + string(status)
	}
	return "the payment is not final: " + string(status)
}

// done reports whether no further inquiry is needed.
func (o PollOptions) done(payment *Payment) bool {
	if o.Done != nil {
		return o.Done(payment)
	}
	return payment.PaymentStatus.Final()
}

// Pace decides when to ask again, for callers that ask about many things and do the timing
// themselves; [PaymentsService.Poll] does both for one payment. It is not safe for concurrent
// use.
type Pace struct {
	op                      Operation
	usual, longest, current time.Duration
}

// Decision is what to do after an inquiry.
type Decision struct {
	// Again is true if another inquiry makes sense.
	Again bool
	// Interval is the time from the start of the last inquiry to the start of
	// the next.
	Interval time.Duration
	// Reason is a description of why.
	Reason string
}

// NewPace returns the pace of a series of inquiries by op. It uses only the intervals of
// options.
func NewPace(op Operation, options PollOptions) *Pace {
	p := &Pace{op: op, usual: options.Interval, longest: options.MaxBackoff}
	if p.usual <= 0 {
		p.usual = DefaultPollInterval
	}
	if p.longest <= 0 {
		p.longest = DefaultMaxBackoff
	}
	p.longest = max(p.longest, p.usual)
	p.current = p.usual
	return p
}

// After decides what to do after an inquiry that returned err or, without an error, a state
// that is final for the caller (done). An error doubles the interval, an answer restores it.
func (p *Pace) After(err error, done bool) Decision {
	decision := afterAnswer(done)
	if err != nil {
		decision = afterError(p.op, err)
	}
	p.current = min(p.current*2, p.longest)
	if !decision.backOff {
		p.current = p.usual
	}
	return Decision{Again: decision.again, Interval: p.current, Reason: decision.reason}
}

// sleepUntil waits until a time and reports whether ctx has not ended.
func sleepUntil(ctx context.Context, due time.Time) bool {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
