package antom_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bojanz/currency"

	"github.com/antom-cli/antom/pkg/antom"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	good := []struct {
		input, currency string
		want            int64
		decimal         string
	}{
		{"42.00", "SGD", 4200, "42.00"},
		{"42", "SGD", 4200, "42.00"},
		{"42.5", "SGD", 4250, "42.50"},
		{"0.01", "SGD", 1, "0.01"},
		{"007.10", "SGD", 710, "7.10"},
		{"42", "JPY", 42, "42"},
		{"1.234", "KWD", 1234, "1.234"},
		{"15000", "IDR", 1500000, "15000.00"},
		{"99999999999999.99", "SGD", 9999999999999999, "99999999999999.99"},
	}
	for _, test := range good {
		got, err := antom.ParseAmount(test.input, test.currency)
		if err != nil || got.Value != test.want || got.Currency != test.currency {
			t.Errorf("ParseAmount(%q, %q) = %+v, %v; want %d", test.input, test.currency, got, err, test.want)
			continue
		}
		if got.Decimal() != test.decimal {
			t.Errorf("%+v: Decimal() = %q, want %q", got, got.Decimal(), test.decimal)
		}
	}
}

func TestParseAmount_refusals(t *testing.T) {
	t.Parallel()
	bad := []struct {
		input, currency string
		want            antom.AmountRule
		says            string
	}{
		{"42.001", "SGD", antom.AmountTooManyDecimals, "write it as 42.00 or 42.01"},
		{"1.5", "JPY", antom.AmountTooManyDecimals, "has 1 decimal, JPY has no decimals\nwrite it as 1 or 2"},
		{"1.0", "JPY", antom.AmountTooManyDecimals, "write it as 1"},
		{"-1", "SGD", antom.AmountNegative, "negative"},
		{"0", "SGD", antom.AmountZero, "more than 0"},
		{"0.00", "SGD", antom.AmountZero, "more than 0"},
		{"123456789012345.67", "SGD", antom.AmountTooLong, "17 digits"},
		{"", "SGD", antom.AmountEmpty, "empty"},
		{"1,000.00", "SGD", antom.AmountNotNumber, "write it as 1000.00"},
		{"1e3", "SGD", antom.AmountNotNumber, ""},
		{"+5", "SGD", antom.AmountNotNumber, "write it as 5.00"},
		{" 5", "SGD", antom.AmountNotNumber, ""},
		{".5", "SGD", antom.AmountNotNumber, ""},
		{"5.", "SGD", antom.AmountNotNumber, ""},
		{"1.2.3", "SGD", antom.AmountNotNumber, ""},
		{"５", "SGD", antom.AmountNotNumber, ""},
		{"150.50", "IDR", antom.AmountNotMultiple, "00"},
		{"42.00", "SGX", antom.CurrencyUnknown, "did you mean SGD?"},
		{"42.00", "sgd", antom.CurrencyUnknown, "did you mean SGD?"},
		{"42.00", "XAU", antom.CurrencyUnknown, ""},
		{"42.00", "", antom.CurrencyUnknown, "three capital letters"},
	}
	for _, test := range bad {
		got, err := antom.ParseAmount(test.input, test.currency)
		refused, ok := errors.AsType[*antom.AmountError](err)
		if !ok || refused.Rule != test.want {
			t.Errorf("ParseAmount(%q, %q) = %+v, %v; want rule %s", test.input, test.currency, got, err, test.want)
			continue
		}
		if said := refused.Error() + "\n" + refused.Hint(); !strings.Contains(said, test.says) {
			t.Errorf("ParseAmount(%q, %q) says %q, want it to say %q", test.input, test.currency, said, test.says)
		}
	}
}

func TestParseMinor(t *testing.T) {
	t.Parallel()
	if got, err := antom.ParseMinor("4200", "SGD"); err != nil || got.String() != "42.00 SGD" {
		t.Errorf("ParseMinor(4200) = %v, %v", got, err)
	}
	for _, input := range []string{"42.00", "", "-1", "0", "12345678901234567", "4 200"} {
		if got, err := antom.ParseMinor(input, "SGD"); err == nil {
			t.Errorf("ParseMinor(%q) = %v, want an error", input, got)
		}
	}
}

