package antom

import (
	"bytes"
	"encoding/json"
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

// longestValue is the most digits that Antom takes in a value (Amount page).
const longestValue = 16

// AmountRule is the id of the rule that an amount breaks.
type AmountRule string

// The rules that [ParseAmount] and [ParseMinor] hold an amount against.
const (
	AmountEmpty           AmountRule = "empty"
	AmountNotNumber       AmountRule = "not-a-number"
	AmountNegative        AmountRule = "negative"
	AmountZero            AmountRule = "zero"
	AmountTooLong         AmountRule = "too-long"
	AmountTooManyDecimals AmountRule = "too-many-decimals"
	AmountNotMultiple     AmountRule = "not-a-multiple"
	CurrencyUnknown       AmountRule = "currency-unknown"
)

// AmountError says which rule an amount breaks.
type AmountError struct {
	Rule     AmountRule
	Input    string
	Currency string

	text string
	hint string
}

// Error names the amount and the rule.
func (e *AmountError) Error() string { return e.text }

// Hint says how to write the amount.
func (e *AmountError) Hint() string { return e.hint }

// Is reports whether target is an [*AmountError] with the same rule.
func (e *AmountError) Is(target error) bool {
	other, ok := target.(*AmountError)
	return ok && other.Rule == e.Rule
}

// ParseAmount reads a decimal number of major units, such as "42.00" with
// "SGD", exactly: no rounding and no floating point. It takes digits with at
// most one point and as many decimals as the currency has, more than zero, and
// at most 16 digits of minor units. The error is an [*AmountError].
func ParseAmount(decimal, currency string) (Amount, error) {
	known, err := requireCurrency(decimal, currency)
	if err != nil {
		return Amount{}, err
	}
	if err := checkNumber(decimal, known, true); err != nil {
		return Amount{}, err
	}
	whole, fraction, _ := strings.Cut(decimal, ".")
	if len(fraction) > known.Digits {
		return Amount{}, tooManyDecimals(decimal, known)
	}
	return newAmount(decimal, whole+fraction+strings.Repeat("0", known.Digits-len(fraction)), known)
}

// ParseMinor reads a whole number of minor units, such as "4200" with "SGD".
// The error is an [*AmountError].
func ParseMinor(value, currency string) (Amount, error) {
	known, err := requireCurrency(value, currency)
	if err != nil {
		return Amount{}, err
	}
	if err := checkNumber(value, known, false); err != nil {
		return Amount{}, err
	}
	return newAmount(value, value, known)
}

// newAmount makes an amount of digits that are known to be digits.
func newAmount(input, digits string, currency Currency) (Amount, error) {
	fail := func(rule AmountRule, text, hint string) (Amount, error) {
		return Amount{}, &AmountError{Rule: rule, Input: input, Currency: currency.Code, text: text, hint: hint}
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > longestValue {
		return fail(AmountTooLong, fmt.Sprintf("amount %q %s: has %d digits in minor units, Antom takes at most %d", input, currency.Code, len(digits), longestValue),
			"check the amount; is the decimal point missing?")
	}
	if digits == "" {
		return fail(AmountZero, fmt.Sprintf("amount %q %s: must be more than 0", input, currency.Code), "give an amount such as "+currency.example())
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fail(AmountNotNumber, fmt.Sprintf("amount %q %s: is not a number", input, currency.Code), "")
	}
	if value%currency.multiple() != 0 {
		return fail(AmountNotMultiple, fmt.Sprintf("amount %q %s: the last digits in minor units must be 00", input, currency.Code),
			fmt.Sprintf("%s has %d decimals in the API, but Antom takes whole amounts only", currency.Code, currency.Digits))
	}
	return Amount{Currency: currency.Code, Value: value}, nil
}

func requireCurrency(input, code string) (Currency, error) {
	if known, ok := LookupCurrency(code); ok {
		return known, nil
	}
	err := &AmountError{Rule: CurrencyUnknown, Input: input, Currency: code, text: fmt.Sprintf("currency %q: not an ISO 4217 code", code),
		hint: "a currency is three capital letters, such as SGD"}
	if near := nearestCurrency(code); near != "" {
		err.hint = "did you mean " + near + "?"
	}
	return Currency{}, err
}

func tooManyDecimals(input string, currency Currency) error {
	return &AmountError{Rule: AmountTooManyDecimals, Input: input, Currency: currency.Code,
		text: fmt.Sprintf("amount %q %s: has more decimals than the %s of %s", input, currency.Code, decimals(currency.Digits), currency.Code),
		hint: "write it as " + currency.example()}
}

func decimals(n int) string {
	return [...]string{"0 decimals", "1 decimal", "2 decimals", "3 decimals", "4 decimals"}[n]
}

// checkNumber takes ASCII digits with, if allowed, a point between some of them.
func checkNumber(input string, currency Currency, pointAllowed bool) error {
	rule, text := AmountNotNumber, "is not a plain number"
	switch {
	case input == "":
		rule, text = AmountEmpty, "is empty"
	case isPlainNumber(input, pointAllowed):
		return nil
	case strings.HasPrefix(input, "-") && isPlainNumber(input[1:], pointAllowed):
		rule, text = AmountNegative, "is negative"
	case !pointAllowed && isPlainNumber(input, true):
		text = "minor units have no decimal point"
	}
	hint := "write it as " + currency.example() + ": digits, a point, no separators and no sign"
	if !pointAllowed {
		hint = "minor units are a whole number, such as 4200 for 42.00 SGD"
	}
	return &AmountError{Rule: rule, Input: input, Currency: currency.Code, hint: hint,
		text: fmt.Sprintf("amount %q %s: %s", input, currency.Code, text)}
}

func isPlainNumber(s string, pointAllowed bool) bool {
	whole, fraction, point := strings.Cut(s, ".")
	if point && (!pointAllowed || !isDigits(fraction)) {
		return false
	}
	return isDigits(whole)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Decimal is the amount in major units, such as "42.00"; in a currency that is
// not in the table, the minor units as they are.
func (a Amount) Decimal() string {
	currency, _ := LookupCurrency(a.Currency)
	text := strconv.FormatInt(a.Value, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	if currency.Digits == 0 {
		return sign + text
	}
	if missing := currency.Digits + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	point := len(text) - currency.Digits
	return sign + text[:point] + "." + text[point:]
}

// String is the amount in major units with its currency, such as "42.00 SGD".
func (a Amount) String() string {
	if a.Currency == "" {
		return a.Decimal()
	}
	return a.Decimal() + " " + a.Currency
}

// wireAmount is the form on the wire.
type wireAmount struct {
	Currency string          `json:"currency"`
	Value    json.RawMessage `json:"value"`
}

// MarshalJSON writes the value as a string, as Antom wants it.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Currency string `json:"currency"`
		Value    int64  `json:"value,string"`
	}{a.Currency, a.Value})
}

// UnmarshalJSON reads the value as a string or a number, and refuses one that is
// no whole number.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var wire wireAmount
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	*a = Amount{Currency: wire.Currency}
	text := string(bytes.Trim(wire.Value, `"`))
	if text == "" || text == "null" {
		return nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("amount value %q: not a whole number of minor units", text)
	}
	a.Value = value
	return nil
}

// IsZero reports whether there is no amount; it keeps an absent one out of JSON.
func (a Amount) IsZero() bool { return a == Amount{} }
