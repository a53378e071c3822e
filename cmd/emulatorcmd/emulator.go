// Package emulatorcmd is antom emulator: serve the simulated gateway, play the buyer, move its
// clock, inject faults and show its state.
package emulatorcmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New returns antom emulator with its subcommands.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "emulator",
		Short: "Control the built-in simulated gateway",
		Long: `The emulator is a gateway inside antom: the profile "emulator" uses it without a
network port, and every request and answer is really signed and verified. Its state
is one file in the state folder. These commands play the buyer, move its clock, send
its notifications and show its state.`,
		Example: `  antom session create --profile emulator --amount 42.00 --currency SGD
  antom emulator pay PAYMENT_REQUEST_ID`,
	})
	c.Below(cmd,
		newPayCmd,
		newListCmd,
		newShowCmd,
		newClockCmd,
		newDeliverCmd,
		newScenarioCmd,
		newKeysCmd,
		newServeCmd,
		newFaultCmd,
		newResetCmd,
		newExportCmd,
	)
	return cmd
}
