package cmd

import (
	"context"

	"github.com/antom-cli/antom/internal/emulator"
)

var (
	_ steering = (*emulator.Emulator)(nil)
	_ steering = (*emulator.Remote)(nil)
)

// clientIDUsage says what --client-id is for, beside the id of a payment.
const clientIDUsage = "`id` of the client whose payment it is, where several clients use the same PAYMENT_REQUEST_ID"

// steer finds the emulator to steer: the server that has the state for itself or,
// without one, the state in this process.
func (c *cli) steer() (steering, error) {
	served, err := c.runningEmulator(context.Background())
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
