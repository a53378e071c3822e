package rules

import (
	"fmt"

	"github.com/antom-cli/antom/pkg/antom"
)

// slips are the mistakes with decimals that people make (INF): an amount is so many times
// the likely one, or such a part of it. Sorted by the digits of the currency.
var slips = [...]struct {
	digits       int
	times, parts int64
	why          string
}{
	{0, 100, 1, "as if %s had two decimals; it has none"},
	{2, 1, 100, "as if the decimals of %s were lost"},
	{2, 100, 1, "as if minor units of %s were written as major units"},
	{3, 1, 10, "as if %s had two decimals; it has three"},
	{3, 1, 1000, "as if the decimals of %s were lost"},
	{3, 1000, 1, "as if minor units of %s were written as major units"},
}

// slip returns the mistake by which an amount differs from the likely one, or "".
func slip(amount, likely antom.Amount) string {
	currency, known := antom.LookupCurrency(amount.Currency)
	if !known || amount.Currency != likely.Currency || amount.Value <= 0 || likely.Value <= 0 {
		return ""
	}
	for _, row := range slips {
		if row.digits == currency.Digits && amount.Value/row.times*row.parts == likely.Value && amount.Value%row.times == 0 {
			return fmt.Sprintf(row.why, amount.Currency)
		}
	}
	return ""
}

// slipAside is a slip as an addition to a message, or "".
func slipAside(amount, likely antom.Amount) string {
	if why := slip(amount, likely); why != "" {
		return ", " + why
	}
	return ""
}

func slipText(amount, likely antom.Amount, what string) string {
	return fmt.Sprintf("%s, of the %s that is %s, looks %s", amount, likely, what, slip(amount, likely))
}
