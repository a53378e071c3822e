package emulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// struckInquiries are inquiries that meet each kind of fault of calls, and what
// our client makes of the first and of the second one. Sorted by kind.
var faultyInquiries = [...]struct {
	kind, fault, first, second string
}{
	{"answer-of-another", "inquiryPayment:1=answer-of-another", "about another paymentRequestId", "ok"},
	{"cut-body", "inquiryPayment:1=cut-body:30", "cut-short", "ok"},
	{"html", "inquiryPayment:1=html", "web-page", "ok"},
	{"key-rotation", "inquiryPayment:1=key-rotation", "mismatch", "ok"},
	{"late-answer", "inquiryPayment:1=late-answer:1m", "timed-out", "ok"},
	{"late-failure", "inquiryPayment:1=late-failure", "UNKNOWN_EXCEPTION U", "PROCESS_FAIL F"},
	{"latency", "inquiryPayment:1=latency:1m", "timed-out", "ok"},
	{"lost-answer", "inquiryPayment:1=lost-answer", "dropped", "ok"},
	{"no-response-time", "inquiryPayment:1=no-response-time", "time-missing", "ok"},
	{"no-signature", "inquiryPayment:1=no-signature", "signature-missing", "ok"},
	{"notify-first", "inquiryPayment:1=notify-first", "ok", "ok"},
	{"rate-limit", "inquiryPayment:1=rate-limit", "REQUEST_TRAFFIC_EXCEED_LIMIT U", "ok"},
	{"reset", "inquiryPayment:1=reset", "dropped", "ok"},
	{"stale-time", "inquiryPayment:1=stale-time", "ok", "ok"},
	{"status", "inquiryPayment:1=status:503", "server-fault", "ok"},
	{"unknown", "inquiryPayment:1=unknown", "UNKNOWN_EXCEPTION U", "ok"},
	{"unknown-done", "inquiryPayment:1=unknown-done", "UNKNOWN_EXCEPTION U", "ok"},
	{"unsigned", "inquiryPayment:1=unsigned", "signature-missing", "ok"},
	{"wrong-client-id", "inquiryPayment:1=wrong-client-id", "mismatch", "ok"},
	{"wrong-signature", "inquiryPayment:1=wrong-signature", "mismatch", "ok"},
}

// verdict is what the client said, in a word.
func verdict(err error) string {
	if err == nil {
		return "ok"
	}
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		return fmt.Sprintf("%s %s", refused.Result.ResultCode, refused.Result.ResultStatus)
	}
	if failed, ok := errors.AsType[*antom.TransportError](err); ok {
		return string(failed.Kind)
	}
	if bad, ok := errors.AsType[*sign.Error](err); ok {
		return string(bad.Reason)
	}
	if other, ok := errors.AsType[*antom.BindingError](err); ok {
		return "about another " + other.Field
	}
	return err.Error()
}

