package emulator

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// pageWait is how long a page waits for a result before it tells the buyer that the result
// comes later.
const pageWait = 20 * time.Second

// BrowserForm is the card form as submitted by a page.
type BrowserForm struct {
	Card, Expiry, CVV string // empty: the card named in the session
	Holder            string // the name on the card
	Billing           antom.Address
	Attempt           string        // identifies one click of the buyer: a repeat with the same value is the same payment
	Challenge         bool          // the issuer asks for 3-D Secure
	Processing        time.Duration // how long the payment stays PROCESSING
}

// BrowserChallenged is the state of a payment that waits for the buyer on the issuer's page.
// All other states are Antom's paymentStatus values.
const BrowserChallenged = "CHALLENGE"

// BrowserPayment is what a page may know about a payment.
type BrowserPayment struct {
	PaymentID     string
	Status        string // a paymentStatus, or BrowserChallenged
	Code, Message string // paymentResultCode and its message
	RedirectURL   string // where the buyer returns to; empty: nowhere
	Abandoned     bool   // the buyer left the issuer's page without answering
	Later         bool   // no result soon: the clock is virtual, or processing takes long
	Retry         bool   // the session accepts another payment
}

// BrowserPay submits the form of a session. If the form can't be submitted, the error is a
// [*PageError] and the state is unchanged.
func (e *Emulator) BrowserPay(ctx context.Context, key BrowserKey, filled BrowserForm) (paid BrowserPayment, err error) {
	request := PayRequest{Card: filled.Card, Expiry: filled.Expiry, CVV: filled.CVV, Holder: filled.Holder, Billing: filled.Billing, Processing: filled.Processing}
	if err := request.Check(); err != nil {
		return paid, &PageError{codeForm, err.Error()}
	}
	err = e.store.update(ctx, func(tx *transaction) error {
		o, err := tx.atCheckout(key)
		if err != nil {
			return err
		}
		if p := o.attempted(filled.Attempt); p != nil {
			paid, err = tx.browserPayment(o, p)
			return err
		}
		if err := o.usable(tx.now); err != nil {
			return err
		}
		f, err := tx.fillIn(o, request)
		if err != nil {
			return pageError(err)
		}
		p, err := tx.submitAtIssuer(f, filled.Challenge)
		if err != nil {
			return pageError(err)
		}
		p.Attempt = filled.Attempt
		if err := tx.put(o); err != nil {
			return err
		}
		paid, err = tx.browserPayment(o, p)
		return err
	})
	return paid, err
}

// attempted returns the payment that an earlier submission of the same click made. Browsers
// repeat a request on their own when the connection is lost.
func (o *order) attempted(attempt string) *payment {
	for _, p := range o.Payments {
		if attempt != "" && p.Attempt == attempt {
			return p
		}
	}
	return nil
}

// pageError converts a [*Refusal] to the form that pages understand.
func pageError(err error) error {
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return &PageError{codeForm, refused.text}
	}
	return err
}

// submitAtIssuer makes the payment and leaves storing it to the caller. If the buyer is
// challenged, the payment starts out as an abandoned challenge does; both possible outcomes
// are decided now, and the buyer's answer picks one.
func (t *transaction) submitAtIssuer(f form, asked bool) (*payment, error) {
	if asked && !f.card.Frictionless && f.card.Region != regionKorea {
		f.Challenge = ChallengePass
	}
	if f.challenge() == "" {
		return t.submit(f)
	}
	f.Challenge = ChallengePass
	passed, message := f.decide()
	f.Challenge = ChallengeAbandon
	if code, _ := f.decide(); code != codeInProcess {
		f.Challenge = "" // refused before the issuer is asked
		return t.submit(f)
	}
	p, err := t.submit(f)
	if err != nil {
		return nil, err
	}
	p.Checks.Open, p.IfPassed, p.IfPassedMessage = true, passed, message
	return p, nil
}

