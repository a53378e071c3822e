package checkoutcmd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/browser"
)

// findEmulator finds the pages of the emulator: those of antom emulator serve, or else
// this process serves them for as long as it runs. Several may do so side by side: the
// state is in a file that they share.
func (r *run) findEmulator(ctx context.Context) error {
	served, err := r.o.c.RunningEmulator(ctx)
	if err != nil {
		return err
	}
	if served == nil {
		return r.serveEmulator(ctx)
	}
	if strings.HasPrefix(served.Address.URL, "https:") {
		return &cli.SetupError{
			Message: "the emulator is served over https with a certificate of its own, which browsers do not trust",
			Remedy:  "start antom emulator serve without --https, or end it: checkout serves the pages itself",
		}
	}
	if err := hasPages(ctx, served); err != nil {
		return err
	}
	r.emulated = served.Address.URL
	return nil
}

// hasPages refuses an emulator that serves no browser side.
func hasPages(ctx context.Context, served *emulator.Remote) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, served.Address.URL+browser.SDKPath, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask for the emulator's pages: %w", err)
	}
	answer, err := served.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("ask for the emulator's pages: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))                                                      // a HEAD has no body
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/javascript") { // the gateway answers every path
		return &cli.SetupError{
			Message: "the emulator at " + served.Address.URL + " serves no browser side",
			Remedy:  "start antom emulator serve without --browser off, or end it: checkout serves the pages itself",
		}
	}
	return nil
}

// serveEmulator serves the emulator's pages on a port of their own. Its notifications
// are sent only where somebody listens for them here.
func (r *run) serveEmulator(ctx context.Context) error {
	gateway, err := r.o.c.OpenEmulator()
	if err != nil {
		return err
	}
	server, err := gateway.NewServer(emulator.ServeOptions{
		Hold: r.o.listen == "", HTTPErrors: func(line string) { r.o.c.Logger().Debug("http", "line", line) },
		BrowserOwns: browser.Owns,
		Browser:     func(s *emulator.Server) http.Handler { return browser.New(gateway, s, browser.Options{}) },
	})
	if err != nil {
		return err
	}
	listener, err := r.o.c.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	r.emulated = "http://" + listener.Addr().String()
	r.work = append(r.work, func(ctx context.Context) error { return server.Serve(ctx, listener) })
	r.stops = append(r.stops, func() { _ = listener.Close() })
	return nil
}
