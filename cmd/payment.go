package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

func newPaymentCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "payment",
		Short: "Ask for the state of payments, or wait for it",
		Long: `A payment is born when the buyer submits the card form. Its state is asked for
with inquiryPayment: once, or every two seconds until it is final.`,
		Example: "  antom payment inquire PAYMENT_REQUEST_ID\n  antom payment wait PAYMENT_REQUEST_ID",
	})
	c.below(cmd, newPaymentInquireCmd, newPaymentWaitCmd)
	return cmd
}

// inquiryFlags name a payment and say which outcome is the wanted one.
type inquiryFlags struct {
	paymentID  string
	last       bool
	expect     string
	exitStatus bool
}

func (f *inquiryFlags) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.paymentID, "payment-id", "", "ask by Antom's paymentId `ID` instead")
	flags.BoolVar(&f.last, "last", false, "the most recent payment of this profile")
	flags.Var(newEnum(&f.expect, "", "SUCCESS", "FAIL", "CANCELLED"), "expect", "exit 0 if the payment ended so, else 7: SUCCESS, FAIL or CANCELLED")
}

// inquiry is what to ask for: the argument is a paymentRequestId, unless the
// history knows better; see cli.identify.
func (f *inquiryFlags) inquiry(cmd *cobra.Command, args []string) (antom.Inquiry, error) {
	switch {
	case f.last && (len(args) > 0 || f.paymentID != ""):
		return antom.Inquiry{}, usagef("--last takes the place of an id").hint("name the payment once")
	case f.last:
		return antom.Inquiry{}, nil
	case len(args) > 1:
		return antom.Inquiry{}, usagef("%s: takes one id, got %d", cmd.CommandPath(), len(args))
	case len(args) == 1 && f.paymentID != "":
		return antom.Inquiry{}, usagef("both %q and --payment-id %q given", args[0], f.paymentID).hint("name the payment once")
	case len(args) == 1 && args[0] != "":
		return antom.Inquiry{PaymentRequestID: args[0]}, nil
	case f.paymentID != "":
		return antom.Inquiry{PaymentID: f.paymentID}, nil
	}
	return antom.Inquiry{}, usagef("%s: no payment named", cmd.CommandPath()).hint("usage: %s", cmd.UseLine()).hint("--last is the most recent one")
}

// paymentInquire is `antom payment inquire`.
type paymentInquire struct {
	c     *cli
	flags inquiryFlags
}

func newPaymentInquireCmd(c *cli) *cobra.Command {
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
			inquiry, err := o.flags.inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.bind(cmd)
	cmd.Flags().BoolVar(&o.flags.exitStatus, "exit-status", false, "exit 7 if the payment ended badly, 5 if it has not ended")
	return cmd
}

// inquire asks once for the state of the payment that the user named.
func (c *cli) inquire(ctx context.Context, p *output.Printer, inquiry antom.Inquiry) (*antom.Payment, *antom.Response, error) {
	m, client, err := c.connect(p)
	if err != nil {
		return nil, nil, err
	}
	if inquiry, err = c.identify(m, inquiry); err != nil {
		return nil, nil, err
	}
	return client.Payments.Inquire(ctx, inquiry)
}

func (o *paymentInquire) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	if err := p.NoList(); err != nil {
		return err
	}
	payment, response, err := o.c.inquire(ctx, p, inquiry)
	if err != nil {
		return err
	}
	if err := p.Print(paymentResult(payment, response)); err != nil {
		return err
	}
	if o.flags.exitStatus || o.flags.expect != "" {
		return outcome(payment, o.flags.expect)
	}
	return nil
}

// paymentResult is a payment in every form of output.
func paymentResult(payment *antom.Payment, response *antom.Response) output.Result {
	text := []output.Block{paymentCard(payment)}
	if len(payment.Transactions) > 0 {
		table := transactionTable(payment.Transactions, true)
		table.TerminalOnly = true
		text = append(text, table)
	}
	return output.Result{
		JSON:  response.Body,
		Raw:   response.Body,
		Quiet: []string{string(payment.PaymentStatus)},
		Text:  text,
	}
}
