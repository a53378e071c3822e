package wait

import (
	"context"

	"github.com/antom-cli/antom/pkg/antom"
)

// Refunds waits for the final status of refunds.
type Refunds struct{ Client *antom.Client }

// Operation returns inquiryRefund.
func (Refunds) Operation() antom.Operation { return antom.InquiryRefund }

// Ask inquires about one refund; its only stage is its status.
func (s Refunds) Ask(ctx context.Context, target Target) (State, error) {
	refund, response, err := s.Client.Refunds.Inquire(ctx, antom.RefundInquiry{RefundRequestID: target.RefundRequestID, RefundID: target.RefundID})
	if err != nil {
		return State{}, err
	}
	return State{
		Target: Target{RefundRequestID: refund.RefundRequestID, RefundID: refund.RefundID},
		Status: string(refund.RefundStatus), Stages: []Stage{{Text: string(refund.RefundStatus)}},
		Final: refund.RefundStatus.Final(), Body: response.Body,
	}, nil
}