// TestFaults_answerOfAnother wants the client to refuse a genuine answer about another
// payment, capture or refund, whatever it asked for, and the call to be carried out.
func TestFaults_answerOfAnother(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	payment := s.paid("paid", "", manual)
	s.paid("unused", "", manual)
	asked := map[antom.Operation]string{
		antom.Capture:        `{"captureRequestId":"c-1","paymentId":"` + payment + `","captureAmount":{"currency":"SGD","value":"100"}}`,
		antom.Refund:         `{"refundRequestId":"r-1","paymentId":"` + payment + `","refundAmount":{"currency":"SGD","value":"100"}}`,
		antom.InquiryRefund:  `{"refundRequestId":"r-1"}`,
		antom.InquiryPayment: `{"paymentId":"` + payment + `"}`,
		antom.Cancel:         `{"paymentRequestId":"unused"}`,
	}
	for _, op := range [...]antom.Operation{antom.Capture, antom.Refund, antom.InquiryRefund, antom.InquiryPayment, antom.Cancel} {
		s.server.ClearFaults()
		s.fault(string(op) + ":1=answer-of-another")
		if op == antom.Refund { // only what was captured is given back
			s.advance(time.Minute)
		}
		_, err := s.client.Do(t.Context(), op, []byte(asked[op]))
		other, ok := errors.AsType[*antom.BindingError](err)
		if !ok || !strings.HasPrefix(other.Got, "another-") || !strings.Contains(asked[op], other.Asked) {
			t.Errorf("%s: %v; want an answer about another one", op, err)
		}
		if _, err := s.client.Do(t.Context(), op, []byte(asked[op])); err != nil {
			t.Errorf("%s, repeated: %v", op, err)
		}
	}
	for _, row := range antom.Endpoints() {
		if _, listed := asked[row.Operation]; !listed && len(row.Names) > 0 {
			t.Errorf("%s is not tested", row.Operation)
		}
	}
	s.server.ClearFaults()
	s.fault("*=answer-of-another")
	if _, err := s.client.Do(t.Context(), antom.CreatePaymentSession, sessionBody("new", "", automatic)); err != nil {
		t.Errorf("a session, whose answer names nothing: %v", err)
	}
	if _, err := s.client.Do(t.Context(), antom.InquiryPayment, inquiry("nosuch")); verdict(err) != "ORDER_NOT_EXIST F" {
		t.Errorf("a refusal, which names nothing: %v", err)
	}
}

// TestFaults_staleTime wants the signed time of the answer to be that far off.
func TestFaults_staleTime(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	s.paid("paid", "", automatic)
	for argument, want := range map[string]time.Duration{"": 10 * time.Minute, ":1h": time.Hour, ":-30m": -30 * time.Minute} {
		for _, op := range [...]antom.Operation{antom.InquiryPayment, antom.CreatePaymentSession} {
			s.server.ClearFaults()
			s.fault(string(op) + "=stale-time" + argument)
			body := inquiry("paid")
			if op == antom.CreatePaymentSession {
				body = sessionBody("new"+argument[min(1, len(argument)):], "", automatic)
			}
			response, err := s.client.Do(t.Context(), op, body)
			if err != nil {
				t.Errorf("%s%s: %v", op, argument, err)
				continue
			}
			at, err := sign.ParseTime(response.Time)
			if behind := time.Since(at) - want; err != nil || behind < -time.Minute || behind > time.Minute {
				t.Errorf("%s%s: signed at %s, %v off", op, argument, response.Time, behind)
			}
		}
	}
}

func TestFaults_calls(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	s.paid("paid", "", automatic)
	for _, row := range faultyInquiries {
		s.server.ClearFaults()
		s.fault(row.fault)
		client := s.client
		if row.first == "timed-out" {
			client = s.newClient(antom.WithRequestTimeout(300 * time.Millisecond))
		}
		for i, want := range [...]string{row.first, row.second} {
			_, err := client.Do(t.Context(), antom.InquiryPayment, inquiry("paid"))
			if got := verdict(err); got != want {
				t.Errorf("%s: inquiry %d: the client says %q (%v), want %q", row.fault, i+1, got, err, want)
			}
			client = s.client
		}
	}
}

// TestFaultKinds wants the table sorted, explained and tested row by row.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	kinds := emulator.FaultKinds()
	var names, calls, sends []string
	for _, kind := range kinds {
		names = append(names, kind.Name)
		if kind.Does == "" || kind.Client == "" || (kind.Argument == "") != (kind.Default == "") {
			t.Errorf("%s: does %q, client %q, argument %q, default %q", kind.Name, kind.Does, kind.Client, kind.Argument, kind.Default)
		}
		if kind.Calls {
			calls = append(calls, kind.Name)
		}
		if kind.Notifies {
			sends = append(sends, kind.Name)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("not sorted or not unique: %q", names)
	}
	var testedCalls, testedSends []string
	for _, row := range faultyInquiries {
		testedCalls = append(testedCalls, row.kind)
	}
	for _, row := range faultySends {
		testedSends = append(testedSends, row.kind)
	}
	if diff := cmp.Diff(calls, testedCalls); diff != "" {
		t.Errorf("faults of calls without a test (-table +tests):\n%s", diff)
	}
	if diff := cmp.Diff(sends, testedSends); diff != "" {
		t.Errorf("faults of notifications without a test (-table +tests):\n%s", diff)
	}
}

