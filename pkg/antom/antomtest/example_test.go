package antomtest_test

import (
	"context"
	"fmt"
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
	// In a real test this is the body of func TestCheckout(t *testing.T).
	test := func(t *testing.T) {
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
		fmt.Println(payment.PaymentStatus, payment.PaymentAmount)
	}
	testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "TestCheckout", F: test}})
	// Output: SUCCESS 42.00 SGD
}
