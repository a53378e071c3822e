package wait

import (
	"context"
	"fmt"

	"github.com/antom-cli/antom/pkg/antom"
)

// Payments waits for the final status of payments.
type Payments struct{ Client *antom.Client }

// Operation returns inquiryPayment.
func (Payments) Operation() antom.Operation { return antom.InquiryPayment }

// Ask inquires about one payment; its only stage is its status.
func (s Payments) Ask(ctx context.Context, target Target) (State, error) {
	payment, state, err := askPayment(ctx, s.Client, target)
	if err != nil {
		return State{}, err
	}
	state.Stages = []Stage{{Text: state.Status}}
	state.Final = payment.PaymentStatus.Final()
	return state, nil
}

// Captures waits for the captures of payments.
type Captures struct{ Client *antom.Client }

// Operation returns inquiryPayment, whose answer lists the captures.
func (Captures) Operation() antom.Operation { return antom.InquiryPayment }

// Ask inquires about one payment. It has a stage for each capture or, without captures, one
// that says why. It is final if every capture is, or if there will be none because there is
// nothing to capture.
func (s Captures) Ask(ctx context.Context, target Target) (State, error) {
	payment, state, err := askPayment(ctx, s.Client, target)
	if err != nil {
		return State{}, err
	}
	rows := payment.Captures()
	state.Final = len(rows) > 0 || Uncapturable(payment)
	for _, row := range rows {
		state.Final = state.Final && row.Status().Final()
		state.Stages = append(state.Stages, Stage{
			Text:        fmt.Sprintf("capture %s %s", row.TransactionID, row.Status()),
			Transaction: Transaction{row.TransactionID, string(row.Status()), row.TransactionResult.ResultCode},
		})
	}
	if len(rows) == 0 {
		state.Stages = []Stage{{Text: fmt.Sprintf("payment %s, not captured", payment.PaymentStatus)}}
	}
	return state, nil
}

// Uncapturable reports whether a payment ended without success.
func Uncapturable(payment *antom.Payment) bool {
	return payment.PaymentStatus.Final() && payment.PaymentStatus != antom.PaymentSuccess
}

func askPayment(ctx context.Context, client *antom.Client, target Target) (*antom.Payment, State, error) {
	inquiry := antom.Inquiry{PaymentRequestID: target.PaymentRequestID, PaymentID: target.PaymentID}
	payment, response, err := client.Payments.Inquire(ctx, inquiry)
	if err != nil {
		return nil, State{}, err
	}
	return payment, State{
		Target: Target{PaymentRequestID: payment.PaymentRequestID, PaymentID: payment.PaymentID},
		Status: string(payment.PaymentStatus), ResultCode: payment.PaymentResultCode, Body: response.Body,
	}, nil
}
