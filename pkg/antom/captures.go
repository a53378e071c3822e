package antom

import "encoding/json"

// TransactionType says what a transaction of a payment did.
type TransactionType string

// The types that Antom documents; its SDKs know more.
const (
	TransactionCapture TransactionType = "CAPTURE"
	TransactionRefund  TransactionType = "REFUND"
)

// Transaction is a capture, a refund or another step of a payment, as
// inquiryPayment lists it.
type Transaction struct {
	TransactionResult     Result          `json:"transactionResult"`
	TransactionID         string          `json:"transactionId"` // captureId or refundId
	TransactionType       TransactionType `json:"transactionType"`
	TransactionStatus     PaymentStatus   `json:"transactionStatus"`
	TransactionAmount     Amount          `json:"transactionAmount"`
	TransactionRequestID  string          `json:"transactionRequestId"` // captureRequestId or refundRequestId
	TransactionTime       DateTime        `json:"transactionTime"`
	AcquirerInfo          *AcquirerInfo   `json:"acquirerInfo"`
	GrossSettlementAmount Amount          `json:"grossSettlementAmount"`
	SettlementQuote       *Quote          `json:"settlementQuote"`

	// Raw is the object as the gateway sent it.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads a transaction and keeps its text.
func (t *Transaction) UnmarshalJSON(data []byte) error {
	type plain Transaction
	if err := json.Unmarshal(data, (*plain)(t)); err != nil {
		return err
	}
	t.Raw = append(json.RawMessage(nil), data...)
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
func (p *Payment) Captures() []Transaction {
	var captures []Transaction
	for _, t := range p.Transactions {
		if t.TransactionType == TransactionCapture {
			captures = append(captures, t)
		}
	}
	return captures
}
