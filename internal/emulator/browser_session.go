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

// PageError is why a page can't continue: one of Antom's codes and a text for the buyer.
type PageError struct{ Code, text string }

func (r *PageError) Error() string { return r.text }

// The codes of page errors. That Antom's form receives these codes is INF.
const (
	codeNoSession = "INQUIRY_PAYMENT_SESSION_FAILED" // unknown or expired; the web SDK knows this code (SDK)
	codeForm      = "PARAM_ILLEGAL"
)

// BrowserKey identifies a page's session: by the session data given to the web SDK, or by the
// id in the link of a hosted page.
type BrowserKey struct{ SessionData, CheckoutID string }

// BrowserSession is what a page may know about a session.
type BrowserSession struct {
	PaymentRequestID string
	Amount           antom.Amount
	Description      string   // orderDescription, as the merchant wrote it
	RedirectURL      string   // paymentRedirectUrl
	Brands           []string // the only accepted brands; none: all
	StoredBrand      string   // of the card named in the session, if any
	StoredMasked     string
	Expires          time.Time // by the emulator's clock
}

// checkoutID is the id of a session: a digest of the part of the session data that the gateway
// receives. The data can't be derived from the id, and the state file holds no session data
// that could be used to pay.
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

// remember stores which order a session belongs to.
func (t *transaction) remember(sessionData string, o *order) error {
	return t.set(sessionsBucket, checkoutID(sessionData), []byte(o.key))
}

// atCheckout reads the order of a session and makes its client the transaction's client.
func (t *transaction) atCheckout(key BrowserKey) (*order, error) {
	unknown := &PageError{codeNoSession, "This emulator has no such session, or it was reset."}
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

// usable rejects a session that no longer accepts a payment.
func (o *order) usable(now time.Time) error {
	switch o.sessionState(now) {
	case stateCancelled:
		return &PageError{codeCanceled, "The order was cancelled."}
	case stateUsed:
		return &PageError{codeClosed, "This session has been used already: a new payment needs a new session."}
	case stateExpired:
		return &PageError{codeNoSession, fmt.Sprintf("The session expired at %s: a new payment needs a new session.", wireTime(o.SessionExpires))}
	}
	if !o.PaymentExpires.IsZero() && !now.Before(o.PaymentExpires) {
		return &PageError{codeClosed, fmt.Sprintf("The order had to be paid by %s.", wireTime(o.PaymentExpires))}
	}
	return nil
}

// BrowserSession returns the session of a page. If it no longer accepts a payment, the error
// is a [*PageError].
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
			return nil // a hand-written state has no full card: the buyer types one
		}
		session.StoredBrand, session.StoredMasked = stored.Brand, stored.Masked
		return err
	})
	return session, err
}

// returnURL is where the buyer returns to. What Antom appends to the merchant's URL is not
// documented; the emulator appends nothing (INF).
func (o *order) returnURL() string {
	u, err := url.Parse(o.RedirectURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "" // a browser can't open an app's scheme
	}
	return u.String()
}

// The page requests that a fault can name.
const (
	FaultForm   = "form"   // loads the form's page
	FaultSubmit = "submit" // submits the form
)

// browserOperations are the page requests that a fault can name. They can have connection
// faults only, since their answers are not signed.
func browserOperations() []string { return []string{FaultForm, FaultSubmit} }

// WithFaults applies the active faults to a page's request.
func (s *Server) WithFaults(operation string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.faults.any() {
			next.ServeHTTP(w, r)
			return
		}
		x := &faultyCall{server: s, w: w, exchange: &exchange{request: r}, answer: recorder{header: w.Header().Clone()}}
		x.work = func() { next.ServeHTTP(&x.answer, r) }
		x.carryOut(s.faults.inject(operation, true, theSignature|theTime))
	})
}

// Wake makes the server check for due notifications after a page has changed the state.
func (s *Server) Wake() { s.sender.wake() }
