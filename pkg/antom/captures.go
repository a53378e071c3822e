package antom

import (
	"bytes"
	"context"
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

// CapturesService takes the money of authorised payments.
type CapturesService service

// CaptureRequest takes an authorised payment's money: all of it, or a part. The
// amount is in minor units of the payment's currency (G24). A payment whose
// captureMode is AUTOMATIC needs none.
type CaptureRequest struct {
	CaptureRequestID string `json:"captureRequestId"`       // max 64; the key: the same id is carried out once
	PaymentID        string `json:"paymentId"`              // max 64
	CaptureAmount    Amount `json:"captureAmount"`          // at least 1
	IsLastCapture    *bool  `json:"isLastCapture,omitzero"` // SDK
}

// CaptureResult is what capture answers (G24).
type CaptureResult struct {
	CaptureRequestID    string   `json:"captureRequestId"`
	CaptureID           string   `json:"captureId"`
	PaymentID           string   `json:"paymentId"`
	CaptureAmount       Amount   `json:"captureAmount"`
	CaptureTime         DateTime `json:"captureTime,omitzero"`         // only once it has succeeded
	AcquirerReferenceNo string   `json:"acquirerReferenceNo,omitzero"` // max 64
}

// Create calls capture. U with CAPTURE_IN_PROCESS is under way: wait for the
// notification or inquire the payment. Any other U and a lost answer are made sure
// of by the same request with the same CaptureRequestID; each new capture needs a
// new id (G24, J24).
func (s *CapturesService) Create(ctx context.Context, request CaptureRequest) (*CaptureResult, *Response, error) {
	return call[CaptureResult](ctx, s.client, Capture, request)
}

// CreateFrom calls capture with exactly this body, as [CapturesService.Create]
// does.
func (s *CapturesService) CreateFrom(ctx context.Context, body []byte) (*CaptureResult, *Response, error) {
	return callWith[CaptureResult](ctx, s.client, Capture, body)
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
