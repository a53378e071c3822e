package emulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// What the buyer's form holds unless it is told otherwise: Antom's first test
// card; any expiry date and any three digits do (DOC ref/card).
const (
	DefaultCard   = "4054695723100768"
	DefaultExpiry = "12/30"
	DefaultCVV    = "123"
)

// PayRequest is what the buyer types into the card form.
type PayRequest struct {
	PaymentRequestID string
	Card             string // number; blanks and dashes are left out
	Expiry           string // MM/YY
	CVV              string
	Processing       time.Duration // how long the payment stays PROCESSING
}

// PayResult is the payment that was born.
type PayResult struct {
	PaymentRequestID string              `json:"paymentRequestId"`
	PaymentID        string              `json:"paymentId"`
	Amount           antom.Amount        `json:"paymentAmount"`
	CardBrand        string              `json:"cardBrand"`
	MaskedCard       string              `json:"cardNo"`
	Status           antom.PaymentStatus `json:"paymentStatus"`
	FinalTime        antom.DateTime      `json:"finalTime"`
}

// Pay submits the card form of a session, as the buyer would. The error is a
// [*Refusal] if the form can't be submitted.
func (e *Emulator) Pay(ctx context.Context, request PayRequest) (PayResult, error) {
	number, err := cardNumber(request.Card)
	if err != nil {
		return PayResult{}, err
	}
	request.Card = number
	var paid *order
	err = e.store.update(ctx, func(tx *transaction) error {
		found, err := tx.order(request.PaymentRequestID)
		if err != nil {
			return notFound(err, request.PaymentRequestID)
		}
		if err := found.mayPay(e.now()); err != nil {
			return err
		}
		found.Payment = newPayment(found, request, e.now())
		paid = found
		return tx.put(found)
	})
	if err != nil {
		return PayResult{}, err
	}
	p := paid.Payment
	return PayResult{
		PaymentRequestID: paid.PaymentRequestID, PaymentID: p.ID, Amount: paid.Amount, CardBrand: p.Card.Brand,
		MaskedCard: p.Card.Masked, Status: p.status(e.now()), FinalTime: wireTime(p.Final),
	}, nil
}

// cardNumber refuses what is no number at all; the rest is for the outcome.
func cardNumber(text string) (string, error) {
	number := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if strings.Trim(number, "0123456789") != "" || len(number) < 12 || len(number) > 19 {
		return "", &Refusal{"the card number must have 12 to 19 digits", "the test cards are in antom emulator pay --help"}
	}
	return number, nil
}

// mayPay decides whether the form of a session can be submitted.
func (o *order) mayPay(now time.Time) error {
	switch {
	case o.Payment != nil:
		return &Refusal{fmt.Sprintf("session %s has been paid with already: %s", o.PaymentRequestID, o.Payment.status(now)), "a new payment needs a new session: antom session create"}
	case !now.Before(o.SessionExpires):
		return &Refusal{fmt.Sprintf("session %s expired at %s", o.PaymentRequestID, wireTime(o.SessionExpires)), "a new payment needs a new session: antom session create"}
	}
	return nil
}

func newPayment(o *order, request PayRequest, now time.Time) *payment {
	code, message := decide(o, request)
	p := &payment{
		ID: newID(now, "1940108001001888"), Submitted: now, Final: now.Add(request.Processing),
		Code: code, Message: message, Card: cardFacts(request.Card),
	}
	if code == antom.CodeSuccess && !o.ManualCapture {
		p.CaptureID = newID(now, "1940108001001889")
	}
	return p
}

// newID is a number in the shape of Antom's ids: the date, a fixed part and
// random digits.
func newID(now time.Time, fixed string) string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e11))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%s%s%011d", now.UTC().Format("20060102"), fixed, n)
}

// decision is a rule of how a payment ends; the first one that applies decides.
type decision struct {
	code    string
	message string
	applies func(*order, PayRequest) bool
}

// decisions in their order. That the data fail is documented (DOC ref/card), the
// codes that they fail with are INF.
func decisions() []decision {
	return []decision{
		{"INVALID_CARD_NUMBER", "the card number is wrong: its check digit does not match", func(_ *order, r PayRequest) bool { return !rules.LuhnValid(r.Card) }},
		{"INVALID_EXPIRATION_DATE", "the expiry date is invalid", func(_ *order, r PayRequest) bool { return !validExpiry(r.Expiry) }},
		{"INVALID_CVV", "the card verification digits must be three", func(_ *order, r PayRequest) bool { return !validCVV(r.CVV) }},
		{"RISK_REJECT", "rejected by risk control: the amount is one of the sandbox's magic amounts (11, 1100, 1111)", func(o *order, _ PayRequest) bool { return rules.IsRiskAmount(o.Amount.Value) }},
	}
}

// decide is the payment result code that a form ends with: by the first rule
// that applies, then by the test card. Other numbers succeed (INF).
func decide(o *order, request PayRequest) (code, message string) {
	for _, rule := range decisions() {
		if rule.applies(o, request) {
			return rule.code, rule.message
		}
	}
	known, isTest := rules.LookupTestCard(request.Card)
	if !isTest || known.Outcome == antom.CodeSuccess {
		return antom.CodeSuccess, "success."
	}
	row, _ := antom.LookupResultCode(known.Outcome)
	return known.Outcome, row.Meaning
}

// validExpiry wants MM/YY with a month there is.
func validExpiry(text string) bool {
	month, year, found := strings.Cut(text, "/")
	m, err := strconv.Atoi(month)
	return found && err == nil && m >= 1 && m <= 12 && len(month) == 2 && len(year) == 2 && strings.Trim(year, "0123456789") == ""
}

func validCVV(text string) bool {
	return (len(text) == 3 || len(text) == 4) && strings.Trim(text, "0123456789") == ""
}

// cardFacts are what is kept of a card.
func cardFacts(number string) card {
	facts := card{Masked: redact.CardNumber(number), Brand: brandOf(number), Region: "GLOBAL", Funding: "CREDIT", Bin: number[:6], LastFour: number[len(number)-4:]}
	if known, isTest := rules.LookupTestCard(number); isTest {
		facts.Brand, facts.Region, facts.Funding = known.Brand, known.Region, known.Funding
	}
	return facts
}

// brands by the first digits of a number (ISO/IEC 7812 ranges, roughly).
var brands = [...]struct{ prefix, brand string }{
	{"34", "AMEX"}, {"37", "AMEX"}, {"35", "JCB"}, {"36", "DINERS"}, {"62", "CUP"}, {"6", "DISCOVER"}, {"5", "MASTERCARD"}, {"2", "MASTERCARD"}, {"4", "VISA"},
}

func brandOf(number string) string {
	for _, row := range brands {
		if strings.HasPrefix(number, row.prefix) {
			return row.brand
		}
	}
	return ""
}
