package antom_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

func TestInquire_signedSuccess(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	g.answers(inquirePath, paidBody, replace("x-trace-id", "abc123"))
	payment, response, err := inquire(t, client)
	if err != nil {
		t.Fatal(err)
	}
	if payment.PaymentStatus != antom.PaymentSuccess || payment.PaymentAmount != (antom.Amount{Currency: "SGD", Value: 4200}) {
		t.Errorf("payment = %+v", payment)
	}
	if string(response.Body) != paidBody {
		t.Errorf("body = %s, want the bytes as they came", response.Body)
	}
	got := *response
	if got.Took <= 0 || got.Header.Get("Signature") == "" || antom.DateTime(got.Time) == "" {
		t.Errorf("took %s, header %v, time %q", got.Took, got.Header, got.Time)
	}
	got.Body, got.Header, got.Took, got.Time, got.Received = nil, nil, 0, "", time.Time{}
	want := antom.Response{
		Operation: antom.InquiryPayment, StatusCode: 200, TraceID: "abc123", Signed: true, KeyVersion: "1",
		Result: antom.Result{ResultStatus: antom.StatusS, ResultCode: "SUCCESS", ResultMessage: "success"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A body with spaces, escapes and a final newline is kept and verified byte for byte.
func TestResponse_keepsTheBody(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	body := "{ \"result\" : {\"resultStatus\":\"S\",\"resultCode\":\"SUCCESS\"},\r\n\"paymentStatus\":\"SUCC\\u0045SS\",\"paymentRequestId\":\"order\\u002d1001\", \"x\":\"<&>\\/\" }\n\n"
	g.answers(inquirePath, body)
	payment, response, err := inquire(t, client)
	if err != nil || payment.PaymentStatus != antom.PaymentSuccess || string(response.Body) != body {
		t.Errorf("payment = %+v, body = %q, error = %v", payment, response.Body, err)
	}
}

// TestAnswers_badSignatures checks all answers that must be rejected: Antom's rule of September
// 2026, and attempts of a man in the middle.
func TestAnswers_badSignatures(t *testing.T) {
	t.Parallel()
	refusal := result("F", "PARAM_ILLEGAL", "no")
	add := func(name, value string) func(http.Header) {
		return func(h http.Header) { h[name] = append(h[name], value) }
	}
	editSignature := func(edit func(string) string) func(http.Header) {
		return func(h http.Header) { h["signature"] = []string{edit(h["signature"][0])} }
	}
	otherKey := func(h http.Header) {
		header, err := privateKey(t, "other").Sign(sign.Message{
			Method: "POST", Target: basePath + inquirePath, ClientID: testClientID, Time: lowerCase(h, "response-time"), Body: []byte(paidBody),
		}, 1)
		if err != nil {
			t.Error(err)
		}
		h["signature"] = []string{header}
	}
	tests := []struct {
		name string
		body string
		edit func(http.Header)
		want sign.Reason
		says string
	}{
		{"unsigned S", paidBody, unsigned, sign.SignatureMissing, "an unsigned success is never accepted"},
		{"S signed by another key", paidBody, otherKey, sign.Mismatch, "does not match"},
		{"S with another time", paidBody, replace("response-time", "2026-11-24T09:00:00Z"), sign.Mismatch, "does not match"},
		{"S with an odd time", paidBody, replace("response-time", "now"), sign.TimeMalformed, `time header is malformed: "now"`},
		{"S with an empty signature", paidBody, replace("signature", ""), sign.SignatureMissing, "a response-time without a signature"},
		{"S with an empty signature parameter", paidBody, replace("signature", "algorithm=RSA256,keyVersion=1,signature="), sign.SignatureMalformed, "is empty"},
		{"S without the time", paidBody, drop("response-time"), sign.TimeMissing, "a signature without a response-time"},
		{"S with an empty time", paidBody, replace("response-time", ""), sign.TimeMissing, "a signature without a response-time"},
		{"S without the signature", paidBody, drop("signature"), sign.SignatureMissing, "a response-time without a signature"},
		{"S for another algorithm", paidBody, editSignature(func(s string) string { return strings.Replace(s, "RSA256", "none", 1) }), sign.AlgorithmUnknown, "the signature matches, but"},
		{"S with two signatures", paidBody, add("signature", "algorithm=RSA256,keyVersion=1,signature=AA"), sign.SignatureMalformed, "the message has 2 signature headers"},
		{"S for another client", paidBody, replace("client-id", liveClientID), sign.Mismatch, `it is for client id "5YEL6Y2ZT0GX00000"`},
		{"F signed by another key", refusal, otherKey, sign.Mismatch, "does not match"},
		{"F without the time", refusal, drop("response-time"), sign.TimeMissing, "a signature without a response-time"},
		{"F without the signature", refusal, drop("signature"), sign.SignatureMissing, "a response-time without a signature"},
		{"F with two signatures", refusal, add("signature", ""), sign.SignatureMalformed, "the message has 2 signature headers"},
		{"HTML with a wrong signature", "<html>", otherKey, sign.Mismatch, "does not match"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client, g := setup(t)
			g.answers(inquirePath, test.body, test.edit)
			payment, response, err := inquire(t, client)
			if payment != nil {
				t.Errorf("a payment is returned: %+v", payment)
			}
			refused, ok := errors.AsType[*sign.Error](err)
			if !ok || refused.Reason != test.want || refused.Hint() == "" {
				t.Fatalf("error = %v, want reason %s", err, test.want)
			}
			if !strings.HasPrefix(err.Error(), "inquiryPayment: the gateway's answer: ") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", err, test.says)
			}
			if response == nil || response.Signed || string(response.Body) != test.body {
				t.Errorf("response = %+v", response)
			}
		})
	}
}

// An answer signed for the path of another call is rejected.
func TestAnswers_signedForAnotherPath(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	g.HandleFunc(inquirePath, func(w http.ResponseWriter, r *http.Request) {
		r.RequestURI = basePath + createPath
		g.reply(w, r, paidBody)
	})
	if _, _, err := inquire(t, client); !errors.Is(err, &sign.Error{Reason: sign.Mismatch}) {
		t.Errorf("error = %v", err)
	}
}

func TestAnswers_refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		body   string
		edit   func(http.Header)
		signed bool
		known  bool
		says   string
		hint   string
	}{
		{"signed F", result("F", "PARAM_ILLEGAL", "paymentRequestId is missing."), drop(), true, true,
			"inquiryPayment: refused by the gateway: PARAM_ILLEGAL (F): paymentRequestId is missing", "fix the field that the message names"},
		{"unsigned F", result("F", "INVALID_SIGNATURE", "The signature is invalid."), unsigned, false, true,
			"inquiryPayment: refused by the gateway: INVALID_SIGNATURE (F): The signature is invalid (answer not signed)", "check that your private key belongs to"},
		{"signed U", result("U", "UNKNOWN_EXCEPTION", ""), drop(), true, true,
			"inquiryPayment: outcome not known to the gateway: UNKNOWN_EXCEPTION (U): failed for an unknown reason", "send the same request again, or inquire"},
		{"unsigned U", result("U", "REQUEST_TRAFFIC_EXCEED_LIMIT", "slow down"), unsigned, false, true,
			"inquiryPayment: outcome not known to the gateway: REQUEST_TRAFFIC_EXCEED_LIMIT (U): slow down (answer not signed)", "ask less often"},
		{"another spelling of a code", result("F", "UNKNOWN_CLIENT", ""), unsigned, false, true,
			"UNKNOWN_CLIENT (F): the client id is unknown or restricted (answer not signed)", "check the client id"},
		{"unknown code", result("F", "BRAND_NEW", ""), drop(), true, false,
			"inquiryPayment: refused by the gateway: BRAND_NEW (F)", "not in the table"},
		{"no code", `{"result":{"resultStatus":"F"}}`, drop(), true, false,
			"inquiryPayment: refused by the gateway: no result code (F)", "not in the table"},
		{"a message that would paint the terminal", result("F", "PARAM_ILLEGAL", "a\x1b[31m\r\nb\u202ec"), drop(), true, true,
			"PARAM_ILLEGAL (F): a [31m  b c", "fix the field"},
		{"a message without end", result("F", "PARAM_ILLEGAL", strings.Repeat("茶", 5000)), drop(), true, true,
			"PARAM_ILLEGAL (F): " + strings.Repeat("茶", 256) + "…", "fix the field"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client, g := setup(t)
			g.answers(inquirePath, test.body, test.edit)
			payment, response, err := inquire(t, client)
			refused, ok := errors.AsType[*antom.ResultError](err)
			if !ok || payment != nil {
				t.Fatalf("payment = %+v, error is a %T: %v", payment, err, err)
			}
			if refused.Signed != test.signed || response.Signed != test.signed || refused.Response != response || refused.Known != test.known {
				t.Errorf("refusal = %+v", refused)
			}
			if string(response.Body) != test.body {
				t.Errorf("body = %s", response.Body)
			}
			if !strings.HasSuffix(err.Error(), test.says) {
				t.Errorf("error = %q, want it to end in %q", err, test.says)
			}
			if !strings.Contains(refused.Hint(), test.hint) {
				t.Errorf("hint = %q, want it to say %q", refused.Hint(), test.hint)
			}
			oneLineOnly(t, err)
		})
	}
}

