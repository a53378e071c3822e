package antom_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

const (
	notifyTarget = "/antom/notify?shop=1"
	notifyBody   = `{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success"},` +
		`"paymentRequestId":"order-1001","paymentId":"pi1","paymentAmount":{"currency":"SGD","value":"4200"},"paymentCreateTime":"2026-11-24T09:00:00+08:00"}`
)

// verified is the endpoint's result for one request.
type verified struct {
	notification *antom.Notification
	err          error
}

// endpoint calls VerifyRequest in a real server, through wrap, and passes on its results.
func endpoint(t *testing.T, wrap func(http.Handler) http.Handler, opts ...antom.VerifyOption) (*httptest.Server, <-chan verified) {
	t.Helper()
	antomKey := privateKey(t, "antom").Public()
	seen := make(chan verified, 1)
	var handler http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n, err := antom.VerifyRequest(r, antomKey, opts...)
		seen <- verified{n, err}
	})
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server, seen
}

// notification is the signed request that delivers body to a target of a server.
func notification(t *testing.T, server *httptest.Server, target, body string) *http.Request {
	t.Helper()
	r, err := antom.NewNotificationRequest(t.Context(), server.URL+target, testClientID, privateKey(t, "antom"), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func deliver(t *testing.T, server *httptest.Server, r *http.Request, seen <-chan verified) verified {
	t.Helper()
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return <-seen
}

func TestVerifyRequest(t *testing.T) {
	t.Parallel()
	server, seen := endpoint(t, nil)
	r := notification(t, server, notifyTarget, notifyBody)
	got := deliver(t, server, r, seen)
	if got.err != nil {
		t.Fatal(got.err)
	}
	n := got.notification
	if n.Type != antom.NotifyPaymentResult || n.Payment.PaymentRequestID != "order-1001" || n.Payment.PaymentAmount.Value != 4200 {
		t.Errorf("notification = %+v", n)
	}
	if string(n.Raw) != notifyBody || n.ClientID != testClientID || n.Time != r.Header.Get("request-time") || n.KeyVersion != "1" {
		t.Errorf("raw = %s, client id = %q, time = %q, key version = %q", n.Raw, n.ClientID, n.Time, n.KeyVersion)
	}
	if _, err := antom.DateTime(n.Time).Time(); err != nil {
		t.Error(err)
	}
}

func TestVerifyRequest_refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*http.Request)
		want sign.Reason
		says string
	}{
		{"no signature", func(r *http.Request) { r.Header.Del("Signature") }, sign.SignatureMissing, "the signature header is missing"},
		{"no time", func(r *http.Request) { r.Header.Del("Request-Time") }, sign.TimeMissing, "the time header is missing"},
		{"no client id", func(r *http.Request) { r.Header.Del("Client-Id") }, sign.ClientIDMissing, "the client id is missing"},
		{"another client id", func(r *http.Request) { r.Header.Set("Client-Id", liveClientID) }, sign.Mismatch, "does not match"},
		{"another time", func(r *http.Request) { r.Header.Set("Request-Time", "2020-01-01T00:00:00Z") }, sign.Mismatch, "does not match"},
		{"two signatures", func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }, sign.SignatureMalformed, "the message has 2 signature headers"},
		{"a second, empty signature", func(r *http.Request) { r.Header.Add("Signature", "") }, sign.SignatureMalformed, "the message has 2 signature headers"},
		{"another path", func(r *http.Request) { r.URL.Path = "/other" }, sign.Mismatch, "does not match"},
		{"another query", func(r *http.Request) { r.URL.RawQuery = "shop=2" }, sign.Mismatch, "does not match"},
		{"another method", func(r *http.Request) { r.Method = http.MethodPut }, sign.Mismatch, "does not match"},
		{"another body", func(r *http.Request) { setBody(r, strings.Replace(notifyBody, "4200", "1", 1)) }, sign.Mismatch, "does not match"},
		{"a newline more", func(r *http.Request) { setBody(r, notifyBody+"\n") }, sign.Mismatch, "does not match"},
		{"no body", func(r *http.Request) { setBody(r, "") }, sign.Mismatch, "does not match"},
		{"signed by the merchant", func(r *http.Request) { resign(t, r, "merchant") }, sign.Mismatch, "does not match"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, seen := endpoint(t, nil)
			r := notification(t, server, notifyTarget, notifyBody)
			test.edit(r)
			got := deliver(t, server, r, seen)
			if got.notification != nil || !errors.Is(got.err, &sign.Error{Reason: test.want}) {
				t.Fatalf("notification = %+v, error = %v; want reason %s", got.notification, got.err, test.want)
			}
			if !strings.HasPrefix(got.err.Error(), "verify the notification: ") || !strings.Contains(got.err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", got.err, test.says)
			}
		})
	}
}

