package antom

import (
	"context"
	"errors"
)

// RefundsService refunds payments.
type RefundsService service

// RefundRequest refunds a part of a payment or all of it. Amounts are in minor units of the
// payment's currency (J24).
type RefundRequest struct {
	RefundRequestID   string `json:"refundRequestId"` // max 64; the idempotency key: Antom executes an id once
	PaymentID         string `json:"paymentId"`       // max 64
	RefundAmount      Amount `json:"refundAmount"`
	ReferenceRefundID string `json:"referenceRefundId,omitzero"` // max 64; your own reference
	RefundReason      string `json:"refundReason,omitzero"`      // max 256
	RefundNotifyURL   string `json:"refundNotifyUrl,omitzero"`   // max 1024; takes precedence over the Dashboard's
	CaptureID         string `json:"captureId,omitzero"`         // max 64; the capture to refund, if there are several
	IsAsyncRefund     *bool  `json:"isAsyncRefund,omitzero"`     // SDK
	Metadata          string `json:"metadata,omitzero"`
	ExtendInfo        string `json:"extendInfo,omitzero"` // SDK
}

// RefundResult is the answer of refund (J24).
type RefundResult struct {
	RefundRequestID       string        `json:"refundRequestId"`
	RefundID              string        `json:"refundId"`
	PaymentID             string        `json:"paymentId"`
	RefundAmount          Amount        `json:"refundAmount"`
	RefundTime            DateTime      `json:"refundTime,omitzero"`
	GrossSettlementAmount Amount        `json:"grossSettlementAmount,omitzero"`
	SettlementQuote       *Quote        `json:"settlementQuote,omitzero"`
	AcquirerReferenceNo   string        `json:"acquirerReferenceNo,omitzero"` // max 64
	AcquirerInfo          *AcquirerInfo `json:"acquirerInfo,omitzero"`        // SDK
	ActualRefundAmount    Amount        `json:"actualRefundAmount,omitzero"`  // SDK
}

// RefundInquiry identifies a refund. RefundID takes precedence; after a lost answer only the
// RefundRequestID is known (J24).
type RefundInquiry struct {
	RefundRequestID string `json:"refundRequestId,omitzero"` // max 64
	RefundID        string `json:"refundId,omitzero"`        // max 64
}

// RefundState is the answer of inquiryRefund (J24).
type RefundState struct {
	RefundStatus          PaymentStatus   `json:"refundStatus"` // SUCCESS, PROCESSING, FAIL: at Antom
	RefundID              string          `json:"refundId,omitzero"`
	RefundRequestID       string          `json:"refundRequestId,omitzero"`
	RefundAmount          Amount          `json:"refundAmount,omitzero"`
	RefundTime            DateTime        `json:"refundTime,omitzero"` // only on SUCCESS
	GrossSettlementAmount Amount          `json:"grossSettlementAmount,omitzero"`
	SettlementQuote       *Quote          `json:"settlementQuote,omitzero"`
	ARN                   string          `json:"arn,omitzero"`
	RRN                   string          `json:"rrn,omitzero"`
	Metadata              string          `json:"metadata,omitzero"`
	ActualRefundAmount    Amount          `json:"actualRefundAmount,omitzero"` // SDK
	AcquirerInfo          *AcquirerInfo   `json:"acquirerInfo,omitzero"`       // SDK
	CustomizedInfo        *CustomizedInfo `json:"customizedInfo,omitzero"`     // SDK
}

// Create calls refund. U with REFUND_IN_PROCESS means accepted and in progress: wait for the
// notification or call [RefundsService.Inquire], and do not send it again. After any other U or
// a lost answer, send the same request with the same RefundRequestID again. A refund that
// failed with MERCHANT_BALANCE_NOT_ENOUGH needs a new id (G24, J24).
func (s *RefundsService) Create(ctx context.Context, request RefundRequest) (*RefundResult, *Response, error) {
	return call[RefundResult](ctx, s.client, Refund, request)
}

// CreateFrom is like [RefundsService.Create], with exactly this body.
func (s *RefundsService) CreateFrom(ctx context.Context, body []byte) (*RefundResult, *Response, error) {
	return callWith[RefundResult](ctx, s.client, Refund, body)
}

// Inquire calls inquiryRefund. ORDER_NOT_EXIST shortly after a refund may mean that it has not
// arrived yet. Antom asks to call again after 15 seconds; a refund that three inquiries do not
// find was never placed (J24).
func (s *RefundsService) Inquire(ctx context.Context, inquiry RefundInquiry) (*RefundState, *Response, error) {
	if inquiry == (RefundInquiry{}) {
		return nil, nil, errors.New("inquiryRefund: neither a refundRequestId nor a refundId given")
	}
	return call[RefundState](ctx, s.client, InquiryRefund, inquiry)
}

// RefundNotification is the body of notifyRefund (J24). It does not name the
// payment.
type RefundNotification struct {
	NotifyType            NotifyType      `json:"notifyType"` // REFUND_RESULT
	Result                Result          `json:"result"`
	RefundStatus          PaymentStatus   `json:"refundStatus"`    // SUCCESS, FAIL
	RefundRequestID       string          `json:"refundRequestId"` // max 64
	RefundID              string          `json:"refundId"`        // max 64
	RefundAmount          Amount          `json:"refundAmount"`
	RefundTime            DateTime        `json:"refundTime,omitzero"` // on S
	GrossSettlementAmount Amount          `json:"grossSettlementAmount,omitzero"`
	SettlementQuote       *Quote          `json:"settlementQuote,omitzero"`
	ActualRefundAmount    Amount          `json:"actualRefundAmount,omitzero"` // SDK
	ARN                   string          `json:"arn,omitzero"`
	Metadata              string          `json:"metadata,omitzero"` // max 2048
	CustomizedInfo        *CustomizedInfo `json:"customizedInfo,omitzero"`
}
