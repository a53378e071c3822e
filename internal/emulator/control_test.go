package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// control sends a request to the control API.
func (s *served) control(method, path, authorization, body string) (status int, answer string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.address.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	transport, err := s.server.ClientTransport()
	if err != nil {
		s.t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (s *served) bearer() string {
	s.t.Helper()
	token, err := os.ReadFile(s.gateway.TokenFile())
	if err != nil {
		s.t.Fatal(err)
	}
	return "Bearer " + strings.TrimSpace(string(token))
}

func TestControl_token(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	for _, authorization := range [...]string{"", "Bearer ", "Bearer x", s.bearer() + "x", strings.TrimPrefix(s.bearer(), "Bearer ")} {
		for _, path := range [...]string{"state", "nosuch", "reset"} {
			if status, answer := s.control(http.MethodPost, "/_emulator/"+path, authorization, ""); status != http.StatusUnauthorized || !strings.Contains(answer, s.gateway.TokenFile()) {
				t.Errorf("%s with %q: %d %s", path, authorization, status, answer)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(s.dir, "control.token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v", info, err)
	}
	if status, answer := s.control(http.MethodGet, "/healthz", "", ""); status != http.StatusOK || !strings.Contains(answer, s.address.Instance) {
		t.Errorf("/healthz: %d %s", status, answer)
	}
}

// TestControl_requests shows the API as curl sees it.
func TestControl_requests(t *testing.T) {
	t.Parallel()
	s, _ := serveWithShop(t, acknowledge, emulator.Options{})
	s.create("order", "", automatic)
	for _, row := range [...]struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "pay", `{"paymentRequestId":"order","processing":"1s"}`, 200, `"paymentStatus":"PROCESSING"`},
		{"POST", "pay", `{"paymentRequestId":"nosuch"}`, 409, `"hint"`},
		{"POST", "pay", `{"paymentRequestId":"order","card":"12"}`, 409, `12 to 19`},
		{"POST", "pay", `{"paymentRequestID2":"order"}`, 400, `unknown field`},
		{"POST", "pay", `{"processing":"soon"}`, 400, `soon`},
		{"POST", "pay", ``, 400, `read the body`},
		{"GET", "state", ``, 200, `"paymentRequestId":"order"`},
		{"GET", "state?limit=x", ``, 400, `limit`},
		{"GET", "payments/order", ``, 200, `"notifications"`},
		{"GET", "payments/nosuch", ``, 409, `no session`},
		{"POST", "clock", `{"advance":"1h"}`, 200, `"virtual":true`},
		{"POST", "clock", `{"advance":"-1h"}`, 409, `can't go back`},
		{"POST", "clock", `{}`, 400, `advance`},
		{"POST", "clock", `{"set":"2000-01-01T00:00:00Z"}`, 409, `can't go back`},
		{"GET", "clock", ``, 200, `"virtual":true`},
		{"GET", "notifications/order", ``, 200, `"Signature"`},
		{"GET", "notifications/order?open=true", ``, 200, `"open":`},
		{"POST", "faults", `{"fault":"capture:1=reset"}`, 200, `"id":1`},
		{"POST", "faults", `{"fault":"capture=nosuch"}`, 409, `unknown`},
		{"GET", "faults", ``, 200, `"capture"`},
		{"DELETE", "faults?id=7", ``, 200, `[]`},
		{"DELETE", "faults?id=x", ``, 400, `not a number`},
		{"DELETE", "faults", ``, 200, `"id":1`},
		{"POST", "settle", ``, 200, `"done":true`},
		{"POST", "scenarios", `{"operation":"capture","resultCode":"CAPTURE_IN_PROCESS"}`, 200, `"done":true`},
		{"GET", "scenarios", ``, 200, `CAPTURE_IN_PROCESS`},
		{"DELETE", "scenarios", ``, 200, `"done":true`},
		{"POST", "reset", ``, 200, `"done":true`},
		{"POST", "seed", `{"seed":7}`, 200, `"done":true`},
		{"DELETE", "clock", ``, 200, `"virtual":false`},
		{"GET", "nosuch", ``, 404, `no control`},
		{"PUT", "pay", `{}`, 404, `no control`},
	} {
		status, answer := s.control(row.method, "/_emulator/"+row.path, s.bearer(), row.body)
		if status != row.status || !strings.Contains(answer, row.answer) || !json.Valid([]byte(answer)) {
			t.Errorf("%s %s %s: %d %s; want %d %s", row.method, row.path, row.body, status, answer, row.status, row.answer)
		}
	}
}

// TestRemote wants the commands of another process to see what the server's own
// emulator would tell them.
func TestRemote(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, acknowledge, emulator.Options{})
	remote, err := emulator.Running(t.Context(), s.dir)
	if err != nil || remote == nil {
		t.Fatalf("%v, %v", remote, err)
	}
	s.create("order", shop.URL, automatic)
	paid, err := remote.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "order", Outcome: "DO_NOT_HONOR", Processing: time.Minute})
	if err != nil || paid.Status != antom.PaymentProcessing {
		t.Fatalf("%+v, %v", paid, err)
	}
	_, err = remote.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "nosuch"})
	if refused, ok := errors.AsType[*emulator.Refusal](err); !ok || refused.Hint() == "" {
		t.Errorf("a refusal comes as %v", err)
	}
	clock, events, err := remote.AdvanceClock(t.Context(), 2*time.Minute)
	if err != nil || !clock.Virtual || len(events) == 0 {
		t.Errorf("the clock: %+v, %+v, %v", clock, events, err)
	}
	if diff := cmp.Diff([]string{"PAYMENT_RESULT"}, shop.kinds()); diff != "" {
		t.Errorf("sent on the way (-want +got):\n%s", diff)
	}
	theirs, err := remote.Show(t.Context(), "order")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := s.gateway.Show(t.Context(), "order")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asJSON(t, ours), asJSON(t, theirs)); diff != "" {
		t.Errorf("show (-here +there):\n%s", diff)
	}
	requests, err := remote.Notifications(t.Context(), "order")
	if err != nil || len(requests) != 1 {
		t.Fatalf("%d notifications, %v", len(requests), err)
	}
	if _, err := antom.VerifyRequest(requests[0], s.facts.AntomKey); err != nil {
		t.Error(err)
	}
	list, err := remote.List(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].PaymentID != paid.PaymentID {
		t.Errorf("list: %+v, %v", list, err)
	}
	if err := remote.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	if list, err := s.gateway.List(t.Context(), 0); err != nil || len(list) != 0 {
		t.Errorf("after the reset: %+v, %v", list, err)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRemote_delivers sends what the server holds back, from outside, as antom
// emulator deliver does.
func TestRemote_delivers(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	remote, err := emulator.Running(t.Context(), s.dir)
	if err != nil || remote == nil {
		t.Fatalf("%v, %v", remote, err)
	}
	if _, _, err := remote.AdvanceClock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	s.paid("order", "http://127.0.0.1:1/notify", manual)
	s.advance(time.Minute)
	open, acknowledged, err := remote.Undelivered(t.Context(), "order")
	if err != nil || len(open) != 1 || acknowledged != 0 {
		t.Fatalf("%+v, %d, %v", open, acknowledged, err)
	}
	if due, err := remote.DueDeliveries(t.Context()); err != nil || len(due) != 1 || due[0].ID != open[0].ID {
		t.Errorf("due: %+v, %v", due, err)
	}
	request, err := remote.NotificationRequest(t.Context(), open[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := antom.VerifyRequest(request, s.facts.AntomKey); err != nil {
		t.Error(err)
	}
	if err := remote.RecordAttempt(t.Context(), open[0].ID, emulator.Attempt{HTTPStatus: 200, Acknowledged: true, Verdict: "acknowledged"}); err != nil {
		t.Error(err)
	}
	if due, err := remote.DueDeliveries(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("due after it was acknowledged: %+v, %v", due, err)
	}
	if open, acknowledged, err := remote.Undelivered(t.Context(), "order"); err != nil || len(open) != 0 || acknowledged != 1 {
		t.Errorf("after it was acknowledged: %+v, %d, %v", open, acknowledged, err)
	}
}

// Of several who move the clock on at once, each counts.
func TestControl_concurrentAdvances(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{}, emulator.Options{})
	if err := s.server.AdvanceClock(t.Context(), time.Hour); err != nil { // it is virtual from here on
		t.Fatal(err)
	}
	before, err := s.gateway.Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var movers sync.WaitGroup
	for range 8 {
		movers.Go(func() {
			for range 5 {
				if err := s.server.AdvanceClock(t.Context(), time.Hour); err != nil {
					t.Error(err)
				}
			}
		})
	}
	movers.Wait()
	after, err := s.gateway.Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if moved := after.Time.Sub(before.Time); moved != 40*time.Hour {
		t.Errorf("the clock moved on by %s, want 40h", moved)
	}
}

// A reset forgets what a late failure would refuse, with the payments.
func TestControl_resetPardons(t *testing.T) {
	t.Parallel()
	s, _ := serveWithShop(t, acknowledge, emulator.Options{})
	body := inquiryBody("order")
	s.create("order", "", automatic)
	s.fault("inquiryPayment:1=late-failure")
	for range 2 { // the second one is the failure that comes late
		if _, err := s.client.Do(t.Context(), antom.InquiryPayment, body); err == nil {
			t.Fatal("a call under the fault succeeds")
		}
	}
	if status, answer := s.control(http.MethodPost, "/_emulator/reset", s.bearer(), ""); status != http.StatusOK {
		t.Fatalf("reset: %d %s", status, answer)
	}
	_, err := s.client.Do(t.Context(), antom.InquiryPayment, body)
	if refused, ok := errors.AsType[*antom.ResultError](err); !ok || refused.Result.ResultCode != antom.CodeOrderNotExist {
		t.Errorf("after the reset: %v, want %s", err, antom.CodeOrderNotExist)
	}
}

func inquiryBody(id string) []byte { return []byte(`{"paymentRequestId":"` + id + `"}`) }
