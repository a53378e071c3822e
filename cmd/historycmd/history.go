// Package historycmd is antom history: list, show and delete the calls made from this machine.
package historycmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New returns antom history with its subcommands.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "history",
		Short: "Show the calls made from this machine",
		Long: `Every call is recorded on this machine: when it was made, with which profile, for
which payment, and its result. Keys, signatures, session data, cards and data about
the buyer are not recorded. --last and the completion of ids use the history.`,
		Example: "  antom history list\n  antom history show \"$id\"",
	})
	c.Below(cmd, newListCmd, newShowCmd, newClearCmd)
	return cmd
}
