package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/browser"
	"github.com/antom-cli/antom/pkg/antom"
)

// served is an emulator with its browser side, on a socket.
type served struct {
	t       *testing.T
	gateway *emulator.Emulator
	server  *emulator.Server
	client  *antom.Client
	url     string
}

func serve(t *testing.T, options browser.Options, faults ...emulator.Fault) *served {
	t.Helper()
	s := &served{t: t}
	var err error
	if s.gateway, err = emulator.OpenToServe(t.TempDir(), emulator.Options{}); err != nil {
		t.Fatal(err)
	}
	s.server, err = s.gateway.NewServer(emulator.ServeOptions{
		Hold: true, Faults: faults, BrowserOwns: browser.Owns,
		Browser: func(server *emulator.Server) http.Handler { return browser.New(s.gateway, server, options) },
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.server.Publish(listener)
	if err != nil {
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
		if err := s.gateway.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = address.URL
	facts := s.gateway.Profile()
	s.client, err = antom.NewClient(facts.ClientID, facts.MerchantKey, facts.AntomKey, antom.WithGatewayURL(s.url))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// got is the head of an answer.
type got struct {
	StatusCode int
	Header     http.Header
}

// call sends a request and returns the answer with its body.
func (s *served) call(method, path, body string, header map[string]string) (got, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		request.Host = host
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return got{answer.StatusCode, answer.Header}, string(text)
}

// session creates one; more are further members of its request.
func (s *served) session(id, more string) *antom.Session {
	s.t.Helper()
	body := `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"` + id + `","paymentAmount":{"currency":"SGD","value":"4200"},
		"order":{"referenceOrderId":"` + id + `","orderDescription":"<b>two</b> bags","orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"b"}},
		"paymentMethod":{"paymentMethodType":"CARD"},"paymentFactor":{"isAuthorization":true},"settlementStrategy":{"settlementCurrency":"SGD"},
		"paymentRedirectUrl":"https://shop.example/paid","paymentNotifyUrl":"http://127.0.0.1:1/n"` + more + `}`
	session, _, err := s.client.Sessions.CreateFrom(s.t.Context(), []byte(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return session
}

// ask makes a call of the pages and decodes its answer.
func (s *served) ask(route string, request any) (status int, answer map[string]any) {
	s.t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		s.t.Fatal(err)
	}
	response, text := s.call(http.MethodPost, "/browser/"+route, string(body), map[string]string{"Origin": s.url, "Sec-Fetch-Site": "same-origin"})
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		s.t.Fatalf("%s: %v: %s", route, err, text)
	}
	return response.StatusCode, answer
}

// paths are the files and pages, and whether a merchant's page may hold them.
func paths() []struct {
	path, kind string
	framed     bool
} {
	return []struct {
		path, kind string
		framed     bool
	}{
		{"/3ds/2026", "text/html", true},
		{"/checkout/0123", "text/html", false},
		{"/component/card.html", "text/html", true},
		{"/component/card.html?locale=en_US&instanceId=1", "text/html", true},
		{"/component/element.html", "text/html", true},
		{"/component/form.css", "text/css", false},
		{"/component/main.js", "text/javascript", false},
		{"/sdk/ams-checkout.js", "text/javascript", false},
	}
}

// TestPages: each is served under a policy that allows the emulator alone, sets no
// cookie and holds no secret.
func TestPages(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{Hosts: []string{"shop.test"}})
	token, err := os.ReadFile(s.gateway.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	ancestors := "'self' http://127.0.0.1:* https://127.0.0.1:* http://localhost:* https://localhost:* http://*.localhost:* https://*.localhost:* http://shop.test:* https://shop.test:*"
	for _, row := range paths() {
		answer, body := s.call(http.MethodGet, row.path, "", nil)
		want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors "
		if want += "'none'"; row.framed {
			want = strings.TrimSuffix(want, "'none'") + ancestors
		}
		header := answer.Header
		if answer.StatusCode != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), row.kind+"; charset=utf-8") || header.Get("Content-Security-Policy") != want {
			t.Errorf("%s: %d %v", row.path, answer.StatusCode, header)
		}
		if header.Get("Set-Cookie") != "" || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", row.path, header)
		}
		if strings.Contains(body, strings.TrimSpace(string(token))) || strings.Contains(body, "PRIVATE KEY") {
			t.Errorf("%s holds a secret", row.path)
		}
		if strings.Contains(body, "https://") || strings.Contains(body, "http://") {
			t.Errorf("%s names another address", row.path)
		}
	}
	for path, want := range map[string]int{"/component/nosuch.js": 404, "/component/": 404, "/component/../sdk/shared.js": 404, "/sdk/nosuch.js": 404, "/checkout/a/b": 404, "/checkout/": 404, "/browser/nosuch": 404} {
		if answer, _ := s.call(http.MethodGet, path, "", nil); answer.StatusCode != want {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	if answer, _ := s.call(http.MethodPost, "/component/card.html", "", nil); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST of a page: %d", answer.StatusCode)
	}
}

// TestHosts: a page of the internet whose name was made to lead here is not served.
func TestHosts(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{Hosts: []string{"shop.test"}})
	_, port, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	for host, want := range map[string]int{
		"127.0.0.1:" + port: 200, "localhost:" + port: 200, "emulator.localhost": 200, "[::1]:" + port: 200, "shop.test:" + port: 200, "SHOP.TEST": 200,
		"evil.example": 421, "127.0.0.1.evil.example:" + port: 421, "shop.test.evil.example": 421, "notlocalhost": 421,
	} {
		for _, path := range []string{"/component/card.html", "/sdk/ams-checkout.js"} {
			if answer, _ := s.call(http.MethodGet, path, "", map[string]string{"Host": host}); answer.StatusCode != want {
				t.Errorf("%s under %q: %d, not %d", path, host, answer.StatusCode, want)
			}
		}
	}
}

// TestOrigins: calls that do something are taken from the emulator's own pages
// only; merchants' pages may ask whether a session is good, if they are of this
// machine.
func TestOrigins(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{Hosts: []string{"shop.test"}})
	body := `{"paymentSessionData":"` + s.session("origins", "").PaymentSessionData + `"}`
	for _, row := range []struct {
		path   string
		header map[string]string
		want   int
	}{
		{"/browser/session", map[string]string{"Origin": s.url}, 200},
		{"/browser/session", nil, 200},
		{"/browser/session", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"/browser/session", map[string]string{"Origin": "null"}, 403},
		{"/browser/session", map[string]string{"Origin": "https://shop.test", "Sec-Fetch-Site": "same-origin"}, 200},
		{"/browser/session", map[string]string{"Origin": s.url, "Sec-Fetch-Site": "cross-site"}, 403},
		{"/browser/session", map[string]string{"Origin": s.url, "Sec-Fetch-Site": "same-site"}, 403},
		{"/sdk/query", map[string]string{"Origin": "http://127.0.0.1:1"}, 200},
		{"/sdk/query", map[string]string{"Origin": "https://shop.test"}, 200},
		{"/sdk/query", map[string]string{"Origin": "https://evil.example"}, 403},
		{"/sdk/query", map[string]string{"Origin": "null"}, 403},
		{"/sdk/query", map[string]string{"Origin": "file://"}, 403},
	} {
		answer, text := s.call(http.MethodPost, row.path, body, row.header)
		if answer.StatusCode != row.want {
			t.Errorf("%s from %v: %d %s", row.path, row.header, answer.StatusCode, text)
		}
		allowed := answer.Header.Get("Access-Control-Allow-Origin")
		if wanted := row.header["Origin"]; row.path == "/sdk/query" && row.want == 200 && allowed != wanted || (row.path != "/sdk/query" || row.want != 200) && allowed != "" {
			t.Errorf("%s from %v: Access-Control-Allow-Origin %q", row.path, row.header, allowed)
		}
	}
}

