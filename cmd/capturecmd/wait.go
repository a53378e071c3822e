package capturecmd

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// captureWait is `antom capture wait`.
type captureWait struct {
	c     *cli.CLI
	flags cli.InquiryFlags
	wait  cli.WaitFlags
}

func newWaitCmd(c *cli.CLI) *cobra.Command {
	o := &captureWait{c: c}
	cmd := &cobra.Command{
		Use:   "wait PAYMENT_REQUEST_ID",
		Short: "Wait until the captures of a payment are final",
		Long: `Ask for the state of a payment at once and then every two seconds until it has
been captured and every capture is final, or --timeout has passed. It may begin
before the payment: the wait goes on while the buyer has not paid.

Exit code 0: every capture ended in SUCCESS. 7: one ended otherwise (--expect
turns the wanted ending into 0), or the payment failed or was cancelled, so that
there is nothing to capture. 5: --timeout passed, as it does for a payment with
manual capture that nobody asked to capture.

The output is that of capture list. With --quiet the final transactionStatus of
each capture is printed. With -o jsonl each change is one event {"type":"status",…}
like those of payment wait, with transactionId, transactionStatus and resultCode,
which are empty while there is no capture; at the end each capture is
{"type":"result",…,"exit"}.`,
		Example: `  antom capture wait 20261124090000-k3v5q7r2m4x6
  antom capture wait "$id" --timeout 2m -o jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.wait.Validate(); err != nil {
				return err
			}
			inquiry, err := o.flags.Inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	o.wait.Bind(cmd.Flags())
	return cmd
}

func (o *captureWait) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	m, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	if inquiry, err = o.c.Identify(m, inquiry); err != nil {
		return err
	}
	waiter := &cli.Waiter{C: o.c, Flags: o.wait, Awaited: captures{}, Expect: o.flags.Expect}
	watches, verdicts, err := waiter.Wait(ctx, p, client, []antom.Inquiry{inquiry})
	if err != nil {
		return err
	}
	if err := p.Print(o.result(watches[0], verdicts[0])); err != nil {
		return err
	}
	return verdicts[0]
}

// result is the list of the captures, in every form of output.
func (o *captureWait) result(w *cli.Watch, verdict error) output.Result {
	result := output.Result{Table: new(view.TransactionTable(nil, false)), Raw: []byte{}}
	if w.Payment != nil {
		result = (&captureList{c: o.c}).result(w.Payment, w.Answer)
		result.Quiet = nil
		for _, row := range w.Payment.Captures() {
			result.Quiet = append(result.Quiet, string(row.Status()))
		}
	}
	result.Rows = w.Results(cli.Stage{Capture: &cli.CaptureFields{}}, verdict, o.c.Now())
	return result
}

// captures awaits the captures of a payment.
type captures struct{}

func (captures) Noun() string    { return "capture" }
func (captures) Command() string { return "antom capture wait" }

// Stages are one for each capture; without any, one that says why.
func (captures) Stages(payment *antom.Payment) []cli.Stage {
	rows := payment.Captures()
	if len(rows) == 0 {
		text := fmt.Sprintf("payment %s, not captured", payment.PaymentStatus)
		return []cli.Stage{{Text: text, Capture: &cli.CaptureFields{}}}
	}
	stages := make([]cli.Stage, 0, len(rows))
	for _, row := range rows {
		stages = append(stages, cli.Stage{
			Text: fmt.Sprintf("capture %s %s", row.TransactionID, row.Status()),
			Capture: &cli.CaptureFields{
				TransactionID: row.TransactionID, TransactionStatus: string(row.Status()), ResultCode: row.TransactionResult.ResultCode,
			},
		})
	}
	return stages
}

// done: every capture is final, or none will come because there is nothing to
// capture.
func (captures) Done(payment *antom.Payment) bool {
	rows := payment.Captures()
	for _, row := range rows {
		if !row.Status().Final() {
			return false
		}
	}
	return len(rows) > 0 || uncapturable(payment)
}

// uncapturable tells a payment that ended without success.
func uncapturable(payment *antom.Payment) bool {
	return payment.PaymentStatus.Final() && payment.PaymentStatus != antom.PaymentSuccess
}

func (captures) Judge(payment *antom.Payment, expect string) error {
	if len(payment.Captures()) == 0 && uncapturable(payment) {
		name := cmp.Or(payment.PaymentRequestID, payment.PaymentID)
		message := fmt.Sprintf("payment %s ended in %s: there is nothing to capture", name, payment.PaymentStatus)
		return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: message, Remedy: view.ActionFor(payment.PaymentResultCode)}
	}
	return captureOutcome(payment, expect)
}
