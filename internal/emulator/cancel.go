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

// cancelRules are what cancel refuses. A payment that was cancelled is answered
// with the same success again (INF: all of Antom's APIs are said to be
// idempotent), and so is a session that nobody has paid with.
func cancelRules() []rule[acting] {
	return []rule[acting]{
		{code: antom.CodeOrderNotExist, on: "no order has this id", source: "G24", when: func(a acting) bool { return a.o == nil }},
		{code: "PROCESS_FAIL", on: "the payment was refunded, in part or whole", source: "DOC cashierpay, J24",
			when: func(a acting) bool { return a.p != nil && a.o.refunded(a.p, "", a.now) > 0 }},
		{code: "ORDER_STATUS_INVALID", on: "the payment failed or was closed, and the buyer can't try again in the session", source: "G24",
			when: func(a acting) bool { return a.is(stateFail) && a.o.sessionState(a.now) != stateOpen }},
		{code: "CANCEL_WINDOW_EXCEED", on: "7 days have passed since the payment succeeded", source: "DOC cashierpay, J24",
			when: func(a acting) bool { return a.is(stateSuccess) && a.paidAgo() >= cancelWindow }},
		{code: "ORDER_STATUS_INVALID", on: "the payment is captured, or a capture that was asked for is in process: refund it", source: "DOC cashierpay; the code INF",
			when: func(a acting) bool { return a.is(stateSuccess) && a.o.Authorise && a.o.taken(a.p, a.now) }},
	}
}

// taken reports whether something was captured, or is about to be because the
// merchant asked for it.
func (o *order) taken(p *payment, now time.Time) bool {
	for _, c := range o.captures(p) {
		switch s := c.stand(o, p, now).to; {
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
	a, err := tx.acting(*inquiry)
	if err != nil {
		return nil, err
	}
	if refused := refuse(cancelRules(), a); refused != nil {
		return refusedWith(refused)
	}
	at := a.cancel()
	answer := &cancelAnswer{Result: success(), PaymentRequestID: a.o.PaymentRequestID, CancelTime: wireTime(at)}
	if a.p != nil {
		answer.PaymentID = a.p.ID
	}
	return answer, tx.put(a.o)
}

// cancel notes the time, once: of the order and of all its payments that have
// not ended.
func (a acting) cancel() time.Time {
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
	case a.is(stateCancelled): // the authorisation ended by itself
		return a.p.authorisedUntil()
	}
	return a.o.Cancelled
}
