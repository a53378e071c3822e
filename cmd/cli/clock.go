package cli

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// clockTolerance is how far the gateway's clock may differ from this machine's without a note.
// Antom documents no limit (INF).
const clockTolerance = 5 * time.Minute

// clockNote prints one note per run if the time of an answer is far from this machine's: one of
// the clocks is wrong, or an old answer was replayed. Gateways on this machine may have their
// own clock and are exempt.
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

// longestMove is the longest move of the clock, because a duration can't be longer.
const longestMove = 100_000 * 24 * time.Hour

// isHuge reports whether a text is a duration that is too long.
func isHuge(text string) bool {
	number := strings.TrimRight(text, "dhms")
	return number != "" && number != text && strings.Trim(number, "0123456789") == ""
}

// ParseDays reads how far to move the clock: a duration, also in days.
func ParseDays(text string) (time.Duration, error) {
	days, rest, isDays := strings.Cut(text, "d")
	if !isDays {
		days, rest = "0", text
	}
	whole, err := time.ParseDuration(days + "h")
	var by time.Duration
	if rest != "" && err == nil {
		if by, err = time.ParseDuration(rest); isDays && strings.ContainsAny(rest, "+-") {
			err = errors.ErrUnsupported
		}
	}
	tooFar := err == nil && (whole > longestMove/24 || by > longestMove-24*whole)
	by += 24 * whole
	switch {
	case tooFar, err != nil && isHuge(text):
		return 0, Usagef("duration %q: the clock moves by %dd at most", text, int(longestMove.Hours()/24)).WithHint("antom emulator clock set goes to any time")
	case err != nil:
		return 0, Usagef("duration %q: must be a time such as 90s, 15m, 24h, 7d or 7d3h", text)
	case strings.HasPrefix(text, "-") && by != 0:
		return 0, Usagef("the clock can't go back, so it can't move by %q", text).
			WithHint("antom emulator reset --yes starts again")
	}
	return by, nil
}
