package emulatorcmd

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/statefile"
)

// readState reads --state; it returns nil if there is none.
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

// begin loads the state of --state into the emulator.
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

// checkPublicURL checks that a URL is a server's root: the pages and the gateway are there.
func checkPublicURL(text string) error {
	u, err := url.Parse(text)
	const hint = "such as http://emulator:4300 in docker compose, or https://abc.example of a tunnel"
	switch {
	case err != nil || !isWebURL(text):
		return cli.Usagef("--public-url %q: must be an absolute http or https URL", text).WithHint(hint)
	case !isHostName(u.Hostname()):
		return cli.Usagef("--public-url %q: %q is not a host name", text, u.Hostname()).WithHint(hint)
	case u.User != nil:
		return cli.Usagef("--public-url: must have no user and password").WithHint(hint)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return cli.Usagef("--public-url %q: must have no path: the pages are at the root of the address", text).WithHint(hint)
	}
	return nil
}

// checkPageHosts checks that hosts are bare names, because they become part of a header.
func checkPageHosts(hosts []string) error {
	for _, host := range hosts {
		if !isHostName(host) {
			return cli.Usagef("--page-host %q: must be a host name without scheme, port and path", host).WithHint("such as shop, or www.shop.example")
		}
	}
	return nil
}

// isHostName reports whether a text is a name or an IPv4 address.
func isHostName(host string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return host != "" && strings.Trim(strings.ToLower(host), letters+"0123456789-.") == ""
}

// publicHosts returns the host names at which the emulator is reached, and those of pages that
// may show its form, in addition to this machine's.
func (o *emulatorServe) publicHosts() []string {
	var hosts []string
	for _, host := range slices.Concat(o.hosts, o.pageHosts) {
		hosts = append(hosts, strings.ToLower(host))
	}
	if u, err := url.Parse(o.publicURL); err == nil && u.Host != "" {
		hosts = append(hosts, strings.ToLower(u.Hostname()))
	}
	return hosts
}
