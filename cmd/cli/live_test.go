package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/pkg/antom"
)

// unconfirmed is the guard of a profile that nothing was confirmed for.
func unconfirmed(clientID, gatewayURL string, next http.RoundTripper) http.RoundTripper {
	p := &profile.Profile{Name: "shop", ClientID: clientID, GatewayURL: gatewayURL}
	return liveGuard{next: next, merchant: &Merchant{Profile: p}}
}

// TestNothingUnconfirmedIsSent asks the guard before the network: on a live
// profile only inquiries pass before somebody has said yes.
func TestNothingUnconfirmedIsSent(t *testing.T) {
	t.Parallel()
	for _, op := range antom.Endpoints() {
		for _, row := range [...]struct {
			clientID, gateway string
			live              bool
		}{
			{"5X00000000000000", "https://open-sea-global.alipay.com", true},
			{"5X00000000000000", "https://127.0.0.1.shop.example", true},
			{"5X00000000000000", "", true},
			{"sandbox_5X00000000000000", "https://open-sea-global.alipay.com", true},
			{"SANDBOX_5X00000000000000", "https://open-sea-global.alipay.com", false},
			{"5X00000000000000", "http://127.0.0.1:4242", false},
			{"5X00000000000000", "http://[::1]:4242", false},
			{"5X00000000000000", "http://localhost:4242/base", false},
		} {
			var sent atomic.Bool
			guard := unconfirmed(row.clientID, row.gateway, network{&sent})
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://gateway.example/base"+op.Path, nil)
			response, err := guard.RoundTrip(request)
			if err == nil {
				response.Body.Close()
			}
			want := !row.live || strings.HasPrefix(string(op.Operation), "inquiry")
			if sent.Load() != want || (err == nil) != want {
				t.Errorf("%s of %s at %q: sent %t, want %t (%v)", op.Operation, row.clientID, row.gateway, sent.Load(), want, err)
			}
		}
	}
}

// network only notes that it was used.
type network struct{ used *atomic.Bool }

func (n network) RoundTrip(*http.Request) (*http.Response, error) {
	n.used.Store(true)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}
