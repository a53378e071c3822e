package antom_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

func TestNewClient_refusals(t *testing.T) {
	t.Parallel()
	key, antomKey := privateKey(t, "merchant"), privateKey(t, "antom").Public()
	tests := []struct {
		name     string
		clientID string
		key      *sign.PrivateKey
		antomKey *sign.PublicKey
		option   antom.Option
		says     string
	}{
		{"no client id", "", key, antomKey, nil, "no client id"},
		{"client id with a line break", "SANDBOX_5\r\nX: y", key, antomKey, nil, "printable ASCII"},
		{"client id with a blank", "SANDBOX_5 X", key, antomKey, nil, "without blanks"},
		{"client id that is not ASCII", "商户", key, antomKey, nil, "printable ASCII"},
		{"no key", testClientID, nil, antomKey, nil, "no private key"},
		{"no key of Antom", testClientID, key, nil, nil, "no public key of Antom"},
		{"unknown region", testClientID, key, antomKey, antom.WithRegion("eu"), `region "eu": must be sg (Asia), us (North America) or de (Europe)`},
		{"empty region", testClientID, key, antomKey, antom.WithRegion(""), "must be sg (Asia)"},
		{"no URL", testClientID, key, antomKey, antom.WithGatewayURL(""), "must be an absolute URL"},
		{"host only", testClientID, key, antomKey, antom.WithGatewayURL("open-sea-global.alipay.com"), "must be an absolute URL"},
		{"opaque URL", testClientID, key, antomKey, antom.WithGatewayURL("https:open-sea-global.alipay.com"), "must be an absolute URL"},
		{"path only", testClientID, key, antomKey, antom.WithGatewayURL("/gateway"), "must be an absolute URL"},
		{"no host", testClientID, key, antomKey, antom.WithGatewayURL("https://:443/"), "must be an absolute URL"},
		{"clear text", testClientID, key, antomKey, antom.WithGatewayURL("http://open-sea-global.alipay.com"), "must be https"},
		{"clear text to a name that only begins like this machine", testClientID, key, antomKey, antom.WithGatewayURL("http://127.0.0.1.evil.example"), "must be https"},
		{"other scheme", testClientID, key, antomKey, antom.WithGatewayURL("ftp://localhost"), "must be https"},
		{"broken URL", testClientID, key, antomKey, antom.WithGatewayURL("https://user:hunter2@[::1"), "not a URL"},
		{"user name", testClientID, key, antomKey, antom.WithGatewayURL("https://user:hunter2@gateway.example"), `host "gateway.example": must have no user name`},
		{"fragment", testClientID, key, antomKey, antom.WithGatewayURL("https://gateway.example/#top"), "no fragment"},
		{"no transport", testClientID, key, antomKey, antom.WithTransport(nil), "transport: nil"},
		{"key version 0", testClientID, key, antomKey, antom.WithKeyVersion(0), "key version 0: must be 1 or more"},
		{"key version -1", testClientID, key, antomKey, antom.WithKeyVersion(-1), "must be 1 or more"},
		{"agent token with a line break", testClientID, key, antomKey, antom.WithAgentToken("hunter2\n"), "printable ASCII"},
		{"long agent token", testClientID, key, antomKey, antom.WithAgentToken(strings.Repeat("hunter2", 20)), "has 140 characters, Antom accepts at most 128"},
		{"no logger", testClientID, key, antomKey, antom.WithLogger(nil), "logger: nil"},
		{"no time", testClientID, key, antomKey, antom.WithRequestTimeout(0), "must be more than 0"},
		{"negative time", testClientID, key, antomKey, antom.WithRequestTimeout(-time.Second), "request timeout -1s: must be more than 0"},
		{"no answer allowed", testClientID, key, antomKey, antom.WithMaxResponse(0), "response limit 0: must be 1 or more"},
		{"no user agent", testClientID, key, antomKey, antom.WithUserAgent(""), "user agent"},
		{"user agent with a line break", testClientID, key, antomKey, antom.WithUserAgent("shop\r\nX: y"), "printable ASCII"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var opts []antom.Option
			if test.option != nil {
				opts = append(opts, test.option)
			}
			client, err := antom.NewClient(test.clientID, test.key, test.antomKey, opts...)
			if err == nil || client != nil {
				t.Fatalf("client = %v, error = %v", client, err)
			}
			if !strings.HasPrefix(err.Error(), "antom client: ") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", err, test.says)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestNewClient_takesGoodOptions(t *testing.T) {
	t.Parallel()
	for _, gateway := range []string{
		"https://gateway.example", "https://gateway.example:8443/base/?tenant=a", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:9",
		"http://shop.localhost:80",
	} {
		_, err := antom.NewClient(liveClientID, privateKey(t, "merchant"), privateKey(t, "antom").Public(),
			antom.WithGatewayURL(gateway), antom.WithAgentToken(""), antom.WithAgentToken(strings.Repeat("x", 128)), antom.WithKeyVersion(2),
			antom.WithLogger(slog.New(slog.DiscardHandler)), antom.WithTransport(http.DefaultTransport), antom.WithUserAgent("shop/1.0 (+https://shop.example)"))
		if err != nil {
			t.Errorf("%s: %v", gateway, err)
		}
	}
}

// TestRequest_headers checks that exactly the expected headers are sent.
func TestRequest_headers(t *testing.T) {
	t.Parallel()
	client, g := setup(t, antom.WithAgentToken("token"), antom.WithUserAgent("shop/1.0"), antom.WithKeyVersion(3))
	var got http.Header
	g.HandleFunc("POST "+inquirePath, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		g.verify(r)
		g.reply(w, r, paidBody)
	})
	before := time.Now().UnixMilli()
	if _, _, err := inquire(t, client); err != nil {
		t.Fatal(err)
	}
	millis, err := strconv.ParseInt(got.Get("request-time"), 10, 64)
	if err != nil || millis < before || millis > time.Now().UnixMilli() {
		t.Errorf("request-time = %q, want the milliseconds of now", got.Get("request-time"))
	}
	if signature := got.Get("signature"); !strings.HasPrefix(signature, "algorithm=RSA256,keyVersion=3,signature=") {
		t.Errorf("signature = %q", signature)
	}
	got.Del("request-time")
	got.Del("signature")
	want := http.Header{
		"Client-Id": {testClientID}, "Content-Type": {"application/json; charset=UTF-8"}, "Agent-Token": {"token"}, "User-Agent": {"shop/1.0"},
		"Accept-Encoding": {"gzip"}, "Content-Length": {"33"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRequest_noAgentToken(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	request, err := client.NewRequest(t.Context(), antom.InquiryPayment.Endpoint(), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if values, sent := request.Header["Agent-Token"]; sent {
		t.Errorf("agent-token = %q, want none", values)
	}
}

// TestRequest_target checks the URL of every operation: the sandbox path only for sandbox
// clients, with the base path and query of the gateway. The gateway checks that the sent target
// is the signed one.
func TestRequest_target(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	tests := []struct {
		name, clientID, suffix string
		want                   string // before and after the operation
	}{
		{"sandbox", testClientID, "", basePath + "/ams/sandbox/api/v1/payments/OP"},
		{"live", liveClientID, "", basePath + "/ams/api/v1/payments/OP"},
		{"an id that only holds the word", "X_SANDBOX_5", "", basePath + "/ams/api/v1/payments/OP"},
		{"lower case", "sandbox_5", "", basePath + "/ams/api/v1/payments/OP"},
		{"slash at the end", testClientID, "/", basePath + "/ams/sandbox/api/v1/payments/OP"},
		{"query", testClientID, "?tenant=a%20b&x", basePath + "/ams/sandbox/api/v1/payments/OP?tenant=a%20b&x"},
		{"deeper", liveClientID, "/eu/v2/?k=v", basePath + "/eu/v2/ams/api/v1/payments/OP?k=v"},
		{"escaped", liveClientID, "/a%2Fb", basePath + "/a%2Fb/ams/api/v1/payments/OP"},
		{"base path that looks like the API", testClientID, "/ams/api", basePath + "/ams/api/ams/sandbox/api/v1/payments/OP"},
	}
	for _, test := range tests {
		client := g.client(t, test.clientID, test.suffix)
		for _, op := range antom.Operations() {
			request, err := client.NewRequest(t.Context(), op.Endpoint(), []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(test.want, "OP", string(op), 1)
			if got := request.URL.RequestURI(); got != want {
				t.Errorf("%s, %s: target = %q, want %q", test.name, op, got, want)
			}
			body, err := io.ReadAll(request.Body)
			if err != nil {
				t.Fatal(err)
			}
			message := sign.Message{Method: "POST", Target: want, ClientID: test.clientID, Time: request.Header.Get("request-time"), Body: body}
			if _, err := privateKey(t, "merchant").Public().Verify(message, request.Header.Get("signature")); err != nil {
				t.Errorf("%s, %s: %v", test.name, op, err)
			}
		}
	}
}

// A complete call with base path and query, which the answer's signature covers too.
func TestCall_keepsBasePathAndQuery(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var target string
	g.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		target = r.RequestURI
		g.verify(r)
		g.reply(w, r, paidBody)
	})
	client := g.client(t, testClientID, "/deep?tenant=a%20b")
	if _, response, err := inquire(t, client); err != nil || !response.Signed {
		t.Fatalf("response = %+v, %v", response, err)
	}
	if want := basePath + "/deep" + inquirePath + "?tenant=a%20b"; target != want {
		t.Errorf("target = %q, want %q", target, want)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		opts []antom.Option
		want string
	}{
		{nil, "https://open-sea-global.alipay.com"},
		{[]antom.Option{antom.WithRegion(antom.RegionSG)}, "https://open-sea-global.alipay.com"},
		{[]antom.Option{antom.WithRegion(antom.RegionUS)}, "https://open-na-global.alipay.com"},
		{[]antom.Option{antom.WithRegion(antom.RegionDE)}, "https://open-de-global.alipay.com"},
	}
	for _, test := range tests {
		client, err := antom.NewClient(liveClientID, privateKey(t, "merchant"), privateKey(t, "antom").Public(), test.opts...)
		if err != nil {
			t.Fatal(err)
		}
		request, err := client.NewRequest(t.Context(), antom.InquiryPayment.Endpoint(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := test.want + "/ams/api/v1/payments/inquiryPayment"; request.URL.String() != want {
			t.Errorf("URL = %s, want %s", request.URL, want)
		}
	}
	if got, err := antom.ParseRegion("us"); err != nil || got != antom.RegionUS {
		t.Errorf("ParseRegion = %q, %v", got, err)
	}
	if _, err := antom.ParseRegion("US"); err == nil {
		t.Error("ParseRegion takes US")
	}
}

func TestRequest_unknownOperation(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	if _, err := client.NewRequest(t.Context(), antom.Operation("pay").Endpoint(), nil); err == nil || err.Error() != `operation "pay": unknown` {
		t.Errorf("error = %v", err)
	}
	if _, err := client.Do(t.Context(), "pay", nil); err == nil || err.Error() != `operation "pay": unknown` {
		t.Errorf("error = %v", err)
	}
}

// TestClient_oneTransport makes many calls with several clients, which reuse the same
// connections.
func TestClient_oneTransport(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	addresses := make(chan string, 20)
	g.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		addresses <- r.RemoteAddr
		g.verify(r)
		g.reply(w, r, paidBody)
	})
	for range 5 {
		client := g.client(t, testClientID, "")
		for range 4 {
			if _, _, err := inquire(t, client); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(addresses)
	connections := make(map[string]bool)
	for address := range addresses {
		connections[address] = true
	}
	if len(connections) != 1 {
		t.Errorf("20 calls of 5 clients used %d connections, want 1", len(connections))
	}
}

func TestClient_usesTheGivenTransport(t *testing.T) {
	t.Parallel()
	antomKey := privateKey(t, "antom")
	var asked []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String())
		headers, err := signedHeaders(antomKey, r, paidBody)
		return respond(r, headers, paidBody), err
	})
	client, err := antom.NewClient(testClientID, privateKey(t, "merchant"), antomKey.Public(), antom.WithTransport(transport))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := inquire(t, client); err != nil {
		t.Fatal(err)
	}
	if want := []string{"https://open-sea-global.alipay.com" + inquirePath}; !cmp.Equal(want, asked) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}

// Do sends exactly the given bytes.
func TestDo_sendsTheBytesAsTheyAre(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	sent := "\xef\xbb\xbf{ \"a\" : 1,\r\n\"茶\":\"<&>\"}\n"
	var got string
	g.HandleFunc(createPath, func(w http.ResponseWriter, r *http.Request) {
		got = string(g.verify(r))
		body := result("S", "SUCCESS", "success")
		g.reply(w, r, body)
	})
	if _, err := client.Do(t.Context(), antom.CreatePaymentSession, []byte(sent)); err != nil {
		t.Fatal(err)
	}
	if got != sent {
		t.Errorf("the gateway got %q, want %q", got, sent)
	}
}

func TestServices_refuseEmptyRequests(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	if _, _, err := client.Sessions.Create(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "no request") {
		t.Errorf("error = %v", err)
	}
	if _, _, err := client.Payments.Inquire(t.Context(), antom.Inquiry{MerchantAccountID: "m"}); err == nil || !strings.Contains(err.Error(), "neither a paymentRequestId nor a paymentId") {
		t.Errorf("error = %v", err)
	}
}

func TestCall_requestThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	request := &antom.SessionRequest{SubscriptionPlan: map[string]any{"f": func() {}}}
	_, _, err := client.Sessions.Create(t.Context(), request)
	if _, ok := errors.AsType[*json.UnsupportedTypeError](err); !ok || !strings.Contains(err.Error(), "createPaymentSession: encode the request") {
		t.Errorf("error = %v", err)
	}
}

func TestClient_endedContext(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentID: "2026112419"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
	if lost, ok := errors.AsType[*antom.TransportError](err); ok {
		t.Errorf("the caller's own end is taken for a fault of the gateway: %v", lost)
	}
}

// Many goroutines share one client, as documented; the race detector checks it.
func TestClient_concurrentCalls(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	g.answers(inquirePath, paidBody)
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			for range 3 {
				payment, response, err := client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1001"})
				if err != nil || payment.PaymentStatus != antom.PaymentSuccess || !response.Signed {
					t.Errorf("payment = %+v, error = %v", payment, err)
				}
			}
		})
	}
	calls.Wait()
}
