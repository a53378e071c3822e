package cli

// withinCap returns an error for a call that moves more than the max_amount of a live profile.
func (w *Write) withinCap() error {
	amounts, all := w.Draft.Moved()
	if over := w.Merchant.Profile.OverCap(amounts, all); over != nil {
		return Usagef("%s: %s", w.Action, over).WithHint("%s", over.Hint())
	}
	return nil
}
