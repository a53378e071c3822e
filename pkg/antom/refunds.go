package antom

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
