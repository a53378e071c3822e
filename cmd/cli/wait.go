package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// WaitFlags say how to wait.
type WaitFlags struct {
	Interval time.Duration
	Timeout  time.Duration
	missing  string
}

// Bind adds --interval, --timeout and --missing.
func (f *WaitFlags) Bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.Interval, "interval", antom.DefaultPollInterval, "time from one inquiry to the next")
	flags.DurationVar(&f.Timeout, "timeout", DefaultWait, "time limit of the whole wait")
	flags.Var(NewEnum(&f.missing, "wait", "fail"), "missing", "after three ORDER_NOT_EXIST answers: wait or fail")
}

// DefaultWait is the time limit of a wait.
const DefaultWait = 15 * time.Minute

// Validate refuses times that are none.
func (f *WaitFlags) Validate() error {
	if f.Interval <= 0 || f.Timeout <= 0 {
		return Usagef("--interval and --timeout must be more than 0")
	}
	return nil
}

// missingAnswers is how many times ORDER_NOT_EXIST is taken for "not paid yet"
// before it is worth a word: Antom's refund page calls an order that three
// inquiries do not find one that was never placed.
const missingAnswers = 3

var errWaitTimeout = errors.New("wait timed out")

// awaited is what a wait is for: the payment itself, or its captures.
type awaited interface {
	// Noun is its name in messages.
	Noun() string
	// Stages are the lines of how a payment stands with respect to it.
	Stages(payment *antom.Payment) []Stage
	// Done says whether nothing more will happen.
	Done(payment *antom.Payment) bool
	// Judge is nil for the wanted ending.
	Judge(payment *antom.Payment, expect string) error
	// Command asks again for what was not final in time.
	Command() string
}

// Stage is one thing that stands somehow.
type Stage struct {
	Text    string // one word of Antom's, or a few of ours
	Capture *CaptureFields
}

func (s Stage) same(other Stage) bool {
	if s.Text != other.Text || (s.Capture == nil) != (other.Capture == nil) {
		return false
	}
	return s.Capture == nil || *s.Capture == *other.Capture
}

// Waiter asks for payments until what is awaited of each is final.
type Waiter struct {
	C       *CLI
	Flags   WaitFlags
	Awaited awaited
	Expect  string
	Admit   func(context.Context) (func(), error) // nil: as many as there are
	failed  error                                 // to print an event
}

// Watch is one payment being waited for, and how it stands.
type Watch struct {
	Inquiry antom.Inquiry
	Payment *antom.Payment // the newest known state
	Answer  *antom.Response
	stages  []Stage
	Last    antom.Poll
	missing int // answers that the payment does not exist
}

func (w *Watch) id() string {
	return cmp.Or(w.Inquiry.PaymentRequestID, w.Inquiry.PaymentID)
}

// IDs are as the gateway told them; what it left out is as it was asked for.
func (w *Watch) IDs() (paymentRequestID, paymentID string) {
	if w.Payment == nil {
		return w.Inquiry.PaymentRequestID, w.Inquiry.PaymentID
	}
	return cmp.Or(w.Payment.PaymentRequestID, w.Inquiry.PaymentRequestID), cmp.Or(w.Payment.PaymentID, w.Inquiry.PaymentID)
}

// take adds an answer to what is known and returns the stages that are new.
func (w *Watch) take(poll antom.Poll, of awaited) []Stage {
	w.Last = poll
	if isMissing(poll.Err) {
		w.missing++
	}
	if poll.Payment == nil {
		return nil
	}
	w.Payment, w.Answer = poll.Payment, poll.Response
	before := w.stages
	w.stages = of.Stages(w.Payment)
	var news []Stage
	for _, now := range w.stages {
		known := false
		for _, old := range before {
			known = known || now.same(old)
		}
		if !known {
			news = append(news, now)
		}
	}
	return news
}

func isMissing(err error) bool {
	refused, ok := errors.AsType[*antom.ResultError](err)
	return ok && refused.Result.ResultCode == antom.CodeOrderNotExist
}

