package sign_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/antom-cli/antom/pkg/sign"
)

// A merchant signs a request, and the other side verifies it.
func Example() {
	text, err := os.ReadFile("testdata/merchant.pkcs8.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	message := sign.Message{
		Method:   "POST",
		Target:   "/ams/sandbox/api/v1/payments/inquiryPayment",
		ClientID: "SANDBOX_5X00000000000000",
		Time:     "1795503600000",
		Body:     []byte(`{"paymentRequestId":"order-1001"}`),
	}
	header, err := key.Sign(message, 1)
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = key.Public().Verify(message, header)
	fmt.Println("as sent:", err)
	message.Body = []byte(`{"paymentRequestId":"order-1002"}`)
	_, err = key.Public().Verify(message, header)
	fmt.Println("tampered:", err)
	// Output:
	// as sent: <nil>
	// tampered: the signature does not match
}

func ExamplePrivateKey_Sign() {
	text, err := os.ReadFile("testdata/merchant.pkcs8.b64")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	header, err := key.Sign(sign.Message{
		Method:   "POST",
		Target:   "/ams/api/v1/payments/inquiryPayment",
		ClientID: "5YEL6Y2ZT0GX00000",
		Time:     "1795503600000",
		Body:     []byte(`{"paymentRequestId":"order-1001"}`),
	}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(header[:66] + "…") // 344 characters of base64, or more: some are percent-encoded
	// Output:
	// algorithm=RSA256,keyVersion=1,signature=vQd3SLBN0oL7UOHhThrBTmWp3p…
}

// The error says what is wrong and how to fix it.
func ExamplePublicKey_Verify() {
	text, err := os.ReadFile("testdata/antom.pub.b64")
	if err != nil {
		fmt.Println(err)
		return
	}
	antomKey, err := sign.ParsePublicKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	notification := sign.Message{
		Method:   "POST",
		Target:   "/antom/notify",
		ClientID: "SANDBOX_5X00000000000000",
		Time:     "2026-11-24T09:00:00Z",
		Body:     []byte(`{"notifyType":"PAYMENT_RESULT"}`),
	}
	_, err = antomKey.Verify(notification, "algorithm=RSA256,keyVersion=1,signature=YQ%3D%3D")

	if refused, ok := errors.AsType[*sign.Error](err); ok {
		fmt.Println("reason:", refused.Reason)
		fmt.Println("error: ", refused)
		fmt.Println("hint:  ", refused.Hint())
	}
	fmt.Println("mismatch:", errors.Is(err, &sign.Error{Reason: sign.Mismatch}))
	// Output:
	// reason: mismatch
	// error:  the signature does not match
	// hint:   check the public key (test or live, Antom's and not your own), the path with its query, and that the body is the raw bytes
	// mismatch: true
}

// Printing a key shows only its fingerprint.
func ExampleParsePrivateKey() {
	text, err := os.ReadFile("testdata/merchant.pkcs8.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key)

	_, err = sign.ParsePrivateKey([]byte("YOUR_PRIVATE_KEY"))
	if refused, ok := errors.AsType[*sign.KeyError](err); ok {
		fmt.Println("error:", refused)
		fmt.Println("hint: ", refused.Hint())
	}
	// Output:
	// private key RSA 2048 SHA256:MPuO0Ncj8NjCRl8JkBOSyXmOamJl0gQnx7vd/MYysd0
	// error: this is not a key: it holds neither PEM nor base64 of a key
	// hint:  a key is a PEM file or one line of base64 (PKCS#8 or PKCS#1 private, SPKI public)
}

// A key in PEM and as one line from the Dashboard is the same key.
func ExampleParsePublicKey() {
	for _, name := range []string{"testdata/antom.pub.pem", "testdata/antom.pub.b64"} {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		key, err := sign.ParsePublicKey(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(key)
	}

	private, err := os.ReadFile("testdata/merchant.pkcs8.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = sign.ParsePublicKey(private)
	fmt.Println(err)
	// Output:
	// RSA 2048 SHA256:x5ubGTwsDazQfwZrXtDQv6wrTw6zYKo3TAdugeuqbYM
	// RSA 2048 SHA256:x5ubGTwsDazQfwZrXtDQv6wrTw6zYKo3TAdugeuqbYM
	// this is a private key where a public key belongs
}

func ExampleParseHeader() {
	header, err := sign.ParseHeader(`Signature="fn5+Pz4+", keyVersion=2, algorithm=RSA256`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(header.Algorithm, header.KeyVersion, len(header.Signature))
	fmt.Println(header) // as official SDKs write it

	_, err = sign.ParseHeader("algorithm=RSA256,keyVersion=1,signature=fn5 Pz4 ")
	fmt.Println(err)
	// Output:
	// RSA256 2 6
	// algorithm=RSA256,keyVersion=2,signature=fn5%2BPz4%2B
	// the signature header is malformed: its signature has blanks instead of plus signs: something decoded it as a form
}
