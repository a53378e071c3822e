package cmd

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/antom-cli/antom/cmd/cli"
)

// signalContext ends when the process is told to stop. It watches for signals
// only once somebody asks it: watching takes two threads, a tenth of the time
// that a short command runs, and a command that waits for nothing is stopped
// well enough by the signal itself.
type signalContext struct {
	context.Context
	watch func()
}

func newSignalContext(parent context.Context) signalContext {
	ctx, cancel := context.WithCancelCause(parent)
	return signalContext{ctx, sync.OnceFunc(func() { watchSignals(cancel) })}
}

// watchSignals ends the context at the first signal; the second one kills the
// process.
func watchSignals(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig := <-signals
		signal.Stop(signals)
		cancel(cli.StoppedError{Terminated: sig == syscall.SIGTERM})
	}()
}

// Done is closed when the process is told to stop.
func (c signalContext) Done() <-chan struct{} {
	c.watch()
	return c.Context.Done()
}

// Err says whether the process has been told to stop.
func (c signalContext) Err() error {
	c.watch()
	return c.Context.Err()
}
