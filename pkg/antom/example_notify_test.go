package antom_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// notifyHandler receives Antom's notifications.
type notifyHandler struct {
	clientID string
	antomKey *sign.PublicKey // Antom's, not your own
	// store stores a notification. It must be idempotent: Antom sends a notification again
	// until it is acknowledged.
	store func(context.Context, *antom.Notification) error
}

// ServeHTTP acknowledges a notification only after it was verified and stored. After any other
// answer Antom sends it again.
func (h *notifyHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := antom.VerifyRequest(r, h.antomKey, antom.WithClientID(h.clientID), antom.WithBodyLimit(64<<10))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := h.store(r.Context(), n); err != nil {
		http.Error(w, "not stored", http.StatusInternalServerError)
		return
	}
	if err := antom.Acknowledge(w); err != nil {
		return // the connection is gone: Antom sends the notification again
	}
}

// An http.Handler for the notify URL: body limit, verification, storing and the acknowledgement
// that Antom expects. The second half plays Antom's part.
func ExampleVerifyRequest() {
	text, err := os.ReadFile("testdata/antom.pub.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	antomKey, err := sign.ParsePublicKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := &notifyHandler{
		clientID: "SANDBOX_5X00000000000000",
		antomKey: antomKey,
		store: func(_ context.Context, n *antom.Notification) error {
			switch {
			case n.Payment != nil:
				fmt.Println("stored", n.Type, n.Payment.PaymentRequestID, n.Payment.PaymentAmount, n.Payment.Result.ResultStatus)
			case n.Capture != nil:
				return errors.New("the disk is full")
			}
			return nil
		},
	}
	mux := http.NewServeMux()
	mux.Handle("POST /antom/notify", handler)
	server := httptest.NewServer(mux)
	defer server.Close()

	const (
		payment = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"paymentRequestId":"order-1001","paymentId":"1","paymentAmount":{"currency":"SGD","value":"4200"}}`
		capture = `{"notifyType":"CAPTURE_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"captureRequestId":"c1","captureId":"1","paymentId":"1","captureAmount":{"currency":"SGD","value":"4200"}}`
	)
	send := func(signed, sent string) {
		answer, err := sendAsAntom(server.URL+"/antom/notify", signed, sent)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(answer)
	}
	send(payment, payment)
	send(payment, strings.Replace(payment, "4200", "1", 1)) // tampered with
	send(capture, capture)
	send(strings.Repeat(" ", 100<<10), strings.Repeat(" ", 100<<10))
	// Output:
	// stored PAYMENT_RESULT order-1001 42.00 SGD S
	// 200 {"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}
	// 400 verify the notification: the signature does not match
	// 500 not stored
	// 413 too large
}

// sendAsAntom signs one body, sends another, and returns the answer.
func sendAsAntom(endpoint, signed, sent string) (string, error) {
	text, err := os.ReadFile("testdata/antom.pkcs8.pem")
	if err != nil {
		return "", err
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return "", err
	}
	r, err := antom.NewNotificationRequest(context.Background(), endpoint, "SANDBOX_5X00000000000000", key, []byte(signed))
	if err != nil {
		return "", err
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(sent)), int64(len(sent))
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return fmt.Sprintf("%d %s", answer.StatusCode, strings.TrimSpace(string(body))), err
}
