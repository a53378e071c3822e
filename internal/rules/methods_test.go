package rules_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// payingWith is the guide's sample request with another method and amount.
func payingWith(t *testing.T, method, currency, value string) []byte {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(with(t, "paymentMethod.paymentMethodType", method), &object); err != nil {
		t.Fatal(err)
	}
	amount := map[string]any{"currency": currency, "value": value}
	object["paymentAmount"] = amount
	object["order"].(map[string]any)["orderAmount"] = amount
	body, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestCheck_methodAmounts(t *testing.T) {
	t.Parallel()
	below := func(message, hint string) []rules.Finding {
		return []rules.Finding{{
			Path: "paymentAmount.value", Rule: "below-minimum", Level: rules.Documented, Source: "DOC", Message: "paymentAmount.value: " + message, Hint: hint,
		}}
	}
	multiple := func(message, hint string) []rules.Finding {
		return []rules.Finding{{
			Path: "paymentAmount.value", Rule: "not-a-multiple", Level: rules.Documented, Source: "DOC", Message: "paymentAmount.value: " + message, Hint: hint,
		}}
	}
	tests := []struct {
		method, currency, value string
		want                    []rules.Finding
	}{
		{"DANA", "IDR", "30000", nil},
		{"DANA", "IDR", "29900", below("is 299.00 IDR, DANA takes at least 300.00 IDR", "write 300.00 IDR or more, in minor units 30000")},
		{"DANA", "SGD", "1", nil}, // no minimum is documented in this currency
		{"GCASH", "PHP", "100", nil},
		{"GCASH", "PHP", "99", below("is 0.99 PHP, GCASH takes at least 1.00 PHP", "write 1.00 PHP or more, in minor units 100")},
		{"KAKAOPAY", "KRW", "50", nil},
		{"KAKAOPAY", "KRW", "49", below("is 49 KRW, KAKAOPAY takes at least 50 KRW", "write 50 KRW or more, in minor units 50")},
		{"TNG", "MYR", "5", nil},
		{"TNG", "MYR", "4", below("is 0.04 MYR, TNG takes at least 0.05 MYR", "write 0.05 MYR or more, in minor units 5")},
		{"TRUEMONEY", "THB", "99", below("is 0.99 THB, TRUEMONEY takes at least 1.00 THB", "write 1.00 THB or more, in minor units 100")},
		{"ALIPAY_HK", "HKD", "1", nil},
		{"JKOPAY", "TWD", "100", nil},
		{"JKOPAY", "TWD", "4200", nil},
		{"JKOPAY", "TWD", "50", below("is 0.50 TWD, JKOPAY takes at least 1.00 TWD", "write 1.00 TWD or more, in minor units 100")},
		{"JKOPAY", "TWD", "4250", multiple("is 42.50 TWD, JKOPAY takes multiples of 1.00 TWD only", "write 42.00 TWD or 43.00 TWD, in minor units 4200 or 4300")},
		{"OCTOPUS", "HKD", "4210", nil},
		{"OCTOPUS", "HKD", "4211", multiple("is 42.11 HKD, OCTOPUS takes multiples of 0.10 HKD only", "write 42.10 HKD or 42.20 HKD, in minor units 4210 or 4220")},
		{"OCTOPUS", "HKD", "5", multiple("is 0.05 HKD, OCTOPUS takes multiples of 0.10 HKD only", "write 0.10 HKD, in minor units 10")},
		{"OCTOPUS", "SGD", "4211", nil},
		{"CARD", "TWD", "4250", nil},
		{"CARD", "HKD", "1", nil},
		{"CARD", "IDR", "100", nil},
	}
	for _, test := range tests {
		findings, err := rules.Check(antom.CreatePaymentSession, payingWith(t, test.method, test.currency, test.value))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, findings); diff != "" {
			t.Errorf("%s %s %s:\n%s", test.method, test.value, test.currency, diff)
		}
	}
}

// Every documented minimum is enforced, and the minimum itself is accepted.
func TestCheck_everyMinimum(t *testing.T) {
	t.Parallel()
	for _, row := range antom.MinimumAmounts() {
		least := strconv.FormatInt(row.Amount.Value, 10)
		findings, err := rules.Check(antom.CreatePaymentSession, payingWith(t, row.PaymentMethodType, row.Amount.Currency, least))
		if err != nil || findings != nil {
			t.Errorf("%s %s: %+v, %v", row.PaymentMethodType, row.Amount, findings, err)
		}
	}
}

// A request without the fields that a method's rules check breaks none of them.
func TestCheck_methodAmountsWithoutFields(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `{"paymentMethod":"DANA","paymentAmount":"1"}`, `{"paymentMethod":{"paymentMethodType":1},"paymentAmount":{"currency":1,"value":1}}`,
		`{"paymentMethod":{"paymentMethodType":"DANA"}}`, `{"paymentMethod":{"paymentMethodType":"DANA"},"paymentAmount":{"currency":"IDR","value":"x"}}`,
	} {
		findings, err := rules.Check(antom.CreatePaymentSession, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range findings {
			if finding.Rule == "below-minimum" {
				t.Errorf("%s: %+v", body, finding)
			}
		}
	}
}