func setBody(r *http.Request, body string) {
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(strings.NewReader(body)), int64(len(body)), nil
}

func resign(t *testing.T, r *http.Request, key string) {
	t.Helper()
	header, err := privateKey(t, key).Sign(sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: []byte(notifyBody),
	}, 1)
	if err != nil {
		t.Error(err)
	}
	r.Header.Set("Signature", header)
}

// A genuine notification that can't be read is an error, but not a sign.Error.
func TestVerifyRequest_unreadable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "x", "[]", `{"notifyType":1}`, `{"notifyType":"PAYMENT_RESULT","paymentAmount":"4200"}`} {
		server, seen := endpoint(t, nil)
		got := deliver(t, server, notification(t, server, notifyTarget, body), seen)
		if _, ok := errors.AsType[*sign.Error](got.err); got.err == nil || ok || got.notification != nil {
			t.Errorf("%q: notification = %+v, error = %v", body, got.notification, got.err)
		}
	}
}

func TestVerifyRequest_bodyLimit(t *testing.T) {
	t.Parallel()
	long := strings.Replace(notifyBody, "order-1001", strings.Repeat("x", antom.DefaultBodyLimit), 1)
	tests := []struct {
		name string
		body string
		opts []antom.VerifyOption
		want int64 // limit that is told; 0: taken
	}{
		{"exactly the limit", notifyBody, []antom.VerifyOption{antom.WithBodyLimit(int64(len(notifyBody)))}, 0},
		{"one byte over", notifyBody, []antom.VerifyOption{antom.WithBodyLimit(int64(len(notifyBody) - 1))}, int64(len(notifyBody) - 1)},
		{"over the default", long, nil, antom.DefaultBodyLimit},
		{"own limit above the default", long, []antom.VerifyOption{antom.WithBodyLimit(2 << 20)}, 0},
	}
	for _, test := range tests {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %t", test.name, chunked), func(t *testing.T) {
				t.Parallel()
				server, seen := endpoint(t, nil, test.opts...)
				r := notification(t, server, notifyTarget, test.body)
				if chunked {
					r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
				}
				answer, err := server.Client().Do(r)
				if err == nil { // a server that hangs up on what is too long is right
					answer.Body.Close()
				}
				got := <-seen
				tooLong, over := errors.AsType[*http.MaxBytesError](got.err)
				switch {
				case test.want == 0 && (got.err != nil || string(got.notification.Raw) != test.body):
					t.Errorf("error = %v", got.err)
				case test.want > 0 && (!over || tooLong.Limit != test.want || got.notification != nil):
					t.Errorf("notification = %v, error = %v", got.notification, got.err)
				}
			})
		}
	}
}

// A router that removes a path prefix, and a proxy that changes the path.
func TestVerifyRequest_target(t *testing.T) {
	t.Parallel()
	strip := func(h http.Handler) http.Handler { return http.StripPrefix("/antom", h) }
	proxy := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.RequestURI, r.URL.Path, r.URL.RawQuery = "/internal", "/internal", ""
			h.ServeHTTP(w, r)
		})
	}
	tests := []struct {
		name string
		wrap func(http.Handler) http.Handler
		opts []antom.VerifyOption
		good bool
	}{
		{"StripPrefix", strip, nil, true},
		{"a changed path", proxy, nil, false},
		{"a changed path, named", proxy, []antom.VerifyOption{antom.WithTarget(notifyTarget)}, true},
		{"named wrongly", nil, []antom.VerifyOption{antom.WithTarget("/antom/notify")}, false},
	}
	for _, test := range tests {
		for _, form := range []string{"", "http://shop.example"} {
			t.Run(test.name+" "+form, func(t *testing.T) {
				t.Parallel()
				server, seen := endpoint(t, test.wrap, test.opts...)
				sendRaw(t, server, form+notifyTarget, notification(t, server, notifyTarget, notifyBody))
				if got := <-seen; (got.err == nil) != test.good {
					t.Errorf("error = %v", got.err)
				}
			})
		}
	}
}

