package emulator

import (
	"errors"
	"io/fs"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// inquiryAnswer is the answer of inquiryPayment.
type inquiryAnswer struct {
	Result               antom.Result              `json:"result"`
	PaymentStatus        antom.PaymentStatus       `json:"paymentStatus"`
	PaymentResultCode    string                    `json:"paymentResultCode"`
	PaymentResultMessage string                    `json:"paymentResultMessage"`
	PaymentRequestID     string                    `json:"paymentRequestId"`
	PaymentID            string                    `json:"paymentId"`
	PaymentAmount        antom.Amount              `json:"paymentAmount"`
	PaymentCreateTime    antom.DateTime            `json:"paymentCreateTime"`
	PaymentTime          antom.DateTime            `json:"paymentTime,omitzero"`
	AuthExpiryTime       antom.DateTime            `json:"authExpiryTime,omitzero"`
	PaymentMethodType    string                    `json:"paymentMethodType"`
	PaymentResultInfo    *antom.PaymentResultInfo  `json:"paymentResultInfo,omitzero"`
	RedirectActionForm   *antom.RedirectActionForm `json:"redirectActionForm,omitzero"`
	AcquirerReferenceNo  string                    `json:"acquirerReferenceNo,omitzero"` // on success
	Metadata             string                    `json:"metadata,omitzero"`
	Transactions         []wireTransaction         `json:"transactions,omitzero"`
}

// wireTransaction is a transaction in an answer.
type wireTransaction struct {
	TransactionType      antom.TransactionType `json:"transactionType"`
	TransactionStatus    antom.PaymentStatus   `json:"transactionStatus"`
	TransactionRequestID string                `json:"transactionRequestId"`
	TransactionAmount    antom.Amount          `json:"transactionAmount"`
	TransactionTime      antom.DateTime        `json:"transactionTime,omitzero"`
	TransactionID        string                `json:"transactionId"`
	TransactionResult    antom.Result          `json:"transactionResult"`

	created time.Time // for sorting
}

// noOrder is the answer before anything was submitted (INF for a session that is still open).
func noOrder() *resultError { return &resultError{antom.CodeOrderNotExist, "the order does not exist"} }

func inquiryPayment(tx *transaction, inquiry *antom.Inquiry) (any, error) {
	set, isSet, err := tx.scenario(antom.InquiryPayment)
	if err != nil {
		return nil, err
	}
	if isSet {
		return set.refusal(), nil
	}
	o, p, err := tx.find(*inquiry)
	switch {
	case errors.Is(err, fs.ErrNotExist) || (err == nil && p == nil):
		return noOrder(), nil
	case err != nil:
		return nil, err
	}
	return o.inquiry(p, tx.now, tx.web), nil
}

// find reads the order and the payment that an inquiry names; if both ids are given, the
// paymentId counts (G24). The payment is nil until something is submitted.
func (t *transaction) find(inquiry antom.Inquiry) (*order, *payment, error) {
	if inquiry.PaymentID != "" {
		return t.ownPayment(inquiry.PaymentID)
	}
	o, err := t.ownOrder(inquiry.PaymentRequestID)
	if err != nil {
		return nil, nil, err
	}
	return o, o.current(t.now), nil
}

// inquiry is the state of a payment at a time.
func (o *order) inquiry(p *payment, now time.Time, web string) *inquiryAnswer {
	stand := o.statusAt(p, now)
	answer := &inquiryAnswer{
		Result: success(), PaymentStatus: antom.PaymentStatus(stand.to), PaymentResultCode: stand.code, PaymentResultMessage: redact.Clip(stand.message, longestMessage),
		PaymentRequestID: o.PaymentRequestID, PaymentID: p.ID, PaymentAmount: o.Amount, PaymentMethodType: methodCard, Metadata: o.Metadata,
		PaymentCreateTime: wireTime(p.Submitted), PaymentResultInfo: o.resultInfo(p, now), Transactions: o.transactions(p, now),
	}
	if at, paid := p.succeeds(); paid && !at.After(now) {
		answer.PaymentTime, answer.AcquirerReferenceNo = wireTime(at), acquirerReference(p.ID)
		if o.Authorise {
			answer.AuthExpiryTime = wireTime(p.authorisedUntil())
		}
	}
	if stand.to == stateProcessing && p.Checks.Challenge != "" {
		answer.RedirectActionForm = &antom.RedirectActionForm{
			Method: "GET", RedirectURL: web + challengePath + p.ID, ActionFormType: "RedirectActionForm",
		}
	}
	return answer
}

// acquirerReference is the acquirer's number of a payment or capture that succeeded. Antom
// gives it to merchants in Singapore and Hong Kong (SEED), and the emulator's is in Singapore;
// its form is INF.
func acquirerReference(id string) string { return digits(id, "acquirer", 12) }

// transactions are the captures and refunds of a payment that exist at a time, in their order.
// Without any it returns nil, and the member is left out: Antom returns it if a capture or
// refund exists (G24, SDK). Antom's sample shows null instead, which the Python SDK can't read
// (INF: the gateway does not send it).
func (o *order) transactions(p *payment, now time.Time) []wireTransaction {
	var list []wireTransaction
	for _, c := range o.captures(p) {
		row := wireTransaction{TransactionType: antom.TransactionCapture, TransactionRequestID: c.RequestID, TransactionID: c.ID, TransactionAmount: c.Amount, created: c.Created}
		list = row.appendTo(list, c.statusAt(o, p, now))
	}
	for _, r := range o.refunds(p) {
		row := wireTransaction{TransactionType: antom.TransactionRefund, TransactionRequestID: r.RequestID, TransactionID: r.ID, TransactionAmount: r.Amount, created: r.Created}
		list = row.appendTo(list, r.statusAt(o, p, now))
	}
	sortByTime(list, func(t wireTransaction) time.Time { return t.created })
	return list
}

// appendTo adds the transaction in its current state, if it exists by now.
func (w wireTransaction) appendTo(list []wireTransaction, stand step) []wireTransaction {
	if stand.to == stateNone {
		return list
	}
	w.TransactionStatus, w.TransactionResult = antom.PaymentStatus(stand.to), resultOf(stand.code, stand.message)
	if stand.to != stateProcessing {
		w.TransactionTime = wireTime(stand.at)
	}
	return append(list, w)
}
