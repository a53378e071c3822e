package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// refundRequest is the request of refund (J24).
type refundRequest struct {
	RefundRequestID string       `json:"refundRequestId"`
	PaymentID       string       `json:"paymentId"`
	RefundAmount    antom.Amount `json:"refundAmount"`
	RefundNotifyURL string       `json:"refundNotifyUrl"`
	CaptureID       string       `json:"captureId"`
	Metadata        string       `json:"metadata"`
	IsAsyncRefund   antom.Bool   `json:"isAsyncRefund"` // SDK
}

// refundAnswer is the answer of refund.
type refundAnswer struct {
	Result          antom.Result   `json:"result"`
	RefundRequestID string         `json:"refundRequestId"`
	RefundID        string         `json:"refundId"`
	PaymentID       string         `json:"paymentId"`
	RefundAmount    antom.Amount   `json:"refundAmount"`
	RefundTime      antom.DateTime `json:"refundTime"`
}

// refundRules are the cases that refund refuses.
func refundRules() []rule[ruleInput] {
	return []rule[ruleInput]{
		{code: antom.CodeOrderNotExist, on: "no payment with this paymentId", source: "J24", when: func(a ruleInput) bool { return a.p == nil }},
		{code: codeCanceled, on: "the payment was cancelled", source: "J24", when: func(a ruleInput) bool { return a.is(stateCancelled) }},
		{code: codeClosed, on: "the payment was not paid in time and is closed", source: "J24", when: func(a ruleInput) bool { return a.is(stateFail) && a.o.statusAt(a.p, a.now).code == codeClosed }},
		{code: "ORDER_STATUS_INVALID", on: "the payment is in process or failed", source: "J24", when: func(a ruleInput) bool { return !a.is(stateSuccess) },
			message: func(a ruleInput) string {
				return fmt.Sprintf("the payment is %s: only one that succeeded can be refunded", a.state)
			}},
		{code: "CURRENCY_NOT_SUPPORT", on: "the currency differs from the payment's", source: "J24", when: func(a ruleInput) bool { return a.amount.Currency != a.o.Amount.Currency },
			message: currencyDiffers},
		{code: "REFUND_WINDOW_EXCEED", on: "180 days have passed since the payment succeeded; with Antom the contract says how many", source: "J24, INF",
			when: func(a ruleInput) bool { return a.paidAgo() >= refundWindow }},
		{code: "ORDER_STATUS_INVALID", on: "nothing of the authorisation has been captured: cancel it", source: "INF", when: func(a ruleInput) bool { return a.o.captured(a.p, a.now) == 0 }},
		{code: "PARAM_ILLEGAL", on: "captureId names no capture of the payment that succeeded", source: "INF",
			when: func(a ruleInput) bool { return a.of != "" && a.o.capturedBy(a.p, a.of, a.now) == 0 },
			message: func(a ruleInput) string {
				return fmt.Sprintf("captureId: payment %s has no capture %s that succeeded", a.p.ID, shorten(a.of))
			}},
		{code: "REFUND_AMOUNT_EXCEED", on: "the refunds together would exceed what was captured, or the capture that captureId names", source: "J24",
			when: func(a ruleInput) bool { return a.amount.Value > a.refundable() },
			message: func(a ruleInput) string {
				left := antom.Amount{Currency: a.o.Amount.Currency, Value: a.refundable()}
				return fmt.Sprintf("%s is more than the %s that can still be refunded", a.amount, left)
			}},
	}
}

// refundable is the amount still refundable, of the payment or of the named capture.
func (a ruleInput) refundable() int64 {
	left := a.o.captured(a.p, a.now) - a.o.refunded(a.p, "", a.now)
	if a.of != "" {
		left = min(left, a.o.capturedBy(a.p, a.of, a.now)-a.o.refunded(a.p, a.of, a.now))
	}
	return max(left, 0)
}

// capturedBy is the amount of a successful capture.
func (o *order) capturedBy(p *payment, captureID string, now time.Time) int64 {
	for _, c := range o.captures(p) {
		if c.ID == captureID && c.statusAt(o, p, now).to == stateSuccess {
			return c.Amount.Value
		}
	}
	return 0
}

func refundOperation(tx *transaction, r *refundRequest) (any, error) {
	earlier, err := tx.earlierRefund(r)
	if earlier != nil || err != nil {
		return earlier, err
	}
	set, isSet, err := tx.scenario(antom.Refund)
	if err != nil {
		return nil, err
	}
	a, err := tx.ruleInput(antom.Inquiry{PaymentID: r.PaymentID})
	if err != nil {
		return nil, err
	}
	a.amount, a.of = r.RefundAmount, r.CaptureID
	refused := refuse(refundRules(), a)
	if isSet && set.refusal() != nil {
		refused = set.refusal()
	}
	if refused != nil {
		return tx.refuseRefund(a, r, refused)
	}
	return tx.placeRefund(a, r, set)
}

// earlierRefund answers a repeated refundRequestId: with the outcome of the first request or,
// if the requests differ, with an error (G24 idempotency).
func (t *transaction) earlierRefund(r *refundRequest) (any, error) {
	o, p, given, err := t.refund(r.RefundRequestID)
	if given == nil || err != nil {
		return nil, err
	}
	if p.ID != r.PaymentID || given.Amount != r.RefundAmount {
		return &resultError{"REPEAT_REQ_INCONSISTENT", fmt.Sprintf("refundRequestId %s was used with %s of payment %s", shorten(given.RequestID), given.Amount, p.ID)}, nil
	}
	return given.answer(o, p, t.now), nil
}

