package cli

import (
	"net/http"
	"path"

	"github.com/antom-cli/antom/pkg/antom"
)

// inquiries are the operations that change nothing. Sorted.
var inquiries = [...]antom.Operation{antom.InquiryPayment, antom.InquiryRefund}

// liveGuard is the last step before the network. On a live profile it only allows inquiries
// until ConfirmLive was answered, so a command that does not ask can't move money.
type liveGuard struct {
	next     http.RoundTripper
	merchant *Merchant
}

func (g liveGuard) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.merchant.Profile.Live() && !g.merchant.confirmed && !OnlyAsks(r.URL.Path) {
		return nil, Usagef("%s is live: %s was not confirmed, nothing was sent", g.merchant.Profile.Title(), path.Base(r.URL.Path)).
			WithHint("--live says that real money is meant; --profile names another profile")
	}
	return g.next.RoundTrip(r)
}

// OnlyAsks reports whether a path belongs to an operation that changes nothing.
func OnlyAsks(target string) bool {
	for _, op := range inquiries {
		if path.Base(target) == string(op) {
			return true
		}
	}
	return false
}
