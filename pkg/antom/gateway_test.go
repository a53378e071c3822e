package antom_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

const (
	testClientID = "SANDBOX_5X00000000000000"
	liveClientID = "5YEL6Y2ZT0GX00000"

	// basePath precedes every path of the test gateway, so that a client that loses the base
	// path of its gateway URL gets an error.
	basePath = "/base"

	createPath  = "/ams/sandbox/api/v1/payments/createPaymentSession"
	inquirePath = "/ams/sandbox/api/v1/payments/inquiryPayment"

	paidBody = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success"},"paymentStatus":"SUCCESS","paymentRequestId":"order-1001","paymentId":"2026112419","paymentAmount":{"currency":"SGD","value":"4200"}}`
)

func privateKey(tb testing.TB, name string) *sign.PrivateKey {
	tb.Helper()
	return testkit.PrivateKey(tb, name)
}

func readFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// gateway is a real server that verifies and signs as Antom's does. Tests register their
// answers in its mux by path, without the base path.
type gateway struct {
	*http.ServeMux
	t      *testing.T
	server *httptest.Server
	key    *sign.PrivateKey // Antom's
}

// setup returns a gateway and a client for it. A request outside the base path or with an
// invalid signature fails the test.
func setup(t *testing.T, opts ...antom.Option) (*antom.Client, *gateway) {
	t.Helper()
	g := newGateway(t)
	return g.client(t, testClientID, "", opts...), g
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{ServeMux: http.NewServeMux(), t: t, key: privateKey(t, "antom")}
	outer := http.NewServeMux()
	outer.Handle(basePath+"/", http.StripPrefix(basePath, g))
	outer.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s is outside of %s", r.Method, r.RequestURI, basePath)
		http.NotFound(w, r)
	})
	g.server = httptest.NewServer(outer)
	t.Cleanup(g.server.Close)
	return g
}

// client returns a client of the gateway; suffix is appended to its base URL.
func (g *gateway) client(t *testing.T, clientID, suffix string, opts ...antom.Option) *antom.Client {
	t.Helper()
	all := append([]antom.Option{antom.WithGatewayURL(g.server.URL + basePath + suffix)}, opts...)
	client, err := antom.NewClient(clientID, privateKey(t, "merchant"), g.key.Public(), all...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answers verifies each request to path and answers it with body, signed after the edits of the
// headers.
func (g *gateway) answers(path, body string, edits ...func(http.Header)) {
	g.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		g.verify(r)
		g.sign(w, r, body)
		for _, edit := range edits {
			edit(w.Header())
		}
		fmt.Fprint(w, body)
	})
}

// verify reads and checks a request as Antom does, and returns its body.
func (g *gateway) verify(r *http.Request) []byte {
	g.t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Errorf("read the request: %v", err)
	}
	message := sign.Message{
		Method: r.Method, Target: r.RequestURI, ClientID: r.Header.Get("client-id"), Time: r.Header.Get("request-time"), Body: body,
	}
	if _, err := privateKey(g.t, "merchant").Public().Verify(message, r.Header.Get("signature")); err != nil {
		g.t.Errorf("the request to %s: %v", r.RequestURI, err)
	}
	return body
}

// sign sets the headers of an answer as Antom does, in lower case.
func (g *gateway) sign(w http.ResponseWriter, r *http.Request, body string) {
	g.t.Helper()
	headers, err := signedHeaders(g.key, r, body)
	if err != nil {
		g.t.Error(err)
	}
	maps.Copy(w.Header(), headers)
}

// reply signs and writes an answer.
func (g *gateway) reply(w http.ResponseWriter, r *http.Request, body string) {
	g.t.Helper()
	g.sign(w, r, body)
	fmt.Fprint(w, body)
}

// signedHeaders returns the headers of an answer to r.
func signedHeaders(key *sign.PrivateKey, r *http.Request, body string) (http.Header, error) {
	target := r.RequestURI
	if target == "" { // a request that is being sent
		target = r.URL.RequestURI()
	}
	message := sign.Message{
		Method: r.Method, Target: target, ClientID: r.Header.Get("client-id"), Time: time.Now().Format(time.RFC3339), Body: []byte(body),
	}
	signature, err := key.Sign(message, 1)
	return http.Header{
		"client-id": {message.ClientID}, "response-time": {message.Time}, "signature": {signature},
		"Content-Type": {antom.ContentType},
	}, err
}

// Edits of an answer's headers.

func drop(names ...string) func(http.Header) {
	return func(h http.Header) {
		for _, name := range names {
			delete(h, name)
		}
	}
}

func replace(name, value string) func(http.Header) {
	return func(h http.Header) { h[name] = []string{value} }
}

// lowerCase returns the value of a header written in lower case, as Antom does, not in the form
// of net/http.
func lowerCase(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// unsigned makes an answer of Antom to an unknown client.
func unsigned(h http.Header) { drop("signature", "response-time", "client-id")(h) }

// inquire inquires about the payment used in the tests.
func inquire(t *testing.T, client *antom.Client) (*antom.Payment, *antom.Response, error) {
	t.Helper()
	return client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1001"})
}

// result is the body of an answer that contains nothing else.
func result(status, code, message string) string {
	text, err := json.Marshal(map[string]any{"result": map[string]string{"resultStatus": status, "resultCode": code, "resultMessage": message}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

type roundTrip = testkit.RoundTrip

// respond returns a complete HTTP answer without a network.
func respond(r *http.Request, header http.Header, body string) *http.Response {
	canonical := make(http.Header)
	for name, values := range header {
		canonical[http.CanonicalHeaderKey(name)] = values
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: canonical,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
