package antom

// Balance is what the money of a payment stands at, in minor units of the payment's
// currency, as the transactions of an inquiry tell it.
type Balance struct {
	Authorised Amount // zero until the payment has succeeded
	Captured   Amount // captures that succeeded
	Capturing  Amount // captures that are not final
	Open       Amount // what may still be captured
	Refunded   Amount // refunds that succeeded
	Refunding  Amount // refunds that are not final
	Refundable Amount // what may still be given back
}

// Balance adds up the transactions of a payment. Nothing is open before the payment
// has succeeded, and nothing after it was cancelled. What is refundable was
// captured; a payment that lists no captures, such as one that was no
// authorisation, is refundable as a whole once it has succeeded.
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

// sums adds up transactions that succeeded, and those that are not final.
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
