package rules_test

import (
	"slices"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

var paidAt = time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC) // 23:30 UTC+8

// paid is a payment of 42.00 SGD, or of as much in another currency.
func paid(change func(*antom.Payment)) *antom.Payment {
	p := &antom.Payment{
		PaymentStatus: antom.PaymentSuccess, PaymentAmount: antom.Amount{Currency: "SGD", Value: 4200},
		PaymentTime: antom.DateTime(paidAt.Format(time.RFC3339)), AuthExpiryTime: antom.DateTime(paidAt.Add(7 * 24 * time.Hour).Format(time.RFC3339)),
	}
	if change != nil {
		change(p)
	}
	return p
}

func method(name string) func(*antom.Payment) {
	return func(p *antom.Payment) { p.PaymentMethodType = name }
}

func captured(value int64) func(*antom.Payment) {
	return func(p *antom.Payment) {
		p.Transactions = []antom.Transaction{{
			TransactionType: antom.TransactionCapture, TransactionStatus: antom.PaymentSuccess, TransactionAmount: antom.Amount{Currency: "SGD", Value: value},
		}}
	}
}

func sgd(value int64) antom.Amount { return antom.Amount{Currency: "SGD", Value: value} }

// TestCheckMoney is the table of what is refused and what warns.
func TestCheckMoney(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	tests := []struct {
		op      antom.Operation
		payment *antom.Payment
		amount  antom.Amount
		after   time.Duration // since the payment's success
		want    []string      // rules; with ! those that refuse
	}{
		{antom.Cancel, paid(nil), sgd(0), day, nil},
		{antom.Cancel, paid(nil), sgd(0), 8 * day, []string{"!cancel-window"}},
		{antom.Cancel, paid(method("CARD")), sgd(0), 8 * day, []string{"!cancel-window"}},
		{antom.Cancel, paid(method("MERCADOPAGO_BR")), sgd(0), 6 * day, nil},
		{antom.Cancel, paid(method("JKOPAY")), sgd(0), time.Minute, []string{"!cancel-window"}},
		{antom.Cancel, paid(method("ONLINEBANKING_KASIKORNBANK")), sgd(0), time.Minute, []string{"!cancel-window"}},
		{antom.Cancel, paid(method("ALIPAY_HK")), sgd(0), 44 * time.Minute, nil},
		{antom.Cancel, paid(method("ALIPAY_HK")), sgd(0), 46 * time.Minute, []string{"cancel-window"}},
		{antom.Cancel, paid(captured(100)), sgd(0), day, []string{"!cancel-captured"}},
		{antom.Cancel, paid(func(p *antom.Payment) { p.PaymentTime, p.PaymentStatus = "", antom.PaymentProcessing }), sgd(0), 30 * day, nil},
		{antom.Capture, paid(nil), sgd(4200), day, nil},
		{antom.Capture, paid(nil), sgd(4201), day, []string{"!over-open"}},
		{antom.Capture, paid(nil), sgd(42), day, []string{"decimal-slip"}},
		{antom.Capture, paid(nil), antom.Amount{Currency: "USD", Value: 4200}, day, []string{"!currency-differs"}},
		{antom.Capture, paid(nil), sgd(42), 8 * day, []string{"!authorisation-expired"}},
		{antom.Capture, paid(func(p *antom.Payment) { p.PaymentStatus = antom.PaymentProcessing }), sgd(42), day, []string{"!not-authorised"}},
		{antom.Refund, paid(captured(4200)), sgd(42), 200 * day, []string{"no-notify-url", "refund-window", "decimal-slip"}},
		{antom.Refund, paid(captured(4200)), sgd(4201), day, []string{"!over-left"}},
		{antom.Refund, paid(nil), sgd(100), day, []string{"no-notify-url", "nothing-captured"}},
		{antom.Refund, paid(nil), sgd(5000), day, []string{"!over-left"}},
		{antom.Refund, nil, sgd(100), day, []string{"no-notify-url"}},
		{antom.CreatePaymentSession, nil, sgd(1100), 0, []string{"no-notify-url", "magic-amount"}},
		{antom.CreatePaymentSession, nil, sgd(1200), 0, []string{"no-notify-url"}},
	}
	for i, test := range tests {
		findings := rules.CheckMoney(rules.Money{Operation: test.op, Payment: test.payment, Amount: test.amount, Now: paidAt.Add(test.after), Sandbox: true})
		var got []string
		for _, f := range findings {
			name := f.Rule
			if f.Level == rules.Documented {
				name = "!" + name
			}
			got = append(got, name)
			if f.Message == "" || f.Hint == "" || f.Source == "" {
				t.Errorf("%d: %+v has an empty column", i, f)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%d: %s of %s after %s: %q, want %q", i, test.op, test.amount, test.after, got, test.want)
		}
	}
}

// A mistake with decimals depends on how many the currency has.
func TestCheckMoney_decimals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		currency      string
		amount, whole int64
		slip          bool
	}{
		{"SGD", 42, 4200, true},
		{"SGD", 420, 4200, false},
		{"JPY", 42, 4200, false}, // a part of it
		{"KWD", 4200, 42000, true},
		{"KWD", 42, 42000, true},
		{"KWD", 420, 42000, false},
	} {
		payment := paid(func(p *antom.Payment) { p.PaymentAmount = antom.Amount{Currency: test.currency, Value: test.whole} })
		findings := rules.CheckMoney(rules.Money{Operation: antom.Capture, Payment: payment, Amount: antom.Amount{Currency: test.currency, Value: test.amount}, Now: paidAt})
		if (len(findings) == 1) != test.slip {
			t.Errorf("%d of %d %s: %+v", test.amount, test.whole, test.currency, findings)
		}
	}
}
