// Package capturecmd is antom capture: capture an authorised payment, list its
// captures, and wait for them.
package capturecmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New makes antom capture with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "capture",
		Short: "Capture a payment, list its captures, or wait for them",
		Long: `A card payment is authorised first and captured after; only what is captured is
settled. The captures are the CAPTURE rows of inquiryPayment's transactions.`,
		Example: "  antom capture create PAYMENT_REQUEST_ID\n  antom capture list PAYMENT_REQUEST_ID\n  antom capture wait PAYMENT_REQUEST_ID",
	})
	c.Below(cmd, newCreateCmd, newListCmd, newWaitCmd)
	return cmd
}
