package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

func subject() conformance.Subject {
	return conformance.Subject{PaymentRequestID: "order-1", PaymentID: "20261124000000000001", Amount: antom.Amount{Currency: "SGD", Value: 4200}, Now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
}

// TestMessage: every type's example is read back completely, with its type.
func TestMessage(t *testing.T) {
	t.Parallel()
	kinds := conformance.Types()
	if !slices.IsSorted(kinds) || len(kinds) != 16 {
		t.Errorf("types = %q, want 16, sorted", kinds)
	}
	for _, kind := range kinds {
		body, err := conformance.Message(kind, subject())
		if err != nil {
			t.Fatal(err)
		}
		n, err := antom.ParseNotification(body)
		if err != nil || len(n.Unread) > 0 || n.Raw == nil {
			t.Errorf("%s: %+v, %v", kind, n, err)
			continue
		}
		want := antom.NotifyType(kind)
		if kind == conformance.Vaulting {
			want = ""
		}
		known := n.Payment != nil || n.Capture != nil || n.Refund != nil || n.Authorization != nil || n.Vaulting != nil || n.Dispute != nil
		if n.Type != want || !known {
			t.Errorf("%s reads back as %q (known: %v): %s", kind, n.Type, known, body)
		}
	}
}

func TestMessage_settings(t *testing.T) {
	t.Parallel()
	body, err := conformance.Message("PAYMENT_RESULT", subject(),
		conformance.Setting{Path: "paymentAmount.value", Value: "4300"}, conformance.Setting{Path: "result.resultStatus", Value: "F"},
		conformance.Setting{Path: "promotionResult[0].discount.savingsAmount.currency", Value: "SGD"}, conformance.Setting{Path: "retryInfo.availableRetries", Value: "2"},
		conformance.Setting{Path: "settlementQuote.guaranteed", Value: "true"}, conformance.Setting{Path: "paymentTime", Value: ""},
		conformance.Setting{Path: "paymentResultInfo", Value: `{"cardBrand":"JCB"}`, JSON: true}, conformance.Setting{Path: "promotionResult.1.discount.savingsAmount", Value: "1.50 SGD"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := antom.ParseNotification(body)
	if err != nil {
		t.Fatal(err)
	}
	p := n.Payment
	if p.PaymentAmount.Value != 4300 || p.Result.ResultStatus != "F" || p.PromotionResult[0].Discount.SavingsAmount.Currency != "SGD" || p.PromotionResult[1].Discount.SavingsAmount.Value != 150 || p.PaymentResultInfo.CardBrand != "JCB" || p.PaymentResultInfo.LastFour != "" || p.RetryInfo.AvailableRetries != 2 || !bool(p.SettlementQuote.Guaranteed) || p.PaymentTime != "" {
		t.Errorf("body = %s", body)
	}
}

// TestMessage_unknown: an unknown path is refused with similar ones.
func TestMessage_unknown(t *testing.T) {
	t.Parallel()
	tests := []struct{ kind, path, value, says, near string }{
		{"PAYMENT_RESULT", "paymentAmuont.value", "1", "no such field", "paymentAmount.value"},
		{"PAYMENT_RESULT", "result.resultCodes", "1", "no such field", "result.resultCode"},
		{"PAYMENT_RESULT", "resultStatus", "F", "no such field", "result.resultStatus"},
		{"PAYMENT_RESULT", "paymentResultInfo.threeDSResult.ecl", "05", "no such field", "paymentResultInfo.threeDSResult.eci"},
		{"PAYMENT_RESULT", "paymentAmount", "1", "object or a list", "paymentAmount.value"},
		{"PAYMENT_RESULT", "paymentAmount.value", "4.20", "does not fit", ""},
		{"PAYMENT_RESULT", "promotionResult[5].promotionType", "x", "no such field", "promotionResult[0].promotionType"},
		{"PAYMENT_RESULT", "", "x", "no such field", ""},
		{"PAYMENT_RESULT", "paymentRequestId.x", "x", "no such field", "paymentRequestId"},
		{"REFUND_RESULT", "paymentId", "x", "no such field", ""},
	}
	for _, test := range tests {
		_, err := conformance.Message(test.kind, subject(), conformance.Setting{Path: test.path, Value: test.value})
		bad, ok := errors.AsType[*conformance.PathError](err)
		if !ok || !strings.Contains(bad.Error(), test.says) || test.near != "" && !slices.Contains(bad.Near, test.near) || bad.Hint() == "" {
			t.Errorf("%s: %v, near %q; want %q, near %q", test.path, err, bad.Near, test.says, test.near)
		}
	}
	for path, value := range map[string]string{"settlementQuote": `{"guarantee":true}`, "paymentAmount.value": `4300 1`, "result": `[`} {
		_, err := conformance.Message("PAYMENT_RESULT", subject(), conformance.Setting{Path: path, Value: value, JSON: true})
		if bad, ok := errors.AsType[*conformance.PathError](err); !ok || !strings.Contains(bad.Error(), "does not fit the field") {
			t.Errorf("%s:=%s: %v", path, value, err)
		}
	}
	_, err := conformance.Message("PAYMENT_RESLUT", subject())
	if bad, ok := errors.AsType[*conformance.TypeError](err); !ok || !strings.Contains(bad.Hint(), "PAYMENT_RESULT") {
		t.Errorf("unknown type: %v", err)
	}
}

// TestChecks: every check has a unique id that is easy to type, a reason and a remedy.
func TestChecks(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, c := range conformance.Checks() {
		if !regexp.MustCompile(`^[a-z][a-z0-9-]+$`).MatchString(c.ID) || seen[c.ID] {
			t.Errorf("id %q: not unique, or not in the form of an id", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || c.Why == "" || c.Remedy == "" {
			t.Errorf("%s: title, why or remedy missing", c.ID)
		}
		if i == 0 && c.ID != "genuine" {
			t.Errorf("the first check is %s", c.ID)
		}
	}
	if len(seen) < 20 {
		t.Errorf("%d checks", len(seen))
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	chosen, err := conformance.Select([]string{"get", "duplicate"})
	var ids []string
	for _, c := range chosen {
		ids = append(ids, c.ID)
	}
	if want := []string{"genuine", "duplicate", "get"}; err != nil || !slices.Equal(ids, want) {
		t.Errorf("selected %q, %v", ids, err)
	}
	_, err = conformance.Select([]string{"dupliacte"})
	if unknown, ok := errors.AsType[*check.UnknownError](err); !ok || !strings.Contains(unknown.Hint(), "duplicate") {
		t.Errorf("unknown check: %v", err)
	}
}

func keyOf(t *testing.T) *sign.PrivateKey {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func endpointAt(t *testing.T, address string) *conformance.Endpoint {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	key := keyOf(t)
	return &conformance.Endpoint{
		URL: to, ClientID: "SANDBOX_5X0000000001", Key: key, Stranger: key, Run: "r", Deadline: 10 * time.Second, Client: new(http.Client), Now: time.Now,
	}
}

// TestRun_refusesAll: refusals of an endpoint that refuses everything prove nothing.
func TestRun_refusesAll(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer server.Close()
	chosen, err := conformance.Select([]string{"tampered-amount", "pretty-printed"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = conformance.Run(t.Context(), endpointAt(t, server.URL+"/"), chosen, func(f check.Finding) error {
		got = append(got, f.Check.ID+" "+string(f.Status)+": "+f.Detail)
		return nil
	})
	want := []string{
		"genuine failed: the genuine notification was not acknowledged: HTTP status 418, want 200",
		"tampered-amount unproven: the endpoint refuses the genuine notification too",
		"pretty-printed failed: the pretty-printed message was not acknowledged: HTTP status 418, want 200",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestRun_unreachable: an unreachable endpoint is an error, not a finding.
func TestRun_unreachable(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	err = conformance.Run(t.Context(), endpointAt(t, "http://"+address+"/"), conformance.Checks(), func(f check.Finding) error {
		t.Errorf("reported %+v", f)
		return nil
	})
	if unreachable, ok := errors.AsType[*conformance.UnreachableError](err); !ok || unreachable.Hint() == "" {
		t.Errorf("err = %v", err)
	}
}

// TestRun_crashed: if an endpoint stops during a check, the error names the last check that it
// answered. It differs from the error for an endpoint that never ran.
func TestRun_crashed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = antom.Acknowledge(w) }))
	chosen, err := conformance.Select([]string{"capture"})
	if err != nil {
		t.Fatal(err)
	}
	err = conformance.Run(t.Context(), endpointAt(t, server.URL+"/"), chosen, func(check.Finding) error {
		server.Close() // after the first one
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "it stopped answering after the check genuine: ") {
		t.Fatalf("err = %v", err)
	}
	if gone, ok := errors.AsType[*conformance.UnreachableError](err); !ok || !strings.Contains(gone.Hint(), "own log") {
		t.Errorf("hint of %v", err)
	}
}

// TestRun_cancelled: the end of the context is not a finding.
func TestRun_cancelled(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	e := endpointAt(t, server.URL+"/")
	e.Client = &http.Client{Transport: testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		cancel()
		return http.DefaultTransport.RoundTrip(r)
	})}
	err := conformance.Run(ctx, e, conformance.Checks(), func(f check.Finding) error {
		t.Errorf("reported %+v", f)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// TestRun_settings: the user's values are in every notification that has such a field.
func TestRun_settings(t *testing.T) {
	t.Parallel()
	requests := make(chan map[string]any, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		requests <- body
		_ = antom.Acknowledge(w)
	}))
	defer server.Close()
	e := endpointAt(t, server.URL+"/")
	e.Settings = []conformance.Setting{{Path: "paymentRequestId", Value: "order-7"}, {Path: "paymentId", Value: "P7"}}
	chosen, err := conformance.Select([]string{"capture", "refund", "duplicate"})
	if err != nil {
		t.Fatal(err)
	}
	if err := conformance.Run(t.Context(), e, chosen, func(check.Finding) error { return nil }); err != nil {
		t.Fatal(err)
	}
	close(requests)
	for body := range requests {
		if id, has := body["paymentRequestId"]; has && id != "order-7" {
			t.Errorf("paymentRequestId = %v in %v", id, body)
		}
		if id, has := body["paymentId"]; has && id != "P7" {
			t.Errorf("paymentId = %v in %v", id, body)
		}
	}
}

// TestRun_deadEnd: checks that can't show anything are not tried, and the remedy is about the
// endpoint, not about keys.
func TestRun_deadEnd(t *testing.T) {
	t.Parallel()
	gateway, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	status := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		failed  int
		remedy  string
		deadEnd bool
	}{
		{"not found", status(404), 1, "wrong path?", true},
		{"no POST", status(405), 1, "wrong path?", true},
		{"redirect", status(302), 1, "a redirect: Antom does not follow it", true},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, 2, "acknowledge it immediately", true},
		{"refuses all", status(401), 5, "public key", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			defer server.Close()
			to, _ := url.Parse(server.URL + "/n")
			e := &conformance.Endpoint{URL: to, ClientID: "SANDBOX_5X0000000001", Key: gateway, Stranger: gateway, Run: "t", Deadline: 50 * time.Millisecond, Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, Now: time.Now}
			var findings []check.Finding
			if err := conformance.Run(t.Context(), e, conformance.Checks()[:10], func(f check.Finding) error {
				findings = append(findings, f)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			failed, untried := 0, 0
			for _, f := range findings {
				if f.Status == check.Failed {
					failed++
				}
				if strings.HasPrefix(f.Detail, conformance.NotTried) && f.Status == check.Unproven {
					untried++
				}
			}
			if failed != test.failed || test.deadEnd != (untried == 10-failed) || !strings.Contains(findings[0].Check.Remedy, test.remedy) {
				t.Errorf("%d failed, %d not tried, remedy %q; want %d failed and %q", failed, untried, findings[0].Check.Remedy, test.failed, test.remedy)
			}
		})
	}
}

// TestRun_tls: an untrusted certificate, or https to an http server, ends the run immediately.
func TestRun_tls(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secured := httptest.NewUnstartedServer(http.NotFoundHandler())
	secured.Config.ErrorLog = log.New(io.Discard, "", 0)
	secured.StartTLS()
	defer secured.Close()
	for address, hint := range map[string]string{secured.URL: "--cacert", strings.Replace(plain.URL, "http:", "https:", 1): "Try http://"} {
		to, _ := url.Parse(address)
		e := &conformance.Endpoint{URL: to, ClientID: "SANDBOX_5X0000000001", Key: key, Stranger: key, Deadline: time.Second, Client: new(http.Client), Now: time.Now}
		err := conformance.Run(t.Context(), e, conformance.Checks()[:2], func(f check.Finding) error {
			t.Errorf("%s: reported %+v", address, f)
			return nil
		})
		if gone, ok := errors.AsType[*conformance.UnreachableError](err); !ok || !strings.Contains(gone.Hint(), hint) {
			t.Errorf("%s: %v, want an error that hints at %s", address, err, hint)
		}
	}
}
