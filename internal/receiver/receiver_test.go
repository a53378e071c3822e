package receiver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

const (
	clientID = "SANDBOX_5X0000000001"
	notify   = "/antom/notify"
)

// gatewayKey is Antom's key in these tests.
var gatewayKey = sync.OnceValue(func() *sign.PrivateKey {
	key, err := sign.GenerateKey()
	if err != nil {
		panic(err)
	}
	return key
})

// paid is the body of a notification about a payment; n distinguishes notifications of the same
// payment.
func paid(payment string, n int) []byte {
	return fmt.Appendf(nil, `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},"paymentRequestId":%q,"paymentId":"P%s","paymentAmount":{"currency":"SGD","value":"4200"},"metadata":"%d"}`, payment, payment, n)
}

// delivered is a signed request as a server reads it.
func delivered(t testing.TB, target string, body []byte, change ...func(*http.Request)) *http.Request {
	t.Helper()
	signed, err := antom.NewNotificationRequest(t.Context(), "http://shop.example"+target, clientID, gatewayKey(), body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), signed.Method, target, signed.Body)
	r.Header = signed.Header
	for _, each := range change {
		each(r)
	}
	return r
}

// endpoint is a receiver with its journal, and the events that it reported.
type endpoint struct {
	*receiver.Receiver
	dir     string
	journal *receiver.Journal

	mu     sync.Mutex
	events []receiver.Event
}

func open(t testing.TB, change ...func(*receiver.Options)) *endpoint {
	t.Helper()
	e := &endpoint{dir: t.TempDir()}
	journal, _, err := receiver.OpenJournal(e.dir)
	if err != nil {
		t.Fatal(err)
	}
	e.journal = journal
	t.Cleanup(func() { _ = journal.Close() })
	o := receiver.Options{Key: gatewayKey().Public(), ClientID: clientID, Journal: journal, Now: time.Now, Notify: e.take}
	for _, each := range change {
		each(&o)
	}
	e.Receiver = receiver.New(o)
	return e
}

func (e *endpoint) take(event receiver.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
}

func (e *endpoint) records(t testing.TB) []*receiver.Record {
	t.Helper()
	var all []*receiver.Record
	for r, err := range receiver.Records(e.dir) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// TestReceiver_answers: a genuine notification is acknowledged and stored. Anything else is
// neither, and neither its status nor its body reports success.
func TestReceiver_answers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		target string
		body   []byte
		change func(*http.Request)
		status int
	}{
		{"genuine", notify, paid("1", 1), nil, 200},
		{"another path and a query", "/a/b?c=%2F", paid("1", 1), nil, 200},
		{"unknown type", notify, []byte(`{"notifyType":"NEW","x":[1,2.50]}`), nil, 200},
		{"fields of other types than documented", notify, []byte(`{"notifyType":"PAYMENT_RESULT","paymentAmount":7,"paymentRequestId":1}`), nil, 200},
		{"not UTF-8", notify, []byte("{\"notifyType\":\"\xff\xfe\"}"), nil, 200},
		{"blanks after commas", notify, paid("1", 1), func(r *http.Request) {
			r.Header.Set("Signature", strings.ReplaceAll(r.Header.Get("Signature"), ",", ", "))
		}, 200},
		{"no JSON", notify, []byte("hello"), nil, 400},
		{"tampered", notify, paid("1", 1), func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader(paid("2", 1))) }, 401},
		{"unsigned", notify, paid("1", 1), func(r *http.Request) { r.Header.Del("Signature") }, 401},
		{"another client", notify, paid("1", 1), func(r *http.Request) { r.Header.Set("Client-Id", "OTHER") }, 401},
		{"two signatures", notify, paid("1", 1), func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }, 401},
		{"two times", notify, paid("1", 1), func(r *http.Request) { r.Header.Add("Request-Time", "2026-11-24T09:00:00Z") }, 401},
		{"another path than signed", notify, paid("1", 1), func(r *http.Request) { r.RequestURI = "/other" }, 401},
		{"GET", notify, paid("1", 1), func(r *http.Request) { r.Method = http.MethodGet }, 405},
		{"too long", notify, append(paid("1", 1), make([]byte, antom.DefaultBodyLimit)...), nil, 413},
		{"cut off", notify, paid("1", 1), func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), &broken{}))
		}, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			r := delivered(t, test.target, test.body)
			if test.change != nil {
				test.change(r)
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			stored := len(e.records(t)) == 1
			judgement := antom.CheckAcknowledgement(w.Code, w.Body.Bytes())
			if w.Code != test.status || (judgement == nil) != (test.status == 200) || stored != (test.status == 200) {
				t.Errorf("answered %d %s (%v), stored %v; want %d", w.Code, w.Body, judgement, stored, test.status)
			}
			if test.status != 200 && !strings.Contains(w.Body.String(), `"resultStatus":"F"`) {
				t.Errorf("the body %s does not say F", w.Body)
			}
			if len(e.events) != 1 || (e.events[0].Type == receiver.Received) != (test.status == 200) {
				t.Errorf("events = %+v", e.events)
			}
		})
	}
}

