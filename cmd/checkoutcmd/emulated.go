package checkoutcmd

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/browser"
	"github.com/antom-cli/antom/pkg/antom"
)

// findEmulator finds the pages of the emulator: those of antom emulator serve or, if it does
// not run, pages that this process serves while it runs. Several processes may do so at the
// same time, as they share the file with the state.
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
	found, err := hasPages(ctx, served, served.Address.URL)
	switch {
	case err != nil:
		return err
	case !found:
		return &cli.SetupError{
			Message: "the emulator at " + served.Address.URL + " serves no browser side",
			Remedy:  "start antom emulator serve without --browser off, or end it: checkout serves the pages itself",
		}
	}
	r.emulated = served.Address.URL
	return nil
}

// adoptEmulator detects that the gateway of a profile is an emulator on this machine, as in CI,
// and uses its form. A gateway that does not answer is not an emulator.
func (r *run) adoptEmulator(ctx context.Context) error {
	u, err := url.Parse(r.m.Profile.GatewayURL)
	if err != nil || u.Scheme != "http" || !antom.IsLoopback(u.Hostname()) {
		return nil //nolint:nilerr // the client has already refused an invalid URL
	}
	client, err := endpoint.Client(r.o.c, 0, 1)
	if err != nil {
		return err
	}
	base := u.Scheme + "://" + u.Host
	if found, err := hasPages(ctx, client.Transport, base); found && err == nil {
		r.emulated = base
	}
	return nil
}

// hasPages reports whether an emulator serves its browser side.
func hasPages(ctx context.Context, by http.RoundTripper, base string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, base+browser.SDKPath, http.NoBody)
	if err != nil {
		return false, fmt.Errorf("ask for the emulator's pages: %w", err)
	}
	answer, err := by.RoundTrip(request)
	if err != nil {
		return false, fmt.Errorf("ask for the emulator's pages: %w", err)
	}
	defer answer.Body.Close()
	script := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/javascript") // its gateway answers every path
	return answer.StatusCode == http.StatusOK && script, nil
}

// serveEmulator serves the emulator's pages on a port of their own. Notifications are sent only
// with --listen.
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
