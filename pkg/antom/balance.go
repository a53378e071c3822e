package antom

// Balance contains the amounts of a payment, in minor units of its currency, according to the
// transactions of an inquiry.
type Balance struct {
	Authorised Amount // zero until the payment has succeeded
	Captured   Amount // captures that succeeded
	Capturing  Amount // captures that are not final
	Open       Amount // can still be captured
	Refunded   Amount // refunds that succeeded
	Refunding  Amount // refunds that are not final
	Refundable Amount // can still be refunded
}

// Balance adds up the transactions of a payment. Nothing is open before the payment has
// succeeded or after it was cancelled. Captured money is refundable. A payment without captures
// in its list, such as one that was not an authorisation, is fully refundable once it has
// succeeded.
func (p *Payment) Balance() Balance {
	var b Balance
	for _, part := range [...]*Amount{&b.Authorised, &b.Captured, &b.Capturing, &b.Open, &b.Refunded, &b.Refunding, &b.Refundable} {
		part.Currency = p.PaymentAmount.Currency
	}
	b.Captured.Value, b.Capturing.Value = sums(p.Captures())
	b.Refunded.Value, b.Refunding.Value = sums(p.Refunds())
	if p.PaymentStatus != PaymentSuccess {
		return b
	}
	b.Authorised.Value = p.PaymentAmount.Value
	b.Open.Value = max(0, b.Authorised.Value-b.Captured.Value-b.Capturing.Value)
	base := b.Captured.Value
	if len(p.Captures()) == 0 {
		base = b.Authorised.Value
	}
	b.Refundable.Value = max(0, base-b.Refunded.Value-b.Refunding.Value)
	return b
}

// sums adds up the transactions that succeeded and those that are not final.
func sums(rows []Transaction) (done, open int64) {
	for _, row := range rows {
		switch status := row.Status(); {
		case status == PaymentSuccess:
			done += row.TransactionAmount.Value
		case !status.Final():
			open += row.TransactionAmount.Value
		}
	}
	return done, open
}
