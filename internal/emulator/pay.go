package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// The default contents of the buyer's form: Antom's first test card; any expiry date and any
// three digits do (DOC ref/card).
const (
	DefaultCard   = "4054695723100768"
	DefaultExpiry = "12/30"
	DefaultCVV    = "123"
)

// PayRequest is what the buyer enters in the card form. Empty fields get defaults; the expiry
// date and the security digits only if there is a card number.
type PayRequest struct {
	PaymentRequestID string        `json:"paymentRequestId"`
	ClientID         string        `json:"clientId"`  // the session's client, if several clients use the paymentRequestId
	Card             string        `json:"card"`      // number; blanks and dashes are ignored
	CardToken        string        `json:"cardToken"` // a stored card instead of a number
	Expiry           string        `json:"expiry"`    // MM/YY
	CVV              string        `json:"cvv"`
	Holder           string        `json:"holder"` // the name on the card, at most longestHolder characters
	Billing          antom.Address `json:"billing"`
	Challenge        string        `json:"challenge"`      // ChallengePass, ChallengeFail or ChallengeAbandon: the issuer wants 3-D Secure
	Processing       time.Duration `json:"-"`              // how long the payment stays PROCESSING; see wirePay
	Pending          bool          `json:"pending"`        // the buyer is told that the result is pending: the state is PENDING instead
	Outcome          string        `json:"outcome"`        // payment result code of the outcome, whatever the card
	CaptureOutcome   string        `json:"captureOutcome"` // result code of the automatic capture
}

// PayResult is the new payment.
type PayResult struct {
	PaymentRequestID string              `json:"paymentRequestId"`
	PaymentID        string              `json:"paymentId"`
	Amount           antom.Amount        `json:"paymentAmount"`
	CardBrand        string              `json:"cardBrand"`
	MaskedCard       string              `json:"cardNo"`
	Status           antom.PaymentStatus `json:"paymentStatus"`
	FinalTime        antom.DateTime      `json:"finalTime"`
	Challenge        string              `json:"challenge,omitempty"`
	Virtual          bool                `json:"virtualClock,omitempty"` // time passes only when the clock is moved
}

// form is a completed form for a session.
type form struct {
	PayRequest
	o    *order
	card card
	now  time.Time
}

// Pay submits the card form of a session, as the buyer would. If it can't be submitted, the
// error is a [*Refusal].
func (e *Emulator) Pay(ctx context.Context, request PayRequest) (PayResult, error) {
	if err := request.Check(); err != nil {
		return PayResult{}, err
	}
	var result PayResult
	err := e.store.update(ctx, func(tx *transaction) error {
		name := OrderOf(request.PaymentRequestID, request.ClientID)
		o, err := tx.findOrder(name)
		if err != nil {
			return notFound(err, name)
		}
		tx.clientID = o.owner()
		f, err := tx.fillIn(o, request)
		if err != nil {
			return err
		}
		p, err := tx.submit(f)
		if err != nil {
			return err
		}
		result, err = tx.paid(o, p)
		return err
	})
	return result, err
}

func (t *transaction) paid(o *order, p *payment) (PayResult, error) {
	virtual, _, err := t.clock()
	final := p.Final
	if p.ends(antom.StatusU) || final.After(p.Closes) {
		final = p.Closes
	}
	return PayResult{
		PaymentRequestID: o.PaymentRequestID, PaymentID: p.ID, Amount: o.Amount, CardBrand: p.Card.Brand, MaskedCard: p.Card.Masked,
		Status: antom.PaymentStatus(o.paymentState(p, t.now)), FinalTime: wireTime(final), Challenge: p.Checks.Challenge, Virtual: virtual,
	}, err
}

