package emulator

import (
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// cancelAnswer is the answer of cancel.
type cancelAnswer struct {
	Result           antom.Result   `json:"result"`
	PaymentID        string         `json:"paymentId,omitzero"`
	PaymentRequestID string         `json:"paymentRequestId"`
	CancelTime       antom.DateTime `json:"cancelTime"`
}

// cancelRules are the cases that cancel refuses. Cancelling a cancelled payment again gives
// the same success (INF: all of Antom's APIs are said to be idempotent), and so does
// cancelling a session that nobody has paid.
func cancelRules() []rule[ruleInput] {
	return []rule[ruleInput]{
		{code: antom.CodeOrderNotExist, on: "no order with this id", source: "G24", when: func(a ruleInput) bool { return a.o == nil }},
		{code: "PROCESS_FAIL", on: "the payment was refunded, in part or whole", source: "DOC cashierpay, J24",
			when: func(a ruleInput) bool { return a.p != nil && a.o.refunded(a.p, "", a.now) > 0 }},
		{code: "ORDER_STATUS_INVALID", on: "the payment failed or was closed, and the buyer can't try again in the session", source: "G24",
			when: func(a ruleInput) bool { return a.is(stateFail) && a.o.sessionState(a.now) != stateOpen }},
		{code: "CANCEL_WINDOW_EXCEED", on: "7 days have passed since the payment succeeded", source: "DOC cashierpay, J24",
			when: func(a ruleInput) bool { return a.is(stateSuccess) && a.paidAgo() >= cancelWindow }},
		{code: "ORDER_STATUS_INVALID", on: "the payment is captured, or a requested capture is in process: refund it", source: "DOC cashierpay; the code INF",
			when: func(a ruleInput) bool { return a.is(stateSuccess) && a.o.Authorise && a.o.captureRequested(a.p, a.now) }},
	}
}

// captureRequested reports whether anything was captured, or is being captured at the
// merchant's request.
func (o *order) captureRequested(p *payment, now time.Time) bool {
	for _, c := range o.captures(p) {
		switch s := c.statusAt(o, p, now).to; {
		case s == stateSuccess, s == stateProcessing && !c.Automatic:
			return true
		}
	}
	return false
}

func cancelOperation(tx *transaction, inquiry *antom.Inquiry) (any, error) {
	set, isSet, err := tx.scenario(antom.Cancel)
	if err != nil {
		return nil, err
	}
	if isSet {
		return set.refusal(), nil
	}
	a, err := tx.ruleInput(*inquiry)
	if err != nil {
		return nil, err
	}
	if refused := refuse(cancelRules(), a); refused != nil {
		return answerWith(refused)
	}
	at := a.cancel()
	answer := &cancelAnswer{Result: success(), PaymentRequestID: a.o.PaymentRequestID, CancelTime: wireTime(at)}
	if a.p != nil {
		answer.PaymentID = a.p.ID
	}
	return answer, tx.put(a.o)
}

// cancel sets the time of cancellation, once, on the order and on all its payments that have
// not ended.
func (a ruleInput) cancel() time.Time {
	at := a.now.UTC()
	if a.o.Cancelled.IsZero() {
		a.o.Cancelled = at
	}
	if a.p == nil {
		return a.o.Cancelled
	}
	for _, p := range a.o.Payments {
		s := a.o.paymentState(p, a.now)
		if p == a.p && s == stateSuccess || s == stateProcessing || s == statePending {
			p.Cancelled = at
		}
	}
	switch {
	case !a.p.Cancelled.IsZero():
		return a.p.Cancelled
	case a.is(stateCancelled): // the authorisation lapsed by itself
		return a.p.authorisedUntil()
	}
	return a.o.Cancelled
}
