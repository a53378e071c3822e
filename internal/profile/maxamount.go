package profile

import (
	"cmp"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// checkMaxAmount reads max_amount: an amount in the profile's currency, or with its own.
func (p *Profile) checkMaxAmount() error {
	if p.maxAmount == "" {
		return nil
	}
	value, currency, _ := strings.Cut(p.maxAmount, " ")
	currency = cmp.Or(currency, p.Currency)
	if currency == "" {
		return errorf("%s: max_amount %q: has no currency", p.at("max_amount"), p.maxAmount).hint("write max_amount: %s SGD, or set currency", p.maxAmount)
	}
	amount, err := antom.ParseAmount(value, currency)
	if err != nil {
		return errorf("%s: max_amount %q: %s", p.at("max_amount"), p.maxAmount, err).hint("write it in major units, such as 10.00, or with its currency: 10.00 SGD")
	}
	p.MaxAmount = amount
	return nil
}

// OverCap returns an error if one of the amounts that a call moves is over max_amount of a
// live profile, or can't be compared with it; all is false if an amount could not be read.
func (p *Profile) OverCap(amounts []antom.Amount, all bool) *Error {
	if p.MaxAmount.IsZero() || !p.Live() {
		return nil
	}
	for _, amount := range amounts {
		switch {
		case amount.Currency != p.MaxAmount.Currency:
			return errorf("the max_amount of live %s is %s, and the call is in %s", p.Title(), p.MaxAmount, amount.Currency).
				hint("use a profile with a max_amount in %s; this one is set by %s", amount.Currency, p.at("max_amount"))
		case amount.Value > p.MaxAmount.Value:
			return errorf("%s is more than the max_amount of live %s, %s", amount, p.Title(), p.MaxAmount).
				hint("it is set by %s; raise it there if this is meant", p.at("max_amount"))
		}
	}
	if !all {
		return errorf("the amount can't be read, and live %s has a max_amount of %s", p.Title(), p.MaxAmount).hint("write the amount as currency and value")
	}
	return nil
}
