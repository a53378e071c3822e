package antomtest_test

import (
	"context"
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

// A shop's test starts a gateway, runs the shop's own code against it, plays the
// buyer and moves the time.
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
