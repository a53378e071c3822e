package capturecmd

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
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
	target := wait.Target{PaymentRequestID: inquiry.PaymentRequestID, PaymentID: inquiry.PaymentID}
	return o.await(ctx, p, client, target, false)
}

// await waits for the captures of a payment; silent prints nothing for --quiet.
func (o *captureWait) await(ctx context.Context, p *output.Printer, client *antom.Client, target wait.Target, silent bool) error {
	waiter := &view.Waiter{
		CLI: o.c, Printer: p, Flags: o.wait,
		Subject: wait.Captures{Client: client}, Words: captureWords(), Expect: o.flags.Expect,
	}
	watches, verdicts, err := waiter.Wait(ctx, []wait.Target{target})
	if err != nil {
		return err
	}
	if !p.Streams() { // the events have said it
		result := o.result(watches[0])
		if silent {
			result.Quiet = nil
		}
		if err := p.Print(result); err != nil {
			return err
		}
	}
	return verdicts[0]
}

// result returns the list of captures in every output form.
func (o *captureWait) result(w *wait.Watch) output.Result {
	result := output.Result{Table: new(view.TransactionTable(nil, false)), Raw: []byte{}}
	if w.HasState {
		payment := view.PaymentOf(w.State)
		result = (&captureList{c: o.c}).result(payment, w.State.Body)
		result.Quiet = nil
		for _, row := range payment.Captures() {
			result.Quiet = append(result.Quiet, string(row.Status()))
		}
	}
	return result
}

// captureWords are the texts of a wait for captures.
func captureWords() view.Words {
	return view.CaptureWords(judgeCaptures)
}

func judgeCaptures(state wait.State, expect string) error {
	payment := view.PaymentOf(state)
	if len(payment.Captures()) == 0 && wait.Uncapturable(payment) {
		name := cmp.Or(payment.PaymentRequestID, payment.PaymentID)
		message := fmt.Sprintf("payment %s ended in %s: there is nothing to capture", name, payment.PaymentStatus)
		return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: message, Remedy: view.ActionFor(payment.PaymentResultCode)}
	}
	return captureOutcome(payment, expect)
}
