package diagnose_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

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
	paid := intake.Told{NotifyType: "PAYMENT_RESULT", ResultStatus: "S", ResultCode: "SUCCESS", PaymentRequestID: "order-1", Currency: "SGD", Value: "4200"}
	with := func(change func(*intake.Told)) intake.Told {
		told := paid
		change(&told)
		return told
	}
	tests := []struct {
		name string
		kind intake.Kind
		told intake.Told
		want []string // id, and a word of the text
	}{
		{"all well", intake.Notification, paid, nil},
		{"another payment", intake.Notification, with(func(t *intake.Told) { t.PaymentRequestID, t.Value = "order-2", "1" }), nil},
		{"amount", intake.Notification, with(func(t *intake.Told) { t.Value = "42" }), []string{"amount", "paymentAmount is 0.42 SGD, the session was made for 42.00 SGD:"}},
		{"currency", intake.Notification, with(func(t *intake.Told) { t.Currency = "USD" }), []string{"amount", "paymentAmount is 42.00 USD, the session was made for 42.00 SGD:"}},
		{"no amount", intake.Notification, with(func(t *intake.Told) { t.Value = "42.00" }), []string{"amount", `paymentAmount is value "42.00" of currency "SGD",`}},
		{"unknown currency", intake.Notification, with(func(t *intake.Told) { t.Currency = "XXQ" }), []string{"amount", `paymentAmount is value "4200" of currency "XXQ",`}},
		{"unknown type", intake.Notification, with(func(t *intake.Told) { t.NotifyType = "PAYMENT_RESULTS" }), []string{"notify-type", `"PAYMENT_RESULTS"`}},
		{"unknown type of an answer", intake.Response, with(func(t *intake.Told) { t.NotifyType = "x" }), nil},
		{"pending", intake.Notification, with(func(t *intake.Told) { t.NotifyType = "PAYMENT_PENDING" }), []string{"pending", "wait for PAYMENT_RESULT"}},
		{"declined", intake.Notification, with(func(t *intake.Told) { t.ResultStatus, t.ResultCode = "F", "DO_NOT_HONOR" }), []string{"result", "DO_NOT_HONOR: "}},
		{"unknown code", intake.Response, with(func(t *intake.Told) { t.ResultStatus, t.ResultCode = "U", "NEW_CODE" }), []string{"result", `"NEW_CODE" is not one`}},
		{"dispute", intake.Notification, intake.Told{NotifyType: "DISPUTE_CREATED"}, nil},
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