// sendRaw sends a request with any target, as some clients do.
func sendRaw(t *testing.T, server *httptest.Server, target string, r *http.Request) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var headers bytes.Buffer
	if err := r.Header.Write(&headers); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: shop.example\r\nContent-Length: %d\r\n%s\r\n%s", target, len(notifyBody), &headers, notifyBody)
	answer, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

func TestVerifyRequest_clientID(t *testing.T) {
	t.Parallel()
	server, seen := endpoint(t, nil, antom.WithClientID(testClientID))
	if got := deliver(t, server, notification(t, server, notifyTarget, notifyBody), seen); got.err != nil {
		t.Error(got.err)
	}
	server, seen = endpoint(t, nil, antom.WithClientID(liveClientID))
	got := deliver(t, server, notification(t, server, notifyTarget, notifyBody), seen)
	if !errors.Is(got.err, &sign.Error{Reason: sign.ClientIDOther}) || !strings.Contains(got.err.Error(), `for another client id: "SANDBOX_5X00000000000000", not "5YEL6Y2ZT0GX00000"`) {
		t.Errorf("error = %v", got.err)
	}
}

func TestVerifyRequest_chunked(t *testing.T) {
	t.Parallel()
	server, seen := endpoint(t, nil)
	r := notification(t, server, notifyTarget, notifyBody)
	r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	if got := deliver(t, server, r, seen); got.err != nil || string(got.notification.Raw) != notifyBody {
		t.Errorf("error = %v", got.err)
	}
}

// A sender that closes the connection within the body has not sent a notification.
func TestVerifyRequest_cutShort(t *testing.T) {
	t.Parallel()
	server, seen := endpoint(t, nil)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var headers bytes.Buffer
	if err := notification(t, server, notifyTarget, notifyBody).Header.Write(&headers); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: shop.example\r\nContent-Length: %d\r\n%s\r\n%s", notifyTarget, len(notifyBody), &headers, notifyBody[:50])
	conn.Close()
	got := <-seen
	if !errors.Is(got.err, io.ErrUnexpectedEOF) || !strings.HasPrefix(got.err.Error(), "read the notification: ") || got.notification != nil {
		t.Errorf("notification = %+v, error = %v", got.notification, got.err)
	}
}

func TestVerifyRequest_withoutKeyOrBody(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, notifyTarget, strings.NewReader(notifyBody))
	if _, err := antom.VerifyRequest(r, nil); err == nil || !strings.Contains(err.Error(), "no public key of Antom") {
		t.Errorf("error = %v", err)
	}
	r.Body = nil
	if _, err := antom.VerifyRequest(r, privateKey(t, "antom").Public()); !errors.Is(err, &sign.Error{Reason: sign.SignatureMissing}) {
		t.Errorf("error = %v", err)
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := antom.Acknowledge(w); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json; charset=UTF-8" || !bytes.Equal(w.Body.Bytes(), antom.AcknowledgementBody()) {
		t.Errorf("status %d, headers %v, body %s", w.Code, w.Header(), w.Body)
	}
	if err := antom.CheckAcknowledgement(w.Code, w.Body.Bytes()); err != nil {
		t.Errorf("Antom would not take it: %v", err)
	}
	broken := errors.New("hung up")
	if err := antom.Acknowledge(brokenWriter{httptest.NewRecorder(), broken}); !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
}

