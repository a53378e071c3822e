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

// How long the page may take to show how it ended.
const lastWords = 3 * time.Second

// conclude turns the reason of the end into the command's error, tells the page, and
// prints what came of it.
func (r *run) conclude(ctx context.Context, err error) error {
	verdict, final := r.verdict(err)
	if final {
		if failed := cli.First(r.awaitReturn(ctx), r.awaitNotice(ctx)); failed != nil {
			return failed
		}
		r.compare()
		r.forget()
	}
	r.server.Finish(r.outcome(final), lastWords)
	for _, e := range r.heard.take() { // what came while the page was being told
		if failed := r.tell.event(e); failed != nil {
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
		r.whatIsOpen(context.Cause(ctx))
	}
	return verdict
}

// verdict is how the run ended, nil for the wanted ending.
func (r *run) verdict(err error) (verdict error, final bool) {
	switch {
	case errors.Is(err, errFinal):
		return view.Outcome(view.PaymentOf(r.stand.State), r.o.expect), true
	case errors.Is(err, cli.ErrWaitTimeout):
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s is not final after %s: %s", r.session.PaymentRequestID, r.o.timeout, r.standing())}, false
	case cli.Is[cli.StoppedError](err):
		return fmt.Errorf("payment %s is not final: %s: %w", r.session.PaymentRequestID, r.standing(), err), false
	}
	return err, false
}

// standing says what is known of the payment.
func (r *run) standing() string {
	switch {
	case r.stand.HasState:
		return r.stand.State.Status
	case wait.IsMissing(r.stand.Err):
		return "nothing was paid"
	case r.stand.Err != nil:
		return "no answer: " + r.stand.Err.Error()
	case !r.opened:
		return "the page was not opened"
	}
	return "not submitted, as far as is known"
}

// compare tells where the page's word and the gateway's differ.
func (r *run) compare() {
	status := r.stand.State.Status
	if r.claim != "" && string(r.claim) != status {
		r.tell.disagreement("the page", string(r.claim), status)
	}
	if told := r.notified; told != "" && string(told) != status {
		r.tell.disagreement("the notification", string(told), status)
	}
}

// outcome is what the page shows at the end.
func (r *run) outcome(final bool) checkout.Outcome {
	if !final {
		return checkout.Outcome{Title: "The command has ended", Text: "The payment is not final. The terminal says how to go on."}
	}
	payment := view.PaymentOf(r.stand.State)
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
		w := r.stand
		if w.Target == (wait.Target{}) {
			w.Target = wait.Target{PaymentRequestID: r.session.PaymentRequestID}
		}
		return r.tell.stream(resultRecord(&w, r.o.c.Now(), cli.ExitCode(verdict)), "")
	}
	if !r.stand.HasState {
		return nil
	}
	return r.p.Print(view.PaymentResult(view.PaymentOf(r.stand.State), r.stand.State.Body))
}

// whatIsOpen says what has not ended, and how to go on.
func (r *run) whatIsOpen(cause error) {
	id := cli.IDArg(r.session.PaymentRequestID)
	switch left := expiry(r.o.c.Now(), r.session.Expires); {
	case cause == nil:
	case r.stand.HasState: // a payment was made: the session is used up
		r.p.Note("the payment goes on without this command: antom payment wait %s", id)
	case r.expired:
		r.p.Note("nothing is open: the session has expired")
	case left == "":
		r.p.Note("the session is open: antom checkout --last goes on with it; antom payment cancel %s ends it", id)
	default:
		r.p.Note("the session is open for %s: antom checkout --last goes on with it; antom payment cancel %s ends it", left, id)
	}
}
