package antom_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// ctx limits the calls of an example.
func ctx() context.Context { return context.Background() }

// readKeys reads the merchant's private key, which signs requests, and Antom's
// public key, which verifies answers. Read them once.
func readKeys(privateFile, publicFile string) (*sign.PrivateKey, *sign.PublicKey, error) {
	text, err := os.ReadFile(privateFile)
	if err != nil {
		return nil, nil, err
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", privateFile, err)
	}
	if text, err = os.ReadFile(publicFile); err != nil {
		return nil, nil, err
	}
	antomKey, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", publicFile, err)
	}
	return key, antomKey, nil
}

// A card payment: create a session, let the buyer pay, wait for the final state.
func Example() {
	key, antomKey, err := readKeys("testdata/merchant.pkcs8.pem", "testdata/antom.pub.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := antom.NewClient("SANDBOX_5X00000000000000", key, antomKey,
		antom.WithRegion(antom.RegionSG),
		antom.WithTransport(newExampleGateway())) // leave this out: here it answers in Antom's place
	if err != nil {
		fmt.Println(err)
		return
	}

	amount, err := antom.ParseAmount("42.00", "SGD")
	if err != nil {
		fmt.Println(err)
		return
	}
	session, _, err := client.Sessions.Create(ctx(), &antom.SessionRequest{
		ProductCode:        antom.ProductCashierPayment,
		PaymentRequestID:   "order-1001",
		PaymentAmount:      amount,
		PaymentMethod:      &antom.PaymentMethod{PaymentMethodType: "CARD"},
		PaymentFactor:      &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true))},
		PaymentRedirectURL: "https://shop.example/paid",
		Order:              &antom.Order{ReferenceOrderID: "order-1001", OrderDescription: "Two teas", OrderAmount: amount},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("session", session.PaymentSessionID)

	waiting, stop := context.WithTimeout(ctx(), 15*time.Minute)
	defer stop()
	inquiry := antom.Inquiry{PaymentRequestID: "order-1001"}
	options := antom.PollOptions{Interval: time.Millisecond} // leave it empty: 2 seconds
	for poll := range client.Payments.Poll(waiting, inquiry, options) {
		if poll.Final {
			fmt.Println(poll.Payment.PaymentStatus, poll.Payment.PaymentAmount)
		}
	}
	// Output:
	// session UNvjVWnWPXJA4BgW
	// SUCCESS 42.00 SGD
}
