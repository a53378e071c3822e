package cmd

import "github.com/spf13/cobra"

func newNotifyCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "notify",
		Short: "Verify notifications",
		Long: `Antom tells the result of a payment and of a capture by signed notifications to
your server. Only the signature says that one is genuine.`,
		Example: "  antom notify verify notification.http",
	})
	c.below(cmd, newNotifyVerifyCmd)
	return cmd
}
