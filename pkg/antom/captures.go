package antom

import (
	"bytes"
	"encoding/json"
)

// TransactionType says what a transaction of a payment did.
type TransactionType string

// The types of transactions: Antom's pages know captures and refunds, its SDKs
// the rest.
const (
	TransactionAuthorization TransactionType = "AUTHORIZATION"
	TransactionCancel        TransactionType = "CANCEL"
	TransactionCapture       TransactionType = "CAPTURE"
	TransactionIncremental   TransactionType = "INCREMENTAL"
	TransactionPayment       TransactionType = "PAYMENT"
	TransactionRefund        TransactionType = "REFUND"
	TransactionVoid          TransactionType = "VOID"
)

// Transaction is a capture, a refund or another step of a payment, as
// inquiryPayment lists it (G24).
type Transaction struct {
	TransactionResult     Result          `json:"transactionResult"`
	TransactionID         string          `json:"transactionId,omitzero"` // max 64; the captureId or refundId
	TransactionType       TransactionType `json:"transactionType,omitzero"`
	TransactionStatus     PaymentStatus   `json:"transactionStatus,omitzero"` // see Status
	TransactionAmount     Amount          `json:"transactionAmount,omitzero"`
	TransactionRequestID  string          `json:"transactionRequestId,omitzero"`  // max 64; the captureRequestId or refundRequestId
	TransactionTime       DateTime        `json:"transactionTime,omitzero"`       // often absent
	AcquirerInfo          *AcquirerInfo   `json:"acquirerInfo,omitzero"`          // SDK
	GrossSettlementAmount Amount          `json:"grossSettlementAmount,omitzero"` // SDK
	SettlementQuote       *Quote          `json:"settlementQuote,omitzero"`       // SDK

	// Raw is the object as the gateway sent it.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads a transaction and keeps its text. A field of an unexpected
// type is left empty, unless the transaction can't be understood without it.
func (t *Transaction) UnmarshalJSON(data []byte) error {
	type plain Transaction
	var read plain
	_, err := decodeMembers(data, &read,
		"transactionResult", "transactionId", "transactionType", "transactionStatus", "transactionAmount", "transactionRequestId")
	if err != nil {
		return err
	}
	*t = Transaction(read)
	t.Raw = bytes.Clone(data)
	return nil
}

// standIns are the states that a result status stands for where the gateway
// leaves transactionStatus out.
var standIns = [...]struct {
	result ResultStatus
	status PaymentStatus
}{
	{StatusF, PaymentFail},
	{StatusS, PaymentSuccess},
	{StatusU, PaymentProcessing},
}

// Status is transactionStatus or, where that is absent, what the result's
// status says.
func (t Transaction) Status() PaymentStatus {
	if t.TransactionStatus != "" {
		return t.TransactionStatus
	}
	for _, row := range standIns {
		if row.result == t.TransactionResult.ResultStatus {
			return row.status
		}
	}
	return ""
}

// Captures are the CAPTURE rows of the payment's transactions.
func (p *Payment) Captures() []Transaction { return p.transactions(TransactionCapture) }

// Refunds are the REFUND rows of the payment's transactions.
func (p *Payment) Refunds() []Transaction { return p.transactions(TransactionRefund) }

func (p *Payment) transactions(kind TransactionType) []Transaction {
	var rows []Transaction
	for _, t := range p.Transactions {
		if t.TransactionType == kind {
			rows = append(rows, t)
		}
	}
	return rows
}

// CaptureNotification is the body of notifyCapture (J24): a capture succeeded (S)
// or failed (F).
type CaptureNotification struct {
	NotifyType          NotifyType         `json:"notifyType"` // CAPTURE_RESULT
	Result              Result             `json:"result"`
	CaptureRequestID    string             `json:"captureRequestId"` // max 64
	PaymentID           string             `json:"paymentId"`        // max 64
	CaptureID           string             `json:"captureId"`        // max 64
	CaptureAmount       Amount             `json:"captureAmount"`
	CaptureTime         DateTime           `json:"captureTime,omitzero"`
	AcquirerReferenceNo string             `json:"acquirerReferenceNo,omitzero"` // max 64
	AcquirerInfo        *AcquirerInfo      `json:"acquirerInfo,omitzero"`        // SDK
	PaymentResultInfo   *PaymentResultInfo `json:"paymentResultInfo,omitzero"`   // SDK
	TaxCalculationID    string             `json:"taxCalculationId,omitzero"`    // SDK
}
