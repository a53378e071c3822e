package checkoutcmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// pageGrace is how long the command waits at its end: for the page to show the result, or for
// the browser to return to it.
const pageGrace = 3 * time.Second

// conclude turns the reason for the end into the command's error, shows the result on the page
// and prints it.
func (r *run) conclude(ctx context.Context, err error) error {
	verdict, final := r.verdict(err)
	if final {
		if failed := cli.First(r.awaitReturn(ctx), r.awaitNotification(ctx)); failed != nil {
			return failed
		}
		r.reportDisagreements()
		r.forget()
	}
	r.server.Finish(r.outcome(final), pageGrace)
	for _, e := range r.events.take() { // events that came in the meantime
		if failed := r.report.event(e); failed != nil {
			return failed
		}
	}
	if errors.Is(err, output.ErrClosedPipe) {
		return err
	}
	if failed := r.print(verdict); failed != nil {
		return failed
	}
	if !final {
		r.noteOpen(context.Cause(ctx))
	}
	return verdict
}

// verdict is the error of the run, nil if the payment ended as expected, and whether the
// payment is final.
func (r *run) verdict(err error) (verdict error, final bool) {
	switch {
	case errors.Is(err, errFinal):
		return view.Outcome(view.PaymentOf(r.latest.State), r.o.expect), true
	case errors.Is(err, cli.ErrWaitTimeout):
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s is not final after %s: %s", r.session.PaymentRequestID, r.o.timeout, r.standing())}, false
	case cli.Is[cli.StoppedError](err):
		return fmt.Errorf("payment %s is not final: %s: %w", r.session.PaymentRequestID, r.standing(), err), false
	}
	return err, false
}

// standing describes the last known state of the payment.
func (r *run) standing() string {
	switch {
	case r.latest.HasState:
		return r.latest.State.Status
	case wait.IsMissing(r.latest.Err):
		return "nothing was paid"
	case r.latest.Err != nil:
		return "no answer: " + r.latest.Err.Error()
	case !r.opened:
		return "the page was not opened"
	}
	return "not submitted, as far as is known"
}

// reportDisagreements warns where the page or a notification reported another result than
// inquiryPayment.
func (r *run) reportDisagreements() {
	status := r.latest.State.Status
	if r.claim != "" && string(r.claim) != status {
		r.report.disagreement("the page", string(r.claim), status)
	}
	if told := r.notified; told != "" && string(told) != status {
		r.report.disagreement("the notification", string(told), status)
	}
}

// outcome is what the page shows at the end.
func (r *run) outcome(final bool) checkout.Outcome {
	if !final {
		return checkout.Outcome{Title: "The command has ended", Text: "The payment is not final. The terminal says how to go on."}
	}
	payment := view.PaymentOf(r.latest.State)
	good := payment.PaymentStatus == antom.PaymentSuccess
	title := map[bool]string{true: "Paid", false: "Not paid"}[good]
	return checkout.Outcome{Good: good, Title: title, Text: "inquiryPayment says " + string(payment.PaymentStatus) + codeText(payment.PaymentResultCode) + ". You can close this page."}
}

func codeText(code string) string {
	if code == "" || code == antom.CodeSuccess {
		return ""
	}
	return " (" + view.CodeCell(code, "").Text + ")"
}

// print prints the payment, or the last record of the stream.
func (r *run) print(verdict error) error {
	if r.p.Streams() {
		w := r.latest
		if w.Target == (wait.Target{}) {
			w.Target = wait.Target{PaymentRequestID: r.session.PaymentRequestID}
		}
		return r.report.stream(resultRecord(&w, r.o.c.Now(), cli.ExitCode(verdict)), "")
	}
	if !r.latest.HasState {
		return nil
	}
	return r.p.Print(view.PaymentResult(view.PaymentOf(r.latest.State), r.latest.State.Body))
}

// noteOpen says what is still open, and how to go on.
func (r *run) noteOpen(cause error) {
	id := cli.IDArg(r.session.PaymentRequestID)
	switch left := expiry(r.o.c.Now(), r.session.Expires); {
	case cause == nil:
	case r.latest.HasState: // a payment was made: the session is used up
		r.p.Note("the payment goes on without this command: antom payment wait %s", id)
	case r.expired:
		r.p.Note("nothing is open: the session has expired")
	case left == "":
		r.p.Note("the session is open: antom checkout --last goes on with it; antom payment cancel %s ends it", id)
	default:
		r.p.Note("the session is open for %s: antom checkout --last goes on with it; antom payment cancel %s ends it", left, id)
	}
}
