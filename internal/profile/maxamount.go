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

// Where returns where a setting was made: a variable, or a file and line.
func (p *Profile) Where(name string) string { return p.at(name) }
