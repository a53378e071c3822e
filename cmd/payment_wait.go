package cmd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentWait is `antom payment wait`.
type paymentWait struct {
	c        *cli
	flags    inquiryFlags
	interval time.Duration
	timeout  time.Duration
	missing  string
	failed   error // to print an event
}

// missingAnswers is how many times ORDER_NOT_EXIST is taken for "not paid yet"
// before it is worth a word: Antom's refund page calls an order that three
// inquiries do not find one that was never placed.
const missingAnswers = 3

var errWaitTimeout = errors.New("wait timed out")

func newPaymentWaitCmd(c *cli) *cobra.Command {
	o := &paymentWait{c: c}
	cmd := &cobra.Command{
		Use:   "wait PAYMENT_REQUEST_ID...",
		Short: "Wait until payments are final (inquiryPayment every 2 s)",
		Long: `Ask for the state of a payment at once and then every two seconds, from start to
start, until it is final or --timeout has passed. Several payments are waited
for side by side.

Network faults and U answers are survived by asking less often. ORDER_NOT_EXIST
means that the buyer has not paid yet, or that the id is wrong: the wait goes on,
unless --missing fail is given, which ends it after three such answers.

Exit code 0: every payment ended in SUCCESS. 7: one ended otherwise (--expect
turns the wanted ending into 0). 5: --timeout passed.

With --quiet the final paymentStatus is printed. With -o jsonl each change is
one event; JSON output is the gateway's last answer.`,
		Example: `  antom payment wait 20261124090000-k3v5q7r2m4x6
  antom payment wait "$id" --timeout 2m --expect FAIL
  antom payment wait "$first" "$second" -o jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiries, err := o.inquiries(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiries)
		},
	}
	o.flags.bind(cmd)
	flags := cmd.Flags()
	flags.DurationVar(&o.interval, "interval", antom.DefaultPollInterval, "time from one inquiry to the next")
	flags.DurationVar(&o.timeout, "timeout", 15*time.Minute, "time limit of the whole wait")
	flags.Var(newEnum(&o.missing, "wait", "fail"), "missing", "after three ORDER_NOT_EXIST answers: wait or fail")
	return cmd
}

// inquiries are the payments to wait for.
func (o *paymentWait) inquiries(cmd *cobra.Command, args []string) ([]antom.Inquiry, error) {
	if o.interval <= 0 || o.timeout <= 0 {
		return nil, usagef("--interval and --timeout must be more than 0")
	}
	if len(args) <= 1 {
		inquiry, err := o.flags.inquiry(cmd, args)
		return []antom.Inquiry{inquiry}, err
	}
	if o.flags.paymentID != "" {
		return nil, usagef("--payment-id takes the place of the ids").hint("name the payments once")
	}
	inquiries := make([]antom.Inquiry, 0, len(args))
	for _, id := range args {
		inquiries = append(inquiries, antom.Inquiry{PaymentRequestID: id})
	}
	return inquiries, nil
}

func (o *paymentWait) run(ctx context.Context, inquiries []antom.Inquiry) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	_, client, err := o.c.connect(p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, errWaitTimeout)
	defer cancel()
	watches := o.watchAll(ctx, p, client, inquiries)
	if o.failed != nil {
		return o.failed
	}
	verdicts := make([]error, len(watches))
	for i, w := range watches {
		verdicts[i] = o.verdict(ctx, w)
	}
	if err := p.Print(o.result(watches, verdicts)); err != nil {
		return err
	}
	return joined(verdicts)
}

// watch is one payment being waited for, and how it stands.
type watch struct {
	inquiry antom.Inquiry
	payment *antom.Payment // the newest known state
	answer  *antom.Response
	last    antom.Poll
	missing int // answers that the payment does not exist
}

func (w *watch) id() string {
	return cmp.Or(w.inquiry.PaymentRequestID, w.inquiry.PaymentID)
}

func (w *watch) status() antom.PaymentStatus {
	if w.payment == nil {
		return ""
	}
	return w.payment.PaymentStatus
}

// take adds an answer to what is known.
func (w *watch) take(poll antom.Poll) {
	w.last = poll
	if poll.Payment != nil {
		w.payment, w.answer = poll.Payment, poll.Response
	}
	if isMissing(poll.Err) {
		w.missing++
	}
}

func isMissing(err error) bool {
	refused, ok := errors.AsType[*antom.ResultError](err)
	return ok && refused.Result.ResultCode == antom.CodeOrderNotExist
}

// watchAll waits for every payment. The goroutines only carry answers; this one
// alone keeps the watches and prints.
func (o *paymentWait) watchAll(ctx context.Context, p *output.Printer, client *antom.Client, inquiries []antom.Inquiry) []*watch {
	watches := make([]*watch, len(inquiries))
	for i, inquiry := range inquiries {
		watches[i] = &watch{inquiry: inquiry}
	}
	feed := make(chan func())
	progress := p.Progress(func(elapsed time.Duration) string { return waitLine(watches, elapsed) })
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

// poll hands on each answer until the payment is final, or missing for too long.
func (o *paymentWait) poll(ctx context.Context, client *antom.Client, inquiry antom.Inquiry, take func(antom.Poll)) {
	missing := 0
	for poll := range client.Payments.Poll(ctx, inquiry, antom.PollOptions{Interval: o.interval}) {
		if isMissing(poll.Err) {
			missing++
		}
		take(poll)
		if o.missing == "fail" && missing >= missingAnswers {
			return
		}
	}
}

// tell takes an answer and prints what is new in it: a change of state, or why
// the wait goes on.
func (o *paymentWait) tell(p *output.Printer, progress *output.Progress, w *watch, poll antom.Poll) {
	before := w.status()
	w.take(poll)
	switch {
	case w.status() != before:
		if p.Streams() {
			o.failed = errors.Join(o.failed, p.Event(encode(w.event("status", o.c.Now())), ""))
		}
		progress.Line(fmt.Sprintf("%s  %s after %s", w.id(), w.status(), seconds(poll.Elapsed)))
	case isMissing(poll.Err) && w.missing == missingAnswers && o.missing == "wait":
		p.Note("%s: ORDER_NOT_EXIST: not paid yet, or a wrong id; still waiting (--missing fail would end here)", w.id())
	case poll.Err != nil && !poll.Last && !isMissing(poll.Err):
		p.Note("%s; asking again in %s", poll.Err, seconds(poll.Next))
	}
}

// waitLine is the line that updates on a terminal.
func waitLine(watches []*watch, elapsed time.Duration) string {
	if len(watches) == 1 {
		w := watches[0]
		return fmt.Sprintf("%s  %s  %s", w.id(), cmp.Or(string(w.status()), "waiting"), seconds(elapsed))
	}
	final := 0
	for _, w := range watches {
		if w.status().Final() {
			final++
		}
	}
	return fmt.Sprintf("%d of %d payments final  %s", final, len(watches), seconds(elapsed))
}

// verdict is how waiting for one payment ended, nil for the wanted ending.
func (o *paymentWait) verdict(ctx context.Context, w *watch) error {
	switch cause := context.Cause(ctx); {
	case w.status().Final():
		return outcome(w.payment, o.flags.expect)
	case errors.Is(cause, errWaitTimeout):
		return saidError{code: exitPending, message: fmt.Sprintf("payment %s is not final after %s: %s", w.id(), o.timeout, w.standing()),
			remedy: "the payment goes on; ask again with antom payment wait " + w.id()}
	case cause != nil:
		return fmt.Errorf("payment %s is not final: %s: %w", w.id(), w.standing(), cause)
	}
	return w.last.Err
}

// standing says in words what is known of a payment that is not final.
func (w *watch) standing() string {
	switch {
	case w.missing > 0 && w.payment == nil:
		return "ORDER_NOT_EXIST (not paid yet, or a wrong id)"
	case w.payment == nil && w.last.Err != nil:
		return "no answer: " + w.last.Err.Error()
	case w.payment == nil:
		return "no answer yet"
	}
	return string(w.status())
}

// joined is one error of several, and none of none.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// result is the state that the wait ended with, in every form of output.
func (o *paymentWait) result(watches []*watch, verdicts []error) output.Result {
	var result output.Result
	var answers [][]byte
	table := output.Table{Cols: []output.Col{
		{Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true}, {Name: "paymentId", Title: "PAYMENT", Shrinks: true},
		{Name: "paymentStatus", Title: "STATUS"}, {Name: "paymentResultCode", Title: "RESULT"}, {Name: "seconds", Title: "AFTER", Align: output.Right},
	}}
	for i, w := range watches {
		event := w.event("result", o.c.Now())
		event.Exit = new(exitCode(verdicts[i]))
		result.Rows = append(result.Rows, encode(event))
		if w.payment == nil {
			continue
		}
		answers = append(answers, w.answer.Body)
		result.Quiet = append(result.Quiet, string(w.status()))
		table.Rows = append(table.Rows, []output.Cell{
			{Text: w.payment.PaymentRequestID, Style: output.Key}, {Text: w.payment.PaymentID}, statusCell(w.status()),
			{Text: w.payment.PaymentResultCode}, {Text: seconds(w.last.Elapsed), Plain: fmt.Sprintf("%.0f", w.last.Elapsed.Seconds())},
		})
	}
	result.Table = &table
	switch {
	case len(watches) > 1:
		result.JSON, result.Text = jsonList(answers), []output.Block{table}
	case watches[0].payment != nil:
		single := paymentResult(watches[0].payment, watches[0].answer)
		result.JSON, result.Raw, result.Text = single.JSON, single.Raw, single.Text
	}
	return result
}

// waitEvent is one line of `payment wait -o jsonl`.
type waitEvent struct {
	Type              string `json:"type"`
	Time              string `json:"time"`
	PaymentRequestID  string `json:"paymentRequestId"`
	PaymentID         string `json:"paymentId"`
	PaymentStatus     string `json:"paymentStatus"`
	PaymentResultCode string `json:"paymentResultCode"`
	Polls             int    `json:"polls"`
	ElapsedMs         int64  `json:"elapsedMs"`
	Exit              *int   `json:"exit,omitempty"`
}

func (w *watch) event(kind string, now time.Time) waitEvent {
	event := waitEvent{
		Type: kind, Time: now.Format(time.RFC3339), Polls: w.last.N, ElapsedMs: w.last.Elapsed.Milliseconds(),
		PaymentRequestID: w.inquiry.PaymentRequestID, PaymentID: w.inquiry.PaymentID,
	}
	if w.payment != nil {
		event.PaymentRequestID, event.PaymentID = w.payment.PaymentRequestID, w.payment.PaymentID
		event.PaymentStatus, event.PaymentResultCode = string(w.status()), w.payment.PaymentResultCode
	}
	return event
}

// encode is json.Marshal for our own records, which always encode.
func encode(record any) []byte {
	line, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return line
}

func seconds(d time.Duration) string { return d.Round(time.Second).String() }
