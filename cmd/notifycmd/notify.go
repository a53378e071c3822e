// Package notifycmd is antom notify: verify, receive, send, replay and export notifications,
// and check how an endpoint answers them.
package notifycmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/notifycmd/verifycmd"
)

// New returns antom notify with its subcommands.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "notify",
		Short: "Verify, receive, send and check notifications",
		Long: `Antom reports the result of a payment, capture or refund in a signed notification to
your server. Only the signature shows that it is genuine. These commands verify
saved notifications, receive and forward new ones, send test notifications, and
check how an endpoint answers.`,
		Example: `  antom notify verify notification.http
  antom notify listen`,
	})
	c.Below(cmd, verifycmd.New, newListenCmd, newSendCmd, newReplayCmd, newExportCmd, newCheckCmd)
	return cmd
}
