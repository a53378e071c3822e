package antomtest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/antom/antomtest"
)

func sgd(value int64) antom.Amount { return antom.Amount{Currency: "SGD", Value: value} }

// manual is a session with manual capture.
func manual(id string) *antom.SessionRequest {
	s := session(id, "")
	s.PaymentFactor.CaptureMode = antom.CaptureManual
	return s
}

// paid creates a payment that has succeeded.
func paid(t *testing.T, g *antomtest.Gateway, s *antom.SessionRequest) (paymentID string) {
	t.Helper()
	if _, _, err := g.Client.Sessions.Create(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	paymentID = g.Pay(antomtest.Form{PaymentRequestID: s.PaymentRequestID})
	g.Advance(10 * time.Second)
	return paymentID
}

// TestCaptures captures a payment in two parts, and never more than its amount.
func TestCaptures(t *testing.T) {
	t.Parallel()
	g := antomtest.Start(t, antomtest.WithoutNotifications())
	id := paid(t, g, manual("order-1"))
	first := antom.CaptureRequest{CaptureRequestID: "c-1", PaymentID: id, CaptureAmount: sgd(1200)}
	done, response, err := g.Client.Captures.Create(t.Context(), first)
	if err != nil || done.CaptureRequestID != "c-1" || done.CaptureAmount != sgd(1200) || !response.Signed {
		t.Fatalf("%+v, %v", done, err)
	}
	again, _, err := g.Client.Captures.Create(t.Context(), first)
	if err != nil || again.CaptureID != done.CaptureID {
		t.Errorf("the same id again: %+v, %v; want capture %s", again, err, done.CaptureID)
	}
	_, _, err = g.Client.Captures.Create(t.Context(), antom.CaptureRequest{CaptureRequestID: "c-2", PaymentID: id, CaptureAmount: sgd(3001)})
	wantCode(t, err, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT")
	if _, _, err := g.Client.Captures.Create(t.Context(), antom.CaptureRequest{CaptureRequestID: "c-3", PaymentID: id, CaptureAmount: sgd(3000)}); err != nil {
		t.Error(err)
	}
}

// TestRefunds refunds a captured payment in parts and inquires about one of the refunds.
func TestRefunds(t *testing.T) {
	t.Parallel()
	g := antomtest.Start(t, antomtest.WithoutNotifications())
	id := paid(t, g, session("order-1", ""))
	done, _, err := g.Client.Refunds.Create(t.Context(), antom.RefundRequest{RefundRequestID: "r-1", PaymentID: id, RefundAmount: sgd(200), RefundReason: "one shoe"})
	if err != nil || done.RefundAmount != sgd(200) || done.RefundID == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	for _, inquiry := range []antom.RefundInquiry{{RefundRequestID: "r-1"}, {RefundID: done.RefundID}} {
		state, _, err := g.Client.Refunds.Inquire(t.Context(), inquiry)
		if err != nil || state.RefundStatus != antom.PaymentSuccess || state.RefundRequestID != "r-1" {
			t.Errorf("%+v: %+v, %v", inquiry, state, err)
		}
	}
	_, _, err = g.Client.Refunds.Create(t.Context(), antom.RefundRequest{RefundRequestID: "r-2", PaymentID: id, RefundAmount: sgd(4001)})
	wantCode(t, err, "REFUND_AMOUNT_EXCEED")
	if _, _, err := g.Client.Refunds.Inquire(t.Context(), antom.RefundInquiry{}); err == nil {
		t.Error("an inquiry about nothing was sent")
	}
}

// TestCancel voids an authorisation; a captured payment is refunded instead.
func TestCancel(t *testing.T) {
	t.Parallel()
	g := antomtest.Start(t, antomtest.WithoutNotifications())
	id := paid(t, g, manual("order-1"))
	done, _, err := g.Client.Payments.Cancel(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
	if err != nil || done.PaymentID != id || done.CancelTime == "" {
		t.Errorf("%+v, %v", done, err)
	}
	payment, _, err := g.Client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentID: id})
	if err != nil || payment.PaymentStatus != antom.PaymentCancelled {
		t.Errorf("%+v, %v", payment, err)
	}
}

// TestCall makes a call that is not in the table, and verifies the answer.
func TestCall(t *testing.T) {
	t.Parallel()
	g := antomtest.Start(t, antomtest.WithoutNotifications())
	paid(t, g, session("order-1", ""))
	response, err := g.Client.Call(t.Context(), antom.InquiryPayment.Endpoint(), []byte(`{"paymentRequestId":"order-1"}`))
	if err != nil || !bytes.Contains(response.Body, []byte(`"paymentStatus":"SUCCESS"`)) {
		t.Errorf("%v", err)
	}
	_, err = g.Client.Call(t.Context(), antom.Endpoint{Operation: "vault", Path: "/ams/api//v1/vaults/vault"}, []byte(`{}`))
	wantCode(t, err, "NO_INTERFACE_DEF")
	if _, err := g.Client.Call(t.Context(), antom.Endpoint{Operation: "vault", Path: "vault"}, nil); err == nil || !strings.Contains(err.Error(), "slash") {
		t.Errorf("%v", err)
	}
}

// cached repeats the first answer of each path, whatever the request: a cache that ignores the
// request.
type cached struct {
	next    http.RoundTripper
	answers map[string]*http.Response
	bodies  map[string][]byte
}

func (c *cached) RoundTrip(r *http.Request) (*http.Response, error) {
	if old, ok := c.answers[r.URL.Path]; ok {
		again := *old
		again.Body = io.NopCloser(bytes.NewReader(c.bodies[r.URL.Path]))
		return &again, nil
	}
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	c.answers[r.URL.Path], c.bodies[r.URL.Path] = response, body
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// TestBinding: for every operation, a genuine answer about one thing is rejected as the answer
// about another.
func TestBinding(t *testing.T) {
	t.Parallel()
	g := antomtest.Start(t, antomtest.WithoutNotifications())
	first, second := paid(t, g, manual("order-1")), paid(t, g, manual("order-2"))
	cache := &cached{antom.SharedTransport(), map[string]*http.Response{}, map[string][]byte{}}
	client, err := antom.NewClient(g.ClientID, g.MerchantKey, g.AntomKey, antom.WithGatewayURL(g.URL), antom.WithTransport(cache))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	calls := map[antom.Operation]func(n, payment string) error{
		antom.InquiryPayment: func(n, _ string) error {
			_, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentRequestID: "order-" + n})
			return err
		},
		antom.Capture: func(n, payment string) error {
			_, _, err := client.Captures.Create(ctx, antom.CaptureRequest{CaptureRequestID: "c-" + n, PaymentID: payment, CaptureAmount: sgd(4200)})
			return err
		},
		antom.Refund: func(n, payment string) error {
			_, _, err := client.Refunds.Create(ctx, antom.RefundRequest{RefundRequestID: "r-" + n, PaymentID: payment, RefundAmount: sgd(100)})
			return err
		},
		antom.InquiryRefund: func(n, _ string) error {
			_, _, err := client.Refunds.Inquire(ctx, antom.RefundInquiry{RefundRequestID: "r-" + n})
			return err
		},
		antom.Cancel: func(n, _ string) error {
			_, err := client.Do(ctx, antom.Cancel, []byte(`{"paymentRequestId":"late-`+n+`"}`))
			return err
		},
	}
	paid(t, g, manual("late-1"))
	for _, op := range []antom.Operation{antom.InquiryPayment, antom.Capture, antom.Refund, antom.InquiryRefund, antom.Cancel} {
		if op == antom.Refund {
			g.Advance(time.Minute) // the capture is final
		}
		if err := calls[op]("1", first); err != nil {
			t.Errorf("%s: %v", op, err)
			continue
		}
		err := calls[op]("2", second)
		unbound, ok := errors.AsType[*antom.BindingError](err)
		if !ok || unbound.Operation != op || !strings.HasSuffix(unbound.Asked, "2") || !strings.HasSuffix(unbound.Got, "1") {
			t.Errorf("%s: %v; want a BindingError that names both", op, err)
		}
		if retry := antom.NewPace(op, antom.PollOptions{}).After(err, false); retry.Again {
			t.Errorf("%s would be asked again", op)
		}
	}
	if _, tabled := calls[antom.CreatePaymentSession]; len(antom.Operations()) != len(calls)+1 || tabled {
		t.Error("an operation is not tested; createPaymentSession alone has an answer that names nothing")
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	refused, ok := errors.AsType[*antom.ResultError](err)
	if !ok || refused.Result.ResultCode != code {
		t.Errorf("%v, want %s", err, code)
	}
}
