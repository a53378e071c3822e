package checkoutcmd

import (
	"context"
	"time"

	"github.com/antom-cli/antom/internal/wait"
)

// asker calls inquiryPayment when an event suggests that the payment has changed, until it is
// final. Only its answers count; events of the page are hints.
type asker struct {
	subject  wait.Subject
	target   wait.Target
	interval time.Duration

	reasons chan reason
	news    chan wait.Watch // one for each answer
}

// reason is how likely it is that there is a payment.
type reason int

const (
	idle     reason = iota // no new event; a closed page sends none
	possible               // the buyer may have paid
	claimed                // the page or a notification reported a payment
)

// missingLimits are the numbers of answers without a payment after which asking pauses until
// the next reason.
var missingLimits = [...]int{idle: 1, possible: wait.MissingAnswers, claimed: 30}

// idleInterval is the time between inquiries without a new reason, once there was one.
const idleInterval = 20 * time.Second

func newAsker(subject wait.Subject, target wait.Target, interval time.Duration) *asker {
	return &asker{subject: subject, target: target, interval: interval, reasons: make(chan reason, 1), news: make(chan wait.Watch)}
}

// wake gives a reason to ask. If another one is pending, the stronger one is kept.
func (a *asker) wake(why reason) {
	for {
		select {
		case a.reasons <- why:
			return
		case waiting := <-a.reasons:
			why = max(why, waiting)
		}
	}
}

// run asks until the payment is final or ctx ends.
func (a *asker) run(ctx context.Context) {
	var why reason
	select {
	case why = <-a.reasons:
	case <-ctx.Done():
		return
	}
	for {
		again, stop := context.WithCancel(ctx)
		end := make(chan wait.End, 1)
		go func() { end <- a.ask(ctx, again, missingLimits[why]) }()
		var ended bool
		select {
		case e := <-end:
			ended = e == wait.Final || e == wait.Refused
		case next := <-a.reasons: // the payment may have changed: ask at once
			stop()
			e := <-end
			ended, why = e == wait.Final || e == wait.Refused, max(why, next)
			if !ended {
				continue
			}
		}
		stop()
		if ended || ctx.Err() != nil {
			return
		}
		select {
		case why = <-a.reasons:
		case <-time.After(idleInterval):
			why = idle
		case <-ctx.Done():
			return
		}
	}
}

// ask asks every interval until the payment is final, the limit of answers without a payment is
// reached, or again is done. Answers are delivered until ctx is done.
func (a *asker) ask(ctx, again context.Context, missing int) wait.End {
	watches := wait.Run(again, a.subject, []wait.Target{a.target}, wait.Options{Interval: a.interval, MaxMissing: missing, Observe: func(e wait.Event) {
		select {
		case a.news <- *e.Watch:
		case <-ctx.Done():
		}
	}})
	return watches[0].End
}