type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestReceiver_stores: the journal holds the exact bytes and headers.
func TestReceiver_stores(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"text": []byte("{ \"notifyType\" : \"PAYMENT_RESULT\",\r\n\"paymentRequestId\":\"<&>\u2028商\" }\n"), "bytes": []byte("{\"a\":\"\xff\"}"),
	} {
		e := open(t)
		r := delivered(t, notify+"?q=1", body, func(r *http.Request) { r.Header["X-Twice"] = []string{"b", "a"} })
		e.ServeHTTP(httptest.NewRecorder(), r)
		records := e.records(t)
		if len(records) != 1 {
			t.Fatalf("%s: %d records", name, len(records))
		}
		got := records[0]
		if !bytes.Equal(got.Body(), body) || got.URL != notify+"?q=1" || got.ID != "n1" || got.DuplicateOf != "" {
			t.Errorf("%s: record = %+v", name, got)
		}
		if !slices.Equal(got.Header().Values("X-Twice"), []string{"b", "a"}) || got.Header().Get("Host") != "shop.example" && got.Header().Get("Host") != "example.com" {
			t.Errorf("%s: headers = %v", name, got.Headers)
		}
	}
}

// TestReceiver_duplicates: the same message is recognised however it is formatted and signed; a
// different one is not a duplicate.
func TestReceiver_duplicates(t *testing.T) {
	t.Parallel()
	e := open(t)
	for _, body := range [][]byte{paid("1", 1), paid("1", 1), paid("1", 2), append([]byte(" \n"), paid("1", 1)...)} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, delivered(t, notify, body))
		if w.Code != http.StatusOK {
			t.Errorf("a duplicate was answered with %d", w.Code)
		}
	}
	var got []string
	for _, r := range e.records(t) {
		got = append(got, r.DuplicateOf)
	}
	if want := []string{"", "n1", "", "n1"}; !slices.Equal(got, want) {
		t.Errorf("duplicates of %q, want %q", got, want)
	}
}

// TestReceiver_closedJournal: a notification that can't be stored is not acknowledged.
func TestReceiver_closedJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journal, _, err := receiver.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	var events []receiver.Event
	rc := receiver.New(receiver.Options{Key: gatewayKey().Public(), Journal: journal, Now: time.Now, Notify: func(e receiver.Event) { events = append(events, e) }})
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	rc.ServeHTTP(w, delivered(t, notify, paid("1", 1)))
	if w.Code != http.StatusServiceUnavailable || antom.CheckAcknowledgement(w.Code, w.Body.Bytes()) == nil {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if len(events) != 1 || events[0].Type != receiver.NotStored || !errors.Is(events[0].Err, receiver.ErrClosed) {
		t.Errorf("events = %+v", events)
	}
	if strings.Contains(w.Body.String(), dir) {
		t.Errorf("the answer %s reveals something about this machine", w.Body)
	}
}

// TestReceiver_acknowledgesFirst: an acknowledgement does not wait for the observer, which may
// be a paused terminal.
func TestReceiver_acknowledgesFirst(t *testing.T) {
	t.Parallel()
	answered := make(chan struct{})
	e := open(t, func(o *receiver.Options) { o.Notify = func(receiver.Event) { <-answered } })
	server := httptest.NewServer(e)
	defer server.Close()
	r, err := antom.NewNotificationRequest(t.Context(), server.URL+notify, clientID, gatewayKey(), paid("1", 1))
	if err != nil {
		t.Fatal(err)
	}
	response, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := antom.CheckAnswer(response); err != nil {
		t.Error(err)
	}
	close(answered)
}

func TestReceiver_health(t *testing.T) {
	t.Parallel()
	e := open(t)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, serve.HealthPath, nil))
	if w.Code != http.StatusOK || len(e.events) != 0 {
		t.Errorf("answered %d, events %v", w.Code, e.events)
	}
}

