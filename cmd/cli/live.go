package cli

import (
	"net/http"
	"path"

	"github.com/antom-cli/antom/pkg/antom"
)

// inquiries are the operations that only ask. Sorted.
var inquiries = [...]antom.Operation{antom.InquiryPayment, antom.InquiryRefund}

// liveGuard is the last thing before the network. On a live profile it lets
// nothing but inquiries through until ConfirmLive has had its answer: a command
// that does not ask moves no money.
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

// OnlyAsks reports whether a path is that of an operation that changes nothing.
func OnlyAsks(target string) bool {
	for _, op := range inquiries {
		if path.Base(target) == string(op) {
			return true
		}
	}
	return false
}