// Wait waits for every payment until it is done, hopeless, or out of time. The
// verdicts belong to the watches: nil for the wanted ending.
func (o *Waiter) Wait(ctx context.Context, p *output.Printer, client *antom.Client, inquiries []antom.Inquiry) ([]*Watch, []error, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.Flags.Timeout, errWaitTimeout)
	defer cancel()
	watches := o.watchAll(ctx, p, client, inquiries)
	if o.failed != nil {
		return nil, nil, o.failed
	}
	verdicts := make([]error, len(watches))
	for i, w := range watches {
		verdicts[i] = o.verdict(ctx, w)
	}
	return watches, verdicts, nil
}

// watchAll waits for every payment. The goroutines only carry answers; this one
// alone keeps the watches and prints.
func (o *Waiter) watchAll(ctx context.Context, p *output.Printer, client *antom.Client, inquiries []antom.Inquiry) []*Watch {
	watches := make([]*Watch, len(inquiries))
	for i, inquiry := range inquiries {
		watches[i] = &Watch{Inquiry: inquiry}
	}
	feed := make(chan func())
	progress := p.Progress(func(elapsed time.Duration) string { return o.line(watches, elapsed) })
	defer progress.Done()
	var group errgroup.Group
	for _, w := range watches {
		group.Go(func() error {
			o.poll(ctx, client, w.Inquiry, func(poll antom.Poll) {
				feed <- func() { o.tell(p, progress, w, poll) }
			})
			return nil
		})
	}
	go func() {
		_ = group.Wait() // the goroutines return nil
		close(feed)
	}()
	for tell := range feed {
		progress.Say(tell) // nothing is drawn while a watch changes
	}
	return watches
}

// poll hands on each answer until the payment is done, or missing for too long.
func (o *Waiter) poll(ctx context.Context, client *antom.Client, inquiry antom.Inquiry, take func(antom.Poll)) {
	missing := 0
	options := antom.PollOptions{Interval: o.Flags.Interval, Done: o.Awaited.Done, Admit: o.Admit}
	for poll := range client.Payments.Poll(ctx, inquiry, options) {
		if isMissing(poll.Err) {
			missing++
		}
		take(poll)
		if o.Flags.missing == "fail" && missing >= missingAnswers {
			return
		}
	}
}

// tell takes an answer and prints what is new in it: a change of state, or why
// the wait goes on.
func (o *Waiter) tell(p *output.Printer, progress *output.Progress, w *Watch, poll antom.Poll) {
	for _, s := range w.take(poll, o.Awaited) {
		if p.Streams() {
			o.failed = errors.Join(o.failed, p.Event(Encode(w.event("status", s, o.C.Now())), ""))
		}
		progress.Line(fmt.Sprintf("%s  %s after %s", w.id(), s.Text, Seconds(poll.Elapsed)))
	}
	switch {
	case isMissing(poll.Err) && w.missing == missingAnswers && o.Flags.missing != "fail":
		p.Note("%s: ORDER_NOT_EXIST: not paid yet, or a wrong id; still waiting (--missing fail would end here)", w.id())
	case poll.Err != nil && !poll.Last && !isMissing(poll.Err):
		p.Note("%s; asking again in %s", poll.Err, pause(poll.Next))
	}
}

// line is the line that updates on a terminal.
func (o *Waiter) line(watches []*Watch, elapsed time.Duration) string {
	if len(watches) == 1 {
		w := watches[0]
		text := "waiting"
		if len(w.stages) > 0 {
			text = w.stages[len(w.stages)-1].Text
		}
		return fmt.Sprintf("%s  %s  %s", w.id(), text, Seconds(elapsed))
	}
	final := 0
	for _, w := range watches {
		if w.Payment != nil && o.Awaited.Done(w.Payment) {
			final++
		}
	}
	return fmt.Sprintf("%d of %d %ss final  %s", final, len(watches), o.Awaited.Noun(), Seconds(elapsed))
}

