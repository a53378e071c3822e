package cli

import (
	"context"
	"net/http"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
)

// Steering is what these commands do with an emulator, wherever it runs.
type Steering interface {
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

var (
	_ Steering = (*emulator.Emulator)(nil)
	_ Steering = (*emulator.Remote)(nil)
)

// Steer finds the emulator to steer: the server that has the state for itself or,
// without one, the state in this process.
func (c *CLI) Steer() (Steering, error) {
	served, err := c.RunningEmulator(context.Background())
	if err != nil {
		return nil, err
	}
	if served != nil {
		return served, nil
	}
	return c.OpenEmulator()
}
