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

// Waiter runs a wait and shows its progress: one updating line on a terminal, otherwise a line
// for each change, and events with -o jsonl.
type Waiter struct {
	CLI     *cli.CLI
	Printer *output.Printer
	Flags   cli.WaitFlags
	Rate    float64 // maximum inquiries per second; 0: no limit
	Subject wait.Subject
	Words   Words
	Expect  string
	Ended   func(*wait.Watch) error // called when a watch ends; may be nil
	// Beside runs during the wait, and prints lines with line. If it returns true the wait ends
	// early. May be nil.
	Beside func(ctx context.Context, line func(text string)) (enough bool)
	// Instead returns the verdict of a watch that is not final, if something else decides it.
	// May be nil.
	Instead func(*wait.Watch) (verdict error, ok bool)
	Forget  bool // drop the bodies of answers, which would use most of the memory for ten thousand payments

	progress *output.Progress
	shown    shown
	failed   error // while printing
}

// Words are the texts of a wait for its subject.
type Words struct {
	Noun    string // payment, capture or refund
	Command string // the command that waits again
	// Missing explains a subject that is not found.
	Missing string
	// Later says when to ask for it again.
	Later string
	// Judge returns nil if a final state is the wanted ending.
	Judge func(state wait.State, expect string) error
	// Event returns one line of -o jsonl; exit is set for the kind result.
	Event func(kind string, w *wait.Watch, s wait.Stage, at time.Time, exit *int) any
}

// shown is the content of the updating line. It changes only while nothing is drawn.
type shown struct {
	name, stage string // of a single target
	open, all   int
	behind      time.Duration
}

// Wait waits for every target until it is final, hopeless, or out of time. Each watch has a
// verdict: nil for the wanted ending.
func (o *Waiter) Wait(ctx context.Context, targets []wait.Target) ([]*wait.Watch, []error, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.Flags.Timeout, cli.ErrWaitTimeout)
	defer cancel()
	o.shown = shown{name: targets[0].Name(), stage: "waiting", open: len(targets), all: len(targets)}
	o.progress = o.Printer.Progress(o.line)
	ctx, stop := o.beside(ctx)
	defer stop()
	verdicts := make(map[*wait.Watch]error, len(targets))
	watches := wait.Run(ctx, o.Subject, targets, wait.Options{
		Interval: o.Flags.Interval, MaxMissing: o.Flags.MaxMissing(), Rate: o.Rate,
		Observe: func(e wait.Event) { o.observe(ctx, e, verdicts) },
	})
	stop()
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

// errEnough ends a wait early.
var errEnough = errors.New("nothing more is waited for")

// beside starts what runs during the wait. stop ends it and may be called again.
func (o *Waiter) beside(ctx context.Context) (waiting context.Context, stop func()) {
	if o.Beside == nil {
		return ctx, func() {}
	}
	waiting, end := context.WithCancelCause(ctx)
	running, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if o.Beside(running, func(text string) { o.progress.Say(func() { o.progress.Line(text) }) }) {
			end(errEnough)
		}
	}()
	return waiting, func() {
		cancel()
		<-done
		end(nil)
	}
}

// observe shows the news of an answer: a change of state, the end, or why the wait continues.
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

// explain shows why the wait continues without a state.
func (o *Waiter) explain(w *wait.Watch) {
	switch {
	case wait.IsMissing(w.Err) && w.Missing == wait.MissingAnswers:
		o.Printer.Note("%s: ORDER_NOT_EXIST: %s; still waiting (--missing fail would end here)", w.Target.Name(), o.Words.Missing)
	case w.Err != nil && !wait.IsMissing(w.Err):
		o.Printer.Note("%s; asking again in %s", w.Err, cli.Pause(w.Next))
	}
}

// end determines the verdict of a watch and shows it.
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

// line returns the updating line.
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

// verdict returns the error of a watch, nil for the wanted ending.
func (o *Waiter) verdict(ctx context.Context, w *wait.Watch) error {
	cause := context.Cause(ctx)
	if w.End == wait.Open && o.Instead != nil && (errors.Is(cause, errEnough) || errors.Is(cause, cli.ErrWaitTimeout)) {
		if verdict, ok := o.Instead(w); ok {
			return verdict
		}
	}
	switch {
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

// whatNext returns what to do about a subject that is not final in time. If the gateway does
// not know it, the id may be wrong.
func (o *Waiter) whatNext(w *wait.Watch) string {
	again := fmt.Sprintf("ask again with %s %s", o.Words.Command, cli.IDArg(w.Target.Name()))
	if !w.HasState && w.Missing > 0 {
		return "check the id; " + o.Words.Later + ", " + again
	}
	return "the " + o.Words.Noun + " goes on; " + again
}

// standing describes what is known about a subject that is not final.
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
