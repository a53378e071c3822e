package cli

import (
	"context"

	"github.com/antom-cli/antom/internal/emulator"
)

// ControlEmulator finds the emulator to control: the server that holds the state or,
// without one, the state in this process.
func (c *CLI) ControlEmulator() (*emulator.Remote, error) {
	served, err := c.RunningEmulator(context.Background())
	if err != nil {
		return nil, err
	}
	if served != nil {
		return served, nil
	}
	local, err := c.OpenEmulator()
	if err != nil {
		return nil, err
	}
	return local.Control(), nil
}