// Check rejects an invalid form, and outcomes that Antom does not document. Wrong card data
// are not errors here: they decide the outcome. The error is a [*Refusal].
func (r *PayRequest) Check() error {
	if r.Card != "" && r.CardToken != "" {
		return &Refusal{"a card number and a card token are two cards", "give one of them"}
	}
	number := strings.NewReplacer(" ", "", "-", "").Replace(r.Card)
	if r.Card != "" && (strings.Trim(number, "0123456789") != "" || len(number) < 12 || len(number) > 19) {
		return &Refusal{"the card number must have 12 to 19 digits", "the test cards are in antom emulator pay --help"}
	}
	r.Card = number
	if isCardNumber(r.CardToken) { // the message leaves it out: numbers are never printed
		return &Refusal{"the card token is a card number", "pay with it as the card: --card"}
	}
	if n := utf8.RuneCountInString(r.Holder); n > longestHolder {
		return &Refusal{fmt.Sprintf("the holder's name has %d characters, at most %d are allowed", n, longestHolder), "shorten it"}
	}
	if isCardNumber(r.Holder) { // the message leaves it out: numbers are never printed
		return &Refusal{"the holder's name is a card number", "give the name that is on the card"}
	}
	if r.Billing != (antom.Address{}) {
		if err := checkBilling(r.Billing); err != nil {
			return err
		}
	}
	return r.checkCodes()
}

// longestHolder is the documented maximum length of cardholderName (SDK).
const longestHolder = 64

// isCardNumber reports whether a text could be a card number.
func isCardNumber(text string) bool {
	number := strings.NewReplacer(" ", "", "-", "").Replace(text)
	return strings.Trim(number, "0123456789") == "" && len(number) >= 12 && len(number) <= 19
}

func (r *PayRequest) checkCodes() error {
	if err := codeHas(r.Outcome, antom.InPaymentResult, "a payment"); err != nil {
		return err
	}
	return codeHas(r.CaptureOutcome, antom.InCapture, "a capture")
}

// codeHas requires a code that Antom documents for a place.
func codeHas(code string, place antom.Place, what string) error {
	row, known := antom.LookupResultCode(code)
	if code == "" || (known && row.Places.Has(place)) {
		return nil
	}
	var codes []string
	for _, row := range antom.ResultCodes() {
		if row.Places.Has(place) {
			codes = append(codes, row.Code)
		}
	}
	remedy := "one of " + strings.Join(codes, ", ")
	if near := rules.Nearest(code, codes); near != "" {
		remedy = "did you mean " + near + "?"
	}
	return &Refusal{fmt.Sprintf("%s does not end with %q, as far as Antom's pages tell", what, code), remedy}
}

// fillIn takes the card from its number or from the stored cards, and completes the form.
func (t *transaction) fillIn(o *order, r PayRequest) (form, error) {
	f := form{PayRequest: r, o: o, now: t.now.UTC()}
	if f.CardToken == "" && f.Card == "" {
		f.CardToken = o.StoredCard
	}
	if f.CardToken != "" {
		stored, err := t.storedCard(f.CardToken)
		if errors.Is(err, fs.ErrNotExist) {
			return f, &Refusal{fmt.Sprintf("no card is stored under the token %q", shorten(f.CardToken)), "cardToken in the paymentResultInfo of a successful payment is one"}
		}
		f.card = stored
		return f, err
	}
	if f.Card == "" {
		f.Card = DefaultCard
	}
	if f.Expiry == "" {
		f.Expiry = DefaultExpiry
	}
	if f.CVV == "" {
		f.CVV = DefaultCVV
	}
	f.card = cardFacts(f.Card, f.Expiry)
	f.card.Holder = f.Holder
	return f, nil
}

// storedCard finds a card of the transaction's client by its token; the error is
// fs.ErrNotExist if there is none. The token contains the id of the payment that stored the
// card: an index would be one more tree for each payment to write to.
func (t *transaction) storedCard(token string) (card, error) {
	_, p, err := t.ownPayment(paymentOfToken(token))
	if err == nil && (p == nil || p.Card.Token != token) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return card{}, err
	}
	return p.Card, nil
}