// form is a filled-in form.
func form(data, number, sample string) map[string]any {
	return map[string]any{"paymentSessionData": data, "number": number, "expiry": "12/30", "cvv": "123", "sample": sample, "attempt": number + sample}
}

const goodCard = "4054695723100768"

// TestPay pays as the form does. What is paid is a payment like any other, and a
// click that is sent twice is one payment.
func TestPay(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	data := s.session("pay", "").PaymentSessionData
	status, shown := s.ask("session", map[string]string{"paymentSessionData": data})
	if status != 200 || shown["description"] != "<b>two</b> bags" || shown["amount"].(map[string]any)["digits"] != 2.0 || len(shown["samples"].([]any)) < 5 {
		t.Errorf("%d %v", status, shown)
	}
	_, first := s.ask("submit", form(data, goodCard, "success"))
	_, again := s.ask("submit", form(data, goodCard, "success"))
	if first["status"] != "SUCCESS" || first["redirectUrl"] != "https://shop.example/paid" || first["paymentId"] != again["paymentId"] {
		t.Errorf("%v, then %v", first, again)
	}
	payment, _, err := s.client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "pay"})
	if err != nil || payment.PaymentStatus != "SUCCESS" || payment.PaymentID != first["paymentId"] {
		t.Errorf("%+v, %v", payment, err)
	}
	details, err := s.gateway.Show(t.Context(), "pay")
	if err != nil || len(details.Payments) != 1 {
		t.Errorf("%d payments, %v", len(details.Payments), err)
	}
	state, err := json.Marshal(details)
	if err != nil || bytes.Contains(state, []byte(goodCard)) {
		t.Errorf("the state holds the number of a card (%v)", err)
	}
	if status, refused := s.ask("submit", form(data, goodCard, "other")); status != 409 || refused["error"].(map[string]any)["code"] != "ORDER_IS_CLOSED" {
		t.Errorf("a second payment: %d %v", status, refused)
	}
	mismatch := form(s.session("avs", "").PaymentSessionData, goodCard, "avs-mismatch")
	mismatch["billing"] = map[string]string{"region": "US", "zipCode": "00000"}
	s.ask("submit", mismatch)
	if payment, _, err := s.client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "avs"}); err != nil || payment.PaymentStatus != "SUCCESS" || payment.PaymentResultInfo.AVSResultRaw != "N" {
		t.Errorf("%+v, %v", payment, err)
	}
	_, declined := s.ask("submit", form(s.session("declined", "").PaymentSessionData, "4054692760174822", ""))
	if declined["status"] != "FAIL" || declined["paymentResultCode"] != "DO_NOT_HONOR" {
		t.Errorf("%v", declined)
	}
}

