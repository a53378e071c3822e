package cmd

import (
	"context"

	"github.com/antom-cli/antom/internal/emulator"
)

// clientIDUsage says what --client-id is for, beside the id of a payment.
const clientIDUsage = "`id` of the client whose payment it is, where several clients use the same PAYMENT_REQUEST_ID"

// served finds the running server, which a command can't do without.
func (c *cli) served(ctx context.Context) (*emulator.Remote, error) {
	remote, err := c.runningEmulator(ctx)
	if err == nil && remote == nil {
		return nil, saidError{code: exitFailed, message: "no emulator is being served from this state folder", remedy: "antom emulator serve"}
	}
	return remote, err
}
