package antom_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

func ExampleSessionsService_Create() {
	client := newExampleClient() // see the example of the package
	amount, err := antom.ParseAmount("42.00", "SGD")
	if err != nil {
		fmt.Println(err)
		return
	}
	session, _, err := client.Sessions.Create(ctx(), &antom.SessionRequest{
		ProductCode:        antom.ProductCashierPayment,
		PaymentRequestID:   "order-1001", // a new one for each payment
		PaymentAmount:      amount,
		PaymentMethod:      &antom.PaymentMethod{PaymentMethodType: "CARD"},
		PaymentFactor:      &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true))},
		PaymentRedirectURL: "https://shop.example/paid",
		PaymentNotifyURL:   "https://shop.example/antom/notify",
		Order: &antom.Order{
			ReferenceOrderID: "order-1001",
			OrderDescription: "Two teas",
			OrderAmount:      amount,
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.PaymentSessionData) // hand it to the web SDK, whole and unchanged
	// Output:
	// UNvjVWnWPXJA4BgW&&SG&&188
}

func ExamplePaymentsService_Inquire() {
	client := newExampleClient() // see the example of the package
	payment, response, err := client.Payments.Inquire(ctx(), antom.Inquiry{PaymentRequestID: "order-1001"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.PaymentStatus, payment.PaymentAmount)
	fmt.Println("signed by Antom:", response.Signed)

	// Antom sends refusals with HTTP 200; they are errors.
	_, _, err = client.Payments.Inquire(ctx(), antom.Inquiry{PaymentRequestID: "order-9999"})
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		fmt.Println(refused.Result.ResultCode)
		fmt.Println(refused.Hint())
	}
	// Output:
	// PROCESSING 42.00 SGD
	// signed by Antom: true
	// ORDER_NOT_EXIST
	// check the id; if the buyer may be paying, ask again in 15 s
}

func ExamplePaymentsService_Poll() {
	client := newExampleClient() // see the example of the package
	inquiry := antom.Inquiry{PaymentRequestID: "order-1001"}
	// The zero PollOptions ask every 2 seconds, as Antom recommends.
	for poll := range client.Payments.Poll(ctx(), inquiry, antom.PollOptions{Interval: time.Millisecond}) {
		switch {
		case poll.Err != nil:
			fmt.Println(poll.Reason, poll.Err)
		case poll.Changed:
			fmt.Println(poll.N, poll.Payment.PaymentStatus)
		}
		if poll.Last {
			fmt.Println(poll.Reason)
		}
	}
	// Output:
	// 1 PROCESSING
	// 2 SUCCESS
	// the payment is final: SUCCESS
}

func ExampleParseAmount() {
	for _, input := range []struct{ decimal, currency string }{
		{"42.00", "SGD"}, {"42", "JPY"}, {"42.001", "SGD"}, {"1.5", "JPY"}, {"42.00", "SGX"},
	} {
		amount, err := antom.ParseAmount(input.decimal, input.currency)
		if refused, ok := errors.AsType[*antom.AmountError](err); ok {
			fmt.Printf("%v (%s)\n", refused, refused.Hint())
			continue
		}
		fmt.Printf("%s is %d in minor units\n", amount, amount.Value)
	}
	// Output:
	// 42.00 SGD is 4200 in minor units
	// 42 JPY is 42 in minor units
	// amount "42.001" SGD: has 3 decimals, SGD has 2 decimals (write it as 42.00 or 42.01)
	// amount "1.5" JPY: has 1 decimal, JPY has no decimals (write it as 1 or 2)
	// currency "SGX": not an ISO 4217 code (did you mean SGD?)
}

func ExampleLookupResultCode() {
	for _, code := range []string{"USER_BALANCE_NOT_ENOUGH", "UNKNOWN_CLIENT", "PAYMENT_IN_PROCESS"} {
		row, known := antom.LookupResultCode(code)
		if !known {
			fmt.Println(code, "is not in the table")
			continue
		}
		fmt.Printf("%s (%s, %s): %s; %s\n", row.Code, row.Status, row.Class, row.Meaning, row.Action)
	}
	// Output:
	// USER_BALANCE_NOT_ENOUGH (F, buyer): the buyer's funds are insufficient; let the buyer use another card or top up
	// CLIENT_INVALID (F, fix): the client id is unknown or restricted; check the client id, and that it belongs to this environment: test or live
	// PAYMENT_IN_PROCESS (U, wait): the payment is being processed; wait for the payment notification, or inquire
}

// After a call that moves money, the verdict says whether the same request may be sent again.
func ExampleEndpoint_Verdict() {
	lost := &antom.TransportError{Kind: antom.TimedOut, Operation: antom.Refund}
	verdict := antom.Refund.Endpoint().Verdict(lost)
	fmt.Println(verdict.Retry, "-", verdict.Reason)
	// Output:
	// same-id - no usable answer: timed-out
}
