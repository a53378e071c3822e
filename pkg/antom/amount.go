package antom

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Amount is a sum of money in the smallest unit of its currency: 42.00 SGD has
// the value 4200, 42 JPY the value 42. On the wire it is
//
//	{"currency":"SGD","value":"4200"}
//
// with the value as a string (API specification, Amount).
type Amount struct {
	// Currency is an ISO 4217 code.
	Currency string
	// Value counts minor units.
	Value int64
}

// longestValue is the maximum number of digits of a value (DOC ams/amount).
const longestValue = 16

// ParseAmount parses a decimal number of major units, such as "42.00" with "SGD", exactly:
// without rounding and floating point. It accepts digits with at most one point and at most the
// currency's number of decimals. The amount must be more than zero and have at most 16 digits
// in minor units. The error is an [*AmountError].
func ParseAmount(decimal, currency string) (Amount, error) {
	known, err := requireCurrency(decimal, currency)
	if err != nil {
		return Amount{}, err
	}
	return amountReader{currency: known, input: decimal, decimals: known.Digits}.read()
}

// ParseMinor parses a whole number of minor units, such as "4200" with "SGD", by the same
// rules. The error is an [*AmountError].
func ParseMinor(value, currency string) (Amount, error) {
	known, err := requireCurrency(value, currency)
	if err != nil {
		return Amount{}, err
	}
	return amountReader{currency: known, input: value, minor: true}.read()
}

// NewAmount returns the amount of a number of minor units, by the same rules. The error is an
// [*AmountError].
func NewAmount(value int64, currency string) (Amount, error) {
	return ParseMinor(strconv.FormatInt(value, 10), currency)
}

func requireCurrency(input, code string) (Currency, error) {
	if known, ok := LookupCurrency(code); ok {
		return known, nil
	}
	hint := "write three capital letters, such as SGD"
	if near := NearestCurrency(code); near != "" {
		hint = "did you mean " + near + "?"
	}
	return Currency{}, &AmountError{Rule: CurrencyUnknown, Input: input, Currency: code, reason: NotACurrency(code), hint: hint}
}

// amountReader parses one input in major or in minor units.
type amountReader struct {
	currency Currency
	input    string
	decimals int // allowed in the input
	minor    bool
}

func (r amountReader) read() (Amount, error) {
	value, rule := r.value()
	if rule != "" {
		return Amount{}, &AmountError{Rule: rule, Input: r.input, Currency: r.currency.Code, reason: r.reason(rule), hint: r.hint(rule, value)}
	}
	return Amount{Currency: r.currency.Code, Value: value}, nil
}

// value returns the input in minor units, and the rule that it breaks, if any. Excess decimals
// are cut off.
func (r amountReader) value() (int64, AmountRule) {
	whole, fraction, plain := splitNumber(r.input)
	if !plain || r.minor && strings.Contains(r.input, ".") {
		return 0, r.notPlain()
	}
	kept := fraction[:min(len(fraction), r.decimals)]
	digits := strings.TrimLeft(whole+kept+strings.Repeat("0", r.decimals-len(kept)), "0")
	if len(digits) > longestValue {
		return 0, AmountTooLong
	}
	value, _ := strconv.ParseInt("0"+digits, 10, 64) // at most 16 digits, so it can't fail
	switch {
	case len(fraction) > r.decimals:
		return value, AmountTooManyDecimals
	case value == 0:
		return value, AmountZero
	case value%r.currency.multiple() != 0:
		return value, AmountNotMultiple
	}
	return value, ""
}

// notPlain returns the rule that is broken by an input which is not a plain number.
func (r amountReader) notPlain() AmountRule {
	if r.input == "" {
		return AmountEmpty
	}
	if positive, signed := strings.CutPrefix(r.input, "-"); signed {
		if _, _, plain := splitNumber(positive); plain {
			return AmountNegative
		}
	}
	return AmountNotNumber
}

// splitNumber splits ASCII digits at an optional decimal point.
func splitNumber(s string) (whole, fraction string, plain bool) {
	whole, fraction, point := strings.Cut(s, ".")
	return whole, fraction, isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Decimal returns the amount in major units, such as "42.00". For a currency that is not in the
// table it returns the minor units. [ParseAmount] reads the result back.
func (a Amount) Decimal() string {
	currency, _ := LookupCurrency(a.Currency)
	text, negative := strings.CutPrefix(strconv.FormatInt(a.Value, 10), "-")
	if currency.Digits > 0 {
		text = strings.Repeat("0", max(0, currency.Digits+1-len(text))) + text
		point := len(text) - currency.Digits
		text = text[:point] + "." + text[point:]
	}
	if negative {
		return "-" + text
	}
	return text
}

// String returns the amount in major units with its currency, such as "42.00 SGD".
func (a Amount) String() string {
	if a.Currency == "" {
		return a.Decimal()
	}
	return a.Decimal() + " " + a.Currency
}

// IsZero reports whether the amount is absent; encoding/json uses it for omitzero.
func (a Amount) IsZero() bool { return a == Amount{} }

// MarshalJSON writes the value as a string, as Antom requires.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Currency string `json:"currency"`
		Value    int64  `json:"value,string"`
	}{a.Currency, a.Value})
}

// UnmarshalJSON reads the value as a string or a number. It must be a whole number of minor
// units; an absent value is 0.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var wire struct {
		Currency string          `json:"currency"`
		Value    json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("amount %s: not an object of currency and value", quoteShort(string(data)))
	}
	value, err := decodeValue(wire.Value)
	if err != nil {
		return err
	}
	*a = Amount{Currency: wire.Currency, Value: value}
	return nil
}

// decodeValue reads a whole number from a JSON string or number.
func decodeValue(raw json.RawMessage) (int64, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return 0, nil
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return 0, fmt.Errorf("amount value %s: %w", quoteShort(text), err)
		}
	}
	if !isDigits(strings.TrimPrefix(text, "-")) {
		return 0, fmt.Errorf("amount value %s: not a whole number of minor units", quoteShort(text))
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("amount value %s: too large", quoteShort(text))
	}
	return value, err
}
