package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// captureRequest is the request of capture (G24).
type captureRequest struct {
	CaptureRequestID string       `json:"captureRequestId"`
	PaymentID        string       `json:"paymentId"`
	CaptureAmount    antom.Amount `json:"captureAmount"`
	IsLastCapture    antom.Bool   `json:"isLastCapture"` // SDK
}

// captureAnswer is the answer of capture.
type captureAnswer struct {
	Result           antom.Result   `json:"result"`
	CaptureRequestID string         `json:"captureRequestId"`
	CaptureID        string         `json:"captureId"`
	PaymentID        string         `json:"paymentId"`
	CaptureAmount    antom.Amount   `json:"captureAmount"`
	CaptureTime      antom.DateTime `json:"captureTime,omitzero"` // on success

	AcquirerReferenceNo string `json:"acquirerReferenceNo,omitzero"` // on success
}

// ruleInput is what the rules of capture, cancel and refund examine: the named payment and its
// state.
type ruleInput struct {
	o      *order
	p      *payment
	now    time.Time
	state  state
	amount antom.Amount // of the capture or refund
	of     string       // captureId of a refund
}

func (a ruleInput) is(states ...state) bool { return slices.Contains(states, a.state) }

// paidAgo is the time since the payment succeeded.
func (a ruleInput) paidAgo() time.Duration { return a.now.Sub(a.p.Final) }

func (a ruleInput) wasPaid() bool {
	at, paid := a.p.succeeds()
	return paid && !at.After(a.now)
}

// captureRules are the cases that capture refuses.
func captureRules() []rule[ruleInput] {
	return []rule[ruleInput]{
		{code: "AUTH_NOT_FOUND", on: "no payment with this paymentId", source: "G24", when: func(a ruleInput) bool { return a.p == nil }},
		{code: codeCanceled, on: "the payment was cancelled before it succeeded", source: "G24", when: func(a ruleInput) bool { return a.is(stateCancelled) && !a.wasPaid() }},
		{code: "ORDER_STATUS_INVALID", on: "the payment has not succeeded", source: "G24", when: func(a ruleInput) bool { return !a.is(stateSuccess, stateCancelled) },
			message: func(a ruleInput) string {
				return fmt.Sprintf("the payment is %s: only an authorised one can be captured", a.state)
			}},
		{code: "AUTH_NOT_FOUND", on: "the payment is a sale: isAuthorization was not true", source: "INF", when: func(a ruleInput) bool { return !a.o.Authorise },
			message: func(ruleInput) string {
				return "the payment was not an authorisation: createPaymentSession had no isAuthorization true"
			}},
		{code: "AUTH_CANCELLED", on: "the authorisation was cancelled", source: "G24", when: func(a ruleInput) bool { return !a.p.Cancelled.IsZero() }},
		{code: "ORDER_STATUS_INVALID", on: "the payment is captured automatically", source: "INF", when: func(a ruleInput) bool { return !a.o.ManualCapture },
			message: func(ruleInput) string {
				return "the payment is captured automatically: captureMode MANUAL leaves it to the merchant"
			}},
		{code: "AUTH_EXPIRED", on: "7 days have passed since the authorisation", source: "G24, DOC cashierpay/capture", when: func(a ruleInput) bool { return !a.now.Before(a.p.authorisedUntil()) }},
		{code: "CURRENCY_NOT_SUPPORT", on: "the currency differs from the payment's", source: "G24", when: func(a ruleInput) bool { return a.amount.Currency != a.o.Amount.Currency },
			message: currencyDiffers},
		{code: "MULTI_CAPTURE_NOT_SUPPORTED", on: "a capture with isLastCapture true exists", source: "INF", when: func(a ruleInput) bool { return a.o.lastCaptured(a.p) },
			message: func(ruleInput) string { return "the last capture was already made: isLastCapture was true" }},
		{code: "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", on: "the captures together would exceed the authorised amount", source: "G24",
			when: func(a ruleInput) bool { return a.o.claimed(a.p, a.now)+a.amount.Value > a.o.Amount.Value },
			message: func(a ruleInput) string {
				open := antom.Amount{Currency: a.o.Amount.Currency, Value: a.o.Amount.Value - a.o.claimed(a.p, a.now)}
				return fmt.Sprintf("%s is more than the %s that is left of the authorised %s", a.amount, open, a.o.Amount)
			}},
	}
}

func currencyDiffers(a ruleInput) string {
	return fmt.Sprintf("the currency is %s, the payment's is %s", shorten(a.amount.Currency), a.o.Amount.Currency)
}

