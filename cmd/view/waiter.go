package view

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
)

// Waiter runs a wait and shows it: one line that updates on a terminal, a line for
// each change elsewhere, and events with -o jsonl.
type Waiter struct {
	CLI     *cli.CLI
	Printer *output.Printer
	Flags   cli.WaitFlags
	Rate    float64 // inquiries a second at most; 0: no bound
	Subject wait.Subject
	Words   Words
	Expect  string
	Ended   func(*wait.Watch) error // of each as it ends; may be nil
	Forget  bool                    // drop the bodies of answers: of ten thousand they would be most of the memory

	progress *output.Progress
	shown    shown
	failed   error // to print
}

// Words are what a wait says of its subject.
type Words struct {
	Noun    string // payment, capture or refund
	Command string // what asks again
	// Missing says what a thing that is not found may be.
	Missing string
	// Later says when asking again for it makes sense.
	Later string
	// Judge is nil for the wanted ending of what is final.
	Judge func(state wait.State, expect string) error
	// Event is one line of -o jsonl; exit is set on those of kind result.
	Event func(kind string, w *wait.Watch, s wait.Stage, at time.Time, exit *int) any
}

// shown is what the updating line says; it changes only while nothing is drawn.
type shown struct {
	name, stage string // of the only thing that is waited for
	open, all   int
	behind      time.Duration
}

// Wait waits for every target until it is done, hopeless, or out of time. The
// verdicts belong to the watches: nil for the wanted ending.
func (o *Waiter) Wait(ctx context.Context, targets []wait.Target) ([]*wait.Watch, []error, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.Flags.Timeout, cli.ErrWaitTimeout)
	defer cancel()
	o.shown = shown{name: targets[0].Name(), stage: "waiting", open: len(targets), all: len(targets)}
	o.progress = o.Printer.Progress(o.line)
	verdicts := make(map[*wait.Watch]error, len(targets))
	watches := wait.Run(ctx, o.Subject, targets, wait.Options{
		Interval: o.Flags.Interval, MaxMissing: o.Flags.MaxMissing(), Rate: o.Rate,
		Observe: func(e wait.Event) { o.observe(ctx, e, verdicts) },
	})
	o.progress.Done()
	ordered := make([]error, len(watches))
	for i, w := range watches {
		if _, ended := verdicts[w]; !ended {
			o.end(ctx, w, verdicts)
		}
		ordered[i] = verdicts[w]
	}
	return watches, ordered, o.failed
}

// observe tells what is new in an answer: a change of state, the end, or why the
// wait goes on.
func (o *Waiter) observe(ctx context.Context, e wait.Event, verdicts map[*wait.Watch]error) {
	o.progress.Say(func() {
		o.shown.open, o.shown.behind = e.Open, e.Behind
		for _, s := range e.News {
			o.shown.stage = s.Text
			o.event("status", e.Watch, s, nil)
			o.progress.Line(fmt.Sprintf("%s  %s after %s", output.Clean(e.Watch.Target.Name()), s.Text, cli.Seconds(e.Watch.Elapsed)))
		}
		if e.Watch.End != wait.Open {
			o.end(ctx, e.Watch, verdicts)
		} else {
			o.explain(e.Watch)
		}
	})
	if o.Forget {
		e.Watch.State.Body = nil
	}
}

// explain says why the wait goes on without a state.
func (o *Waiter) explain(w *wait.Watch) {
	switch {
	case wait.IsMissing(w.Err) && w.Missing == wait.MissingAnswers:
		o.Printer.Note("%s: ORDER_NOT_EXIST: %s; still waiting (--missing fail would end here)", w.Target.Name(), o.Words.Missing)
	case w.Err != nil && !wait.IsMissing(w.Err):
		o.Printer.Note("%s; asking again in %s", w.Err, cli.Pause(w.Next))
	}
}

// end judges what came to an end and tells it.
func (o *Waiter) end(ctx context.Context, w *wait.Watch, verdicts map[*wait.Watch]error) {
	verdict := o.verdict(ctx, w)
	verdicts[w] = verdict
	stages := w.State.Stages
	if len(stages) == 0 {
		stages = []wait.Stage{{}}
	}
	for _, s := range stages {
		o.event("result", w, s, new(cli.ExitCode(verdict)))
	}
	if o.Ended != nil {
		o.failed = errors.Join(o.failed, o.Ended(w))
	}
}

func (o *Waiter) event(kind string, w *wait.Watch, s wait.Stage, exit *int) {
	if o.Printer.Streams() {
		value := o.Words.Event(kind, w, s, o.CLI.Now(), exit)
		o.failed = errors.Join(o.failed, o.Printer.Event(cli.Encode(value), ""))
	}
}

// line is the line that updates on a terminal.
func (o *Waiter) line(elapsed time.Duration) string {
	if o.shown.all == 1 {
		return fmt.Sprintf("%s  %s  %s", o.shown.name, o.shown.stage, cli.Seconds(elapsed))
	}
	text := fmt.Sprintf("%d of %d %ss final  %s", o.shown.all-o.shown.open, o.shown.all, o.Words.Noun, cli.Seconds(elapsed))
	if o.shown.behind >= time.Second {
		text += fmt.Sprintf("  asking %s late", cli.Seconds(o.shown.behind))
	}
	return text
}

// verdict is how waiting for one thing ended, nil for the wanted ending.
func (o *Waiter) verdict(ctx context.Context, w *wait.Watch) error {
	switch cause := context.Cause(ctx); {
	case w.End == wait.Final:
		return o.Words.Judge(w.State, o.Expect)
	case w.End != wait.Open:
		return w.Err
	case errors.Is(cause, cli.ErrWaitTimeout):
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("%s is not final after %s: %s", o.name(w), o.Flags.Timeout, o.standing(w)),
			Remedy: o.whatNext(w)}
	default:
		return fmt.Errorf("%s is not final: %s: %w", o.name(w), o.standing(w), cause)
	}
}

func (o *Waiter) name(w *wait.Watch) string {
	if o.Words.Noun == "capture" {
		return "the capture of payment " + w.Target.Name()
	}
	return o.Words.Noun + " " + w.Target.Name()
}

// whatNext is what to do about a thing that was not done in time. One that the
// gateway does not know may be a wrong id.
func (o *Waiter) whatNext(w *wait.Watch) string {
	again := fmt.Sprintf("ask again with %s %s", o.Words.Command, cli.IDArg(w.Target.Name()))
	if !w.HasState && w.Missing > 0 {
		return "check the id; " + o.Words.Later + ", " + again
	}
	return "the " + o.Words.Noun + " goes on; " + again
}

// standing says in words what is known of a thing that is not done.
func (o *Waiter) standing(w *wait.Watch) string {
	switch {
	case w.Missing > 0 && !w.HasState:
		return "ORDER_NOT_EXIST (" + o.Words.Missing + ")"
	case !w.HasState && w.Err != nil:
		return "no answer: " + w.Err.Error()
	case !w.HasState:
		return "no answer yet"
	}
	return w.Standing()
}