// struckSends are notifications of a paid and captured payment that meet each
// kind of fault of notifications: what comes to the endpoint, and whether it
// verifies. Sorted by kind.
var faultySends = [...]struct {
	kind, fault string
	want        []string
}{
	{"key-rotation", "notifyPayment:1=key-rotation", []string{"PAYMENT_RESULT mismatch", "CAPTURE_RESULT ok"}},
	{"latency", "notifyPayment:1=latency:20ms", []string{"PAYMENT_RESULT ok", "CAPTURE_RESULT ok"}},
	{"never", "notifyPayment:1=never", []string{"CAPTURE_RESULT ok", "PAYMENT_RESULT ok"}},
	{"no-signature", "notifyPayment:1=no-signature", []string{"PAYMENT_RESULT signature-missing", "CAPTURE_RESULT ok"}},
	{"out-of-order", "notifyPayment:1=out-of-order", []string{"CAPTURE_RESULT ok", "PAYMENT_RESULT ok"}},
	{"twice", "notifyPayment:1=twice", []string{"PAYMENT_RESULT ok", "PAYMENT_RESULT ok", "CAPTURE_RESULT ok"}},
	{"unsigned", "notifyPayment:1=unsigned", []string{"PAYMENT_RESULT signature-missing", "CAPTURE_RESULT ok"}},
	{"wrong-client-id", "notifyCapture:1=wrong-client-id", []string{"PAYMENT_RESULT ok", "CAPTURE_RESULT ok SANDBOX_5XSOMEONEELSE1"}},
	{"wrong-signature", "notifyCapture:1=wrong-signature", []string{"PAYMENT_RESULT ok", "CAPTURE_RESULT mismatch"}},
}

func TestFaults_notifications(t *testing.T) {
	t.Parallel()
	for _, row := range faultySends {
		t.Run(row.kind, func(t *testing.T) {
			t.Parallel()
			s, shop := serveWithShop(t, acknowledge, emulator.Options{})
			s.fault(row.fault)
			s.paid("paid", shop.URL+"/notify?shop=1", automatic)
			s.advance(time.Hour)
			var got []string
			for _, h := range shop.got {
				text := h.kind + " " + verdict(h.err)
				if h.clientID != s.facts.ClientID {
					text += " " + h.clientID
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s: what came (-want +got):\n%s", row.fault, diff)
			}
		})
	}
}

// TestFaults_twice wants both copies in the state and in the record, and the
// schedule to go on as after one attempt.
func TestFaults_twice(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, func(http.ResponseWriter, *http.Request) {}, emulator.Options{})
	s.fault("notifyPayment:1=twice")
	s.paid("paid", shop.URL, manual)
	s.advance(3 * time.Minute)
	offsets, _ := s.attemptsOf("paid")
	if diff := cmp.Diff([]string{"0s", "0s", "2m0s"}, offsets); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	var numbers []int
	for _, d := range s.deliveries() {
		numbers = append(numbers, d.Attempt)
	}
	if !slices.Equal(numbers, []int{1, 2, 3}) {
		t.Errorf("the record numbers the attempts %d", numbers)
	}
	s.advance(48 * time.Hour)
	if offsets, _ := s.attemptsOf("paid"); len(offsets) != 9 {
		t.Errorf("%d attempts, want the 8 of the schedule and the copy", len(offsets))
	}
}

