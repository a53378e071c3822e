package cmd

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

// waitFlags say how to wait.
type waitFlags struct {
	interval time.Duration
	timeout  time.Duration
	missing  string
}

func (f *waitFlags) bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.interval, "interval", antom.DefaultPollInterval, "time from one inquiry to the next")
	flags.DurationVar(&f.timeout, "timeout", defaultWait, "time limit of the whole wait")
	flags.Var(newEnum(&f.missing, "wait", "fail"), "missing", "after three ORDER_NOT_EXIST answers: wait or fail")
}

// defaultWait is the time limit of a wait.
const defaultWait = 15 * time.Minute

func (f *waitFlags) validate() error {
	if f.interval <= 0 || f.timeout <= 0 {
		return usagef("--interval and --timeout must be more than 0")
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
	// noun is its name in messages.
	noun() string
	// stages are the lines of how a payment stands with respect to it.
	stages(payment *antom.Payment) []stage
	// done says whether nothing more will happen.
	done(payment *antom.Payment) bool
	// judge is nil for the wanted ending.
	judge(payment *antom.Payment, expect string) error
	// command asks again for what was not final in time.
	command() string
}

// stage is one thing that stands somehow.
type stage struct {
	text    string // one word of Antom's, or a few of ours
	capture *captureFields
}

func (s stage) same(other stage) bool {
	if s.text != other.text || (s.capture == nil) != (other.capture == nil) {
		return false
	}
	return s.capture == nil || *s.capture == *other.capture
}

// waiter asks for payments until what is awaited of each is final.
type waiter struct {
	c       *cli
	flags   waitFlags
	awaited awaited
	expect  string
	admit   func(context.Context) (func(), error) // nil: as many as there are
	failed  error                                 // to print an event
}

// watch is one payment being waited for, and how it stands.
type watch struct {
	inquiry antom.Inquiry
	payment *antom.Payment // the newest known state
	answer  *antom.Response
	stages  []stage
	last    antom.Poll
	missing int // answers that the payment does not exist
}

func (w *watch) id() string {
	return cmp.Or(w.inquiry.PaymentRequestID, w.inquiry.PaymentID)
}

// ids are as the gateway told them; what it left out is as it was asked for.
func (w *watch) ids() (paymentRequestID, paymentID string) {
	if w.payment == nil {
		return w.inquiry.PaymentRequestID, w.inquiry.PaymentID
	}
	return cmp.Or(w.payment.PaymentRequestID, w.inquiry.PaymentRequestID), cmp.Or(w.payment.PaymentID, w.inquiry.PaymentID)
}

// take adds an answer to what is known and returns the stages that are new.
func (w *watch) take(poll antom.Poll, of awaited) []stage {
	w.last = poll
	if isMissing(poll.Err) {
		w.missing++
	}
	if poll.Payment == nil {
		return nil
	}
	w.payment, w.answer = poll.Payment, poll.Response
	before := w.stages
	w.stages = of.stages(w.payment)
	var news []stage
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

// wait waits for every payment until it is done, hopeless, or out of time. The
// verdicts belong to the watches: nil for the wanted ending.
func (o *waiter) wait(ctx context.Context, p *output.Printer, client *antom.Client, inquiries []antom.Inquiry) ([]*watch, []error, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.flags.timeout, errWaitTimeout)
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
func (o *waiter) watchAll(ctx context.Context, p *output.Printer, client *antom.Client, inquiries []antom.Inquiry) []*watch {
	watches := make([]*watch, len(inquiries))
	for i, inquiry := range inquiries {
		watches[i] = &watch{inquiry: inquiry}
	}
	feed := make(chan func())
	progress := p.Progress(func(elapsed time.Duration) string { return o.line(watches, elapsed) })
	defer progress.Done()
	var group errgroup.Group
	for _, w := range watches {
		group.Go(func() error {
			o.poll(ctx, client, w.inquiry, func(poll antom.Poll) {
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
func (o *waiter) poll(ctx context.Context, client *antom.Client, inquiry antom.Inquiry, take func(antom.Poll)) {
	missing := 0
	options := antom.PollOptions{Interval: o.flags.interval, Done: o.awaited.done, Admit: o.admit}
	for poll := range client.Payments.Poll(ctx, inquiry, options) {
		if isMissing(poll.Err) {
			missing++
		}
		take(poll)
		if o.flags.missing == "fail" && missing >= missingAnswers {
			return
		}
	}
}

// tell takes an answer and prints what is new in it: a change of state, or why
// the wait goes on.
func (o *waiter) tell(p *output.Printer, progress *output.Progress, w *watch, poll antom.Poll) {
	for _, s := range w.take(poll, o.awaited) {
		if p.Streams() {
			o.failed = errors.Join(o.failed, p.Event(encode(w.event("status", s, o.c.Now())), ""))
		}
		progress.Line(fmt.Sprintf("%s  %s after %s", w.id(), s.text, seconds(poll.Elapsed)))
	}
	switch {
	case isMissing(poll.Err) && w.missing == missingAnswers && o.flags.missing != "fail":
		p.Note("%s: ORDER_NOT_EXIST: not paid yet, or a wrong id; still waiting (--missing fail would end here)", w.id())
	case poll.Err != nil && !poll.Last && !isMissing(poll.Err):
		p.Note("%s; asking again in %s", poll.Err, pause(poll.Next))
	}
}

// line is the line that updates on a terminal.
func (o *waiter) line(watches []*watch, elapsed time.Duration) string {
	if len(watches) == 1 {
		w := watches[0]
		text := "waiting"
		if len(w.stages) > 0 {
			text = w.stages[len(w.stages)-1].text
		}
		return fmt.Sprintf("%s  %s  %s", w.id(), text, seconds(elapsed))
	}
	final := 0
	for _, w := range watches {
		if w.payment != nil && o.awaited.done(w.payment) {
			final++
		}
	}
	return fmt.Sprintf("%d of %d %ss final  %s", final, len(watches), o.awaited.noun(), seconds(elapsed))
}

// verdict is how waiting for one payment ended, nil for the wanted ending.
func (o *waiter) verdict(ctx context.Context, w *watch) error {
	switch cause := context.Cause(ctx); {
	case w.payment != nil && o.awaited.done(w.payment):
		return o.awaited.judge(w.payment, o.expect)
	case o.hopeless(w): // it ended before the time-out of the others
		return w.last.Err
	case errors.Is(cause, errWaitTimeout):
		return saidError{code: exitPending, message: fmt.Sprintf("%s is not final after %s: %s", o.name(w), o.flags.timeout, w.standing()),
			remedy: o.whatNext(w)}
	case cause != nil:
		return fmt.Errorf("%s is not final: %s: %w", o.name(w), w.standing(), cause)
	}
	return w.last.Err
}

// hopeless says whether asking was given up for an answer that waiting does not
// mend.
func (o *waiter) hopeless(w *watch) bool {
	return w.last.Err != nil && (w.last.Last || o.flags.missing == "fail" && w.missing >= missingAnswers)
}

func (o *waiter) name(w *watch) string {
	if o.awaited.noun() == "payment" {
		return "payment " + w.id()
	}
	return fmt.Sprintf("the %s of payment %s", o.awaited.noun(), w.id())
}

// whatNext is what to do about a payment that was not done in time. One that the
// gateway does not know may be a wrong id.
func (o *waiter) whatNext(w *watch) string {
	again := fmt.Sprintf("ask again with %s %s", o.awaited.command(), w.id())
	if w.payment == nil && w.missing > 0 {
		return "check the id: antom session list shows those of this machine; if the buyer may still pay, " + again
	}
	return "the payment goes on; " + again
}

// standing says in words what is known of a payment that is not done.
func (w *watch) standing() string {
	switch {
	case w.missing > 0 && w.payment == nil:
		return "ORDER_NOT_EXIST (not paid yet, or a wrong id)"
	case w.payment == nil && w.last.Err != nil:
		return "no answer: " + w.last.Err.Error()
	case w.payment == nil:
		return "no answer yet"
	}
	return w.stages[len(w.stages)-1].text
}

// waitEvent is one line of a wait with -o jsonl.
type waitEvent struct {
	Type              string `json:"type"`
	Time              string `json:"time"`
	PaymentRequestID  string `json:"paymentRequestId"`
	PaymentID         string `json:"paymentId"`
	PaymentStatus     string `json:"paymentStatus"`
	PaymentResultCode string `json:"paymentResultCode"`
	*captureFields           // of capture wait only
	Polls             int    `json:"polls"`
	ElapsedMs         int64  `json:"elapsedMs"`
	Exit              *int   `json:"exit,omitempty"`
}

// captureFields are what an event of capture wait says more; empty while there
// is no capture.
type captureFields struct {
	TransactionID     string `json:"transactionId"`
	TransactionStatus string `json:"transactionStatus"`
	ResultCode        string `json:"resultCode"`
}

func (w *watch) event(kind string, s stage, now time.Time) waitEvent {
	event := waitEvent{
		Type: kind, Time: now.Format(time.RFC3339), captureFields: s.capture,
		Polls: w.last.N, ElapsedMs: w.last.Elapsed.Milliseconds(),
	}
	event.PaymentRequestID, event.PaymentID = w.ids()
	if w.payment != nil {
		event.PaymentStatus, event.PaymentResultCode = string(w.payment.PaymentStatus), w.payment.PaymentResultCode
	}
	return event
}

// results are the events that a wait ends with, one for each stage.
func (w *watch) results(none stage, verdict error, now time.Time) [][]byte {
	stages := w.stages
	if len(stages) == 0 {
		stages = []stage{none}
	}
	var rows [][]byte
	for _, s := range stages {
		event := w.event("result", s, now)
		event.Exit = new(exitCode(verdict))
		rows = append(rows, encode(event))
	}
	return rows
}

func seconds(d time.Duration) string { return d.Round(time.Second).String() }

// pause is a time to come: one under a second is not none.
func pause(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return seconds(d)
}
