package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// BrowserRefusal is why a page can't go on: a code of Antom's and words for the
// buyer's screen.
type BrowserRefusal struct{ Code, text string }

func (r *BrowserRefusal) Error() string { return r.text }

// The codes of refusals to pages; that Antom's form is told these is INF.
const (
	codeNoSession = "INQUIRY_PAYMENT_SESSION_FAILED" // unknown or expired: what the web SDK knows it as (SDK)
	codeForm      = "PARAM_ILLEGAL"
)

// BrowserKey says which session a page is about: by the session data that the
// web SDK was given, or by the id in the link of a hosted page.
type BrowserKey struct{ SessionData, CheckoutID string }

// BrowserSession is what a page may know of a session.
type BrowserSession struct {
	PaymentRequestID string
	Amount           antom.Amount
	Description      string   // orderDescription, as the merchant wrote it
	RedirectURL      string   // paymentRedirectUrl
	Brands           []string // the only ones taken; none: all
	StoredBrand      string   // of the card that the session is about, if there is one
	StoredMasked     string
	Expires          time.Time // by the emulator's clock
}

// checkoutID is the id of a session: a digest of what the gateway is sent of the
// session data. Who has the id can't make the data from it, and the state file
// holds no session that could be paid with.
func checkoutID(sessionData string) string {
	parts := strings.SplitN(sessionData, "&&", 4)
	sum := sha256.Sum256([]byte(strings.Join(parts[:min(3, len(parts))], "&&")))
	return hex.EncodeToString(sum[:16])
}

func (k BrowserKey) id() string {
	if k.CheckoutID != "" {
		return k.CheckoutID
	}
	return checkoutID(k.SessionData)
}

// remember keeps which order a session belongs to.
func (t *transaction) remember(sessionData string, o *order) error {
	return t.set(sessionsBucket, checkoutID(sessionData), []byte(o.key))
}

// atCheckout reads the order of a session; the transaction is its client's then.
func (t *transaction) atCheckout(key BrowserKey) (*order, error) {
	unknown := &BrowserRefusal{codeNoSession, "This session is not one of this emulator's, or the emulator was reset."}
	name := t.get(sessionsBucket, key.id())
	if name == nil {
		return nil, unknown
	}
	o, err := t.order(string(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unknown
	}
	if err == nil {
		t.clientID = o.owner()
	}
	return o, err
}

// usable refuses a session that can't be paid with.
func (o *order) usable(now time.Time) error {
	switch o.sessionState(now) {
	case stateCancelled:
		return &BrowserRefusal{codeCanceled, "The order was cancelled."}
	case stateUsed:
		return &BrowserRefusal{codeClosed, "This session has been used already: a new payment needs a new session."}
	case stateExpired:
		return &BrowserRefusal{codeNoSession, fmt.Sprintf("The session expired at %s: a new payment needs a new session.", wireTime(o.SessionExpires))}
	}
	if !o.PaymentExpires.IsZero() && !now.Before(o.PaymentExpires) {
		return &BrowserRefusal{codeClosed, fmt.Sprintf("The order was to be paid until %s.", wireTime(o.PaymentExpires))}
	}
	return nil
}

// BrowserSession returns the session that a page is about. The error is a
// [*BrowserRefusal] if it can't be paid with.
func (e *Emulator) BrowserSession(ctx context.Context, key BrowserKey) (session BrowserSession, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, err := tx.atCheckout(key)
		if err != nil {
			return err
		}
		if err := o.usable(tx.now); err != nil {
			return err
		}
		session = BrowserSession{
			PaymentRequestID: o.PaymentRequestID, Amount: o.Amount, Description: o.Description, RedirectURL: o.RedirectURL, Brands: o.Brands, Expires: o.SessionExpires,
		}
		if o.StoredCard == "" {
			return nil
		}
		stored, err := tx.storedCard(o.StoredCard)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of a state that was made by hand: the buyer types a card
		}
		session.StoredBrand, session.StoredMasked = stored.Brand, stored.Masked
		return err
	})
	return session, err
}

// returnURL is where the buyer goes back to. What Antom adds to the merchant's
// URL is not documented; the emulator adds nothing (INF).
func (o *order) returnURL() string {
	u, err := url.Parse(o.RedirectURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "" // an app's scheme leads a browser nowhere
	}
	return u.String()
}

// The calls of pages that a fault can name.
const (
	FaultForm   = "form"   // the form's page is loaded
	FaultSubmit = "submit" // the form is submitted
)

// browserOperations are the calls of pages that a fault can name: only faults of
// the connection strike them, since nothing of it is signed.
func browserOperations() []string { return []string{FaultForm, FaultSubmit} }

// WithFaults lets a page's call meet the faults in place.
func (s *Server) WithFaults(operation string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.faults.any() {
			next.ServeHTTP(w, r)
			return
		}
		x := &struckCall{server: s, w: w, exchange: &exchange{request: r}, answer: recorder{header: w.Header().Clone()}}
		x.work = func() { next.ServeHTTP(&x.answer, r) }
		x.carryOut(s.faults.strike(operation, true, theSignature|theTime))
	})
}

// Wake lets the server look for what is due to be sent, after a page has changed
// the state.
func (s *Server) Wake() { s.courier.wake() }
