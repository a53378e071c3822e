package paymentcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentInquire is `antom payment inquire`.
type paymentInquire struct {
	c     *cli.CLI
	flags cli.InquiryFlags
}

func newInquireCmd(c *cli.CLI) *cobra.Command {
	o := &paymentInquire{c: c}
	cmd := &cobra.Command{
		Use:   "inquire PAYMENT_REQUEST_ID",
		Short: "Ask for the state of a payment (inquiryPayment)",
		Long: `Ask once for the state of a payment: its status, what the result code means, the
card, and the captures and refunds.

The exit code tells of the call alone, unless --exit-status or --expect is given.
With --quiet the paymentStatus is printed. JSON output is the gateway's answer.`,
		Example: `  antom payment inquire 20261124090000-k3v5q7r2m4x6
  antom payment inquire --payment-id 202611241940108001001880E0000000001
  antom payment inquire "$id" --expect FAIL`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiry, err := o.flags.Inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	cmd.Flags().BoolVar(&o.flags.ExitStatus, "exit-status", false, "exit 7 if the payment ended badly, 5 if it has not ended")
	return cmd
}

func (o *paymentInquire) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := p.NoList(); err != nil {
		return err
	}
	payment, response, err := o.c.Inquire(ctx, p, inquiry)
	if err != nil {
		return err
	}
	if err := p.Print(view.PaymentResult(payment, response.Body)); err != nil {
		return err
	}
	if o.flags.ExitStatus || o.flags.Expect != "" {
		return view.Outcome(payment, o.flags.Expect)
	}
	return nil
}
