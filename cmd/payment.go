package cmd

import "github.com/spf13/cobra"

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