// lastCaptured reports whether a capture was marked as the last one.
func (o *order) lastCaptured(p *payment) bool {
	for _, c := range o.captures(p) {
		if c.Last && c.Code == antom.CodeSuccess {
			return true
		}
	}
	return false
}

func captureOperation(tx *transaction, r *captureRequest) (any, error) {
	earlier, err := tx.earlierCapture(r)
	if earlier != nil || err != nil {
		return earlier, err
	}
	set, isSet, err := tx.scenario(antom.Capture)
	if err != nil {
		return nil, err
	}
	a, err := tx.ruleInput(antom.Inquiry{PaymentID: r.PaymentID})
	if err != nil {
		return nil, err
	}
	a.amount = r.CaptureAmount
	refused := refuse(captureRules(), a)
	if isSet && set.refusal() != nil {
		refused = set.refusal()
	}
	if refused != nil {
		return tx.refuseCapture(a, r, refused)
	}
	return tx.placeCapture(a, r, set)
}

// ruleInput finds the payment that an operation names; if there is none, o and p are nil.
func (t *transaction) ruleInput(inquiry antom.Inquiry) (ruleInput, error) {
	a := ruleInput{now: t.now}
	o, p, err := t.find(inquiry)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.o, a.p = o, p
	if p != nil {
		a.state = o.paymentState(p, t.now)
	}
	return a, nil
}

// earlierCapture answers a repeated captureRequestId: with the outcome of the first request
// or, if the requests differ, with an error (G24 idempotency).
func (t *transaction) earlierCapture(r *captureRequest) (any, error) {
	parent, err := t.ownParent(capturesBucket, r.CaptureRequestID)
	if parent == "" || err != nil {
		return nil, err
	}
	o, p, err := t.orderOfPayment(parent)
	if err != nil {
		return nil, err
	}
	for _, c := range p.Captures {
		if c.RequestID != r.CaptureRequestID {
			continue
		}
		if p.ID != r.PaymentID || c.Amount != r.CaptureAmount {
			return &resultError{"REPEAT_REQ_INCONSISTENT", fmt.Sprintf("captureRequestId %s was used with %s of payment %s", shorten(c.RequestID), c.Amount, p.ID)}, nil
		}
		return c.answer(o, p, t.now), nil
	}
	return nil, fmt.Errorf("the emulator's state lost capture %q", r.CaptureRequestID)
}

func (t *transaction) refuseCapture(a ruleInput, r *captureRequest, refused *resultError) (any, error) {
	if a.p == nil || statusOf(refused.code) == antom.StatusU {
		return refused, nil // nothing is stored: the same request may be sent again
	}
	c := &capture{RequestID: r.CaptureRequestID, Amount: r.CaptureAmount, Created: t.now.UTC(), Final: t.now.UTC(), Code: refused.code, Message: refused.message, Refused: true}
	return refused, t.keepCapture(a, c)
}

func (t *transaction) placeCapture(a ruleInput, r *captureRequest, set Scenario) (any, error) {
	id, err := t.newID(captureIDBucket, captureIDs)
	if err != nil {
		return nil, err
	}
	final, code, message := set.outcome(t.now.UTC(), false)
	c := &capture{RequestID: r.CaptureRequestID, ID: id, Amount: r.CaptureAmount, Last: bool(r.IsLastCapture), Created: t.now.UTC(), Final: final, Code: code, Message: message}
	if err := t.set(captureIDBucket, id, []byte(a.p.ID)); err != nil {
		return nil, err
	}
	return c.answer(a.o, a.p, t.now), t.keepCapture(a, c)
}

func (t *transaction) keepCapture(a ruleInput, c *capture) error {
	a.p.Captures = append(a.p.Captures, c)
	if err := t.set(capturesBucket, owned(c.RequestID, t.clientID), []byte(a.p.ID)); err != nil {
		return err
	}
	return t.put(a.o)
}

// answer is the answer of capture for the capture's current state.
func (c *capture) answer(o *order, p *payment, now time.Time) any {
	if c.Refused {
		return &resultError{c.Code, c.Message}
	}
	answer := &captureAnswer{CaptureRequestID: c.RequestID, CaptureID: c.ID, PaymentID: p.ID, CaptureAmount: c.Amount}
	switch stand := c.statusAt(o, p, now); stand.to {
	case stateSuccess:
		answer.Result, answer.CaptureTime, answer.AcquirerReferenceNo = success(), wireTime(stand.at), acquirerReference(c.ID)
	case stateProcessing:
		answer.Result = resultOf("CAPTURE_IN_PROCESS", meaning("CAPTURE_IN_PROCESS"))
	default:
		answer.Result = resultOf(stand.code, stand.message)
	}
	return answer
}
