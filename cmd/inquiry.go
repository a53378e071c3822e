package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

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
