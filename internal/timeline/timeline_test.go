package timeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/timeline"
	"github.com/antom-cli/antom/pkg/antom"
)

func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-11-20 "+clock)
	if err != nil {
		panic(err) // the clocks of the tests are
	}
	return t
}

func call(clock, op, id, result string) timeline.Event {
	return timeline.Event{Time: at(clock), Kind: timeline.Call, Source: timeline.History, What: op, ID: id, Result: result}
}

func state(clock, what, id, result string, source timeline.Source) timeline.Event {
	return timeline.Event{Time: at(clock), Kind: timeline.State, Source: source, What: what, ID: id, Result: result}
}

func notified(clock, kind, id, identity string) timeline.Event {
	return timeline.Event{Time: at(clock), Kind: timeline.Notification, Source: timeline.Journal, What: kind, ID: id, Result: "S", Identity: identity}
}

func attempt(clock, kind, id, verdict string) timeline.Event {
	return timeline.Event{Time: at(clock), Kind: timeline.Attempt, Source: timeline.Emulator, What: kind, Result: verdict, Identity: id}
}

// lines are the events in short.
func lines(s timeline.Story) []string {
	var list []string
	for _, e := range s.Events {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", e.Time.Format(time.TimeOnly), e.What, e.ID, e.Result, strings.Join(e.Notes, ","))))
	}
	return list
}

// A story is in order whatever the order of its sources, tells once what two sources
// know, and marks repeats and duplicates.
func TestMerge(t *testing.T) {
	t.Parallel()
	var s timeline.Story
	s.Merge(at("13:00:00"),
		[]timeline.Event{
			call("12:00:00", "createPaymentSession", "order-1", "S"), call("12:01:00", "inquiryPayment", "order-1", "S"),
			call("12:01:02", "inquiryPayment", "order-1", "S"), call("12:02:00", "capture", "c-1", timeline.Lost), call("12:02:30", "capture", "c-1", "S"),
		},
		[]timeline.Event{notified("12:01:05", "PAYMENT_RESULT", "", "a"), notified("12:03:05", "PAYMENT_RESULT", "", "a"), notified("12:02:31", "CAPTURE_RESULT", "c-1", "b")},
		[]timeline.Event{state("12:01:01", "payment", "", "SUCCESS", timeline.Gateway), state("12:02:30", "capture", "c-1", "SUCCESS", timeline.Gateway)},
		[]timeline.Event{state("12:01:00", "payment", "", "SUCCESS", timeline.Emulator)},
	)
	want := []string{
		"12:00:00 createPaymentSession order-1 S", "12:01:00 inquiryPayment order-1 S", "12:01:00 payment  SUCCESS", "12:01:05 PAYMENT_RESULT  S",
		"12:02:00 capture c-1 lost", "12:02:30 capture c-1 S repeat", "12:02:30 capture c-1 SUCCESS", "12:02:31 CAPTURE_RESULT c-1 S",
		"12:03:05 PAYMENT_RESULT  S duplicate of 12:01:05",
	}
	if diff := cmp.Diff(want, lines(s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"capture c-1 at 12:02:00 was not answered; repeated 30 s later"}, s.Gaps); diff != "" {
		t.Errorf("gaps (-want +got)\n%s", diff)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	paid := state("12:01:00", "payment", "", "SUCCESS", timeline.Gateway)
	for _, row := range []struct {
		name   string
		events []timeline.Event
		want   []string
	}{
		{"in time", []timeline.Event{paid, notified("12:01:20", "PAYMENT_RESULT", "", "a")}, []string{}},
		{"late", []timeline.Event{paid, notified("12:07:02", "PAYMENT_RESULT", "", "a")}, []string{"payment SUCCESS at 12:01:00, notified at 12:07:02, 6 min 2 s late"}},
		{"another listens", []timeline.Event{paid}, []string{}},
		{"one is missing", []timeline.Event{paid, notified("12:01:20", "PAYMENT_RESULT", "", "a"), state("12:02:00", "refund", "r-1", "SUCCESS", timeline.Gateway)}, []string{"refund r-1 SUCCESS at 12:02:00, and no REFUND_RESULT came"}},
		{"of another refund", []timeline.Event{state("12:02:00", "refund", "r-1", "SUCCESS", timeline.Gateway), notified("12:02:01", "REFUND_RESULT", "r-2", "a")}, []string{"refund r-1 SUCCESS at 12:02:00, and no REFUND_RESULT came"}},
		{"nobody made sure", []timeline.Event{call("12:02:00", "refund", "r-1", "U")}, []string{"refund r-1 at 12:02:00: the outcome is not known, and nothing made sure of it since"}},
		{"an inquiry made sure", []timeline.Event{call("12:02:00", "refund", "r-1", timeline.Lost), call("12:03:00", "inquiryRefund", "r-1", "S")}, []string{}},
		{"an inquiry that tells nothing new made sure", []timeline.Event{call("12:01:00", "inquiryPayment", "order-1", "S"), call("12:02:00", "cancel", "order-1", timeline.Lost), call("12:03:00", "inquiryPayment", "order-1", "S")}, []string{}},
		{"an inquiry of another refund did not", []timeline.Event{call("12:02:00", "refund", "r-1", timeline.Lost), call("12:03:00", "inquiryRefund", "r-2", "S")},
			[]string{"refund r-1 at 12:02:00: the outcome is not known, and nothing made sure of it since"}},
		{"an inquiry that found nothing did not", []timeline.Event{call("12:02:00", "cancel", "order-1", timeline.Lost), call("12:03:00", "inquiryPayment", "order-1", "F")},
			[]string{"cancel order-1 at 12:02:00: the outcome is not known, and nothing made sure of it since"}},
		{"it may still come", []timeline.Event{state("12:59:50", "refund", "r-1", "SUCCESS", timeline.Gateway), notified("12:01:20", "PAYMENT_RESULT", "", "a")}, []string{}},
		{"a lost inquiry did not", []timeline.Event{call("12:02:00", "refund", "r-1", timeline.Lost), call("12:03:00", "inquiryRefund", "r-1", timeline.Lost)},
			[]string{"refund r-1 at 12:02:00: the outcome is not known, and nothing made sure of it since", "inquiryRefund r-1 at 12:03:00: the outcome is not known, and nothing made sure of it since"}},
		{"acknowledged at last", []timeline.Event{attempt("12:02:00", "PAYMENT_RESULT", "n", "HTTP 500"), attempt("12:04:00", "PAYMENT_RESULT", "n", "acknowledged")}, []string{}},
		{"never acknowledged", []timeline.Event{attempt("12:02:00", "PAYMENT_RESULT", "n", "HTTP 500"), attempt("12:04:00", "PAYMENT_RESULT", "n", "HTTP 404")}, []string{"PAYMENT_RESULT was not acknowledged: HTTP 404"}},
		{"to come", []timeline.Event{{Time: at("14:00:00"), Kind: timeline.State, What: "payment", Result: "SUCCESS", ToCome: true}, notified("12:00:00", "PAYMENT_PENDING", "", "a")}, []string{}},
	} {
		var s timeline.Story
		s.Merge(at("13:00:00"), row.events)
		if diff := cmp.Diff(row.want, s.Gaps); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", row.name, diff)
		}
	}
}

