package antom

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AmountRule is the id of a rule for amounts.
type AmountRule string

// The rules that [ParseAmount], [ParseMinor] and [NewAmount] check.
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

// AmountError reports which rule an amount breaks.
type AmountError struct {
	Rule     AmountRule
	Input    string
	Currency string

	reason string
	hint   string
}

// Error names the amount and the rule.
func (e *AmountError) Error() string {
	if e.Rule == CurrencyUnknown {
		return fmt.Sprintf("currency %s: %s", quoteShort(e.Currency), e.reason)
	}
	return fmt.Sprintf("amount %s %s: %s", quoteShort(e.Input), e.Currency, e.reason)
}

// Hint returns how to write the amount.
func (e *AmountError) Hint() string { return e.hint }

// Is reports whether target is an [*AmountError] with the same rule.
func (e *AmountError) Is(target error) bool {
	other, ok := target.(*AmountError)
	return ok && other.Rule == e.Rule
}

func (r amountReader) reason(rule AmountRule) string {
	whole, fraction, plain := splitNumber(r.input)
	switch rule {
	case AmountEmpty:
		return "is empty"
	case AmountNegative:
		return "is negative"
	case AmountZero:
		return "must be more than 0"
	case AmountTooLong:
		return fmt.Sprintf("has %d digits in minor units, Antom accepts at most %d digits", len(strings.TrimLeft(whole, "0"))+r.decimals, longestValue)
	case AmountTooManyDecimals:
		return fmt.Sprintf("has %s, %s has %s", decimals(len(fraction)), r.currency.Code, decimals(r.decimals))
	case AmountNotMultiple:
		return fmt.Sprintf("Antom accepts only multiples of %s %s", r.write(r.currency.multiple()), r.currency.Code)
	}
	if plain {
		return "minor units have no decimal point"
	}
	return "is not a plain number"
}

func (r amountReader) hint(rule AmountRule, value int64) string {
	switch rule {
	case AmountNegative:
		return "give an amount of more than 0; to return money, refund the payment"
	case AmountZero:
		return "give at least " + r.write(r.currency.multiple())
	case AmountTooLong:
		return "check the amount; is a decimal point missing?"
	case AmountTooManyDecimals, AmountNotMultiple:
		return r.neighbours(value)
	}
	return r.rewrite()
}

// neighbours names the valid amounts on both sides of the input, or the one that it equals.
func (r amountReader) neighbours(value int64) string {
	step := r.currency.multiple()
	low := value - value%step
	_, fraction, _ := splitNumber(r.input)
	lost := strings.Trim(fraction[min(len(fraction), r.decimals):], "0")
	switch {
	case low == 0:
		return "write it as " + r.write(step)
	case low == value && lost == "":
		return "write it as " + r.write(low)
	}
	return "write it as " + r.write(low) + " or " + r.write(low+step)
}

// rewrite returns how to write the intended amount if that is certain, else how amounts are
// written. It must call value, not read: read asks for a hint.
func (r amountReader) rewrite() string {
	meant := r
	meant.input = ungroup(r.input, r.currency.Code, r.decimals)
	if value, rule := meant.value(); rule == "" {
		return "write it as " + r.write(value)
	}
	major := amountReader{currency: r.currency, input: r.input, decimals: r.currency.Digits}
	if value, rule := major.value(); r.minor && rule == "" {
		return fmt.Sprintf("%s %s is %d in minor units", r.input, r.currency.Code, value)
	}
	example := r.write(42 * r.currency.unit())
	if strings.Contains(example, ".") {
		return "write digits and a point only, such as " + example
	}
	return "write digits only, such as " + example
}

// write formats a number of minor units in the units of the input.
func (r amountReader) write(value int64) string {
	if r.minor {
		return strconv.FormatInt(value, 10)
	}
	return Amount{Currency: r.currency.Code, Value: value}.Decimal()
}

func decimals(n int) string {
	switch n {
	case 0:
		return "no decimals"
	case 1:
		return "1 decimal"
	}
	return strconv.Itoa(n) + " decimals"
}

// ungroup converts a number as people write it (with thousands separators, a decimal comma, a
// sign, the currency, full-width digits) into a plain number. For an ambiguous input it returns
// a text that is not a plain number.
func ungroup(input, code string, decimals int) string {
	text := strings.Map(narrow, input)
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(text, code), code))
	text = strings.TrimPrefix(text, "+")
	point := strings.LastIndexAny(text, ".,")
	if point < 0 {
		return joinGroups(text)
	}
	mark, fraction := text[point:point+1], text[point+1:]
	alone := strings.IndexAny(text, ".,' ") == point
	switch {
	case strings.Count(text, mark) > 1, mark == "," && alone && len(fraction) == 3 && decimals < 3:
		return joinGroups(text)
	case mark == "," && alone && len(fraction) == 3:
		return "" // such as 1,234 in a currency with three decimals
	case fraction == "":
		return joinGroups(text[:point])
	case point == 0:
		return "0." + fraction
	}
	return joinGroups(text[:point]) + "." + fraction
}

// joinGroups joins groups of three digits, and leaves other groupings unchanged.
func joinGroups(text string) string {
	groups := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".,' ", r) })
	for i, group := range groups {
		if i > 0 && len(group) != 3 || len(group) > 3 && len(groups) > 1 {
			return text
		}
	}
	return strings.Join(groups, "")
}

// narrow converts full-width characters to ASCII, and any white space to a blank.
func narrow(r rune) rune {
	switch {
	case r >= '\uff01' && r <= '\uff5e':
		return r - '\uff01' + '!'
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// quoteShort quotes an input, or the beginning of a long one.
func quoteShort(s string) string {
	const longest = 40
	if utf8.RuneCountInString(s) <= longest {
		return strconv.Quote(s)
	}
	return strconv.Quote(string([]rune(s)[:longest])) + "…"
}
