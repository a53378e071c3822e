package checkoutcmd

import (
	"context"
	"time"

	"github.com/antom-cli/antom/internal/wait"
)

// asker asks how the payment stands whenever something makes it likely that it has
// moved, until it is final. Only what it is told counts: the page's word is a hint.
type asker struct {
	subject  wait.Subject
	target   wait.Target
	interval time.Duration

	reasons chan reason
	news    chan wait.Watch // one for each answer
}

// reason is how sure it is that there is a payment.
type reason int

const (
	resting reason = iota // nothing is new; a page that was closed tells nothing more
	perhaps               // the buyer may have paid
	claimed               // somebody has said so
)

// patiences are after how many answers that there is no payment the asking ends until
// the next reason.
var patiences = [...]int{resting: 1, perhaps: wait.MissingAnswers, claimed: 30}

// restingPace is how often it is asked without a reason, once there was one.
const restingPace = 20 * time.Second

func newAsker(subject wait.Subject, target wait.Target, interval time.Duration) *asker {
	return &asker{subject: subject, target: target, interval: interval, reasons: make(chan reason, 1), news: make(chan wait.Watch)}
}

// because gives a reason to ask. Of several that wait, the strongest one counts.
func (a *asker) because(why reason) {
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
		go func() { end <- a.ask(ctx, again, patiences[why]) }()
		var ended bool
		select {
		case e := <-end:
			ended = e == wait.Final || e == wait.Refused
		case next := <-a.reasons: // the payment has moved since: ask at once
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
		case <-time.After(restingPace):
			why = resting
		case <-ctx.Done():
			return
		}
	}
}

// ask asks every interval until the payment is final, there is none so many times, or
// again ends. What was answered is told all the same, until ctx ends.
func (a *asker) ask(ctx, again context.Context, missing int) wait.End {
	watches := wait.Run(again, a.subject, []wait.Target{a.target}, wait.Options{Interval: a.interval, MaxMissing: missing, Observe: func(e wait.Event) {
		select {
		case a.news <- *e.Watch:
		case <-ctx.Done():
		}
	}})
	return watches[0].End
}
