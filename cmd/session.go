package cmd

import "github.com/spf13/cobra"

func newSessionCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "session",
		Short: "Create payment sessions, or look into one",
		Long: `A payment session is what the web SDK needs to show the card form. It is made by
createPaymentSession and lives for an hour at most.`,
		Example: "  antom session create --amount 42.00 --currency SGD\n  antom session create --amount 42.00 --currency SGD -o json | antom session inspect -",
	})
	c.below(cmd, newSessionCreateCmd, newSessionListCmd, newSessionInspectCmd)
	return cmd
}
