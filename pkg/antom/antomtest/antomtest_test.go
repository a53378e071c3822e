package antomtest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/antom/antomtest"
	"github.com/antom-cli/antom/pkg/sign"
)

// session is what a shop would send for an order.
func session(id, notifyURL string) *antom.SessionRequest {
	amount := antom.Amount{Currency: "SGD", Value: 4200}
	return &antom.SessionRequest{
		ProductCode: antom.ProductCashierPayment, PaymentRequestID: id, PaymentAmount: amount,
		Order:              &antom.Order{ReferenceOrderID: id, OrderDescription: "a pair of shoes", OrderAmount: amount, Buyer: &antom.Buyer{ReferenceBuyerID: "buyer"}},
		PaymentMethod:      &antom.PaymentMethod{PaymentMethodType: "CARD"},
		PaymentFactor:      &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true))},
		PaymentRedirectURL: "https://shop.example/paid", PaymentNotifyURL: notifyURL,
		SettlementStrategy: &antom.SettlementStrategy{SettlementCurrency: "SGD"},
	}
}

// create creates a session, as the shop under test would.
func create(t *testing.T, g *antomtest.Gateway, id, notifyURL string) {
	t.Helper()
	if _, _, err := g.Client.Sessions.Create(t.Context(), session(id, notifyURL)); err != nil {
		t.Fatal(err)
	}
}

// TestStart takes a payment through its life on the gateway's own clock.
func TestStart(t *testing.T) {
	t.Parallel()
	gateway := antomtest.Start(t, antomtest.WithoutNotifications())
	create(t, gateway, "order-1", "")
	paymentID := gateway.Pay(antomtest.Form{PaymentRequestID: "order-1"})
	var states []antom.PaymentStatus
	for _, step := range [...]time.Duration{0, 3 * time.Second} {
		gateway.Advance(step)
		payment, _, err := gateway.Client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
		if err != nil || payment.PaymentID != paymentID {
			t.Fatalf("%+v, %v", payment, err)
		}
		states = append(states, payment.PaymentStatus)
	}
	if diff := cmp.Diff([]antom.PaymentStatus{antom.PaymentProcessing, antom.PaymentSuccess}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	before := gateway.Now()
	gateway.Advance(24 * time.Hour)
	if got := gateway.Now().Sub(before); got != 24*time.Hour {
		t.Errorf("the clock moved by %s", got)
	}
}

// TestStart_notifies uses a shop that refuses the first notification.
func TestStart_notifies(t *testing.T) {
	t.Parallel()
	var gateway *antomtest.Gateway
	var calls atomic.Int64
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := antom.VerifyRequest(r, gateway.AntomKey); err != nil {
			t.Error(err)
		}
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if err := antom.Acknowledge(w); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(shop.Close)
	gateway = antomtest.Start(t, antomtest.WithNotifyURL(shop.URL))
	create(t, gateway, "order-1", "")
	gateway.Pay(antomtest.Form{PaymentRequestID: "order-1", Outcome: "DO_NOT_HONOR"})
	gateway.Advance(5 * time.Minute)
	list := gateway.Deliveries("order-1")
	if len(list) != 2 || list[0].Acknowledged || !list[1].Acknowledged || list[1].Time.Sub(list[0].Time) != 2*time.Minute {
		t.Errorf("deliveries: %+v", list)
	}
}

func TestStart_faultsAndTLS(t *testing.T) {
	t.Parallel()
	gateway := antomtest.Start(t, antomtest.WithTLS(), antomtest.WithoutNotifications(), antomtest.WithoutResend())
	gateway.Fault("createPaymentSession:1=lost-answer")
	if _, _, err := gateway.Client.Sessions.Create(t.Context(), session("order-1", "")); err == nil {
		t.Error("the fault struck nothing")
	}
	gateway.ClearFaults()
	create(t, gateway, "order-1", "")
	gateway.Fault("inquiryPayment:1=answer-of-another")
	gateway.Fault("inquiryPayment:2=stale-time:1h")
	gateway.Pay(antomtest.Form{PaymentRequestID: "order-1"})
	inquiry := antom.Inquiry{PaymentRequestID: "order-1"}
	_, _, err := gateway.Client.Payments.Inquire(t.Context(), inquiry)
	if _, ok := errors.AsType[*antom.BindingError](err); !ok {
		t.Errorf("an answer about another payment: %v", err)
	}
	_, response, err := gateway.Client.Payments.Inquire(t.Context(), inquiry)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := sign.ParseTime(response.Time); err != nil || time.Since(at) < 30*time.Minute {
		t.Errorf("the stale answer was signed at %s", response.Time)
	}
	if gateway.CACertFile == "" || gateway.URL[:8] != "https://" {
		t.Errorf("%s, %s", gateway.URL, gateway.CACertFile)
	}
}
