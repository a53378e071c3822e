package browser

import (
	"context"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
)

func (k wireKey) key() emulator.BrowserKey {
	return emulator.BrowserKey{SessionData: k.PaymentSessionData, CheckoutID: k.CheckoutID}
}

// session answers with what the form shows.
func (h *handler) session(ctx context.Context, body []byte) (any, error) {
	key, err := read[wireKey](body)
	if err != nil {
		return nil, err
	}
	session, err := h.emulator.BrowserSession(ctx, key.key())
	if err != nil {
		return nil, err
	}
	answer := wireSession{Success: true, Amount: amountOf(session.Amount), Description: session.Description, Brands: append([]string{}, session.Brands...), Samples: offered(session.Brands)}
	if session.StoredMasked != "" {
		answer.Stored = &wireCard{session.StoredBrand, session.StoredMasked}
	}
	return answer, nil
}

// wireForm is the submitted form.
type wireForm struct {
	wireKey
	Number  string      `json:"number"`
	Expiry  string      `json:"expiry"`
	CVV     string      `json:"cvv"`
	Holder  string      `json:"holder"` // returned as cardholderName and not checked: the issuer has no customer data
	Billing wireAddress `json:"billing"`
	Attempt string      `json:"attempt"`
	Sample  string      `json:"sample"` // name of the sample card that was filled in
}

// wirePayment is what the form receives about a payment.
type wirePayment struct {
	Status        string        `json:"status"`
	PaymentID     string        `json:"paymentId"`
	Code          string        `json:"paymentResultCode"`
	Message       string        `json:"paymentResultMessage"`
	RedirectURL   string        `json:"redirectUrl,omitempty"`
	ChallengeURL  string        `json:"challengeUrl,omitempty"`
	ChallengeKind challengeKind `json:"challengeIn,omitempty"`
	Abandoned     bool          `json:"abandoned,omitempty"`
	Later         bool          `json:"later,omitempty"`
	Retry         bool          `json:"retry,omitempty"`
}

func paymentOf(p emulator.BrowserPayment, kind challengeKind) wirePayment {
	w := wirePayment{Status: p.Status, PaymentID: p.PaymentID, Code: p.Code, Message: p.Message, RedirectURL: p.RedirectURL, Abandoned: p.Abandoned, Later: p.Later, Retry: p.Retry}
	if p.Status == emulator.BrowserChallenged {
		w.ChallengeURL, w.ChallengeKind = challengePath+p.PaymentID, kind
	}
	return w
}

// submit submits the form.
func (h *handler) submit(ctx context.Context, body []byte) (any, error) {
	form, err := read[wireForm](body)
	if err != nil {
		return nil, err
	}
	filled := lookupSample(form.Sample)
	paid, err := h.emulator.BrowserPay(ctx, form.key(), emulator.BrowserForm{
		Card: form.Number, Expiry: form.Expiry, CVV: form.CVV, Holder: form.Holder, Billing: form.Billing.address(), Attempt: form.Attempt, Challenge: filled.challenge != "", Processing: filled.takes,
	})
	if err != nil {
		return nil, err
	}
	kind := filled.challenge
	if kind == "" {
		kind = challengeModal
	}
	h.changed()
	return paymentOf(paid, kind), nil
}

// wirePaymentKey identifies a payment of a session.
type wirePaymentKey struct {
	wireKey
	PaymentID string `json:"paymentId"`
}

// payment answers with the state of a payment.
func (h *handler) payment(ctx context.Context, body []byte) (any, error) {
	asked, err := read[wirePaymentKey](body)
	if err != nil {
		return nil, err
	}
	shown, err := h.emulator.BrowserPayment(ctx, asked.key(), asked.PaymentID)
	if err != nil {
		return nil, err
	}
	return paymentOf(shown, challengeModal), nil
}

// wireChallenge is what the issuer's page shows.
type wireChallenge struct {
	Amount      wireAmount `json:"amount"`
	Description string     `json:"description"`
	Card        wireCard   `json:"card"`
	Answered    bool       `json:"answered"`
	RedirectURL string     `json:"redirectUrl,omitempty"`
}

// wireAnswer is what the issuer's page sends.
type wireAnswer struct {
	ChallengeID string `json:"challengeId"`
	Outcome     string `json:"outcome"`
}

func challengeOf(c emulator.BrowserChallenge) wireChallenge {
	return wireChallenge{Amount: amountOf(c.Amount), Description: c.Description, Card: wireCard{c.CardBrand, c.CardMasked}, Answered: c.Answered, RedirectURL: c.RedirectURL}
}

func (h *handler) challenge(ctx context.Context, body []byte) (any, error) {
	asked, err := read[wireAnswer](body)
	if err != nil {
		return nil, err
	}
	shown, err := h.emulator.BrowserChallenge(ctx, asked.ChallengeID)
	return challengeOf(shown), err
}

func (h *handler) answerChallenge(ctx context.Context, body []byte) (any, error) {
	asked, err := read[wireAnswer](body)
	if err != nil {
		return nil, err
	}
	shown, err := h.emulator.AnswerChallenge(ctx, asked.ChallengeID, asked.Outcome)
	h.changed()
	return challengeOf(shown), err
}

// someTime is how long the payment of the sample card "later" is in process: longer than
// buyers wait.
const someTime = time.Minute