func FuzzAmount_roundTrip(f *testing.F) {
	f.Add("42.00", "SGD")
	f.Add("1.234", "KWD")
	f.Add("15000", "IDR")
	f.Fuzz(func(t *testing.T, input, code string) {
		first, err := antom.ParseAmount(input, code)
		if err != nil {
			if _, ok := errors.AsType[*antom.AmountError](err); !ok {
				t.Fatalf("error is a %T", err)
			}
			return
		}
		again, err := antom.ParseAmount(first.Decimal(), code)
		if err != nil || again != first {
			t.Fatalf("%q %s: %+v writes as %q and reads as %+v, %v", input, code, first, first.Decimal(), again, err)
		}
	})
}

func TestAmount_json(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(antom.Amount{Currency: "SGD", Value: 4200})
	if err != nil || string(text) != `{"currency":"SGD","value":"4200"}` {
		t.Errorf("Marshal = %s, %v", text, err)
	}
	for _, text := range []string{`{"currency":"SGD","value":"4200"}`, `{"value":4200,"currency":"SGD"}`} {
		var got antom.Amount
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != (antom.Amount{Currency: "SGD", Value: 4200}) {
			t.Errorf("Unmarshal(%s) = %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{`{"currency":"SGD","value":"42.00"}`, `{"currency":"SGD","value":4.2e3}`, `{"currency":"SGD","value":"99999999999999999999"}`, `"4200"`} {
		var got antom.Amount
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("Unmarshal(%s) = %+v, want an error", text, got)
		}
	}
}

func TestCurrencies_agreeWithISO(t *testing.T) {
	t.Parallel()
	rows := antom.Currencies()
	if !slices.IsSortedFunc(rows, func(a, b antom.Currency) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("the table is not sorted by code")
	}
	if len(slices.CompactFunc(slices.Clone(rows), func(a, b antom.Currency) bool { return a.Code == b.Code })) != len(rows) {
		t.Error("a code stands twice")
	}
	listed := 0
	for _, row := range rows {
		if row.Listed {
			listed++
		}
		digits, ok := currency.GetDigits(row.Code)
		if ok && int(digits) != row.Digits {
			t.Errorf("%s has %d digits here, %d in ISO 4217", row.Code, row.Digits, digits)
		}
		if row.Name == "" {
			t.Errorf("%s has no name", row.Code)
		}
	}
	if listed != 24 {
		t.Errorf("%d currencies are on Antom's list, want 24", listed)
	}
	for _, code := range currency.GetCurrencyCodes() {
		if _, ok := antom.LookupCurrency(code); !ok && !slices.Contains(retired, code) {
			t.Errorf("%s is an ISO 4217 code and not in the table", code)
		}
	}
}

// retired are codes that the oracle still contains: withdrawn ones, or accounting units in
// which nobody pays by card.
var retired = []string{"ANG", "BGN", "BOV", "CHE", "CHW", "CLF", "COU", "CUC", "HRK", "MXV", "SLL", "USN", "UYI", "UYW", "XAD", "XDR", "XSU", "XUA", "ZWL"}

func TestResultCodes(t *testing.T) {
	t.Parallel()
	rows := antom.ResultCodes()
	for i, row := range rows {
		if i > 0 && rows[i-1].Code >= row.Code {
			t.Errorf("%s does not sort after %s", row.Code, rows[i-1].Code)
		}
		if row.Meaning == "" || row.Action == "" || row.Class == "" || row.Source == "" {
			t.Errorf("%s has an empty column", row.Code)
		}
		if row.Status != antom.StatusS && row.Status != antom.StatusF && row.Status != antom.StatusU {
			t.Errorf("%s has status %q", row.Code, row.Status)
		}
	}
	for alias, code := range map[string]string{"API_INVALID": "INVALID_API", "UNKNOWN_CLIENT": "CLIENT_INVALID", "ORDER_IS_CANCELLED": "ORDER_IS_CANCELED", "SIGNATURE_INVALID": "INVALID_SIGNATURE"} {
		if row, ok := antom.LookupResultCode(alias); !ok || row.Code != code {
			t.Errorf("LookupResultCode(%q) = %q, %t; want %q", alias, row.Code, ok, code)
		}
	}
	if _, ok := antom.LookupResultCode(""); ok {
		t.Error("an empty code is known")
	}
}
