package antom

import (
	"context"
	"errors"
)

// RefundsService gives buyers their money back.
type RefundsService service

// RefundRequest asks for money back: a part of a payment or all of it. Amounts are
// in minor units of the payment's currency (J24).
type RefundRequest struct {
	RefundRequestID   string `json:"refundRequestId"` // max 64; the key: the same id is carried out once
	PaymentID         string `json:"paymentId"`       // max 64
	RefundAmount      Amount `json:"refundAmount"`
	ReferenceRefundID string `json:"referenceRefundId,omitzero"` // max 64; your own number of it
	RefundReason      string `json:"refundReason,omitzero"`      // max 256
	RefundNotifyURL   string `json:"refundNotifyUrl,omitzero"`   // max 1024; wins over the Dashboard's
	CaptureID         string `json:"captureId,omitzero"`         // max 64; of which capture, where there are several
	IsAsyncRefund     *bool  `json:"isAsyncRefund,omitzero"`     // SDK
	Metadata          string `json:"metadata,omitzero"`
	ExtendInfo        string `json:"extendInfo,omitzero"` // SDK
}

// RefundResult is what refund answers (J24).
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

// RefundInquiry names a refund. RefundID wins; after an answer that was lost only
// the RefundRequestID is known (J24).
type RefundInquiry struct {
	RefundRequestID string `json:"refundRequestId,omitzero"` // max 64
	RefundID        string `json:"refundId,omitzero"`        // max 64
}

// RefundState is what inquiryRefund answers (J24).
type RefundState struct {
	RefundStatus          PaymentStatus   `json:"refundStatus"` // SUCCESS, PROCESSING, FAIL: on Antom's side
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

// Create calls refund. U with REFUND_IN_PROCESS is accepted and under way: wait for
// the notification or ask with [RefundsService.Inquire], and do not send it again.
// Any other U and a lost answer are made sure of by the same request with the same
// RefundRequestID. A refund that failed for MERCHANT_BALANCE_NOT_ENOUGH needs a new
// id (G24, J24).
func (s *RefundsService) Create(ctx context.Context, request RefundRequest) (*RefundResult, *Response, error) {
	return call[RefundResult](ctx, s.client, Refund, request)
}

// CreateFrom calls refund with exactly this body, as [RefundsService.Create] does.
func (s *RefundsService) CreateFrom(ctx context.Context, body []byte) (*RefundResult, *Response, error) {
	return callWith[RefundResult](ctx, s.client, Refund, body)
}

// Inquire calls inquiryRefund. ORDER_NOT_EXIST shortly after a refund may mean that
// it has not arrived: Antom asks to call again after 15 seconds, and takes a refund
// that three inquiries do not find for one that was never placed (J24).
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
