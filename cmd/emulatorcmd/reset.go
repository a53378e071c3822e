package emulatorcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// emulatorReset is `antom emulator reset`.
type emulatorReset struct {
	c      *cli.CLI
	seed   uint64
	seeded bool
}

func newResetCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorReset{c: c}
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Delete every session and payment of the emulator",
		Long: `Delete every session and payment of the emulator, its scenarios, its virtual clock
and its seed, and the ids of its captures and refunds. Its keys stay. Asks first on a
terminal; elsewhere it requires --yes.

A server that was started with --state FILE restores the orders of that file.

With --seed the ids from now on are repeatable: the same calls give the same ids.
With a virtual clock (antom emulator clock set) the times are the same too.`,
		Example: "  antom emulator reset --yes\n  antom emulator reset --yes --seed 7",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.seeded = cmd.Flags().Changed("seed")
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().Uint64Var(&o.seed, "seed", 0, "make ids repeatable, based on this `number`")
	return cmd
}

func (o *emulatorReset) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := o.c.Confirm("Delete every session and payment of the emulator?"); err != nil {
		return err
	}
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	if err := gateway.Reset(ctx); err != nil {
		return err
	}
	if err := o.forget(); err != nil {
		return err
	}
	if o.seeded {
		if err := gateway.Seed(ctx, o.seed); err != nil {
			return err
		}
	}
	left, err := gateway.List(ctx, 0)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		p.Note("the emulator has restored the %d orders that it started with; its keys are kept", len(left))
		return nil
	}
	p.Note("the emulator's state is empty; its keys are kept")
	return nil
}

// forget removes the emulator's calls from the ledger: their ids are free again.
func (o *emulatorReset) forget() error {
	log := o.c.History()
	if log == nil {
		return nil
	}
	gateway, err := o.c.OpenEmulator()
	if err != nil {
		return err
	}
	return log.Ledger().Forget(gateway.ClientID())
}