// What the gateway tells now makes sure of what was lost before.
func TestGaps_asked(t *testing.T) {
	t.Parallel()
	var s timeline.Story
	s.Tell(&antom.Payment{PaymentStatus: antom.PaymentCancelled})
	s.Merge(at("13:00:00"), []timeline.Event{call("12:02:00", "cancel", "order-1", timeline.Lost)})
	if len(s.Gaps) > 0 {
		t.Errorf("gaps %q", s.Gaps)
	}
}

// What is open is told with the time that is left for it.
func TestGaps_open(t *testing.T) {
	t.Parallel()
	amount := func(n int64) antom.Amount { return antom.Amount{Currency: "SGD", Value: n} }
	transaction := func(kind antom.TransactionType, status antom.PaymentStatus, n int64) antom.Transaction {
		return antom.Transaction{TransactionType: kind, TransactionStatus: status, TransactionAmount: amount(n)}
	}
	for _, row := range []struct {
		transactions []antom.Transaction
		until        antom.DateTime
		want         []string
	}{
		{nil, "2026-11-21T14:00:00Z", []string{"42.00 SGD may still be captured until 2026-11-21T14:00:00Z, 1 d 1 h from now"}},
		{nil, "2026-11-20T12:00:00Z", []string{"42.00 SGD was not captured, and the authorisation ended at 2026-11-20T12:00:00Z"}},
		{nil, "", []string{"42.00 SGD may still be captured"}},
		{[]antom.Transaction{transaction("CAPTURE", "SUCCESS", 4200)}, "", []string{}},
		{[]antom.Transaction{transaction("CAPTURE", "PROCESSING", 4200)}, "", []string{"42.00 SGD is being captured"}},
		{[]antom.Transaction{transaction("CAPTURE", "SUCCESS", 4200), transaction("REFUND", "PROCESSING", 200)}, "", []string{"2.00 SGD is being refunded"}},
	} {
		var s timeline.Story
		s.Tell(&antom.Payment{PaymentStatus: antom.PaymentSuccess, PaymentAmount: amount(4200), AuthExpiryTime: row.until, Transactions: row.transactions})
		s.Merge(at("13:00:00"))
		if diff := cmp.Diff(row.want, s.Gaps); diff != "" {
			t.Errorf("%+v: (-want +got)\n%s", row.transactions, diff)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "0 s", 400 * time.Millisecond: "0 s", 90 * time.Second: "1 min 30 s", 3*time.Hour + 5*time.Second: "3 h 5 s", 50 * time.Hour: "2 d 2 h"} {
		if got := timeline.Duration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
