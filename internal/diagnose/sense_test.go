package diagnose_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
)

func TestSense(t *testing.T) {
	t.Parallel()
	amountOf := func(id string) (antom.Amount, bool) {
		return antom.Amount{Currency: "SGD", Value: 4200}, id == "order-1"
	}
	paid := intake.Summary{NotifyType: "PAYMENT_RESULT", ResultStatus: "S", ResultCode: "SUCCESS", PaymentRequestID: "order-1", Currency: "SGD", Value: "4200"}
	with := func(change func(*intake.Summary)) intake.Summary {
		told := paid
		change(&told)
		return told
	}
	tests := []struct {
		name string
		kind intake.Kind
		told intake.Summary
		want []string // id, and a word of the text
	}{
		{"all well", intake.Notification, paid, nil},
		{"another payment", intake.Notification, with(func(t *intake.Summary) { t.PaymentRequestID, t.Value = "order-2", "1" }), nil},
		{"amount", intake.Notification, with(func(t *intake.Summary) { t.Value = "42" }), []string{"amount", "paymentAmount is 0.42 SGD, the session was made for 42.00 SGD:"}},
		{"currency", intake.Notification, with(func(t *intake.Summary) { t.Currency = "USD" }), []string{"amount", "paymentAmount is 42.00 USD, the session was made for 42.00 SGD:"}},
		{"no amount", intake.Notification, with(func(t *intake.Summary) { t.Value = "42.00" }), []string{"amount", `paymentAmount is value "42.00" of currency "SGD",`}},
		{"unknown currency", intake.Notification, with(func(t *intake.Summary) { t.Currency = "XXQ" }), []string{"amount", `paymentAmount is value "4200" of currency "XXQ",`}},
		{"unknown type", intake.Notification, with(func(t *intake.Summary) { t.NotifyType = "PAYMENT_RESULTS" }), []string{"notify-type", `"PAYMENT_RESULTS"`}},
		{"unknown type of an answer", intake.Response, with(func(t *intake.Summary) { t.NotifyType = "x" }), nil},
		{"pending", intake.Notification, with(func(t *intake.Summary) { t.NotifyType = "PAYMENT_PENDING" }), []string{"pending", "wait for PAYMENT_RESULT"}},
		{"declined", intake.Notification, with(func(t *intake.Summary) { t.ResultStatus, t.ResultCode = "F", "DO_NOT_HONOR" }), []string{"result", "DO_NOT_HONOR: "}},
		{"unknown code", intake.Response, with(func(t *intake.Summary) { t.ResultStatus, t.ResultCode = "U", "NEW_CODE" }), []string{"result", `"NEW_CODE" is not one`}},
		{"capture", intake.Notification, intake.Summary{NotifyType: "CAPTURE_RESULT", PaymentID: "order-1", CaptureCurrency: "SGD", CaptureValue: "4200"}, nil},
		{"too much captured", intake.Notification, intake.Summary{NotifyType: "CAPTURE_RESULT", PaymentID: "order-1", CaptureCurrency: "SGD", CaptureValue: "4201"}, []string{"over-captured", "captureAmount is 42.01 SGD, the session was made for 42.00 SGD"}},
		{"dispute", intake.Notification, intake.Summary{NotifyType: "DISPUTE_CREATED"}, nil},
	}
	for _, test := range tests {
		var got []string
		for _, remark := range diagnose.Sense(test.kind, test.told, amountOf) {
			got = append(got, remark.ID, remark.Text)
		}
		if len(got) == 2 && len(test.want) == 2 && strings.Contains(got[1], test.want[1]) {
			got[1] = test.want[1]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// Each kind of oddity has its sentence; times are judged by the clock that is given.
func TestNonsense(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	header := http.Header{"Request-Time": {"2026-11-20T12:10:00Z"}, "Response-Time": {"2026-11-20T12:00:00Z"}}
	for _, test := range []struct {
		kind intake.Kind
		body string
		want []string // beginnings
	}{
		{intake.Response, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, nil},
		{intake.Notification, `{}`, []string{"it was signed at 2026-11-20T12:10:00Z, which is in the future"}},
		{intake.Response, `{"paymentAmount":{"value":"42.00","currency":"SGD"}}`, []string{`paymentAmount.value is "42.00": Antom writes`}},
		{intake.Response, `{"a":{"value":"x","currency":"SGD"}}`, []string{`a.value is "x", which is not a whole number`}},
		{intake.Response, `{"a":{"value":"12345678901234567","currency":"SGD"}}`, []string{`a.value is "12345678901234567": Antom's amounts`}},
		{intake.Response, `{"a":{"value":"4250","currency":"IDR"}}`, []string{`a.value is "4250", which IDR does not have`}},
		{intake.Response, `{"a":{"value":"4250","currency":"EURO"}}`, []string{`a.currency is "EURO", which is not an ISO 4217 code`}},
		{intake.Response, `{"paymentTime":"soon"}`, []string{`paymentTime is "soon", which is not an ISO 8601 time`}},
		{intake.Response, `{"paymentTime":"2026-11-20T13:00:00Z"}`, []string{`paymentTime is "2026-11-20T13:00:00Z", which is in the future`}},
		{intake.Response, `{"a":1,"a":2}`, []string{"a appears twice in its object"}},
		{intake.Response, `{"result":{"resultStatus":"S","resultCode":"RISK_REJECT"}}`, []string{`"S" stands beside RISK_REJECT`}},
		{intake.Response, `{"paymentStatus":"SUCCESS","paymentAmount":{"value":"4200","currency":"SGD"},"transactions":[` + captured("3000") + "," + captured("1201") + `]}`, []string{"42.01 SGD were captured, 42.00 SGD authorised"}},
		{intake.Response, `{"paymentStatus":"SUCCESS","paymentAmount":{"value":"4200","currency":"SGD"},"transactions":[` + captured("3000") + "," + captured("1200") + `]}`, nil},
		{intake.Response, "{\"a\u202e\":1,\"a\u202e\":2}", []string{"a appears twice"}},
	} {
		remarks := diagnose.Nonsense(&intake.Message{Kind: test.kind, Header: header, Body: []byte(test.body)}, now)
		if len(remarks) != len(test.want) {
			t.Errorf("%s: %v, want %v", test.body, remarks, test.want)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(strings.ReplaceAll(remarks[i].Text, "\ufffd", ""), want) || strings.Contains(remarks[i].Text, "\u202e") {
				t.Errorf("%s: %q, want %q", test.body, remarks[i].Text, want)
			}
		}
	}
}

func captured(value string) string {
	return `{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionResult":{"resultStatus":"S","resultCode":"SUCCESS"},"transactionAmount":{"currency":"SGD","value":"` + value + `"}}`
}

// TestSeen: a duplicate is told by the place of the first one, and what is
// remembered has an end.
func TestSeen(t *testing.T) {
	t.Parallel()
	seen := diagnose.NewSeen()
	place := func(body string, at uint64) string {
		first, again := seen.Before(seen.Key([]byte(body)), at)
		return fmt.Sprint(first, again)
	}
	for _, step := range []struct {
		body string
		want string
	}{{"a", "0 false"}, {"b", "0 false"}, {"a", "1 true"}, {"a", "1 true"}, {"b", "2 true"}} {
		if got := place(step.body, uint64(1+len(step.body)*int(step.body[0]-'a'))); got != step.want {
			t.Errorf("%s: %s, want %s", step.body, got, step.want)
		}
	}
	for i := range 400_000 {
		place(strconv.Itoa(i), uint64(10+i))
	}
	if got := place("399999", 0); got != "400009 true" {
		t.Errorf("the last one: %s", got)
	}
	if got := place("300000", 0); got != "300010 true" {
		t.Errorf("a hundred thousand before: %s", got)
	}
	if got := place("0", 7); got != "0 false" {
		t.Errorf("the first one is remembered for ever: %s", got)
	}
}

// TestThemes_advice: what differs between frameworks is said for all six.
func TestThemes_advice(t *testing.T) {
	t.Parallel()
	want := []string{"Django", "Express", "Flask", "Laravel", "net/http", "Spring"}
	for _, cause := range diagnose.Causes() {
		var got []string
		finding := diagnose.Finding{Causes: []diagnose.Cause{cause}}
		for _, advice := range finding.Advice() {
			got = append(got, advice.Framework)
		}
		if cause.Advice != diagnose.Theme("") {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", cause.ID, diff)
			}
		}
	}
}
