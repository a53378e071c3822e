package cmd

import "github.com/spf13/cobra"

func newEmulatorCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "emulator",
		Short: "Steer the built-in stand-in gateway",
		Long: `The emulator is a gateway inside antom: the profile "emulator" talks to it without
a port, and every request and answer is really signed and verified. Its state is
one file in the state folder. These commands play the buyer, move its clock, send
its notifications and look at its state.`,
		Example: `  antom session create --profile emulator --amount 42.00 --currency SGD
  antom emulator pay PAYMENT_REQUEST_ID`,
	})
	c.below(cmd,
		newEmulatorPayCmd,
		newEmulatorListCmd,
		newEmulatorShowCmd,
		newEmulatorClockCmd,
		newEmulatorDeliverCmd,
		newEmulatorScenarioCmd,
		newEmulatorKeysCmd,
		newEmulatorServeCmd,
		newEmulatorFaultCmd,
		newEmulatorResetCmd,
	)
	return cmd
}