// TestChallenge: the payment waits for the buyer at the issuer's page, and each
// answer leads where it should, once.
func TestChallenge(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	for _, row := range []struct {
		outcome, status, code string
	}{
		{"pass", "SUCCESS", "SUCCESS"}, {"fail", "FAIL", "USER_PAYMENT_VERIFICATION_FAILED"}, {"abandon", "PROCESSING", "PAYMENT_IN_PROCESS"},
	} {
		data := s.session("three-ds-"+row.outcome, "").PaymentSessionData
		_, paid := s.ask("submit", form(data, goodCard, "three-ds"))
		id, _ := paid["paymentId"].(string)
		if paid["status"] != "CHALLENGE" || paid["challengeUrl"] != "/3ds/"+id || paid["challengeIn"] != "modal" {
			t.Fatalf("%v", paid)
		}
		_, shown := s.ask("challenge", map[string]string{"challengeId": id})
		if shown["answered"] != false || shown["description"] != "<b>two</b> bags" || strings.Contains(shown["card"].(map[string]any)["masked"].(string), goodCard) {
			t.Errorf("%v", shown)
		}
		answer := map[string]string{"challengeId": id, "outcome": row.outcome}
		if status, refused := s.ask("challenge/answer", map[string]string{"challengeId": id, "outcome": "maybe"}); status != 409 {
			t.Errorf("an answer that is none: %d %v", status, refused)
		}
		if status, text := s.ask("challenge/answer", answer); status != 200 {
			t.Errorf("%s: %d %v", row.outcome, status, text)
		}
		if status, _ := s.ask("challenge/answer", answer); status != 409 {
			t.Errorf("%s: a second answer: %d", row.outcome, status)
		}
		_, stands := s.ask("payment", map[string]string{"paymentSessionData": data, "paymentId": id})
		if stands["status"] != row.status || stands["paymentResultCode"] != row.code {
			t.Errorf("%s: %v", row.outcome, stands)
		}
		other := s.session("other-"+row.outcome, "").PaymentSessionData
		if status, _ := s.ask("payment", map[string]string{"paymentSessionData": other, "paymentId": id}); status != 409 {
			t.Errorf("another session sees the payment: %d", status)
		}
	}
	// Nobody answers: the order is closed after 14 minutes, and it is too late.
	_, paid := s.ask("submit", form(s.session("late", "").PaymentSessionData, goodCard, "three-ds"))
	if _, _, err := s.gateway.AdvanceClock(t.Context(), 15*time.Minute); err != nil {
		t.Fatal(err)
	}
	id, _ := paid["paymentId"].(string)
	if status, text := s.ask("challenge/answer", map[string]string{"challengeId": id, "outcome": "pass"}); status != 409 {
		t.Errorf("an answer after the order was closed: %d %v", status, text)
	}
}

