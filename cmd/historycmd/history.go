// Package historycmd is antom history: list, show and forget the calls made from
// this machine.
package historycmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New makes antom history with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "history",
		Short: "Look at the calls made from this machine",
		Long: `Every call is written down on this machine: when, with which profile, which
payment and what came of it. Keys, signatures, session data, cards and whatever
is known of the buyer are not. The history is what --last and the completion of
ids go by.`,
		Example: "  antom history list\n  antom history show \"$id\"",
	})
	c.Below(cmd, newListCmd, newShowCmd, newClearCmd)
	return cmd
}
