// Package paymentcmd is antom payment: inquire a payment, wait for its result, cancel it, and
// tell its story.
package paymentcmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New makes antom payment with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "payment",
		Short: "Ask for the state of payments, or wait for it",
		Long: `A payment is born when the buyer submits the card form. Its state is asked for
with inquiryPayment: once, or every two seconds until it is final.`,
		Example: "  antom payment inquire PAYMENT_REQUEST_ID\n  antom payment wait PAYMENT_REQUEST_ID",
	})
	c.Below(cmd, newInquireCmd, newWaitCmd, newCancelCmd, newTimelineCmd)
	return cmd
}
