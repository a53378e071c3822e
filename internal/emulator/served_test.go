package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// testKeys are the keys of every served emulator in these tests: making them
// takes longer than the tests.
var testKeys = sync.OnceValues(func() ([2][]byte, error) {
	a, err := sign.GenerateKey()
	if err != nil {
		return [2][]byte{}, err
	}
	m, err := sign.GenerateKey()
	if err != nil {
		return [2][]byte{}, err
	}
	return [2][]byte{a.PEM(), m.PEM()}, nil
})

// stateFolder is a state folder that has its keys.
func stateFolder(t testing.TB) string {
	t.Helper()
	pair, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, name := range [...]string{emulator.AntomKeyFile, emulator.MerchantKeyFile} {
		if err := os.WriteFile(filepath.Join(dir, name), pair[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// served is an emulator behind a real socket.
type served struct {
	t       testing.TB
	dir     string
	gateway *emulator.Emulator
	server  *emulator.Server
	address emulator.Address
	client  *antom.Client
	facts   emulator.Profile

	mu      sync.Mutex
	records []emulator.Record
}

// serveIt serves an emulator until the test ends.
func serveIt(t testing.TB, options emulator.ServeOptions, open emulator.Options) *served {
	t.Helper()
	return serveIn(t, stateFolder(t), options, open)
}

func serveIn(t testing.TB, dir string, options emulator.ServeOptions, open emulator.Options) *served {
	t.Helper()
	s := &served{t: t, dir: dir}
	var err error
	if s.gateway, err = emulator.OpenToServe(s.dir, open); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIt(t, s.gateway) })
	if options.Observe == nil {
		options.Observe = s.observe
	}
	if s.server, err = s.gateway.NewServer(options); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.address, err = s.server.Publish(listener); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.server.Close()
	})
	s.facts = s.gateway.Profile()
	transport, err := s.server.ClientTransport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	transport.MaxIdleConnsPerHost = 64
	s.client = s.newClient(antom.WithTransport(transport))
	return s
}

func closeIt(t testing.TB, gateway *emulator.Emulator) {
	t.Helper()
	if err := gateway.Close(); err != nil {
		t.Error(err)
	}
}

func (s *served) newClient(options ...antom.Option) *antom.Client {
	s.t.Helper()
	client, err := antom.NewClient(s.facts.ClientID, s.facts.MerchantKey, s.facts.AntomKey, append(options, antom.WithGatewayURL(s.address.URL))...)
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

func (s *served) observe(r emulator.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
}

// deliveries are the observed deliveries so far.
func (s *served) deliveries() []emulator.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []emulator.Record
	for _, r := range s.records {
		if r.Type == "delivery" {
			list = append(list, r)
		}
	}
	return list
}

// sessionBody is a session request that the gateway takes.
func sessionBody(id, notifyURL string, factor string) []byte {
	return fmt.Appendf(nil, `{"productCode":"CASHIER_PAYMENT","paymentRequestId":%q,"order":{"referenceOrderId":%q,"orderDescription":"test order",
"orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"buyer"}},"paymentAmount":{"currency":"SGD","value":"4200"},
"paymentMethod":{"paymentMethodType":"CARD"},"paymentFactor":%s,"settlementStrategy":{"settlementCurrency":"SGD"},
"paymentRedirectUrl":"http://127.0.0.1:4242/paid","paymentNotifyUrl":%q}`, id, id, factor, notifyURL)
}

const (
	automatic = `{"isAuthorization":true}`
	manual    = `{"isAuthorization":true,"captureMode":"MANUAL"}`
)

// create makes a session.
func (s *served) create(id, notifyURL, factor string) {
	s.t.Helper()
	if _, err := s.client.Do(s.t.Context(), antom.CreatePaymentSession, sessionBody(id, notifyURL, factor)); err != nil {
		s.t.Fatal(err)
	}
}

// pay pays a session and returns the paymentId.
func (s *served) pay(id string) string {
	s.t.Helper()
	paid, err := s.gateway.Pay(s.t.Context(), emulator.PayRequest{PaymentRequestID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	s.settle()
	return paid.PaymentID
}

// paid makes a session and pays it.
func (s *served) paid(id, notifyURL, factor string) (paymentID string) {
	s.t.Helper()
	s.create(id, notifyURL, factor)
	return s.pay(id)
}

func (s *served) advance(d time.Duration) {
	s.t.Helper()
	if err := s.server.AdvanceClock(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) settle() {
	s.t.Helper()
	if err := s.server.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) fault(text string) {
	s.t.Helper()
	f, err := emulator.ParseFault(text)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.server.AddFault(f); err != nil {
		s.t.Fatal(err)
	}
}

func inquiry(id string) []byte { return fmt.Appendf(nil, `{"paymentRequestId":%q}`, id) }

// shopEndpoint is a merchant's notification endpoint that keeps what it gets.
type shopEndpoint struct {
	*httptest.Server
	mu       sync.Mutex
	got      []heard
	antomKey *sign.PublicKey
	tap      func(r *http.Request, body []byte) // sees all that comes; may be nil
}

// heard is a notification that came, and whether it verified.
type heard struct {
	kind     string
	clientID string
	err      error
}

// openShop starts an endpoint; answer is what it says to a notification.
func openShop(t testing.TB, answer http.HandlerFunc) *shopEndpoint {
	t.Helper()
	shop := &shopEndpoint{}
	shop.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var head struct{ NotifyType string }
		if err := json.Unmarshal(body, &head); err != nil {
			t.Error(err)
		}
		_, err = shop.antomKey.Verify(sign.Message{
			Method: r.Method, Target: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: body,
		}, r.Header.Get("Signature"))
		shop.mu.Lock()
		if shop.tap != nil {
			shop.tap(r, body)
		}
		shop.got = append(shop.got, heard{head.NotifyType, r.Header.Get("Client-Id"), err})
		shop.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(shop.Close)
	return shop
}

func (s *shopEndpoint) kinds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kinds []string
	for _, h := range s.got {
		kinds = append(kinds, h.kind)
	}
	return kinds
}

// acknowledge answers as Antom wants it.
func acknowledge(w http.ResponseWriter, _ *http.Request) { _ = antom.Acknowledge(w) }

// serveWithShop serves an emulator whose clock stands still, and an endpoint
// that knows its key.
func serveWithShop(t testing.TB, answer http.HandlerFunc, open emulator.Options) (*served, *shopEndpoint) {
	t.Helper()
	s := serveIt(t, emulator.ServeOptions{}, open)
	shop := openShop(t, answer)
	shop.antomKey = s.facts.AntomKey
	if _, _, err := s.gateway.AdvanceClock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	return s, shop
}