// submit makes the payment. If it succeeds, the card gets a token, with which it can be used
// again.
func (t *transaction) submit(f form) (*payment, error) {
	if refused := refuse(formRules(), f); refused != nil {
		return nil, &Refusal{refused.message, refused.code}
	}
	id, err := t.newID(paymentsBucket, paymentIDs)
	if err != nil {
		return nil, err
	}
	p := &payment{
		ID: id, Submitted: f.now, Final: f.now.Add(f.Processing), Closes: f.now.Add(orderLife), Pending: f.Pending,
		Card: f.card, CaptureCode: f.CaptureOutcome, Checks: f.checks(),
	}
	if !f.o.PaymentExpires.IsZero() {
		p.Closes = f.o.PaymentExpires
	}
	p.Code, p.Message = f.decide()
	if _, paid := p.succeeds(); paid && p.Card.Token == "" {
		p.Card.Token = cardToken(p.ID)
	}
	f.o.Payments = append(f.o.Payments, p)
	if err := t.set(paymentsBucket, p.ID, []byte(f.o.key)); err != nil {
		return nil, err
	}
	return p, t.put(f.o)
}

// formRules are the reasons why a form can't be submitted. Their codes hold the remedy.
func formRules() []rule[form] {
	const again = "a new payment needs a new session: antom session create"
	return []rule[form]{
		{code: again, on: "the order was cancelled", when: func(f form) bool { return !f.o.Cancelled.IsZero() },
			message: func(f form) string {
				return fmt.Sprintf("session %s was cancelled at %s", f.o.PaymentRequestID, wireTime(f.o.Cancelled))
			}},
		{code: again, on: "the session was used", when: func(f form) bool { return f.o.sessionState(f.now) == stateUsed },
			message: func(f form) string {
				return fmt.Sprintf("session %s has been used already: its payment is %s", f.o.PaymentRequestID, f.o.paymentState(f.o.current(f.now), f.now))
			}},
		{code: again, on: "the session expired", when: func(f form) bool { return !f.now.Before(f.o.SessionExpires) },
			message: func(f form) string {
				return fmt.Sprintf("session %s expired at %s", f.o.PaymentRequestID, wireTime(f.o.SessionExpires))
			}},
		{code: again, on: "the order's paymentExpiryTime has passed", when: func(f form) bool { return !f.o.PaymentExpires.IsZero() && !f.now.Before(f.o.PaymentExpires) },
			message: func(f form) string {
				return fmt.Sprintf("order %s had to be paid by %s", f.o.PaymentRequestID, wireTime(f.o.PaymentExpires))
			}},
		{code: "leave out --challenge, or pay with another card", on: "the card is never challenged", when: func(f form) bool { return f.Challenge != "" && f.card.Frictionless },
			message: func(f form) string { return f.card.Masked + " passes 3-D Secure without a challenge" }},
		{code: "leave out --challenge, or pay with another card", on: "the card does not support 3-D Secure", when: func(f form) bool { return f.Challenge != "" && f.card.Region == regionKorea },
			message: func(f form) string { return f.card.Masked + " is a Korean card, and these do not support 3-D Secure" }},
	}
}

// cardFacts are what is stored about a card.
func cardFacts(number, expiry string) card {
	facts := card{
		Masked: redact.CardNumber(number), Brand: brandOf(number), Region: "GLOBAL", Funding: "CREDIT",
		Bin: number[:6], LastFour: number[len(number)-4:], Expiry: expiry, Outcome: antom.CodeSuccess,
	}
	if known, isTest := rules.LookupTestCard(number); isTest {
		facts.Brand, facts.Region, facts.Funding, facts.Outcome = known.Brand, known.Region, known.Funding, known.Outcome
		facts.Frictionless = number == frictionlessCard
	}
	facts.Country, facts.Issuer = countryOf(facts.Region), testIssuer
	return facts
}