func TestPublicTarget(t *testing.T) {
	t.Parallel()
	tests := []struct{ public, own, want string }{
		{"https://a.example", notify, notify},
		{"https://a.example/", notify + "?q=1", notify + "?q=1"},
		{"https://a.example/shop/", notify, "/shop" + notify},
		{"https://a.example/shop/notify", "/", "/shop/notify"},
		{"https://a.example/shop/notify", "/x?q=1", "/shop/notify?q=1"},
		{"https://a.example/shop/notify?t=1", "/x?q=1", "/shop/notify?t=1"},
		{"https://a.example/%E5%95%86", "/x", "/%E5%95%86"},
	}
	for _, test := range tests {
		target, err := receiver.PublicTarget(test.public)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, test.own, nil)
		if got := target(r); got != test.want {
			t.Errorf("%s called as %s: %s, want %s", test.public, test.own, got, test.want)
		}
	}
	for _, bad := range []string{"", "/path", "a.example/path", "ftp://a.example", "http://", "://"} {
		if _, err := receiver.PublicTarget(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// TestReceiver_manySenders: concurrent notifications are all acknowledged, and each is stored
// once.
func TestReceiver_manySenders(t *testing.T) {
	t.Parallel()
	e := open(t)
	server := httptest.NewServer(e)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}
	defer client.CloseIdleConnections()
	const senders = 100
	var requests []*http.Request
	for i := range senders {
		r, err := antom.NewNotificationRequest(t.Context(), server.URL+notify, clientID, gatewayKey(), paid(strconv.Itoa(i), 1))
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, r)
	}
	var group sync.WaitGroup
	start := make(chan struct{})
	for _, r := range requests {
		group.Go(func() {
			<-start
			response, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if err := antom.CheckAnswer(response); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	group.Wait()
	seen := map[string]int{}
	for _, r := range e.records(t) {
		seen[r.PaymentRequestID]++
	}
	for i := range senders {
		if seen[strconv.Itoa(i)] != 1 {
			t.Errorf("payment %d is in the journal %d times", i, seen[strconv.Itoa(i)])
		}
	}
}

// FuzzReceiver: the receiver answers any request, and acknowledges only what was signed with
// the gateway's key.
func FuzzReceiver(f *testing.F) {
	genuine := delivered(f, notify, paid("1", 1))
	body, err := io.ReadAll(genuine.Body)
	if err != nil {
		f.Fatal(err)
	}
	signature, now := genuine.Header.Get("Signature"), genuine.Header.Get("Request-Time")
	f.Add("POST", notify, clientID, now, signature, body)
	f.Add("POST", notify, clientID, now+"."+string(body[:1]), signature, body[1:])
	f.Add("GET", "/healthz", "", "", "", []byte(nil))
	f.Add("POST", "//[::1", "\x00", "1", "signature=,", []byte("\xff"))
	f.Add("OPTIONS", "*", clientID, now, "algorithm=none,signature=", []byte("{"))
	e := open(f)
	f.Fuzz(func(t *testing.T, method, target, client, at, signature string, body []byte) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, notify, bytes.NewReader(body))
		r.Method, r.RequestURI = method, target
		r.Header = http.Header{"Client-Id": {client}, "Request-Time": {at}, "Signature": {signature}}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if antom.CheckAcknowledgement(w.Code, w.Body.Bytes()) != nil {
			return
		}
		message := sign.Message{Method: method, Target: target, ClientID: client, Time: at, Body: body}
		if _, err := gatewayKey().Public().Verify(message, signature); err != nil || client != clientID {
			t.Errorf("acknowledged, but %v", err)
		}
	})
}

// FuzzServe: no bytes on a connection crash the server.
func FuzzServe(f *testing.F) {
	f.Add([]byte("POST /antom/notify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("POST /antom/notify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"))
	f.Add([]byte("POST http://x/antom HTTP/1.1\r\nHost: a\r\nSignature: x\r\nSignature: y\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("\x16\x03\x01"))
	e := open(f)
	listener := testkit.NewPipes()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- receiver.Serve(ctx, listener, e) }()
	f.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, input []byte) {
		conn := listener.Dial()
		go func() {
			_, _ = conn.Write(input)
			_, _ = io.WriteString(conn, "\r\n\r\n")
			_ = conn.Close()
		}()
		answer, _ := io.ReadAll(conn)
		if bytes.Contains(answer, []byte(`"resultStatus":"S"`)) {
			t.Errorf("acknowledged: %s", answer)
		}
	})
}
