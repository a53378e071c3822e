package cmd

import "github.com/spf13/cobra"

func newNotifyCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "notify",
		Short: "Verify, receive, send and check notifications",
		Long: `Antom tells the result of a payment and of a capture by signed notifications to
your server. Only the signature says that one is genuine. These commands verify what
was saved, receive and forward what comes, send what could come, and check what an
endpoint makes of it.`,
		Example: `  antom notify verify notification.http
  antom notify listen`,
	})
	c.below(cmd, newNotifyVerifyCmd, newNotifyListenCmd, newNotifySendCmd, newNotifyReplayCmd, newNotifyExportCmd, newNotifyCheckCmd)
	return cmd
}
