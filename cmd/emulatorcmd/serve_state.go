package emulatorcmd

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/statefile"
)

// readState reads --state; nil without it.
func (o *emulatorServe) readState(ctx context.Context) ([]byte, error) {
	if o.state == "" {
		return nil, nil
	}
	text, err := o.c.ReadInput(ctx, o.state, statefile.Largest)
	if err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	if text, err = statefile.JSON(text); err != nil {
		return nil, cli.Usagef("--state %s: %s", cli.ShownName(o.state), err).WithHint("antom emulator export writes such a file")
	}
	return text, nil
}

// begin puts the emulator into the state of --state.
func (o *emulatorServe) begin(ctx context.Context, gateway *emulator.Emulator) error {
	text, err := o.readState(ctx)
	if text == nil || err != nil {
		return err
	}
	if o.began, err = gateway.Begin(ctx, text); err != nil {
		return usageOf("--state "+cli.ShownName(o.state), err)
	}
	return nil
}

// checkPublicURL wants an address of a server: the pages and the gateway are at
// its root.
func checkPublicURL(text string) error {
	u, err := url.Parse(text)
	const hint = "such as http://emulator:4300 in docker compose, or https://abc.example of a tunnel"
	switch {
	case err != nil || !isWebURL(text):
		return cli.Usagef("--public-url %q: must be an absolute http or https URL", text).WithHint(hint)
	case u.User != nil:
		return cli.Usagef("--public-url: must have no user and password").WithHint(hint)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return cli.Usagef("--public-url %q: must have no path: the pages are at the root of the address", text).WithHint(hint)
	}
	return nil
}

// publicHosts are the names under which the emulator is reached, beside those of
// this machine.
func (o *emulatorServe) publicHosts() []string {
	var hosts []string
	for _, host := range o.hosts {
		hosts = append(hosts, strings.ToLower(host))
	}
	if u, err := url.Parse(o.publicURL); err == nil && u.Host != "" {
		hosts = append(hosts, strings.ToLower(u.Hostname()))
	}
	return hosts
}