// oneLineOnly fails if an error could do anything but show one line.
func oneLineOnly(t *testing.T, err error) {
	t.Helper()
	if i := strings.IndexFunc(err.Error(), func(r rune) bool { return unicode.IsControl(r) || !unicode.IsGraphic(r) }); i >= 0 {
		t.Errorf("error = %q holds a control character", err)
	}
}

// hijack writes raw bytes instead of an answer and closes the connection.
func hijack(t *testing.T, raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(conn, raw)
		conn.Close()
	}
}

func write(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestAnswers_noUsable(t *testing.T) {
	t.Parallel()
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{to}
			w.WriteHeader(http.StatusFound)
		}
	}
	tests := []struct {
		name      string
		handler   http.HandlerFunc
		want      antom.TransportKind
		temporary bool
		says      string
		hint      string
		response  bool
	}{
		{"HTML", write(200, "<!DOCTYPE html><html>Log in</html>"), antom.WebPage, false, "the body looks like a web page", "a proxy or a login page", true},
		{"HTML after blanks", write(200, "\r\n <html>"), antom.WebPage, false, "the body looks like a web page", "a proxy or a login page", true},
		{"text", write(200, "OK"), antom.NotJSON, false, "invalid character 'O'", "check the gateway URL", true},
		{"empty body", write(200, ""), antom.NotJSON, false, "the body is empty", "check the gateway URL", true},
		{"blank body", write(200, " \n"), antom.NotJSON, false, "the body is empty", "check the gateway URL", true},
		{"JSON list", write(200, `[1]`), antom.NotJSON, false, "cannot unmarshal array", "check the gateway URL", true},
		{"JSON null", write(200, `null`), antom.NotJSON, false, "the body has no result", "check the gateway URL", true},
		{"no result", write(200, `{"paymentStatus":"SUCCESS"}`), antom.NotJSON, false, "the body has no result", "check the gateway URL", true},
		{"result null", write(200, `{"result":null}`), antom.NotJSON, false, "the body has no result", "check the gateway URL", true},
		{"result of another kind", write(200, `{"result":"S"}`), antom.NotJSON, false, "cannot unmarshal string", "check the gateway URL", true},
		{"no status", write(200, `{"result":{}}`), antom.NotJSON, false, `resultStatus "" is not S, F or U`, "check the gateway URL", true},
		{"wrong status", write(200, result("OK", "SUCCESS", "")), antom.NotJSON, false, `resultStatus "OK" is not S, F or U`, "check the gateway URL", true},
		{"small status", write(200, result("s", "SUCCESS", "")), antom.NotJSON, false, `resultStatus "s" is not S, F or U`, "check the gateway URL", true},
		{"cut-short JSON", write(200, paidBody[:100]), antom.CutShort, true, "the JSON ends after 100 bytes", "inquire before you repeat", true},
		{"two values", write(200, paidBody+paidBody), antom.NotJSON, false, "invalid character '{' after top-level value", "check the gateway URL", true},
		{"cut-short body", hijack(t, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"+paidBody), antom.CutShort, true, "unexpected EOF", "inquire before you repeat", true},
		{"cut-short chunks", hijack(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res"), antom.CutShort, true, "unexpected EOF", "inquire before you repeat", true},
		{"hangs up", hijack(t, ""), antom.Dropped, true, "gave no answer: EOF", "inquire before you repeat", false},
		{"no HTTP", hijack(t, "SSH-2.0-OpenSSH_9.9\r\n"), antom.Dropped, true, "gave no answer: ", "inquire before you repeat", false},
		{"endless headers", hijack(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 100<<10)+"\r\n\r\n"), antom.Dropped, true, "gave no answer: ", "inquire before you repeat", false},
		{"redirect", redirect("https://login.example/in?token=hunter2#x"), antom.Redirected, false, "answered with a redirect, which is never followed: HTTP 302 to login.example", "a login page in between", true},
		{"redirect on the same host", redirect(inquirePath + "?hunter2"), antom.Redirected, false, "HTTP 302 to 127.0.0.1:", "a login page in between", true},
		{"redirect to nowhere", redirect("::hunter2"), antom.Redirected, false, "HTTP 302 to an unknown address", "a login page in between", true},
		{"signed body behind a 302", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound); fmt.Fprint(w, paidBody) }, antom.Redirected, false, "HTTP 302", "a login page in between", true},
		{"304", write(304, ""), antom.Redirected, false, "HTTP 304", "a login page in between", true},
		{"201", write(201, paidBody), antom.BadStatus, false, "HTTP 201 Created", "check the gateway URL", true},
		{"401", write(401, paidBody), antom.BadStatus, false, "answered with an error status: HTTP 401 " + http.StatusText(http.StatusUnauthorized), "check the gateway URL", true},
		{"404", write(404, "not found"), antom.BadStatus, false, "HTTP 404 Not Found", "check the gateway URL", true},
		{"429", write(429, ""), antom.ServerFault, true, "HTTP 429 Too Many Requests", "try again later", true},
		{"500", write(500, paidBody), antom.ServerFault, true, "answered with a server error: HTTP 500 Internal Server Error", "try again later", true},
		{"503", write(503, "<html>"), antom.ServerFault, true, "HTTP 503 Service Unavailable", "try again later", true},
		{"a reason that would paint the terminal", hijack(t, "HTTP/1.1 500 \x1b[31mred\x07\r\nContent-Length: 0\r\n\r\n"), antom.ServerFault, true, "HTTP 500  [31mred", "try again later", true},
		{"10 MB", write(200, `{"x":"`+strings.Repeat("x", 10<<20)+`"}`), antom.TooLarge, false, "over the limit of 4194304 bytes", "a few kilobytes", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client, g := setup(t)
			g.HandleFunc(inquirePath, test.handler)
			payment, response, err := inquire(t, client)
			lost, ok := errors.AsType[*antom.TransportError](err)
			if !ok || payment != nil {
				t.Fatalf("payment = %+v, error is a %T: %v", payment, err, err)
			}
			if lost.Kind != test.want || lost.Temporary() != test.temporary || lost.Operation != antom.InquiryPayment {
				t.Errorf("error = %+v, temporary = %t; want kind %s, temporary = %t", lost, lost.Temporary(), test.want, test.temporary)
			}
			if host := strings.TrimPrefix(g.server.URL, "http://"); lost.Host != host || !strings.HasPrefix(err.Error(), "inquiryPayment: gateway "+host+" ") {
				t.Errorf("error = %q, host = %q", err, lost.Host)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", err, test.says)
			}
			if !strings.Contains(lost.Hint(), test.hint) {
				t.Errorf("hint = %q, want it to say %q", lost.Hint(), test.hint)
			}
			if (response != nil) != test.response {
				t.Errorf("response = %+v", response)
			}
			if response != nil && response.Signed {
				t.Error("the answer counts as signed")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error = %q shows a query", err)
			}
			oneLineOnly(t, err)
		})
	}
}

