// Package antomtest runs a simulated gateway of Antom inside a test and provides a client for
// it:
//
//	func TestCheckout(t *testing.T) {
//		gateway := antomtest.Start(t)
//		shop := NewShop(gateway.Client)
//		…
//		gateway.Pay(antomtest.Form{PaymentRequestID: id})
//		gateway.Advance(5 * time.Second) // the payment and its capture are final
//	}
//
// The gateway listens on loopback, so that clients in any language can call it. Every request
// and answer is really signed and verified, and notifications are really sent. The gateway
// stops when the test ends.
//
// # Time
//
// The gateway has its own clock, which moves only when [Gateway.Advance] is called. Everything
// that becomes due in between happens in order, including resends of notifications within 24
// hours, and is finished when Advance returns.
//
// # Faults
//
// [Gateway.Fault] injects faults into the calls that you name: answer late, lose an answer,
// sign badly, notify twice. The same calls always get the same faults. The gateway's own checks
// come first: no fault makes it accept a call of an unknown client or with an invalid
// signature.
//
// The gateway behaves as Antom documents. If Antom's pages do not say how, it does what its
// authors consider likely.
package antomtest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Gateway is a running simulated gateway. Its methods end the test with t.Fatal if they fail;
// call them from the test's own goroutine.
type Gateway struct {
	// Client is configured for the gateway's merchant, and verifies its answers.
	Client *antom.Client
	// URL is the gateway's URL without a trailing slash; see [antom.WithGatewayURL].
	URL string
	// ClientID is the client id of the gateway's merchant, which belongs to the sandbox.
	ClientID string
	// MerchantKey is the key that the merchant signs with.
	MerchantKey *sign.PrivateKey
	// AntomKey verifies the gateway's answers and notifications.
	AntomKey *sign.PublicKey
	// CACertFile is the PEM file of the certificate that clients must trust, if the gateway was
	// started with [WithTLS].
	CACertFile string

	t        testing.TB
	emulator *emulator.Emulator
	server   *emulator.Server
}

// Option configures a gateway.
type Option func(*settings)

type settings struct {
	notifyURL string
	hold      bool
	secure    bool
	sandbox   bool
}

// WithNotifyURL sets the URL for notifications of sessions without their own URL.
func WithNotifyURL(url string) Option { return func(s *settings) { s.notifyURL = url } }

// WithoutNotifications keeps all notifications from being sent.
func WithoutNotifications() Option { return func(s *settings) { s.hold = true } }

// WithoutResend sends a notification once, acknowledged or not, as Antom's sandbox does. By
// default unacknowledged ones are sent up to eight times within 24 hours, as Antom documents
// for production.
func WithoutResend() Option { return func(s *settings) { s.sandbox = true } }

// WithTLS serves https with a certificate for localhost, 127.0.0.1 and ::1, which
// [Gateway.Client] trusts.
func WithTLS() Option { return func(s *settings) { s.secure = true } }

// keyPair are the keys of all gateways in the process: generating them takes longer than most
// tests.
var keyPair = sync.OnceValues(func() ([2]*sign.PrivateKey, error) {
	antomKey, err := sign.GenerateKey()
	if err != nil {
		return [2]*sign.PrivateKey{}, err
	}
	merchantKey, err := sign.GenerateKey()
	return [2]*sign.PrivateKey{antomKey, merchantKey}, err
})

// Start starts a gateway that stops when the test ends. Each gateway has its own state.
func Start(t testing.TB, options ...Option) *Gateway {
	t.Helper()
	var s settings
	for _, option := range options {
		option(&s)
	}
	g, err := start(t, s)
	if err != nil {
		t.Fatalf("antomtest: %s", err)
	}
	return g
}

func start(t testing.TB, s settings) (*Gateway, error) {
	dir := filepath.Join(t.TempDir(), "antom")
	if err := writeKeys(dir); err != nil {
		return nil, err
	}
	resend := emulator.ResendProduction
	if s.sandbox {
		resend = emulator.ResendSandbox
	}
	gateway, err := emulator.OpenToServe(dir, emulator.Options{NotifyURL: s.notifyURL, Resend: resend})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = gateway.Close() }) // the test removes the folder
	if _, _, err := gateway.AdvanceClock(t.Context(), 0); err != nil {
		return nil, err
	}
	serving := emulator.ServeOptions{Hold: s.hold}
	if s.secure {
		if serving.TLS, err = gateway.ServerTLS(); err != nil {
			return nil, err
		}
		serving.CACertFile = gateway.CACertFile()
	}
	server, err := gateway.NewServer(serving)
	if err != nil {
		return nil, err
	}
	g := &Gateway{t: t, emulator: gateway, server: server, CACertFile: serving.CACertFile}
	return g, g.listen()
}

