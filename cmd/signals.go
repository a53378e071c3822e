package cmd

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/antom-cli/antom/cmd/cli"
)

// signalContext ends when the process is asked to stop. It starts watching for signals only
// when Done or Err is called: watching takes two threads, a tenth of the time of a short
// command, and the signal itself stops a command that waits for nothing.
type signalContext struct {
	context.Context
	watch func()
}

func newSignalContext(parent context.Context) signalContext {
	ctx, cancel := context.WithCancelCause(parent)
	return signalContext{ctx, sync.OnceFunc(func() { watchSignals(cancel) })}
}

// watchSignals ends the context at the first signal; the second one kills the process.
func watchSignals(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig := <-signals
		signal.Stop(signals)
		cancel(cli.StoppedError{Terminated: sig == syscall.SIGTERM})
	}()
}

// Done returns a channel that is closed when the process is asked to stop.
func (c signalContext) Done() <-chan struct{} {
	c.watch()
	return c.Context.Done()
}

// Err returns an error once the process has been asked to stop.
func (c signalContext) Err() error {
	c.watch()
	return c.Context.Err()
}
