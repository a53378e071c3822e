package paymentcmd

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/hearing"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// witnessFlags ask for a second witness: the notification.
type witnessFlags struct {
	listen  string
	public  string
	require string
	grace   time.Duration
}

// The values of --require.
const (
	requireAny  = "any"
	requireBoth = "both"
)

// defaultGrace is how long the second witness is waited for (INF: Antom names no time).
const defaultGrace = 5 * time.Second

func (f *witnessFlags) bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.listen, "listen", "", "receive the notifications too, at this `address` and port; port 0 is a free one")
	flags.StringVar(&f.public, "notify-url", "", "the `URL` that Antom calls, if it leads to --listen through a tunnel")
	f.require = requireAny
	flags.Var(cli.NewEnum(&f.require, requireAny, requireBoth), "require", "with --listen, which evidence ends the wait: any or both")
	flags.DurationVar(&f.grace, "grace", defaultGrace, "with --listen, how long the second witness is waited for")
}

func (f *witnessFlags) validate(changed func(string) bool) error {
	for _, name := range [...]string{"require", "grace", "notify-url"} {
		if f.listen == "" && changed(name) {
			return cli.Usagef("--%s needs --listen", name).WithHint("--listen 127.0.0.1:4242 receives the notifications")
		}
	}
	if f.grace < 0 {
		return cli.Usagef("--grace %s: must not be negative", f.grace)
	}
	return hearing.CheckAddress(f.listen)
}

// witnesses compares inquiries and notifications of the same payments.
type witnesses struct {
	c       *cli.CLI
	p       *output.Printer
	flags   *witnessFlags
	expect  string
	hearing *hearing.Hearing

	mu      sync.Mutex
	accords []*accord
}

// accord is the evidence about one payment.
type accord struct {
	target wait.Target
	wait.Accord
}

func newWitnesses(o *paymentWait, p *output.Printer, h *hearing.Hearing, targets []wait.Target) *witnesses {
	w := &witnesses{c: o.c, p: p, flags: &o.witness, expect: o.flags.Expect, hearing: h}
	for _, target := range targets {
		w.accords = append(w.accords, &accord{target: target})
	}
	return w
}

// of finds the accord of a payment by either id.
func (w *witnesses) of(ids wait.Target) *accord {
	for _, a := range w.accords {
		if a.target.PaymentRequestID != "" && a.target.PaymentRequestID == ids.PaymentRequestID || a.target.PaymentID != "" && a.target.PaymentID == ids.PaymentID {
			return a
		}
	}
	return nil
}

// Beside handles notifications during the wait. When all payments are notified, the inquiries
// have the grace time to confirm it.
func (w *witnesses) Beside(ctx context.Context, line func(string)) (enough bool) {
	var late <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-late:
			return true
		case <-w.hearing.More():
			w.take(line)
			if late == nil && w.flags.require == requireAny && w.all(func(a *accord) bool { return a.Notification != nil }) {
				late = time.After(w.flags.grace)
			}
		}
	}
}

func (w *witnesses) all(holds func(*accord) bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.accords {
		if !holds(a) {
			return false
		}
	}
	return true
}