func writeKeys(dir string) error {
	pair, err := keyPair()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, emulator.AntomKeyFile), pair[0].PEM(), 0o600),
		os.WriteFile(filepath.Join(dir, emulator.MerchantKeyFile), pair[1].PEM(), 0o600),
	)
}

// listen serves until the test ends.
func (g *Gateway) listen() error {
	listener, err := (&net.ListenConfig{}).Listen(g.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address, err := g.server.Publish(listener)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(g.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- g.server.Serve(ctx, listener) }()
	g.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			g.t.Errorf("antomtest: %s", err)
		}
		g.server.Close()
	})
	facts := g.emulator.Profile()
	g.URL, g.ClientID, g.MerchantKey, g.AntomKey = address.URL, facts.ClientID, facts.MerchantKey, facts.AntomKey
	transport, err := g.server.ClientTransport()
	if err != nil {
		return err
	}
	g.t.Cleanup(transport.CloseIdleConnections)
	g.Client, err = antom.NewClient(g.ClientID, g.MerchantKey, g.AntomKey, antom.WithGatewayURL(g.URL), antom.WithTransport(transport))
	return err
}

// Form is what the buyer enters. Only PaymentRequestID is required; the defaults are those of
// Antom's first test card, which succeeds.
type Form struct {
	PaymentRequestID string
	Card             string        // number; Antom's test cards determine the result
	Expiry           string        // MM/YY
	CVV              string        // digits
	Processing       time.Duration // how long the payment stays PROCESSING; 3 s if 0
	Outcome          string        // the payment result code, instead of the card's
}

// Pay submits the card form of a session as the buyer would, and returns the paymentId. The
// payment is PROCESSING until the clock is advanced.
func (g *Gateway) Pay(form Form) string {
	g.t.Helper()
	request := emulator.PayRequest{
		PaymentRequestID: form.PaymentRequestID, Card: form.Card, Expiry: form.Expiry, CVV: form.CVV, Processing: form.Processing, Outcome: form.Outcome,
	}
	if request.Processing == 0 {
		request.Processing = emulator.DefaultProcessing
	}
	paid, err := g.emulator.Pay(g.t.Context(), request)
	g.check("pay", err)
	g.check("pay", g.server.Settle(g.t.Context()))
	return paid.PaymentID
}

// Now returns the time of the gateway's clock.
func (g *Gateway) Now() time.Time {
	g.t.Helper()
	now, err := g.emulator.Time(g.t.Context())
	g.check("read the clock", err)
	return now
}

// Advance moves the gateway's clock. Everything that becomes due in between happens at its own
// time, and is finished when Advance returns: notifications have been sent, and sent again if
// they were not acknowledged.
func (g *Gateway) Advance(d time.Duration) {
	g.t.Helper()
	g.check("advance the clock", g.server.AdvanceClock(g.t.Context(), d))
}

// Fault adds a fault, written OPERATION[:OCCURRENCE]=KIND[:ARGUMENT]:
//
//	inquiryPayment:2=latency:500ms
//	capture:1=lost-answer
//	inquiryPayment=answer-of-another
//	notifyPayment=twice
//
// The operation is one of Antom's, * for any, or notifyPayment, notifyCapture, notifyRefund.
// The occurrence is a number from 1, a range (2-4) or open (3+), counted from now on; without
// it the fault applies to every call. The kinds and their arguments are listed by antom
// emulator fault kinds and in docs/emulator.md. An invalid fault ends the test.
func (g *Gateway) Fault(fault string) {
	g.t.Helper()
	parsed, err := emulator.ParseFault(fault)
	g.check("fault", err)
	_, err = g.server.AddFault(parsed)
	g.check("fault", err)
}

// ClearFaults removes all faults.
func (g *Gateway) ClearFaults() { g.server.ClearFaults() }

// Delivery is an attempt to notify the merchant, and its result.
type Delivery struct {
	NotifyType   antom.NotifyType
	Time         time.Time // of the gateway's clock
	HTTPStatus   int       // 0 if there was no answer
	Acknowledged bool
	Verdict      string // why it was not acknowledged
}

// Deliveries returns the attempts so far to notify the merchant about a payment, in order.
func (g *Gateway) Deliveries(paymentRequestID string) []Delivery {
	g.t.Helper()
	details, err := g.emulator.Show(g.t.Context(), paymentRequestID)
	g.check("deliveries", err)
	var list []Delivery
	for _, n := range details.Notifications {
		for _, a := range n.Attempts {
			list = append(list, Delivery{NotifyType: n.Type, Time: a.Time, HTTPStatus: a.HTTPStatus, Acknowledged: a.Acknowledged, Verdict: a.Verdict})
		}
	}
	return byTime(list)
}

func (g *Gateway) check(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("antomtest: %s: %s", what, err)
	}
}

func byTime(list []Delivery) []Delivery {
	slices.SortStableFunc(list, func(a, b Delivery) int { return a.Time.Compare(b.Time) })
	return list
}
