package cmd

import "github.com/spf13/cobra"

func newCaptureCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "capture",
		Short: "List the captures of a payment, or wait for them",
		Long: `A card payment is authorised first and captured after; only what is captured is
settled. The captures are the CAPTURE rows of inquiryPayment's transactions.`,
		Example: "  antom capture list PAYMENT_REQUEST_ID\n  antom capture wait PAYMENT_REQUEST_ID",
	})
	c.below(cmd, newCaptureListCmd, newCaptureWaitCmd)
	return cmd
}
