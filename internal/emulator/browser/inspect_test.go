package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/browser"
)

// login exchanges the code of the one-time link.
func (s *served) login(code string) (status int, token string) {
	s.t.Helper()
	answer, text := s.call(http.MethodPost, "/inspector/api/login", `{"code":"`+code+`"}`, map[string]string{"Origin": s.url})
	var got struct{ Token string }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, got.Token
}

// TestInspectorLogin: the code works once, and only the token that it is exchanged
// for lets anybody act.
func TestInspectorLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{UnlockCode: "the-code"})
	acts := []string{"POST pay", "POST clock", "DELETE clock", "POST faults", "DELETE faults", "POST scenarios", "DELETE scenarios", "POST settle", "POST reset"}
	refused := func(header map[string]string, want int) {
		t.Helper()
		for _, act := range acts {
			method, name, _ := strings.Cut(act, " ")
			if answer, text := s.call(method, "/inspector/api/"+name, "{}", header); answer.StatusCode != want {
				t.Errorf("%s with %v: %d %s", act, header, answer.StatusCode, text)
			}
		}
	}
	refused(nil, 401)
	refused(map[string]string{"Authorization": "Bearer "}, 401)
	refused(map[string]string{"Authorization": "Bearer the-code"}, 401)
	for _, code := range []string{"", "wrong", "the-code-and-more"} {
		if status, token := s.login(code); status != 409 || token != "" {
			t.Errorf("%q: %d %s", code, status, token)
		}
	}
	status, token := s.login("the-code")
	if status != 200 || len(token) < 26 {
		t.Fatal(status, token)
	}
	if status, again := s.login("the-code"); status != 409 || again != "" {
		t.Errorf("a second time: %d %s", status, again)
	}
	mine := map[string]string{"Authorization": "Bearer " + token}
	refused(map[string]string{"Authorization": "Bearer " + token, "Origin": "http://127.0.0.1:1"}, 403)
	refused(map[string]string{"Authorization": "Bearer " + token, "Sec-Fetch-Site": "cross-site"}, 403)
	if answer, text := s.call(http.MethodPost, "/inspector/api/clock", `{"advance":"1h"}`, mine); answer.StatusCode != http.StatusOK || !strings.Contains(text, `"virtual":true`) {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	if answer, text := s.call(http.MethodPost, "/inspector/api/faults", `{"fault":"nonsense"}`, mine); answer.StatusCode != http.StatusConflict || !strings.Contains(text, `"hint"`) {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	if answer, _ := s.call(http.MethodGet, "/inspector/api/pay", "", mine); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET pay: %d", answer.StatusCode)
	}
}

// TestInspectorWithoutCode: then nobody may act.
func TestInspectorWithoutCode(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	if status, _ := s.login(""); status != 409 {
		t.Error(status)
	}
	if answer, _ := s.call(http.MethodPost, "/inspector/api/reset", "{}", map[string]string{"Authorization": "Bearer "}); answer.StatusCode != http.StatusUnauthorized {
		t.Error(answer.StatusCode)
	}
}

// TestInspectorReads: what is read holds nothing that could be paid or acted with.
func TestInspectorReads(t *testing.T) {
	t.Parallel()
	fault, err := emulator.ParseFault("capture:1=lost-answer")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, browser.Options{}, fault)
	data := s.session("seen", "").PaymentSessionData
	s.ask("submit", form(data, goodCard, "success"))
	_, state := s.call(http.MethodGet, "/inspector/api/state?limit=10", "", nil)
	_, order := s.call(http.MethodGet, "/inspector/api/order?id=seen", "", nil)
	for _, want := range []string{`"paymentRequestId":"seen"`, `"fault":"capture:1=lost-answer"`, `"canWrite":false`, `"virtual":false`, `"digits":{"SGD":2}`} {
		if !strings.Contains(state, want) {
			t.Errorf("the state lacks %s: %s", want, state)
		}
	}
	for _, want := range []string{`"entity":"payment"`, `"notifyType":"PAYMENT_RESULT"`, `405469******0768`} {
		if !strings.Contains(order, want) {
			t.Errorf("the order lacks %s: %s", want, order)
		}
	}
	for _, never := range []string{goodCard, "cardToken", strings.Split(data, "&&")[0]} {
		if strings.Contains(state+order, never) {
			t.Errorf("it holds %s", never)
		}
	}
	if answer, _ := s.call(http.MethodGet, "/inspector/api/order?id=nosuch", "", nil); answer.StatusCode != http.StatusNotFound {
		t.Error(answer.StatusCode)
	}
	if answer, _ := s.call(http.MethodGet, "/inspector/api/state", "", map[string]string{"Sec-Fetch-Site": "cross-site"}); answer.StatusCode != http.StatusForbidden {
		t.Error(answer.StatusCode)
	}
}

// TestInspectorEvents: the page is told of a change when it happens, and the stream
// ends with its reader.
func TestInspectorEvents(t *testing.T) {
	t.Parallel()
	s := serve(t, browser.Options{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/inspector/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Error(got)
	}
	lines := bufio.NewScanner(answer.Body)
	next := func() string {
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return text
			}
		}
		return ""
	}
	if got := next(); got != `{"version":1}` {
		t.Errorf("first %q", got)
	}
	s.session("changes", "")
	if got := next(); got != `{"version":2}` {
		t.Errorf("then %q", got)
	}
}
