package emulator

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// soon is how long a page waits for a result before it says that it comes later.
const soon = 20 * time.Second

// BrowserForm is the card form as a page submits it.
type BrowserForm struct {
	Card, Expiry, CVV string // empty: the card that the session is about
	Holder            string // the name on the card
	Billing           antom.Address
	Attempt           string        // one click of the buyer: sent again, it is the same payment
	Challenge         bool          // the issuer asks for 3-D Secure
	Processing        time.Duration // how long the payment stays PROCESSING
}

// BrowserChallenged is the state of a payment that waits for its buyer at the issuer's page; the other
// states are Antom's paymentStatus.
const BrowserChallenged = "CHALLENGE"

// BrowserPayment is a payment as a page may know it.
type BrowserPayment struct {
	PaymentID     string
	Status        string // a paymentStatus, or BrowserChallenged
	Code, Message string // paymentResultCode and its words
	RedirectURL   string // where the buyer goes back to; empty: nowhere
	Abandoned     bool   // the buyer left the issuer's page without an answer
	Later         bool   // the result does not come soon: the clock stands still, or it takes long
	Retry         bool   // the session can be paid with again
}

// BrowserPay submits the form of a session. The error is a [*BrowserRefusal] if
// it can't be submitted, and then nothing was.
func (e *Emulator) BrowserPay(ctx context.Context, key BrowserKey, filled BrowserForm) (paid BrowserPayment, err error) {
	request := PayRequest{Card: filled.Card, Expiry: filled.Expiry, CVV: filled.CVV, Holder: filled.Holder, Billing: filled.Billing, Processing: filled.Processing}
	if err := request.Check(); err != nil {
		return paid, &BrowserRefusal{codeForm, err.Error()}
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
			return refusedForm(err)
		}
		p, err := tx.submitAtIssuer(f, filled.Challenge)
		if err != nil {
			return refusedForm(err)
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

// attempted is the payment that a click of the buyer made. Browsers send a call
// again by themselves where the connection was lost.
func (o *order) attempted(attempt string) *payment {
	for _, p := range o.Payments {
		if attempt != "" && p.Attempt == attempt {
			return p
		}
	}
	return nil
}

// refusedForm puts a refusal into the form that pages know.
func refusedForm(err error) error {
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return &BrowserRefusal{codeForm, refused.text}
	}
	return err
}

// submitAtIssuer makes the payment; it is to be put once more. Where the buyer is challenged it waits for the
// answer: until then it stands as a challenge that was abandoned does, and what
// an answer makes of it is decided now.
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
		f.Challenge = "" // refused before anybody is asked
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
	stand := o.stand(p, t.now)
	shown := BrowserPayment{
		PaymentID: p.ID, Status: string(stand.to), Code: stand.code, Message: stand.message, RedirectURL: o.returnURL(),
		Later: virtual || p.Final.After(t.now.Add(soon)), Retry: o.usable(t.now) == nil,
	}
	if stand.to == stateProcessing && p.Checks.Challenge == ChallengeAbandon {
		shown.Abandoned, shown.Later = !p.Checks.Open, true
		if p.Checks.Open {
			shown.Status = BrowserChallenged
		}
	}
	return shown, err
}

// BrowserPayment returns how a payment of a session stands.
func (e *Emulator) BrowserPayment(ctx context.Context, key BrowserKey, paymentID string) (shown BrowserPayment, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, err := tx.atCheckout(key)
		if err != nil {
			return err
		}
		p := o.payment(paymentID)
		if p == nil {
			return &BrowserRefusal{antom.CodeOrderNotExist, "The session has no such payment."}
		}
		shown, err = tx.browserPayment(o, p)
		return err
	})
	return shown, err
}

// BrowserChallenge is what the issuer's page shows of a payment.
type BrowserChallenge struct {
	Amount      antom.Amount
	Description string
	CardBrand   string
	CardMasked  string
	Answered    bool // it is over
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
		Answered: !p.Checks.Open || o.stand(p, now).to != stateProcessing,
	}
}

func (t *transaction) challenged(paymentID string) (*order, *payment, error) {
	o, p, err := t.orderOfPayment(paymentID)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && (p == nil || p.Checks.Challenge == "")) {
		return nil, nil, &BrowserRefusal{antom.CodeOrderNotExist, "There is no such challenge: the emulator was reset, or the link is not whole."}
	}
	return o, p, err
}

// AnswerChallenge does what the buyer does at the issuer's page: ChallengePass,
// ChallengeFail or ChallengeAbandon. The error is a [*BrowserRefusal] if it was
// answered before, or too late.
func (e *Emulator) AnswerChallenge(ctx context.Context, paymentID, answer string) (shown BrowserChallenge, err error) {
	err = e.store.update(ctx, func(tx *transaction) error {
		o, p, err := tx.challenged(paymentID)
		if err != nil {
			return err
		}
		if o.challengeOf(p, tx.now).Answered {
			return &BrowserRefusal{codeClosed, "This check is over: it was answered, or the order was closed."}
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

// answered moves the payment on.
func (p *payment) answered(answer string, now time.Time) error {
	switch answer {
	case ChallengePass:
		p.Code, p.Message = p.IfPassed, p.IfPassedMessage
	case ChallengeFail:
		p.Code, p.Message = "USER_PAYMENT_VERIFICATION_FAILED", "the buyer failed the 3-D Secure challenge"
	case ChallengeAbandon: // stays as it is
	default:
		return &BrowserRefusal{codeForm, "The answer must be pass, fail or abandon."}
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
