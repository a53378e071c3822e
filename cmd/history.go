package cmd

import "github.com/spf13/cobra"

func newHistoryCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "history",
		Short: "Look at the calls made from this machine",
		Long: `Every call is written down on this machine: when, with which profile, which
payment and what came of it. Keys, signatures, session data, cards and whatever
is known of the buyer are not. The history is what --last and the completion of
ids go by.`,
		Example: "  antom history list\n  antom history show \"$id\"",
	})
	c.below(cmd, newHistoryListCmd, newHistoryShowCmd, newHistoryClearCmd)
	return cmd
}
