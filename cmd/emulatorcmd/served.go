package emulatorcmd

import (
	"context"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
)

// clientIDUsage is the usage of --client-id next to the id of a payment.
const clientIDUsage = "`id` of the payment's client, if several clients use the same PAYMENT_REQUEST_ID"

// served returns the running server, or an error if there is none.
func served(ctx context.Context, c *cli.CLI) (*emulator.Remote, error) {
	remote, err := c.RunningEmulator(ctx)
	if err == nil && remote == nil {
		return nil, cli.OutcomeError{Code: cli.ExitFailed, Message: "no emulator is being served from this state folder", Remedy: "antom emulator serve"}
	}
	return remote, err
}
