package emulatorcmd

import (
	"context"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// setTime sets the seed and the clock as requested.
func (o *emulatorServe) setTime(ctx context.Context, gateway *emulator.Emulator, seeded bool) error {
	if seeded {
		if err := gateway.Seed(ctx, o.seed); err != nil {
			return err
		}
	}
	var err error
	switch o.clock {
	case "real":
		_, err = gateway.ResetClock(ctx)
	case "virtual":
		err = startClock(ctx, gateway, seeded)
	}
	return err
}

// seededStart is the first time of a virtual clock with a seed: the same ids need the same
// dates.
const seededStart = "2030-01-01T00:00:00Z"

// startClock makes the clock virtual at its current time. With a seed, an empty state and a
// real clock, it starts at the same time in every run.
func startClock(ctx context.Context, gateway *emulator.Emulator, seeded bool) error {
	clock, err := gateway.Clock(ctx)
	if err != nil {
		return err
	}
	earlier, err := gateway.List(ctx, 1)
	if err != nil {
		return err
	}
	if !seeded || clock.Virtual || len(earlier) > 0 {
		_, _, err = gateway.AdvanceClock(ctx, 0)
		return err
	}
	start, err := antom.DateTime(seededStart).Time()
	if err == nil {
		_, _, err = gateway.SetClock(ctx, start)
	}
	return err
}
