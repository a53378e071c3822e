// Package sessioncmd is antom session: create, list and inspect payment sessions.
package sessioncmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New returns antom session with its subcommands.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "session",
		Short: "Create, list and inspect payment sessions",
		Long: `The web SDK needs a payment session to show the card form. createPaymentSession
creates it, and it is valid for at most an hour.`,
		Example: "  antom session create --amount 42.00 --currency SGD\n  antom session create --amount 42.00 --currency SGD -o json |\n    antom session inspect -",
	})
	c.Below(cmd, newCreateCmd, newListCmd, newInspectCmd)
	return cmd
}