// TestFaults_outOfOrderAll holds back one notification of a payment at a time:
// with all of them held none could come after another.
func TestFaults_outOfOrderAll(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, acknowledge, emulator.Options{})
	s.fault("notifyPayment=out-of-order")
	s.fault("notifyCapture=out-of-order")
	s.paid("paid", shop.URL, automatic)
	s.advance(time.Minute)
	if kinds := shop.kinds(); !slices.Equal(kinds, []string{"CAPTURE_RESULT", "PAYMENT_RESULT"}) {
		t.Errorf("%q came", kinds)
	}
	if list := s.server.Faults(); list[0].Injected != 1 || list[1].Injected != 0 {
		t.Errorf("struck: %+v", list)
	}
}

// TestFaults_notifyFirst wants the merchant to hear of a capture before its own
// call is answered.
func TestFaults_notifyFirst(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, acknowledge, emulator.Options{})
	id := s.paid("paid", shop.URL, manual)
	s.advance(time.Minute)
	s.fault("capture:1=notify-first")
	if _, err := s.client.Do(t.Context(), antom.Capture, captureBody(id, "c1", "4200")); err != nil {
		t.Fatal(err)
	}
	if kinds := shop.kinds(); !slices.Contains(kinds, "CAPTURE_RESULT") {
		t.Errorf("the capture was answered, and only %q came before", kinds)
	}
}

func captureBody(paymentID, requestID, value string) []byte {
	return fmt.Appendf(nil, `{"paymentId":%q,"captureRequestId":%q,"captureAmount":{"currency":"SGD","value":%q}}`, paymentID, requestID, value)
}

// TestFaults_done tells faults after the work from faults before it: what was
// lost on the way back is there when it is asked for again, and is not done
// twice.
func TestFaults_done(t *testing.T) {
	t.Parallel()
	for _, row := range [...]struct {
		fault    string
		captures int // after the first call
		again    string
	}{
		{"capture:1=lost-answer", 1, "ok"},
		{"capture:1=unknown-done", 1, "ok"},
		{"capture:1=cut-body", 1, "ok"},
		{"capture:1=wrong-signature", 1, "ok"},
		{"capture:1=reset", 0, "ok"},
		{"capture:1=unknown", 0, "ok"},
		{"capture:1=status:500", 0, "ok"},
		{"capture:1=late-failure:AUTH_EXPIRED", 0, "AUTH_EXPIRED F"},
	} {
		t.Run(row.fault, func(t *testing.T) {
			t.Parallel()
			s, _ := serveWithShop(t, acknowledge, emulator.Options{})
			id := s.paid("paid", "", manual)
			s.advance(time.Minute)
			s.fault(row.fault)
			if _, err := s.client.Do(t.Context(), antom.Capture, captureBody(id, "c1", "4200")); err == nil {
				t.Fatal("the call that meets the fault succeeds")
			}
			if got := s.captures("paid"); got != row.captures {
				t.Errorf("%d captures after the fault, want %d", got, row.captures)
			}
			_, err := s.client.Do(t.Context(), antom.Capture, captureBody(id, "c1", "4200"))
			if got := verdict(err); got != row.again {
				t.Errorf("the repeat: %q (%v), want %q", got, err, row.again)
			}
			if got := s.captures("paid"); row.again == "ok" && got != 1 {
				t.Errorf("%d captures after the repeat, want 1", got)
			}
		})
	}
}

