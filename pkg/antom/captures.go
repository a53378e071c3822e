package antom

import (
	"bytes"
	"context"
	"encoding/json"
)

// TransactionType is the kind of a transaction of a payment.
type TransactionType string

// The types of transactions: Antom's pages document captures and refunds, its SDKs the others.
const (
	TransactionAuthorization TransactionType = "AUTHORIZATION"
	TransactionCancel        TransactionType = "CANCEL"
	TransactionCapture       TransactionType = "CAPTURE"
	TransactionIncremental   TransactionType = "INCREMENTAL"
	TransactionPayment       TransactionType = "PAYMENT"
	TransactionRefund        TransactionType = "REFUND"
	TransactionVoid          TransactionType = "VOID"
)

// Transaction is a capture, a refund or another step of a payment, as listed by inquiryPayment
// (G24).
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

	// Raw is the object as received.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads a transaction and keeps its text. A field of an unexpected type is left
// empty, unless it is essential.
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

// impliedStatuses are the states implied by a result status if the gateway omits
// transactionStatus.
var impliedStatuses = [...]struct {
	result ResultStatus
	status PaymentStatus
}{
	{StatusF, PaymentFail},
	{StatusS, PaymentSuccess},
	{StatusU, PaymentProcessing},
}

// Status returns transactionStatus or, if that is absent, the state implied by the result's
// status.
func (t Transaction) Status() PaymentStatus {
	if t.TransactionStatus != "" {
		return t.TransactionStatus
	}
	for _, row := range impliedStatuses {
		if row.result == t.TransactionResult.ResultStatus {
			return row.status
		}
	}
	return ""
}

// Captures returns the CAPTURE rows of the payment's transactions.
func (p *Payment) Captures() []Transaction { return p.transactions(TransactionCapture) }

// Refunds returns the REFUND rows of the payment's transactions.
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

// CapturesService captures authorised payments.
type CapturesService service

// CaptureRequest captures the whole or a part of an authorised payment. The amount is in minor
// units of the payment's currency (G24). A payment whose captureMode is AUTOMATIC needs none.
type CaptureRequest struct {
	CaptureRequestID string `json:"captureRequestId"`       // max 64; the idempotency key: Antom executes an id once
	PaymentID        string `json:"paymentId"`              // max 64
	CaptureAmount    Amount `json:"captureAmount"`          // at least 1
	IsLastCapture    *bool  `json:"isLastCapture,omitzero"` // SDK
}

// CaptureResult is the answer of capture (G24).
type CaptureResult struct {
	CaptureRequestID    string   `json:"captureRequestId"`
	CaptureID           string   `json:"captureId"`
	PaymentID           string   `json:"paymentId"`
	CaptureAmount       Amount   `json:"captureAmount"`
	CaptureTime         DateTime `json:"captureTime,omitzero"`         // only after success
	AcquirerReferenceNo string   `json:"acquirerReferenceNo,omitzero"` // max 64
}

// Create calls capture. U with CAPTURE_IN_PROCESS means in progress: wait for the notification
// or inquire about the payment. After any other U or a lost answer, send the same request with
// the same CaptureRequestID again. Each new capture needs a new id (G24, J24).
func (s *CapturesService) Create(ctx context.Context, request CaptureRequest) (*CaptureResult, *Response, error) {
	return call[CaptureResult](ctx, s.client, Capture, request)
}

// CreateFrom is like [CapturesService.Create], with exactly this body.
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
