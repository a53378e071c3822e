package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

// Default is the value of a field that nobody assigned.
type Default struct {
	Path, Text string // no text: no default
	Always     bool   // also in a request that was read: Antom requires the field
	Silent     bool   // not worth telling
}

// Fill gives fields that have no value their defaults. A field that somebody
// assigned stays as it is, also if it is empty: that was on purpose.
func (d *Draft) Fill(defaults ...Default) error {
	for _, each := range defaults {
		path, _ := jsontree.ParsePath(each.Path)
		skipped := d.source != nil && !each.Always
		if skipped || each.Text == "" || d.Has(each.Path) || d.assigned(path) {
			continue
		}
		if err := d.Set(each.Path, each.Text); err != nil {
			return fmt.Errorf("fill in %w", err)
		}
		if !each.Silent {
			d.filled = append(d.filled, each.Path)
		}
	}
	return nil
}

func (d *Draft) assigned(path jsontree.Path) bool {
	return slices.ContainsFunc(d.named, func(p jsontree.Path) bool { return slices.Equal(p, path) })
}

// FilledIn notes that a field has a value that nobody assigned, such as the
// currency of an amount.
func (d *Draft) FilledIn(path string) { d.filled = append(d.filled, path) }

// Filled are the paths of the fields that got a value which nobody assigned, in
// the order in which they got it.
func (d *Draft) Filled() []string { return slices.Clone(d.filled) }

// Copy gives a field the value of another one, where it has none itself.
func (d *Draft) Copy(to, from string) error {
	if d.Has(to) || !d.Has(from) {
		return nil
	}
	raw := d.at(from).Append(nil)
	path, _ := jsontree.ParsePath(to)
	return d.put(path, raw)
}

// Money is an amount as users name it: in major units (42.00) or in minor units
// (4200), and its currency if they say it.
type Money struct{ Major, Minor, Currency string }

// Given reports whether there is an amount.
func (m Money) Given() bool { return m.Major != "" || m.Minor != "" }

// ErrNoCurrency says that an amount has no currency.
var ErrNoCurrency = errors.New("no currency given")

// In is the amount, in the currency that was named with it or else in this one. The
// error is [ErrNoCurrency] or an [*antom.AmountError].
func (m Money) In(currency string) (antom.Amount, error) {
	if m.Currency != "" {
		currency = m.Currency
	}
	switch {
	case currency == "":
		return antom.Amount{}, ErrNoCurrency
	case m.Minor != "":
		return antom.ParseMinor(m.Minor, currency)
	}
	return antom.ParseAmount(m.Major, currency)
}

// SetAmount gives a field an amount.
func (d *Draft) SetAmount(path string, amount antom.Amount) error {
	raw, err := json.Marshal(amount)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	parsed, _ := jsontree.ParsePath(path)
	return d.put(parsed, raw)
}