func (t *transaction) browserPayment(o *order, p *payment) (BrowserPayment, error) {
	virtual, _, err := t.clock()
	stand := o.statusAt(p, t.now)
	shown := BrowserPayment{
		PaymentID: p.ID, Status: string(stand.to), Code: stand.code, Message: stand.message, RedirectURL: o.returnURL(),
		Later: virtual || p.Final.After(t.now.Add(pageWait)), Retry: o.usable(t.now) == nil,
	}
	if stand.to == stateProcessing && p.Checks.Challenge == ChallengeAbandon {
		shown.Abandoned, shown.Later = !p.Checks.Open, true
		if p.Checks.Open {
			shown.Status = BrowserChallenged
		}
	}
	return shown, err
}

// BrowserPayment returns the state of a payment of a session.
func (e *Emulator) BrowserPayment(ctx context.Context, key BrowserKey, paymentID string) (shown BrowserPayment, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, err := tx.atCheckout(key)
		if err != nil {
			return err
		}
		p := o.payment(paymentID)
		if p == nil {
			return &PageError{antom.CodeOrderNotExist, "The session has no such payment."}
		}
		shown, err = tx.browserPayment(o, p)
		return err
	})
	return shown, err
}

// BrowserChallenge is what the issuer's page shows about a payment.
type BrowserChallenge struct {
	Amount      antom.Amount
	Description string
	CardBrand   string
	CardMasked  string
	Answered    bool // the challenge is over
	RedirectURL string
}

// BrowserChallenge returns the challenge of a payment.
func (e *Emulator) BrowserChallenge(ctx context.Context, paymentID string) (shown BrowserChallenge, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, p, err := tx.challenged(paymentID)
		if err == nil {
			shown = o.challengeOf(p, tx.now)
		}
		return err
	})
	return shown, err
}

func (o *order) challengeOf(p *payment, now time.Time) BrowserChallenge {
	return BrowserChallenge{
		Amount: o.Amount, Description: o.Description, CardBrand: p.Card.Brand, CardMasked: p.Card.Masked, RedirectURL: o.returnURL(),
		Answered: !p.Checks.Open || o.statusAt(p, now).to != stateProcessing,
	}
}

func (t *transaction) challenged(paymentID string) (*order, *payment, error) {
	o, p, err := t.orderOfPayment(paymentID)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && (p == nil || p.Checks.Challenge == "")) {
		return nil, nil, &PageError{antom.CodeOrderNotExist, "There is no such challenge: the emulator was reset, or the link is incomplete."}
	}
	return o, p, err
}

// AnswerChallenge records what the buyer does on the issuer's page: ChallengePass,
// ChallengeFail or ChallengeAbandon. If the challenge was answered before, or it is too late,
// the error is a [*PageError].
func (e *Emulator) AnswerChallenge(ctx context.Context, paymentID, answer string) (shown BrowserChallenge, err error) {
	err = e.store.update(ctx, func(tx *transaction) error {
		o, p, err := tx.challenged(paymentID)
		if err != nil {
			return err
		}
		if o.challengeOf(p, tx.now).Answered {
			return &PageError{codeClosed, "This check is over: it was already answered, or the order was closed."}
		}
		if err := p.answered(answer, tx.now); err != nil {
			return err
		}
		tx.clientID = o.owner()
		shown = o.challengeOf(p, tx.now)
		return tx.put(o)
	})
	return shown, err
}

// answered applies the buyer's answer to the payment.
func (p *payment) answered(answer string, now time.Time) error {
	switch answer {
	case ChallengePass:
		p.Code, p.Message = p.IfPassed, p.IfPassedMessage
	case ChallengeFail:
		p.Code, p.Message = "USER_PAYMENT_VERIFICATION_FAILED", "the buyer failed the 3-D Secure challenge"
	case ChallengeAbandon: // unchanged
	default:
		return &PageError{codeForm, "The answer must be pass, fail or abandon."}
	}
	p.Checks.Challenge, p.Checks.Open, p.IfPassed, p.IfPassedMessage = answer, false, "", ""
	if answer != ChallengeAbandon {
		p.Final = now.UTC()
	}
	if _, paid := p.succeeds(); paid && p.Card.Token == "" {
		p.Card.Token = cardToken(p.ID)
	}
	return nil
}