// refund finds a refund by its request id; nil if there is none.
func (t *transaction) refund(requestID string) (*order, *payment, *refund, error) {
	parent, err := t.ownParent(refundsBucket, requestID)
	if parent == "" || err != nil {
		return nil, nil, nil, err
	}
	o, p, err := t.orderOfPayment(parent)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, r := range p.Refunds {
		if r.RequestID == requestID {
			return o, p, r, nil
		}
	}
	return nil, nil, nil, fmt.Errorf("the emulator's state lost refund %q", requestID)
}

func (t *transaction) refuseRefund(a ruleInput, r *refundRequest, refused *resultError) (any, error) {
	if a.p == nil || statusOf(refused.code) == antom.StatusU {
		return refused, nil // nothing is stored: the same request may be sent again
	}
	return refused, t.keepRefund(a, &refund{RequestID: r.RefundRequestID, Amount: r.RefundAmount, Created: t.now.UTC(), Final: t.now.UTC(), Code: refused.code, Message: refused.message, Refused: true})
}

func (t *transaction) placeRefund(a ruleInput, r *refundRequest, set Scenario) (any, error) {
	id, err := t.newID(refundIDBucket, refundIDs)
	if err != nil {
		return nil, err
	}
	final, code, message := set.outcome(t.now.UTC(), bool(r.IsAsyncRefund))
	given := &refund{
		RequestID: r.RefundRequestID, ID: id, Amount: r.RefundAmount, CaptureID: r.CaptureID, NotifyURL: r.RefundNotifyURL, Metadata: r.Metadata,
		Created: t.now.UTC(), Final: final, Code: code, Message: message,
	}
	if given.NotifyURL == "" {
		given.NotifyURL = a.o.NotifyURL
	}
	if err := t.set(refundIDBucket, id, []byte(a.p.ID)); err != nil {
		return nil, err
	}
	return given.answer(a.o, a.p, t.now), t.keepRefund(a, given)
}

func (t *transaction) keepRefund(a ruleInput, r *refund) error {
	a.p.Refunds = append(a.p.Refunds, r)
	if err := t.set(refundsBucket, owned(r.RequestID, t.clientID), []byte(a.p.ID)); err != nil {
		return err
	}
	return t.put(a.o)
}

// answer is the answer of refund for the refund's current state.
func (r *refund) answer(o *order, p *payment, now time.Time) any {
	if r.Refused {
		return &resultError{r.Code, r.Message}
	}
	stand := r.statusAt(o, p, now)
	answer := &refundAnswer{
		Result: success(), RefundRequestID: r.RequestID, RefundID: r.ID, PaymentID: p.ID, RefundAmount: r.Amount, RefundTime: wireTime(stand.at),
	}
	switch stand.to {
	case stateProcessing:
		answer.Result = resultOf("REFUND_IN_PROCESS", meaning("REFUND_IN_PROCESS"))
	case stateFail:
		answer.Result = resultOf(stand.code, stand.message)
	}
	return answer
}

// refundInquiry is the request of inquiryRefund; if both ids are given, the refundId counts
// (J24).
type refundInquiry struct {
	RefundRequestID string `json:"refundRequestId"`
	RefundID        string `json:"refundId"`
}

// refundState is the answer of inquiryRefund.
type refundState struct {
	Result          antom.Result        `json:"result"`
	RefundStatus    antom.PaymentStatus `json:"refundStatus"`
	RefundRequestID string              `json:"refundRequestId"`
	RefundID        string              `json:"refundId"`
	RefundAmount    antom.Amount        `json:"refundAmount"`
	RefundTime      antom.DateTime      `json:"refundTime,omitzero"` // on success
	ARN             string              `json:"arn,omitzero"`        // on success
	RRN             string              `json:"rrn,omitzero"`        // on success
	Metadata        string              `json:"metadata,omitzero"`
}

func inquiryRefund(tx *transaction, inquiry *refundInquiry) (any, error) {
	set, isSet, err := tx.scenario(antom.InquiryRefund)
	if err != nil {
		return nil, err
	}
	if isSet {
		return set.refusal(), nil
	}
	o, p, r, err := tx.findRefund(inquiry)
	switch {
	case err != nil:
		return nil, err
	case r == nil || r.Refused:
		return &resultError{antom.CodeOrderNotExist, "the refund does not exist"}, nil
	}
	stand := r.statusAt(o, p, tx.now)
	answer := &refundState{
		Result: success(), RefundStatus: antom.PaymentStatus(stand.to), RefundRequestID: r.RequestID, RefundID: r.ID, RefundAmount: r.Amount, Metadata: r.Metadata,
	}
	if stand.to == stateSuccess {
		answer.RefundTime, answer.ARN, answer.RRN = wireTime(stand.at), r.arn(), digits(r.ID, "rrn", 12)
	}
	return answer, nil
}

// arn is the acquirer's reference number of a refund, by which the buyer's bank finds it: 23
// digits, the first a 7 (the card schemes' form; when Antom returns one is INF).
func (r *refund) arn() string { return "7" + digits(r.ID, "arn", 11) + digits(r.ID, "acquirer", 11) }

func (t *transaction) findRefund(inquiry *refundInquiry) (*order, *payment, *refund, error) {
	if inquiry.RefundID == "" {
		return t.refund(inquiry.RefundRequestID)
	}
	parent := t.get(refundIDBucket, inquiry.RefundID)
	if parent == nil {
		return nil, nil, nil, nil
	}
	o, p, err := t.ownPayment(string(parent))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	for _, r := range p.Refunds {
		if r.ID == inquiry.RefundID {
			return o, p, r, nil
		}
	}
	return nil, nil, nil, nil
}