// captures counts the captures that an inquiry tells of.
func (s *served) captures(id string) int {
	s.t.Helper()
	payment, _, err := s.client.Payments.Inquire(s.t.Context(), antom.Inquiry{PaymentRequestID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(payment.Transactions)
}

func TestFaults_occurrences(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	for _, row := range [...]struct{ fault, want string }{
		{"inquiryPayment=reset", "xxxxx"},
		{"inquiryPayment:2=reset", ".x..."},
		{"inquiryPayment:2-3=reset", ".xx.."},
		{"inquiryPayment:4+=reset", "...xx"},
		{"*:1=reset", "x...."},
		{"capture=reset", "....."},
		{"notifyPayment=never", "....."},
	} {
		s.server.ClearFaults()
		s.fault(row.fault)
		var got strings.Builder
		for range len(row.want) {
			_, err := s.client.Do(t.Context(), antom.InquiryPayment, inquiry("nosuch"))
			if verdict(err) == "dropped" {
				got.WriteByte('x')
			} else {
				got.WriteByte('.')
			}
		}
		if got.String() != row.want {
			t.Errorf("%s strikes %s, want %s", row.fault, got.String(), row.want)
		}
	}
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for _, row := range [...]struct{ text, want, hint string }{
		{"inquiryPayment:2=latency:500ms", "inquiryPayment:2=latency:500ms", ""},
		{" capture = ", "must be OPERATION", "inquiryPayment:2=latency"},
		{"capture:1+=status", "capture=status:503", ""},
		{"capture:1-3=reset", "capture:1-3=reset", ""},
		{"*=reset", "*=reset", ""},
		{"capture:0=reset", "from 1", "3+"},
		{"capture:3-2=reset", "from 1", "3+"},
		{"capture:2+-3=reset", "from 1", "3+"},
		{"captur=reset", `operation "captur" is unknown`, `did you mean "capture"?`},
		{"capture=latncy", `kind "latncy" is unknown`, `did you mean "latency"?`},
		{"capture=latency:soon", "must be a duration", "capture=latency:1s"},
		{"capture=status:200", "from 400 to 599", "503"},
		{"capture=reset:1", "takes no argument", "capture=reset"},
		{"capture=cancelled", "a fault of the submitted card form alone", "submit=cancelled"},
		{"notifyCapture=cancelled", "a fault of the submitted card form alone", "submit=cancelled"},
		{"*=cancelled", "a fault of the submitted card form alone", "submit=cancelled"},
		{"submit=cancelled:1s", "takes no argument", "submit=cancelled"},
		{"capture=stale-time:now", "must be a duration", "capture=stale-time:10m"},
		{"createPaymentSession=answer-of-another", "names nothing of its request", "operations: cancel, capture, "},
		{"capture=never", "a fault of notifications", "notifyCapture"},
		{"notifyCapture=html", "a fault of calls", "kinds"},
		{"capture=unknown:x y", "must be a result code", "UNKNOWN_EXCEPTION"},
		{"capture=late-failure:PROCESS_FAI", "must be a result code that Antom documents", `did you mean "PROCESS_FAIL"?`},
	} {
		f, err := emulator.ParseFault(row.text)
		got, hint := f.String(), ""
		if refused, ok := errors.AsType[*emulator.Refusal](err); ok {
			got, hint = refused.Error(), refused.Hint()
		}
		if !strings.Contains(got, row.want) || !strings.Contains(hint, row.hint) {
			t.Errorf("%q: %q, hint %q; want %q, hint %q", row.text, got, hint, row.want, row.hint)
		}
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	list, err := emulator.ParseFaults("# slow\ninquiryPayment=latency:1ms # always\n\n  capture:1=reset\n")
	if err != nil || len(list) != 2 || list[1].String() != "capture:1=reset" {
		t.Errorf("%v, %v", list, err)
	}
	if list, err = emulator.ParseFaults("\ufeffcapture=reset\r\n"); err != nil || len(list) != 1 {
		t.Errorf("after a byte order mark: %v, %v", list, err)
	}
	if _, err := emulator.ParseFaults("capture=reset\ncapture=nosuch\n"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v, want it to name line 2", err)
	}
}

// signatureFaults have nothing to do at an answer that is not signed anyway.
var signatureFaults = [...]string{"answer-of-another", "key-rotation", "no-response-time", "no-signature", "stale-time", "unsigned", "wrong-client-id", "wrong-signature"}

// TestFaults_checksFirst makes calls that the gateway's own checks refuse, each
// with every kind of fault of calls in place: none is answered as if it had been
// accepted, and nothing that it asks for is done.
func TestFaults_checksFirst(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	foreign, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	refused := [...]struct {
		name, code string
		signed     bool // whether the gateway signs this refusal
		clientID   string
		key        *sign.PrivateKey
		body       func(string) []byte
	}{
		{"unknown client", "CLIENT_INVALID", false, "SANDBOX_5YNOBODY", s.facts.MerchantKey, anySession},
		{"bad signature", "INVALID_SIGNATURE", false, s.facts.ClientID, foreign, anySession},
		{"bad field", "PARAM_ILLEGAL", true, s.facts.ClientID, s.facts.MerchantKey, func(string) []byte { return []byte(`{"paymentRequestId":"x"}`) }},
	}
	transport, err := s.server.ClientTransport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	for _, kind := range emulator.FaultKinds() {
		if !kind.Calls {
			continue
		}
		fault := "createPaymentSession=" + kind.Name
		if kind.Name == "answer-of-another" {
			fault = "*=" + kind.Name
		}
		if kind.Argument == "a duration such as 500ms" {
			fault += ":1ms"
		}
		for _, row := range refused {
			s.server.ClearFaults()
			s.fault(fault)
			client, err := antom.NewClient(row.clientID, row.key, s.facts.AntomKey, antom.WithGatewayURL(s.address.URL), antom.WithTransport(transport))
			if err != nil {
				t.Fatal(err)
			}
			id := kind.Name + "-" + row.code
			for range 2 { // a repeat is no more accepted than the first one
				response, err := client.Do(t.Context(), antom.CreatePaymentSession, row.body(id))
				if response != nil && response.Header.Get("Signature") != "" && !row.signed {
					t.Errorf("%s with %s: a signed answer %s", row.name, kind.Name, response.Body)
				}
				if got := verdict(err); kind.Checked && got != row.code+" F" {
					t.Errorf("%s with %s: %q, want the refusal %s", row.name, kind.Name, got, row.code)
				} else if err == nil || strings.HasSuffix(got, " U") {
					t.Errorf("%s with %s: %q, want a refusal or no answer", row.name, kind.Name, got)
				}
			}
			bySignature := slices.Contains(signatureFaults[:], kind.Name) && !row.signed
			withoutSubject := kind.Name == "answer-of-another" // a refusal names nothing
			if injected := s.server.ClearFaults()[0].Injected; (kind.Checked || bySignature || withoutSubject) != (injected == 0) {
				t.Errorf("%s with %s: the fault struck %d times", row.name, kind.Name, injected)
			}
			if list, err := s.gateway.List(t.Context(), 0); err != nil || len(list) != 0 {
				t.Errorf("%s with %s: there are orders %v, %v", row.name, kind.Name, list, err)
			}
		}
	}
}

func anySession(id string) []byte { return sessionBody(id, "http://127.0.0.1:1/n", manual) }

// TestFaults_lateFailureChecks does not tell a stranger, signed, of a call that
// failed late: the checks come before that too.
func TestFaults_lateFailureChecks(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	s.fault("createPaymentSession:1=late-failure")
	for _, row := range [...]struct{ client, want string }{
		{s.facts.ClientID, "UNKNOWN_EXCEPTION U"}, {"SANDBOX_5YNOBODY", "CLIENT_INVALID F"}, {s.facts.ClientID, "PROCESS_FAIL F"},
	} {
		client, err := antom.NewClient(row.client, s.facts.MerchantKey, s.facts.AntomKey, antom.WithGatewayURL(s.address.URL))
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Do(t.Context(), antom.CreatePaymentSession, anySession("late"))
		if got := verdict(err); got != row.want {
			t.Errorf("client %s: %q, want %q", row.client, got, row.want)
		}
	}
}
