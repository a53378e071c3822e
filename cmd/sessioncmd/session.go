// Package sessioncmd is antom session: create, list and inspect payment sessions.
package sessioncmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New makes antom session with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "session",
		Short: "Create payment sessions, or look into one",
		Long: `A payment session is what the web SDK needs to show the card form. It is made by
createPaymentSession and lives for an hour at most.`,
		Example: "  antom session create --amount 42.00 --currency SGD\n  antom session create --amount 42.00 --currency SGD -o json |\n    antom session inspect -",
	})
	c.Below(cmd, newCreateCmd, newListCmd, newInspectCmd)
	return cmd
}
