package emulatorcmd

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

func newClockCmd(c *cli.CLI) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "clock",
		Short: "Show or change the emulator's clock",
		Long: `Show the emulator's clock. It is the real time until it is set or advanced. Then it
is virtual and moves only when told to, so that a test passes through hours of an
order's life in milliseconds and sees the same times in every run. All processes
that use the state see the same clock.

With --quiet the time is printed.`,
		Example: "  antom emulator clock\n  antom emulator clock advance 15m\n  antom emulator clock reset",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UnknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onClock(cmd.Context(), c, func(ctx context.Context, gateway *emulator.Remote) (emulator.Clock, []emulator.Event, error) {
				clock, err := gateway.Clock(ctx)
				return clock, nil, err
			})
		},
	}
	c.Below(cmd, newClockAdvanceCmd, newClockSetCmd, newClockResetCmd)
	return cmd
}

func newClockAdvanceCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move the emulator's clock forward",
		Long: `Move the emulator's clock forward, as in 90s, 15m, 24h, 7d or 7d3h, and list in
order what happened in between: payments that ended, captures, refunds, expired
sessions and closed orders. A real clock becomes virtual. Notifications that became
due are queued; antom emulator deliver or a running antom emulator serve sends them.

The columns in pipes and CSV are time, paymentRequestId, entity, id, state and
resultCode. With --quiet the new time is printed.`,
		Example: "  antom emulator clock advance 15m\n  antom emulator clock advance 7d -o json",
		Args:    cli.OneArgAs("DURATION", func(text string) error { _, err := cli.ParseDays(text); return err }),
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := cli.ParseDays(args[0])
			if err != nil {
				return err
			}
			return onClock(cmd.Context(), c, func(ctx context.Context, gateway *emulator.Remote) (emulator.Clock, []emulator.Event, error) {
				return gateway.AdvanceClock(ctx, by)
			})
		},
	}
}

// parseTime parses an ISO 8601 time.
func parseTime(text string) (time.Time, error) {
	to, err := antom.DateTime(text).Time()
	if err != nil {
		return to, cli.Usagef("%s", err).WithHint("such as 2030-01-01T00:00:00Z")
	}
	return to, nil
}

func newClockSetCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "set TIME",
		Short: "Set the emulator's clock to a time",
		Long: `Set the emulator's clock to a time (ISO 8601 with a zone) and make it virtual. The
time must not be before what the state already contains; antom emulator reset starts
over. What happened in between is listed, as by advance.`,
		Example: "  antom emulator clock set 2030-01-01T00:00:00Z",
		Args:    cli.OneArgAs("TIME", func(text string) error { _, err := parseTime(text); return err }),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := parseTime(args[0])
			if err != nil {
				return err
			}
			return onClock(cmd.Context(), c, func(ctx context.Context, gateway *emulator.Remote) (emulator.Clock, []emulator.Event, error) {
				return gateway.SetClock(ctx, to)
			})
		},
	}
}

func newClockResetCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Make the emulator's clock real again",
		Long: `Make the emulator's clock real again. If the state contains anything in the future
of the real clock, it must be reset first, with antom emulator reset.`,
		Example: "  antom emulator clock reset",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onClock(cmd.Context(), c, func(ctx context.Context, gateway *emulator.Remote) (emulator.Clock, []emulator.Event, error) {
				clock, err := gateway.ResetClock(ctx)
				return clock, nil, err
			})
		},
	}
}

// clockReport is the JSON form of the clock.
type clockReport struct {
	emulator.Clock
	Events []emulator.Event `json:"events"`
}

// onClock calls do and shows the clock and what has happened.
func onClock(ctx context.Context, c *cli.CLI, do func(context.Context, *emulator.Remote) (emulator.Clock, []emulator.Event, error)) error {
	p, err := c.Printer()
	if err != nil {
		return err
	}
	gateway, err := c.ControlEmulator()
	if err != nil {
		return err
	}
	clock, events, err := do(ctx, gateway)
	if err != nil {
		return err
	}
	mode := "real"
	if clock.Virtual {
		mode = "virtual"
	}
	clock.Time = clock.Time.UTC()
	table := eventTable(events, true)
	result := output.Result{
		JSON: cli.Encode(clockReport{clock, append([]emulator.Event{}, events...)}), Table: &table, Rows: [][]byte{}, Quiet: []string{clock.Time.Format(time.RFC3339)},
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Clock", Name: "clock", Value: output.Cell{Text: mode}},
			{Label: "Time", Name: "time", Value: momentCell(clock.Time)},
		}}},
	}
	queued := 0
	for _, e := range events {
		result.Rows = append(result.Rows, cli.Encode(e))
		if e.NotificationID != "" {
			queued++
		}
	}
	if len(events) > 0 {
		result.Text = append(result.Text, table)
	}
	if err := p.Print(result); err != nil || queued == 0 {
		return err
	}
	due := counted(queued, "notification became", "notifications became")
	if gateway.Served() {
		p.Note("%s due; the server sends them itself, unless it was started with --notify off: antom emulator show PAYMENT_REQUEST_ID", due)
		return nil
	}
	p.Note("%s due; next: antom emulator deliver", due)
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
