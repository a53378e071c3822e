// Package emulatorcmd is antom emulator: serve the stand-in gateway, play the
// buyer, move its clock, inject faults and look at its state.
package emulatorcmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// New makes antom emulator with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "emulator",
		Short: "Steer the built-in stand-in gateway",
		Long: `The emulator is a gateway inside antom: the profile "emulator" talks to it without
a port, and every request and answer is really signed and verified. Its state is
one file in the state folder. These commands play the buyer, move its clock, send
its notifications and look at its state.`,
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