// Redirects are not followed: the signed request goes nowhere else.
func TestRedirects_areNotFollowed(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		client, g := setup(t)
		g.HandleFunc(inquirePath, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
		_, response, err := inquire(t, client)
		if lost, ok := errors.AsType[*antom.TransportError](err); !ok || lost.Kind != antom.Redirected || response.StatusCode != status {
			t.Errorf("%d: response = %+v, error = %v", status, response, err)
		}
	}
}

func TestMaxResponse(t *testing.T) {
	t.Parallel()
	client, g := setup(t, antom.WithMaxResponse(int64(len(paidBody))))
	g.answers(inquirePath, paidBody)
	if _, _, err := inquire(t, client); err != nil {
		t.Errorf("a body of exactly the limit: %v", err)
	}
	client = g.client(t, testClientID, "", antom.WithMaxResponse(int64(len(paidBody)-1)))
	payment, response, err := inquire(t, client)
	if lost, ok := errors.AsType[*antom.TransportError](err); !ok || lost.Kind != antom.TooLarge || payment != nil {
		t.Errorf("a body one byte over the limit: %v", err)
	}
	if string(response.Body) != paidBody[:len(paidBody)-1] {
		t.Errorf("body = %q, want what is within the limit", response.Body)
	}
}

// An endless answer is read only up to the limit.
func TestMaxResponse_endless(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	g.HandleFunc(inquirePath, func(w http.ResponseWriter, r *http.Request) {
		block := bytes.Repeat([]byte(" "), 64<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	_, response, err := inquire(t, client)
	if lost, ok := errors.AsType[*antom.TransportError](err); !ok || lost.Kind != antom.TooLarge || len(response.Body) != antom.DefaultMaxResponse {
		t.Errorf("read %d bytes: %v", len(response.Body), err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	client := g.client(t, testClientID, "?token=hunter2")
	g.server.Close()
	_, response, err := inquire(t, client)
	lost, ok := errors.AsType[*antom.TransportError](err)
	if !ok || lost.Kind != antom.Unreachable || !lost.Temporary() || response != nil {
		t.Fatalf("response = %+v, error = %v", response, err)
	}
	if !strings.Contains(err.Error(), "connection refused") || !strings.Contains(lost.Hint(), "nothing was sent") {
		t.Errorf("error = %q, hint = %q", err, lost.Hint())
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error = %q shows the query of the URL", err)
	}
}

func TestUntrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	for gateway, want := range map[string]antom.TransportKind{
		server.URL: antom.Untrusted, // a certificate that nobody vouches for
		strings.Replace(server.URL, "https", "http", 1): antom.BadStatus, // clear text to a TLS port
	} {
		client, err := antom.NewClient(testClientID, privateKey(t, "merchant"), privateKey(t, "antom").Public(), antom.WithGatewayURL(gateway))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = inquire(t, client)
		if lost, ok := errors.AsType[*antom.TransportError](err); !ok || lost.Kind != want || lost.Temporary() {
			t.Errorf("%s: error = %v, want kind %s", gateway, err, want)
		}
	}
	plain := newGateway(t)
	client := plain.client(t, testClientID, "", antom.WithGatewayURL(strings.Replace(plain.server.URL, "http", "https", 1)))
	_, _, err := inquire(t, client)
	if lost, ok := errors.AsType[*antom.TransportError](err); !ok || lost.Kind != antom.Unreachable {
		t.Errorf("TLS to a clear-text port: %v", err)
	}
}

func TestTraceID(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"trace-id": "t1", "traceid": "t2", "X-Trace-Id": "t3", "x-other": ""} {
		client, g := setup(t)
		g.answers(inquirePath, paidBody, replace(name, want))
		if _, response, err := inquire(t, client); err != nil || response.TraceID != want {
			t.Errorf("%s: trace id = %q, %v; want %q", name, response.TraceID, err, want)
		}
	}
}

// Every kind has its own text and hint, and foreign error texts stay on one line.
func TestTransportError(t *testing.T) {
	t.Parallel()
	kinds := []antom.TransportKind{
		antom.BadStatus, antom.CutShort, antom.Dropped, antom.NotJSON, antom.Redirected, antom.ServerFault, antom.TimedOut, antom.TooLarge,
		antom.Unreachable, antom.Untrusted, antom.WebPage,
	}
	cause := fmt.Errorf("a\x1b[31m\nb%s", strings.Repeat("x", 5000))
	for _, kind := range kinds {
		err := &antom.TransportError{Kind: kind, Operation: antom.Refund, Host: "gateway.example", Err: cause}
		if err.Hint() == "" || strings.Contains(err.Error(), string(kind)+": ") {
			t.Errorf("%s: error = %q, hint = %q", kind, err, err.Hint())
		}
		if n := len([]rune(err.Error())); n > 400 {
			t.Errorf("%s: the error has %d characters", kind, n)
		}
		if !errors.Is(err, cause) {
			t.Errorf("%s does not wrap its cause", kind)
		}
		oneLineOnly(t, err)
	}
	odd := &antom.TransportError{Kind: "melted", Err: cause}
	if !strings.Contains(odd.Error(), "melted") || odd.Temporary() {
		t.Errorf("error = %q", odd)
	}
}

// The body of a request has a Content-Length, so that it does not depend on a proxy's handling
// of chunks.
func TestRequest_contentLength(t *testing.T) {
	t.Parallel()
	client, _ := setup(t)
	request, err := client.NewRequest(t.Context(), antom.InquiryPayment.Endpoint(), []byte(`{"paymentId":"1"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strconv.FormatInt(request.ContentLength, 10); got != "17" {
		t.Errorf("content length = %s", got)
	}
}