type brokenWriter struct {
	http.ResponseWriter
	err error
}

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestCheckAcknowledgement(t *testing.T) {
	t.Parallel()
	const good = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`
	tests := []struct {
		status int
		body   string
		want   string // empty: taken
	}{
		{200, good, ""},
		{200, " " + good + "\n", ""},
		{200, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"Success"}}`, ""},
		{200, `{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`, ""},
		{200, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":null},"more":[1]}`, ""},
		{500, good, "HTTP status 500, want 200"},
		{404, "", "HTTP status 404, want 200"},
		{201, good, "HTTP status 201, want 200"},
		{302, "", "HTTP status 302, want 200"},
		{200, "", "the body is empty"},
		{200, " \n", "the body is empty"},
		{200, "OK", "the body is not JSON"},
		{200, "<html>", "the body is not JSON"},
		{200, good[:40], "the body is not JSON"},
		{200, good + good, "the body is not JSON"},
		{200, `"SUCCESS"`, "the body does not have the form of an acknowledgement"},
		{200, `{"result":"SUCCESS"}`, "the body does not have the form of an acknowledgement"},
		{200, `{"result":{"resultStatus":1}}`, "the body does not have the form of an acknowledgement"},
		{200, `null`, "result missing"},
		{200, `{}`, "result missing"},
		{200, `{"resultCode":"SUCCESS","resultStatus":"S"}`, "result missing"},
		{200, `{"result":{"resultCode":"SUCCESS"}}`, "resultStatus missing"},
		{200, `{"result":{"resultCode":"SUCCESS","resultStatus":"F"}}`, `resultStatus is "F", want "S"`},
		{200, `{"result":{"resultCode":"SUCCESS","resultStatus":"s"}}`, `resultStatus is "s", want "S"`},
		{200, `{"result":{"resultStatus":"S"}}`, "resultCode missing"},
		{200, `{"result":{"resultCode":"OK","resultStatus":"S"}}`, `resultCode is "OK", want "SUCCESS"`},
		{200, `{"result":{"resultCode":"success","resultStatus":"S"}}`, `resultCode is "success", want "SUCCESS"`},
	}
	for _, test := range tests {
		err := antom.CheckAcknowledgement(test.status, []byte(test.body))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%d %s: %v", test.status, test.body, err)
		case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
			t.Errorf("%d %s: %v, want %q", test.status, test.body, err, test.want)
		}
	}
}

func TestNewNotificationRequest(t *testing.T) {
	t.Parallel()
	key := privateKey(t, "antom")
	before := time.Now().Add(-time.Second)
	r, err := antom.NewNotificationRequest(t.Context(), "https://shop.example/antom/notify?a=%20b#top", testClientID, key, []byte(notifyBody))
	if err != nil {
		t.Fatal(err)
	}
	at, err := antom.DateTime(r.Header.Get("Request-Time")).Time()
	if err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("request-time = %q, %v", r.Header.Get("Request-Time"), err)
	}
	message := sign.Message{Method: "POST", Target: "/antom/notify?a=%20b", ClientID: testClientID, Time: r.Header.Get("Request-Time"), Body: []byte(notifyBody)}
	if header, err := key.Public().Verify(message, r.Header.Get("Signature")); err != nil || header.KeyVersion != "1" {
		t.Errorf("header = %+v, %v", header, err)
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != antom.ContentType || r.Header.Get("Client-Id") != testClientID || len(r.Header) != 4 {
		t.Errorf("%s with %v", r.Method, r.Header)
	}
	for _, endpoint := range []string{"", "shop.example/notify", "/notify", "ftp://shop.example", "https://", "http://[::1", "mailto:a@b.example"} {
		if _, err := antom.NewNotificationRequest(t.Context(), endpoint, testClientID, key, nil); err == nil || !strings.Contains(err.Error(), "must be an absolute http or https URL") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	if _, err := antom.NewNotificationRequest(t.Context(), "https://shop.example", testClientID, nil, nil); err == nil {
		t.Error("no error without a key")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err = antom.NewNotificationRequest(ctx, "https://shop.example", testClientID, key, nil); err != nil || r.Context().Err() == nil {
		t.Errorf("the context is lost: %v", err)
	}
}
