package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/intake"
)

func TestOddities(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	const usual = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentAmount":{"value":"4200","currency":"SGD"},` +
		`"paymentTime":"2026-11-20T19:59:59+08:00","authExpiryTime":"2026-11-27T19:59:59+08:00","transactions":[{"transactionAmount":{"currency":"SGD","value":"4200"}}]}`
	for _, test := range []struct {
		name, old, new string
		want           []string // kind, path, text, other
	}{
		{"all well", "", "", nil},
		{"a decimal point", `"4200","currency":"SGD"}`, `"42.00","currency":"SGD"}`, []string{"0 paymentAmount 42.00 SGD"}},
		{"a decimal comma", `"4200","currency":"SGD"}`, `"42,00","currency":"SGD"}`, []string{"0 paymentAmount 42,00 SGD"}},
		{"in a list", `"SGD","value":"4200"`, `"SGD","value":"42.0"`, []string{"0 transactions[0].transactionAmount 42.0 SGD"}},
		{"words", `"4200","currency":"SGD"}`, `"forty","currency":"SGD"}`, []string{"1 paymentAmount forty SGD"}},
		{"no digits", `"4200","currency":"SGD"}`, `"","currency":"SGD"}`, []string{"1 paymentAmount  SGD"}},
		{"a sum to be paid back", `"4200","currency":"SGD"}`, `"-4200","currency":"SGD"}`, nil},
		{"seventeen digits", `"4200","currency":"SGD"}`, `"12345678901234567","currency":"SGD"}`, []string{"2 paymentAmount 12345678901234567 SGD"}},
		{"rupiah", `"4200","currency":"SGD"}`, `"4201","currency":"IDR"}`, []string{"3 paymentAmount 4201 IDR"}},
		{"gold", `"4200","currency":"SGD"}`, `"4200","currency":"XAU"}`, []string{"4 paymentAmount XAU "}},
		{"lower case", `"4200","currency":"SGD"}`, `"4200","currency":"sgd"}`, []string{"4 paymentAmount sgd "}},
		{"no offset", "19:59:59+08:00\",\"auth", "19:59:59\",\"auth", []string{"5 paymentTime 2026-11-20T19:59:59 "}},
		{"tomorrow", "2026-11-20T19", "2026-11-21T19", []string{"6 paymentTime 2026-11-21T19:59:59+08:00 "}},
		{"within the skew", "2026-11-20T19:59:59+08:00", "2026-11-20T20:04:59+08:00", nil},
		{"twice", `"notifyType":"PAYMENT_RESULT"`, `"notifyType":"PAYMENT_RESULT","notifyType":"PAYMENT_PENDING"`, []string{"7 notifyType notifyType "}},
		{"twice within", `"resultStatus":"S"`, `"resultStatus":"S","resultStatus":"F"`, []string{"7 result.resultStatus resultStatus "}},
		{"refused with S", `"resultCode":"SUCCESS"`, `"resultCode":"DO_NOT_HONOR"`, []string{"8 result S DO_NOT_HONOR"}},
		{"refused and successful", `"paymentTime"`, `"paymentStatus":"SUCCESS","paymentResultCode":"FRAUD_REJECT","paymentTime"`, []string{"8  SUCCESS FRAUD_REJECT"}},
		{"no JSON", `"notifyType"`, `notifyType`, nil},
	} {
		var got []string
		for _, odd := range intake.Oddities([]byte(strings.Replace(usual, test.old, test.new, 1)), now) {
			got = append(got, fmt.Sprintf("%d %s %s %s", odd.Kind, odd.Path, odd.Text, odd.Other))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
	if odd := intake.Oddities([]byte(strings.Replace(usual, "2026-11-20T19", "2036-11-20T19", 1)), time.Time{}); odd != nil {
		t.Errorf("without a clock: %v", odd)
	}
}

// A usual body costs nearly no memory: it is read for each of a million messages.
func TestOddities_memory(t *testing.T) {
	body, now := []byte(usualBody), time.Now()
	if n := testing.AllocsPerRun(100, func() { intake.Oddities(body, now) }); n > 1 {
		t.Errorf("%.0f allocations, want one, for the currency's code", n)
	}
}

const usualBody = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"paymentRequestId":"order-1",` +
	`"paymentId":"2026112019401080010018812345678","paymentAmount":{"value":"4200","currency":"SGD"},"paymentCreateTime":"2026-11-20T09:59:58+08:00","paymentTime":"2026-11-20T09:59:59+08:00"}`

func BenchmarkOddities(b *testing.B) {
	body := []byte(usualBody)
	now := time.Now()
	for b.Loop() {
		if intake.Oddities(body, now) != nil {
			b.Fatal("odd")
		}
	}
}