// notificationEvent is one line of -o jsonl: a notification that came.
type notificationEvent struct {
	Type             string `json:"type"`
	Time             string `json:"time"`
	Genuine          bool   `json:"genuine"`
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`
	Message          string `json:"message,omitempty"`
}

// take prints the new notifications and stores the results of genuine ones.
func (w *witnesses) take(line func(string)) {
	for _, e := range w.hearing.Take() {
		event := notificationEvent{Type: "notification", Time: e.Time.Format(time.RFC3339), Genuine: e.Type == receiver.Received}
		if r := e.Record; r != nil {
			event.NotifyType, event.PaymentRequestID = redact.Line(r.NotifyType), redact.Line(r.PaymentRequestID)
			event.ResultStatus, event.ResultCode = redact.Line(r.ResultStatus), redact.Line(r.ResultCode)
		}
		text := fmt.Sprintf("%s  %s %s by notification", event.PaymentRequestID, event.NotifyType, event.ResultStatus)
		if e.Err != nil {
			event.Message = redact.Line(e.Err.Error())
		}
		if !event.Genuine {
			text = "a notification was refused: " + event.Message
		}
		if w.p.Streams() {
			_ = w.p.Event(cli.Encode(event), "") // the wait's own events tell of a closed pipe
		}
		line(text)
		if event.Genuine {
			w.believe(e)
		}
	}
}

// believe stores the result of a payment's first genuine PAYMENT_RESULT.
func (w *witnesses) believe(e receiver.Event) {
	n, err := antom.ParseNotification(e.Record.Body())
	if err != nil || n.Type != antom.NotifyPaymentResult || n.Payment == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.of(wait.Target{PaymentRequestID: n.Payment.PaymentRequestID, PaymentID: n.Payment.PaymentID})
	if a == nil || a.Notification != nil {
		return
	}
	a.Notification = &wait.Testimony{Status: wait.NotifiedStatus(n.Payment.Result.ResultStatus), Code: n.Payment.Result.ResultCode, Amount: n.Payment.PaymentAmount, At: e.Time}
}

// Asked stores the result of a payment that inquiryPayment shows as final.
func (w *witnesses) Asked(watch *wait.Watch) {
	if watch.End != wait.Final {
		return
	}
	payment := view.PaymentOf(watch.State)
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.of(watch.Target); a != nil {
		a.Inquiry = &wait.Testimony{Status: payment.PaymentStatus, Code: payment.PaymentResultCode, Amount: payment.PaymentAmount, At: w.c.Now()}
	}
}

// Instead returns the verdict by the notification alone, if one witness is enough.
func (w *witnesses) Instead(watch *wait.Watch) (verdict error, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.of(watch.Target)
	if a == nil || a.Notification == nil || w.flags.require != requireAny {
		return nil, false
	}
	n := a.Notification
	w.p.Warn("%s: known by its notification alone: inquiryPayment did not confirm it", watch.Target.Name())
	watch.State.Status, watch.State.ResultCode = string(n.Status), n.Code
	return view.Outcome(&antom.Payment{PaymentRequestID: watch.Target.PaymentRequestID, PaymentID: watch.Target.PaymentID, PaymentStatus: n.Status, PaymentResultCode: n.Code}, w.expect), true
}

// await waits for the notifications of payments that are final by their inquiries.
func (w *witnesses) await(ctx context.Context) {
	limit := time.After(w.flags.grace)
	line := func(text string) { w.p.Note("%s", text) }
	w.take(line)
	for !w.all(func(a *accord) bool { return a.Inquiry == nil || a.Notification != nil }) {
		select {
		case <-w.hearing.More():
			w.take(line)
		case <-limit:
			return
		case <-ctx.Done():
			return
		}
	}
}

// witnessEvent is one line of -o jsonl: what both witnesses of a payment say, at the end.
type witnessEvent struct {
	Type             string              `json:"type"`
	Time             string              `json:"time"`
	PaymentRequestID string              `json:"paymentRequestId"`
	Inquiry          antom.PaymentStatus `json:"inquiry"`
	Notification     antom.PaymentStatus `json:"notification"`
	Agree            bool                `json:"agree"`
	DelayMs          *int64              `json:"delayMs,omitempty"` // of the notification, behind the inquiry
}

// conclude reports for each payment whether its witnesses agree, and returns the errors.
func (w *witnesses) conclude() error {
	var wrong []error
	for _, a := range w.accords {
		event := witnessEvent{Type: "witnesses", Time: w.c.Now().Format(time.RFC3339), PaymentRequestID: a.target.PaymentRequestID}
		if a.Inquiry != nil {
			event.Inquiry = a.Inquiry.Status
		}
		if a.Notification != nil {
			event.Notification = a.Notification.Status
		}
		event.Agree = a.Complete() && a.Disagreement() == ""
		if a.Complete() {
			event.DelayMs = new(a.Delay().Milliseconds())
		}
		if w.p.Streams() {
			if err := w.p.Event(cli.Encode(event), ""); err != nil {
				return err
			}
		}
		if err := w.judge(a); err != nil {
			wrong = append(wrong, err)
		}
	}
	return cli.Joined(wrong)
}

// judge returns an error if the witnesses of a payment disagree or are not sufficient.
func (w *witnesses) judge(a *accord) error {
	name := a.target.Name()
	switch {
	case a.Disagreement() != "":
		return cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("payment %s: the witnesses disagree: %s", name, a.Disagreement()),
			Remedy: "do not ship before this is resolved: antom payment timeline " + cli.IDArg(name)}
	case a.Complete() && a.Delay() > 0:
		w.p.Note("%s: both witnesses agree; notified %s after the inquiry", name, a.Delay().Round(time.Millisecond))
	case a.Complete():
		w.p.Note("%s: both witnesses agree; notified %s before the inquiry", name, (-a.Delay()).Round(time.Millisecond))
	case a.Inquiry != nil && w.flags.require == requireBoth:
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s: no PAYMENT_RESULT came within %s of the result", name, w.flags.grace),
			Remedy: "the session's paymentNotifyUrl must lead to " + w.hearing.URL}
	case a.Inquiry != nil:
		w.p.Note("%s: no PAYMENT_RESULT came within %s of the result", name, w.flags.grace)
	case a.Notification != nil && w.flags.require == requireBoth:
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s: inquiryPayment did not confirm the notification", name)}
	}
	return nil
}
