// Package notifycmd is antom notify: verify, receive, send, replay and export
// notifications, and check what an endpoint makes of them.
package notifycmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/notifycmd/verifycmd"
)

// New makes antom notify with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "notify",
		Short: "Verify, receive, send and check notifications",
		Long: `Antom tells the result of a payment and of a capture by signed notifications to
your server. Only the signature says that one is genuine. These commands verify what
was saved, receive and forward what comes, send what could come, and check what an
endpoint makes of it.`,
		Example: `  antom notify verify notification.http
  antom notify listen`,
	})
	c.Below(cmd, verifycmd.New, newListenCmd, newSendCmd, newReplayCmd, newExportCmd, newCheckCmd)
	return cmd
}
