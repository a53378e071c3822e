package emulator_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// TestMerchants lets a merchant call with a client id and a key of its own; its
// notifications name that client.
func TestMerchants(t *testing.T) {
	t.Parallel()
	const id = "SANDBOX_5YOWNMERCHANT001"
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.Open(folder(t), emulator.Options{Merchants: []emulator.Merchant{{ClientID: id, Key: key.Public()}}})
	if err != nil {
		t.Fatal(err)
	}
	facts := e.Profile()
	client, err := antom.NewClient(id, key, facts.AntomKey, antom.WithGatewayURL(facts.GatewayURL), antom.WithTransport(e.RoundTripper()))
	if err != nil {
		t.Fatal(err)
	}
	takePayment(t, e, client, "order-1")
	requests, err := e.Notifications(t.Context(), "order-1")
	if err != nil || len(requests) == 0 || requests[0].Header.Get("Client-Id") != id {
		t.Errorf("notifications %v, %v; want the client id %s", requests, err, id)
	}
	stranger, err := antom.NewClient(id, facts.MerchantKey, facts.AntomKey, antom.WithGatewayURL(facts.GatewayURL), antom.WithTransport(e.RoundTripper()))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = stranger.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
	if refused, is := errors.AsType[*antom.ResultError](err); !is || refused.Result.ResultCode != "INVALID_SIGNATURE" {
		t.Errorf("another key: %v, want INVALID_SIGNATURE", err)
	}
}

// TestSignInvalidSignature signs what the real gateway leaves unsigned, if asked
// to.
func TestSignInvalidSignature(t *testing.T) {
	t.Parallel()
	for _, asked := range []bool{false, true} {
		e, err := emulator.Open(folder(t), emulator.Options{SignInvalidSignature: asked})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/ams/api/v1/payments/inquiryPayment", strings.NewReader("{}"))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Client-Id": {e.Profile().ClientID}, "Request-Time": {"1767258000000"}, "Signature": {"none"}}
		answer, err := e.RoundTripper().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if signed := answer.Header.Get("Signature") != ""; signed != asked || signed != (answer.Header.Get("Response-Time") != "") {
			t.Errorf("signed: %v, want %v", signed, asked)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestClockLimits keeps the clock within the years that messages can write.
func TestClockLimits(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	for _, year := range []int{1, 1969, 9001, 12026} {
		_, _, err := p.e.SetClock(t.Context(), time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		if _, is := errors.AsType[*emulator.Refusal](err); !is {
			t.Errorf("year %d: %v", year, err)
		}
	}
	if _, _, err := p.e.AdvanceClock(t.Context(), -time.Second); err == nil {
		t.Error("the clock went back")
	}
}

// TestRemarks logs what it only remarks on.
func TestRemarks(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	p := newPlay(t, emulator.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	prepare(t, p, "session productScene=SOMETHING_NEW", "raw path=/ams/api/v1/payments/inquiryPayment")
	for _, want := range []string{"field=productScene", "path=/ams/api/v1/payments/inquiryPayment sandbox_path=/ams/sandbox/api/v1/payments/inquiryPayment"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %q, want %q in it", log.String(), want)
		}
	}
}