// verdict is how waiting for one payment ended, nil for the wanted ending.
func (o *Waiter) verdict(ctx context.Context, w *Watch) error {
	switch cause := context.Cause(ctx); {
	case w.Payment != nil && o.Awaited.Done(w.Payment):
		return o.Awaited.Judge(w.Payment, o.Expect)
	case o.hopeless(w): // it ended before the time-out of the others
		return w.Last.Err
	case errors.Is(cause, errWaitTimeout):
		return OutcomeError{Code: ExitPending, Message: fmt.Sprintf("%s is not final after %s: %s", o.name(w), o.Flags.Timeout, w.standing()),
			Remedy: o.whatNext(w)}
	case cause != nil:
		return fmt.Errorf("%s is not final: %s: %w", o.name(w), w.standing(), cause)
	}
	return w.Last.Err
}

// hopeless says whether asking was given up for an answer that waiting does not
// mend.
func (o *Waiter) hopeless(w *Watch) bool {
	return w.Last.Err != nil && (w.Last.Last || o.Flags.missing == "fail" && w.missing >= missingAnswers)
}

func (o *Waiter) name(w *Watch) string {
	if o.Awaited.Noun() == "payment" {
		return "payment " + w.id()
	}
	return fmt.Sprintf("the %s of payment %s", o.Awaited.Noun(), w.id())
}

// whatNext is what to do about a payment that was not done in time. One that the
// gateway does not know may be a wrong id.
func (o *Waiter) whatNext(w *Watch) string {
	again := fmt.Sprintf("ask again with %s %s", o.Awaited.Command(), w.id())
	if w.Payment == nil && w.missing > 0 {
		return "check the id: antom session list shows those of this machine; if the buyer may still pay, " + again
	}
	return "the payment goes on; " + again
}

// standing says in words what is known of a payment that is not done.
func (w *Watch) standing() string {
	switch {
	case w.missing > 0 && w.Payment == nil:
		return "ORDER_NOT_EXIST (not paid yet, or a wrong id)"
	case w.Payment == nil && w.Last.Err != nil:
		return "no answer: " + w.Last.Err.Error()
	case w.Payment == nil:
		return "no answer yet"
	}
	return w.stages[len(w.stages)-1].Text
}

// waitEvent is one line of a wait with -o jsonl.
type waitEvent struct {
	Type              string `json:"type"`
	Time              string `json:"time"`
	PaymentRequestID  string `json:"paymentRequestId"`
	PaymentID         string `json:"paymentId"`
	PaymentStatus     string `json:"paymentStatus"`
	PaymentResultCode string `json:"paymentResultCode"`
	*CaptureFields           // of capture wait only
	Polls             int    `json:"polls"`
	ElapsedMs         int64  `json:"elapsedMs"`
	Exit              *int   `json:"exit,omitempty"`
}

// CaptureFields are what an event of capture wait says more; empty while there
// is no capture.
type CaptureFields struct {
	TransactionID     string `json:"transactionId"`
	TransactionStatus string `json:"transactionStatus"`
	ResultCode        string `json:"resultCode"`
}

func (w *Watch) event(kind string, s Stage, now time.Time) waitEvent {
	event := waitEvent{
		Type: kind, Time: now.Format(time.RFC3339), CaptureFields: s.Capture,
		Polls: w.Last.N, ElapsedMs: w.Last.Elapsed.Milliseconds(),
	}
	event.PaymentRequestID, event.PaymentID = w.IDs()
	if w.Payment != nil {
		event.PaymentStatus, event.PaymentResultCode = string(w.Payment.PaymentStatus), w.Payment.PaymentResultCode
	}
	return event
}

// Results are the events that a wait ends with, one for each stage.
func (w *Watch) Results(none Stage, verdict error, now time.Time) [][]byte {
	stages := w.stages
	if len(stages) == 0 {
		stages = []Stage{none}
	}
	var rows [][]byte
	for _, s := range stages {
		event := w.event("result", s, now)
		event.Exit = new(ExitCode(verdict))
		rows = append(rows, Encode(event))
	}
	return rows
}

// Seconds is a duration without fractions of a second.
func Seconds(d time.Duration) string { return d.Round(time.Second).String() }

// pause is a time to come: one under a second is not none.
func pause(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return Seconds(d)
}
