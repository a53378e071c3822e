package cli

import (
	"net/url"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// clockTolerance is how far the gateway's clock may be from this machine's before
// it is worth a note. Antom documents none (INF).
const clockTolerance = 5 * time.Minute

// clockNote tells, once in a run, of an answer whose time is far from this
// machine's: one of the two clocks is wrong, or an old answer was given again. A
// gateway on this machine may have a clock of its own, and is exempt.
func (c *CLI) clockNote(p *output.Printer, m *Merchant) func(antom.Exchange) {
	gateway, err := url.Parse(m.Profile.GatewayURL)
	if m.Emulator != nil || err == nil && antom.IsLoopback(gateway.Hostname()) {
		return func(antom.Exchange) {}
	}
	var once sync.Once
	return func(exchange antom.Exchange) {
		if exchange.Response == nil {
			return
		}
		offset, ok := exchange.Response.ClockOffset()
		if !ok || offset.Abs() <= clockTolerance {
			return
		}
		once.Do(func() { p.Note("%s", clockText(offset, exchange.Response.Time)) })
	}
}

func clockText(offset time.Duration, at string) string {
	way := "ahead of"
	if offset < 0 {
		way = "behind"
	}
	return "the answer's response-time " + at + " is " + Seconds(offset.Abs()) + " " + way +
		" the clock of this machine: one of the two clocks is wrong, or an old answer was given again"
}
