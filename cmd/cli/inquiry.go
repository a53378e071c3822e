package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// PaymentFlags name a payment.
type PaymentFlags struct {
	PaymentID string
	Last      bool
}

// Bind adds the flags that name a payment to a command.
func (f *PaymentFlags) Bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.PaymentID, "payment-id", "", "ask by Antom's paymentId `ID` instead")
	flags.BoolVar(&f.Last, "last", false, "the most recent payment of this profile")
}

// InquiryFlags name a payment and the expected outcome.
type InquiryFlags struct {
	PaymentFlags
	Expect     string
	ExitStatus bool
}

// Bind adds the flags for a payment and its expected outcome to a command.
func (f *InquiryFlags) Bind(cmd *cobra.Command) {
	f.PaymentFlags.Bind(cmd)
	cmd.Flags().Var(NewEnum(&f.Expect, "", "SUCCESS", "FAIL", "CANCELLED"), "expect", "exit 0 if the payment ended so, else 7: SUCCESS, FAIL or CANCELLED")
}

// Inquiry returns the named payment. The argument is a paymentRequestId unless the history
// knows it as a paymentId; see [CLI.Identify].
func (f *PaymentFlags) Inquiry(cmd *cobra.Command, args []string) (antom.Inquiry, error) {
	switch {
	case f.Last && (len(args) > 0 || f.PaymentID != ""):
		return antom.Inquiry{}, Usagef("--last takes the place of an id").WithHint("name the payment once")
	case f.Last:
		return antom.Inquiry{}, nil
	case len(args) > 1:
		return antom.Inquiry{}, Usagef("%s: takes one id, got %d", cmd.CommandPath(), len(args))
	case len(args) == 1 && f.PaymentID != "":
		return antom.Inquiry{}, Usagef("both %q and --payment-id %q given", args[0], f.PaymentID).WithHint("name the payment once")
	case len(args) == 1 && args[0] != "":
		return antom.Inquiry{PaymentRequestID: args[0]}, CheckID("PAYMENT", args[0])
	case f.PaymentID != "":
		return antom.Inquiry{PaymentID: f.PaymentID}, CheckID("--payment-id", f.PaymentID)
	}
	return antom.Inquiry{}, Usagef("%s: no payment named", cmd.CommandPath()).WithHint("usage: %s", cmd.UseLine()).WithHint("--last is the most recent one")
}

// Inquire inquires the named payment once.
func (c *CLI) Inquire(ctx context.Context, p *output.Printer, inquiry antom.Inquiry) (*antom.Payment, *antom.Response, error) {
	m, client, err := c.Connect(p)
	if err != nil {
		return nil, nil, err
	}
	if inquiry, err = c.Identify(m, inquiry); err != nil {
		return nil, nil, err
	}
	return client.Payments.Inquire(ctx, inquiry)
}
