package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/pkg/antom"
)

// An answer whose time is far from ours is told, once, with how far and which way;
// a gateway on this machine may have a clock of its own.
func TestClockNote(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		gateway, at string
		said        string
	}{
		{"https://open-sea-global.alipay.com", "2026-11-27T09:04:00Z", ""},
		{"https://open-sea-global.alipay.com", "2026-11-27T09:07:00Z", "is 7m0s ahead of the clock"},
		{"", "2026-11-27T07:00:00Z", "is 2h0m0s behind the clock"},
		{"https://open-sea-global.alipay.com", "1795771800000", "is 30m0s ahead of the clock"},
		{"https://open-sea-global.alipay.com", "", ""},
		{"http://127.0.0.1:4242", "2030-01-01T00:00:00Z", ""},
	} {
		var said bytes.Buffer
		p, err := output.New(output.Options{Out: &said, Err: &said, Format: output.FormatText})
		if err != nil {
			t.Fatal(err)
		}
		c := &CLI{Env: &Env{Now: func() time.Time { return now }}}
		note := c.clockNote(p, &Merchant{Profile: &profile.Profile{GatewayURL: test.gateway}})
		for range 2 {
			note(antom.Exchange{Response: &antom.Response{Time: test.at, Received: now}})
		}
		note(antom.Exchange{})
		if got := said.String(); strings.Count(got, "note:") != min(1, len(test.said)) || !strings.Contains(got, test.said) {
			t.Errorf("%s at %q: %q, want %q", test.gateway, test.at, got, test.said)
		}
	}
}
