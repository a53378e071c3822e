package paymentcmd

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentCancel is `antom payment cancel`.
type paymentCancel struct {
	c     *cli.CLI
	flags cli.PaymentFlags
	write cli.WriteFlags
}

func newCancelCmd(c *cli.CLI) *cobra.Command {
	o := &paymentCancel{c: c}
	cmd := &cobra.Command{
		Use:   "cancel PAYMENT_REQUEST_ID",
		Short: "Cancel a payment that is not captured (cancel)",
		Long: `Cancel a payment. One that has not succeeded is closed, so that the buyer can't go
on; an authorisation that is not captured is voided, within 7 days. A captured card
payment is refunded instead, with antom refund create. Other payment methods have
other times: some can't be cancelled once they succeed, most not after the day.

The payment is asked for first, and what breaks a documented rule is refused;
--no-check sends it anyway. A payment that does not exist yet, because the buyer has
not paid, is cancelled by its paymentRequestId all the same. --dry-run asks nobody.

On a live profile the last four characters of the id must be typed; without a terminal
--live and --yes are wanted, and the payment on the command line.

After an answer that was lost inquire the payment, and cancel again if it is not
CANCELLED; --retry 3 does both by itself. A cancelled payment stays so: Antom refunds a
success that comes late.

With --quiet the paymentId is printed. JSON output is the gateway's answer; with
--retry it is that of inquiryPayment if the first cancel turns out to have happened.`,
		Example: `  antom payment cancel 20261124090000-k3v5q7r2m4x6
  antom payment cancel "$id" --dry-run`,
		Args: cli.OrForm(nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.write.Validate(); err != nil {
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
	o.write.Bind(cmd.Flags(), "")
	return cmd
}

func (o *paymentCancel) run(ctx context.Context, inquiry antom.Inquiry) error {
	a, err := o.c.Act(ctx, inquiry, cli.Intent{Verb: "cancel", Typed: true, Unborn: true, Flags: &o.write})
	if err != nil {
		return err
	}
	d := draft.New(antom.Cancel)
	var named []draft.Assignment
	for _, id := range [...]struct{ path, text string }{{"paymentId", a.Payment.PaymentID}, {"paymentRequestId", a.Payment.PaymentRequestID}} {
		if id.text != "" {
			named = append(named, draft.Assignment{Flag: "PAYMENT", Path: id.path, Text: id.text})
			break // the paymentId wins where both are given
		}
	}
	named = append(named, o.write.Assigned...)
	if err := cli.AsUsage(cli.First(draft.Conflict(named), d.Assign(named...))); err != nil {
		return err
	}
	w := a.Write(antom.Cancel, d, &o.write, a.Payment.PaymentAmount)
	w.Action = fmt.Sprintf("cancel payment %s%s", a.Name(), over(a.Payment.PaymentAmount))
	w.Typed = cli.LastFour(a.Name())
	w.Command = "antom payment inquire " + cli.ShellWord(a.Name()) + "; antom payment cancel " + cli.ShellWord(a.Name())
	response, err := o.c.Send(ctx, w)
	if response == nil {
		return err
	}
	return o.print(a.Printer, response)
}

func over(amount antom.Amount) string {
	if amount.IsZero() {
		return ""
	}
	return " over " + amount.String()
}

func (o *paymentCancel) print(p *output.Printer, response *antom.Response) error {
	var done antom.CancelResult
	if err := json.Unmarshal(response.Body, &done); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return p.Print(output.Result{
		JSON: response.Body, Raw: response.Body, Quiet: []string{done.PaymentID},
		Text: []output.Block{output.Card{Pairs: view.Present([]output.Pair{
			{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: done.PaymentRequestID, Style: output.Key}},
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: done.PaymentID}},
			{Label: "Cancelled", Name: "cancelTime", Value: output.Cell{Text: string(done.CancelTime)}},
		})}},
	})
}
