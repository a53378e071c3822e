package cli

// withinCap refuses a call that moves more than max_amount of a live profile.
func (w *Write) withinCap() error {
	profile := w.Merchant.Profile
	most, title := profile.MaxAmount, "live "+profile.Title()
	if most.IsZero() || !profile.Live() {
		return nil
	}
	amounts, all := w.Draft.Moved()
	for _, amount := range amounts {
		switch {
		case amount.Currency != most.Currency:
			return Usagef("%s: the max_amount of %s is %s, and the call is in %s", w.Action, title, most, amount.Currency).
				WithHint("use a profile with a max_amount in %s; this one is set by %s", amount.Currency, profile.Where("max_amount"))
		case amount.Value > most.Value:
			return Usagef("%s: %s is more than the max_amount of %s, %s", w.Action, amount, title, most).
				WithHint("it is set by %s; raise it there if this is meant", profile.Where("max_amount"))
		}
	}
	if !all {
		return Usagef("%s: the amount can't be read, and %s has a max_amount of %s", w.Action, title, most).WithHint("write the amount as currency and value")
	}
	return nil
}
