package emulatorcmd

import (
	"context"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
)

// clientIDUsage says what --client-id is for, beside the id of a payment.
const clientIDUsage = "`id` of the client whose payment it is, where several clients use the same PAYMENT_REQUEST_ID"

// served finds the running server, which a command can't do without.
func served(ctx context.Context, c *cli.CLI) (*emulator.Remote, error) {
	remote, err := c.RunningEmulator(ctx)
	if err == nil && remote == nil {
		return nil, cli.OutcomeError{Code: cli.ExitFailed, Message: "no emulator is being served from this state folder", Remedy: "antom emulator serve"}
	}
	return remote, err
}