// TestSession: what can't be paid with is refused with a reason, to the form and to
// the SDK.
func TestSession(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	refused := func(name, data, code string) {
		t.Helper()
		status, answer := s.ask("session", map[string]string{"paymentSessionData": data})
		failure, _ := answer["error"].(map[string]any)
		if status != 409 || failure["code"] != code {
			t.Errorf("%s: %d %v", name, status, answer)
		}
		_, text := s.call(http.MethodPost, "/sdk/query", `{"paymentSessionData":"`+data+`"}`, nil)
		if !strings.Contains(text, `"success":false,"errorCode":"`+code+`"`) || strings.Contains(text, "4200") {
			t.Errorf("%s: %s", name, text)
		}
	}
	refused("unknown", "nosuch&&SG&&188", "INQUIRY_PAYMENT_SESSION_FAILED")
	cancelled := s.session("cancelled", "").PaymentSessionData
	if _, err := s.client.Do(t.Context(), antom.Cancel, []byte(`{"paymentRequestId":"cancelled"}`)); err != nil {
		t.Fatal(err)
	}
	refused("cancelled", cancelled, "ORDER_IS_CANCELED")
	old := s.session("old", "").PaymentSessionData
	whole := strings.Join(strings.Split(old, "&&")[:3], "&&")
	if status, _ := s.ask("session", map[string]string{"paymentSessionData": whole}); status != 200 {
		t.Errorf("without the fourth part: %d", status)
	}
	if _, _, err := s.gateway.AdvanceClock(t.Context(), 61*time.Minute); err != nil {
		t.Fatal(err)
	}
	refused("expired", old, "INQUIRY_PAYMENT_SESSION_FAILED")
}

// TestHostedPage: the link of a CHECKOUT_PAYMENT session leads to a page that can
// pay, by an id from which the session can't be made.
func TestHostedPage(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	session := s.session("hosted", `,"productScene":"CHECKOUT_PAYMENT"`)
	id, ok := strings.CutPrefix(session.NormalURL, s.url+"/checkout/")
	if !ok || len(id) != 32 {
		t.Fatal(session.NormalURL)
	}
	if status, shown := s.ask("session", map[string]string{"checkoutId": id}); status != 200 {
		t.Errorf("%d %v", status, shown)
	}
	paid := form("", goodCard, "success")
	paid["checkoutId"] = id
	if _, answer := s.ask("submit", paid); answer["status"] != "SUCCESS" {
		t.Errorf("%v", answer)
	}
}

// TestFaults: the form can fail to load and a submit can be lost, as calls of the
// gateway can.
func TestFaults(t *testing.T) {
	t.Parallel()
	var faults []emulator.Fault
	for _, text := range []string{"form:1=status:503", "submit:1=html"} {
		f, err := emulator.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, f)
	}
	s := serve(t, browser.Options{}, faults...)
	data := s.session("faults", "").PaymentSessionData
	for _, want := range []int{503, 200} {
		if answer, _ := s.call(http.MethodGet, "/component/card.html", "", nil); answer.StatusCode != want {
			t.Errorf("the form: %d, not %d", answer.StatusCode, want)
		}
	}
	body, err := json.Marshal(form(data, goodCard, "success"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Sign in", `"status":"SUCCESS"`} {
		if _, text := s.call(http.MethodPost, "/browser/submit", string(body), nil); !strings.Contains(text, want) {
			t.Errorf("submit: %s", text)
		}
	}
	for _, text := range []string{"form=wrong-signature", "submit=unknown", "submit=twice"} {
		if _, err := emulator.ParseFault(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// TestBadCalls: what is no call of the form is refused, and does nothing.
func TestBadCalls(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	for _, row := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "/browser/session", "", 405},
		{http.MethodPost, "/browser/nosuch", "{}", 404},
		{http.MethodPost, "/browser/session", "no JSON", 400},
		{http.MethodPost, "/browser/session", `{"paymentSessionData":7}`, 400},
		{http.MethodPost, "/browser/submit", `{"paymentSessionData":"` + strings.Repeat("x", 70<<10) + `"}`, 413},
		{http.MethodPost, "/browser/challenge", `{"challengeId":"nosuch"}`, 409},
		{http.MethodGet, "/sdk/query", "", 405},
		{http.MethodPost, "/sdk/query", "no JSON", 400},
	} {
		if answer, text := s.call(row.method, row.path, row.body, nil); answer.StatusCode != row.want {
			t.Errorf("%s %s: %d %s", row.method, row.path, answer.StatusCode, text)
		}
	}
}
