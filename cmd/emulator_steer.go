package cmd

import (
	"context"
	"net/http"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
)

// steering is what commands do with the emulator's state: in this process, or
// through the control API of the server that has the state for itself.
type steering interface {
	Pay(ctx context.Context, request emulator.PayRequest) (emulator.PayResult, error)
	List(ctx context.Context, limit int) ([]emulator.Summary, error)
	Show(ctx context.Context, paymentRequestID string) (emulator.Details, error)
	Reset(ctx context.Context) error
	Seed(ctx context.Context, seed uint64) error

	Clock(ctx context.Context) (emulator.Clock, error)
	SetClock(ctx context.Context, to time.Time) (emulator.Clock, []emulator.Event, error)
	AdvanceClock(ctx context.Context, by time.Duration) (emulator.Clock, []emulator.Event, error)
	ResetClock(ctx context.Context) (emulator.Clock, error)

	Scenarios(ctx context.Context) ([]emulator.Scenario, error)
	SetScenario(ctx context.Context, s emulator.Scenario) error
	ClearScenarios(ctx context.Context) error

	Notifications(ctx context.Context, paymentRequestID string) ([]*http.Request, error)
	Undelivered(ctx context.Context, paymentRequestID string) (open []emulator.Delivery, acknowledged int, err error)
	NotificationRequest(ctx context.Context, d emulator.Delivery) (*http.Request, error)
	RecordAttempt(ctx context.Context, id string, attempt emulator.Attempt) error
}

var (
	_ steering = (*emulator.Emulator)(nil)
	_ steering = (*emulator.Remote)(nil)
)

// steer opens the emulator, wherever its state is.
func (c *cli) steer(ctx context.Context) (steering, error) {
	served, err := c.runningEmulator(ctx)
	if err != nil {
		return nil, err
	}
	if served != nil {
		return served, nil
	}
	return c.openEmulator()
}

// served finds the running server, which a command can't do without.
func (c *cli) served(ctx context.Context) (*emulator.Remote, error) {
	remote, err := c.runningEmulator(ctx)
	if err == nil && remote == nil {
		return nil, saidError{code: exitFailed, message: "no emulator is being served from this state folder", remedy: "antom emulator serve"}
	}
	return remote, err
}
