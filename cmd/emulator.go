package cmd

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/prompt"
)

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

// steering is what these commands do with an emulator, wherever it runs.
type steering interface {
	Pay(ctx context.Context, request emulator.PayRequest) (emulator.PayResult, error)
	List(ctx context.Context, limit int) ([]emulator.Summary, error)
	Show(ctx context.Context, paymentRequestID string) (emulator.Details, error)
	Clock(ctx context.Context) (emulator.Clock, error)
	SetClock(ctx context.Context, to time.Time) (emulator.Clock, []emulator.Event, error)
	AdvanceClock(ctx context.Context, by time.Duration) (emulator.Clock, []emulator.Event, error)
	ResetClock(ctx context.Context) (emulator.Clock, error)
	Notifications(ctx context.Context, paymentRequestID string) ([]*http.Request, error)
	Undelivered(ctx context.Context, paymentRequestID string) ([]emulator.Delivery, int, error)
	NotificationRequest(ctx context.Context, d emulator.Delivery) (*http.Request, error)
	RecordAttempt(ctx context.Context, id string, attempt emulator.Attempt) error
	SetScenario(ctx context.Context, s emulator.Scenario) error
	Scenarios(ctx context.Context) ([]emulator.Scenario, error)
	ClearScenarios(ctx context.Context) error
	Reset(ctx context.Context) error
	Seed(ctx context.Context, seed uint64) error
}

// emulatorReset is `antom emulator reset`.
type emulatorReset struct {
	c      *cli
	seed   uint64
	seeded bool
}

func newEmulatorResetCmd(c *cli) *cobra.Command {
	o := &emulatorReset{c: c}
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Forget every session and payment of the emulator",
		Long: `Forget every session and payment of the emulator, its scenarios, its virtual clock
and its seed. Its keys stay. Asks first on a terminal; elsewhere it wants --yes.

With --seed the ids from here on are repeatable: the same calls give the same ids.
With a virtual clock too (antom emulator clock set) the times are the same.`,
		Example: "  antom emulator reset --yes\n  antom emulator reset --yes --seed 7",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.seeded = cmd.Flags().Changed("seed")
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().Uint64Var(&o.seed, "seed", 0, "make ids repeatable from this `number`")
	return cmd
}

func (o *emulatorReset) run(ctx context.Context) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	if err := o.c.confirm("Forget every session and payment of the emulator?"); err != nil {
		return err
	}
	gateway, err := o.c.steer()
	if err != nil {
		return err
	}
	if err := gateway.Reset(ctx); err != nil {
		return err
	}
	if o.seeded {
		if err := gateway.Seed(ctx, o.seed); err != nil {
			return err
		}
	}
	p.Note("the emulator's state is empty; its keys are kept")
	return nil
}

// confirm asks before something is destroyed; where nobody can answer it wants
// --yes.
func (c *cli) confirm(question string) error {
	if c.global.yes {
		return nil
	}
	if !c.interactive() {
		return usagef("not confirmed: %s", question).hint("--yes answers the question")
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(question)
	if err != nil {
		return err
	}
	if !yes {
		return usagef("not confirmed: nothing was changed")
	}
	return nil
}
