package antomtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/antom/antomtest"
)

// checkout is the code under test: what a shop does for an order.
func checkout(ctx context.Context, client *antom.Client, id string) error {
	_, _, err := client.Sessions.Create(ctx, session(id, ""))
	return err
}

// A shop's test starts a gateway, runs the shop's own code against it, plays the buyer and
// advances the clock.
func Example() {
	_ = func(t *testing.T) { // func TestCheckout(t *testing.T) in a real test
		gateway := antomtest.Start(t, antomtest.WithoutNotifications())
		if err := checkout(t.Context(), gateway.Client, "order-1"); err != nil {
			t.Fatal(err)
		}
		gateway.Pay(antomtest.Form{PaymentRequestID: "order-1"})
		gateway.Advance(5 * time.Second)
		payment, _, err := gateway.Client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
		if err != nil {
			t.Fatal(err)
		}
		if payment.PaymentStatus != antom.PaymentSuccess {
			t.Errorf("the payment is %s", payment.PaymentStatus)
		}
	}
}

// patientCheckout repeats its call with the same id as long as the outcome is not known: the id
// prevents a second payment.
func patientCheckout(ctx context.Context, client *antom.Client, id string) (calls int, err error) {
	for calls < 5 {
		calls++
		err = checkout(ctx, client, id)
		if _, lost := errors.AsType[*antom.TransportError](err); !lost {
			return calls, err
		}
	}
	return calls, err
}

// A shop's test makes the gateway lose its first answer and drop the next call: the shop must
// try again.
func ExampleGateway_Fault() {
	_ = func(t *testing.T) { // func TestCheckout_lostAnswer(t *testing.T) in a real test
		gateway := antomtest.Start(t, antomtest.WithoutNotifications())
		gateway.Fault("createPaymentSession:1=lost-answer")
		gateway.Fault("createPaymentSession:2=reset")
		calls, err := patientCheckout(t.Context(), gateway.Client, "order-1")
		if err != nil || calls != 3 {
			t.Errorf("%d calls, %v; want the third one to succeed", calls, err)
		}
	}
}

// TestCheckout_lostAnswer is the test that the example of Fault shows.
func TestCheckout_lostAnswer(t *testing.T) {
	t.Parallel()
	gateway := antomtest.Start(t, antomtest.WithoutNotifications())
	gateway.Fault("createPaymentSession:1=lost-answer")
	gateway.Fault("createPaymentSession:2=reset")
	calls, err := patientCheckout(t.Context(), gateway.Client, "order-1")
	if err != nil || calls != 3 {
		t.Errorf("%d calls, %v; want the third one to succeed", calls, err)
	}
	gateway.Pay(antomtest.Form{PaymentRequestID: "order-1"}) // there is one session
}

// TestCheckout is the test that the example shows.
func TestCheckout(t *testing.T) {
	t.Parallel()
	gateway := antomtest.Start(t, antomtest.WithoutNotifications())
	if err := checkout(t.Context(), gateway.Client, "order-1"); err != nil {
		t.Fatal(err)
	}
	gateway.Pay(antomtest.Form{PaymentRequestID: "order-1"})
	gateway.Advance(5 * time.Second)
	payment, _, err := gateway.Client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
	if err != nil {
		t.Fatal(err)
	}
	if payment.PaymentStatus != antom.PaymentSuccess || payment.PaymentAmount.String() != "42.00 SGD" {
		t.Errorf("the payment is %s over %s", payment.PaymentStatus, payment.PaymentAmount)
	}
}
