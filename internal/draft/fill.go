package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

// Default is a value for a field without one.
type Default struct {
	Path, Text string // an empty text means no default
	Always     bool   // also for a request that was read, because Antom requires the field
	Silent     bool   // not listed by [Draft.Filled]
}

// Fill sets the defaults of fields without a value. An assigned field is not changed,
// even if it is empty: it was emptied on purpose.
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

// FilledIn records that a field was filled in by other means, such as the currency of
// an amount.
func (d *Draft) FilledIn(path string) { d.filled = append(d.filled, path) }

// Filled returns the paths of the fields that were filled in, in order.
func (d *Draft) Filled() []string { return slices.Clone(d.filled) }

// Copy copies the value of one field to another, unless that has a value.
func (d *Draft) Copy(to, from string) error {
	if d.Has(to) || !d.Has(from) {
		return nil
	}
	raw := d.at(from).Append(nil)
	path, _ := jsontree.ParsePath(to)
	return d.put(path, raw)
}

// Money is an amount as given by a user: in major units (42.00) or in minor units
// (4200), with or without a currency.
type Money struct{ Major, Minor, Currency string }

// Given reports whether there is an amount.
func (m Money) Given() bool { return m.Major != "" || m.Minor != "" }

// ErrNoCurrency means that an amount has no currency.
var ErrNoCurrency = errors.New("no currency given")

// In returns the amount in its own currency or, if it has none, in the given one. The
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

// SetAmount sets a field to an amount.
func (d *Draft) SetAmount(path string, amount antom.Amount) error {
	raw, err := json.Marshal(amount)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	parsed, _ := jsontree.ParsePath(path)
	return d.put(parsed, raw)
}
