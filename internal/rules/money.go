package rules

import (
	"fmt"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Money is a call that moves money, and the gateway's answer about its payment.
type Money struct {
	Operation antom.Operation
	Payment   *antom.Payment
	Amount    antom.Amount // of a capture or refund
	Now       time.Time    // the gateway's time
}

// moneyRule is something that Antom refuses, or that is probably a mistake.
type moneyRule struct {
	on     antom.Operation
	rule   string
	level  Level
	source string
	when   func(Money, antom.Balance) bool
	says   func(Money, antom.Balance) string
	hint   string
}

// Time limits from Antom's cancel guide, or of our own choice (INF).
const (
	cancelWindow = 7 * 24 * time.Hour   // card, from the payment's success (DOC cashierpay cancel)
	refundWindow = 180 * 24 * time.Hour // the contract defines it; 180 days is long for any contract (INF)
)

// moneyRules are the rules for a payment before money moves, sorted by operation. Only the
// first broken rule is reported, because later ones follow from it.
func moneyRules() []moneyRule {
	return []moneyRule{
		{antom.Cancel, "cancel-captured", Documented, "DOC", func(_ Money, b antom.Balance) bool { return b.Captured.Value > 0 },
			func(_ Money, b antom.Balance) string {
				return fmt.Sprintf("%s of the payment is captured: it can't be cancelled any more", b.Captured)
			}, "antom refund create refunds it"},
		{antom.Cancel, "cancel-again", Inferred, "INF", func(m Money, _ antom.Balance) bool { return m.Payment.PaymentStatus == antom.PaymentCancelled },
			func(Money, antom.Balance) string { return "the payment is already cancelled" }, "there is nothing to do"},
		{antom.Cancel, "cancel-window", Documented, "DOC", func(m Money, _ antom.Balance) bool { return past(m.Payment.PaymentTime, cancelWindow, m.Now) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the payment succeeded at %s, more than 7 days ago: the time to cancel has passed", m.Payment.PaymentTime)
			}, "antom refund create refunds it"},
		{antom.Capture, "not-authorised", Documented, "G24", notPaid,
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the payment is %s: only an authorised one can be captured", m.Payment.PaymentStatus)
			}, "antom payment wait waits for it"},
		{antom.Capture, "currency-differs", Documented, "G24", otherCurrency, currencyText, "write the amount in the payment's currency"},
		{antom.Capture, "nothing-open", Documented, "G24", func(_ Money, b antom.Balance) bool { return b.Open.Value == 0 },
			func(_ Money, b antom.Balance) string {
				return fmt.Sprintf("nothing of the authorised %s is open: %s is captured, %s in progress", b.Authorised, b.Captured, b.Capturing)
			}, "antom capture list shows the captures"},
		{antom.Capture, "over-open", Documented, "G24", func(m Money, b antom.Balance) bool { return m.Amount.Value > b.Open.Value },
			func(m Money, b antom.Balance) string {
				return fmt.Sprintf("%s is more than the %s that is open of the authorised %s", m.Amount, b.Open, b.Authorised)
			}, "capture what is open, or less"},
		{antom.Capture, "authorisation-expired", Documented, "G24", func(m Money, _ antom.Balance) bool { return past(m.Payment.AuthExpiryTime, 0, m.Now) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the authorisation ended at %s", m.Payment.AuthExpiryTime)
			}, "start a new payment"},
		{antom.Capture, "decimal-slip", Inferred, "INF", func(m Money, b antom.Balance) bool { return slipped(m.Amount, b.Open) },
			func(m Money, b antom.Balance) string { return slipText(m.Amount, b.Open, "open") }, "--value is in minor units, --amount in major units"},
		{antom.Refund, "not-paid", Documented, "J24", notPaid,
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the payment is %s: only one that succeeded can be refunded", m.Payment.PaymentStatus)
			}, "antom payment inquire shows it"},
		{antom.Refund, "currency-differs", Documented, "J24", otherCurrency, currencyText, "write the amount in the payment's currency"},
		{antom.Refund, "nothing-captured", Inferred, "INF", func(m Money, b antom.Balance) bool { return b.Captured.Value == 0 && m.Payment.AuthExpiryTime != "" },
			func(Money, antom.Balance) string {
				return "nothing of the authorisation is captured yet, so nothing can be refunded"
			}, "antom payment cancel voids it"},
		{antom.Refund, "nothing-left", Documented, "J24", func(_ Money, b antom.Balance) bool { return b.Refundable.Value == 0 },
			func(_ Money, b antom.Balance) string {
				return fmt.Sprintf("nothing is left to refund: of the captured %s %s is refunded and %s in progress", b.Captured, b.Refunded, b.Refunding)
			}, "antom refund list shows the refunds"},
		{antom.Refund, "over-left", Documented, "J24", func(m Money, b antom.Balance) bool { return m.Amount.Value > b.Refundable.Value },
			func(m Money, b antom.Balance) string {
				return fmt.Sprintf("%s is more than the %s that is left to refund", m.Amount, b.Refundable)
			}, "refund what is left, or less"},
		{antom.Refund, "refund-window", Inferred, "INF", func(m Money, _ antom.Balance) bool { return past(m.Payment.PaymentTime, refundWindow, m.Now) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the payment succeeded at %s: the refund period of your contract may have passed", m.Payment.PaymentTime)
			}, "Antom answers REFUND_WINDOW_EXCEED if it has"},
		{antom.Refund, "decimal-slip", Inferred, "INF", func(m Money, b antom.Balance) bool { return slipped(m.Amount, b.Refundable) },
			func(m Money, b antom.Balance) string { return slipText(m.Amount, b.Refundable, "left to refund") }, "--value is in minor units, --amount in major units"},
	}
}

// CheckMoney checks a call against the gateway's answer about its payment. It returns what
// Antom would refuse, or what is probably a mistake.
func CheckMoney(m Money) []Finding {
	balance := m.Payment.Balance()
	for _, row := range moneyRules() {
		if row.on == m.Operation && row.when(m, balance) {
			return []Finding{{Rule: row.rule, Level: row.level, Message: row.says(m, balance), Hint: row.hint, Source: row.source}}
		}
	}
	return nil
}

func notPaid(m Money, _ antom.Balance) bool { return m.Payment.PaymentStatus != antom.PaymentSuccess }

func otherCurrency(m Money, _ antom.Balance) bool {
	return m.Payment.PaymentAmount.Currency != "" && m.Amount.Currency != m.Payment.PaymentAmount.Currency
}

func currencyText(m Money, _ antom.Balance) string {
	return fmt.Sprintf("the currency is %s, the payment's is %s", m.Amount.Currency, m.Payment.PaymentAmount.Currency)
}

// past reports whether a span after a time has passed; for an unknown time it has not.
func past(at antom.DateTime, span time.Duration, now time.Time) bool {
	t, err := at.Time()
	return err == nil && now.After(t.Add(span))
}

// slipped reports whether an amount is a hundredth or a thousandth of the likely one, as if its
// decimals were lost.
func slipped(amount, whole antom.Amount) bool {
	return amount.Value > 0 && (amount.Value*100 == whole.Value || amount.Value*1000 == whole.Value)
}

func slipText(amount, whole antom.Amount, what string) string {
	return fmt.Sprintf("%s is a hundredth or a thousandth of the %s that is %s, as if its decimals were lost", amount, whole, what)
}
