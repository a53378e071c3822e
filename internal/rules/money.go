package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Money is a call that moves money, and the gateway's answer about its payment.
type Money struct {
	Operation antom.Operation
	Payment   *antom.Payment // nil: not known; then only rules that need none are checked
	Amount    antom.Amount   // of a session, capture or refund
	Now       time.Time      // the gateway's time
	Sandbox   bool           // no real money
	Notified  bool           // the request names a URL for its notification
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

// refundWindow is long for any contract, which defines the window (INF).
const refundWindow = 180 * 24 * time.Hour

// moneyRules are the rules for a payment before money moves, sorted by operation. Of the
// documented ones only the first broken one is reported, because later ones follow from it.
func moneyRules() []moneyRule {
	return []moneyRule{
		{antom.Cancel, "cancel-captured", Documented, "DOC", func(_ Money, b antom.Balance) bool { return b.Captured.Value > 0 },
			func(_ Money, b antom.Balance) string {
				return fmt.Sprintf("%s of the payment is captured: it can't be cancelled any more", b.Captured)
			}, "antom refund create refunds it"},
		{antom.Cancel, "cancel-again", Inferred, "INF", func(m Money, _ antom.Balance) bool { return m.Payment.PaymentStatus == antom.PaymentCancelled },
			func(Money, antom.Balance) string { return "the payment is already cancelled" }, "there is nothing to do"},
		{antom.Cancel, "cancel-window", Documented, "DOC", func(m Money, _ antom.Balance) bool { return cancelTooLate(m, Documented) }, cancelText, "antom refund create refunds it"},
		{antom.Cancel, "cancel-window", Inferred, "DOC, of most payment methods", func(m Money, _ antom.Balance) bool { return cancelTooLate(m, Inferred) }, cancelText, "Antom answers CANCEL_WINDOW_EXCEED if it has"},
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
				return fmt.Sprintf("%s is more than the %s that is open of the authorised %s", m.Amount, b.Open, b.Authorised) + slipAside(m.Amount, b.Open)
			}, "capture what is open, or less"},
		{antom.Capture, "authorisation-expired", Documented, "G24", func(m Money, _ antom.Balance) bool { return past(m.Payment.AuthExpiryTime, 0, m.Now) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the authorisation ended at %s", m.Payment.AuthExpiryTime)
			}, "start a new payment"},
		{antom.Capture, "decimal-slip", Inferred, "INF", func(m Money, b antom.Balance) bool { return slip(m.Amount, b.Open) != "" },
			func(m Money, b antom.Balance) string { return slipText(m.Amount, b.Open, "open") }, "--value is in minor units, --amount in major units"},
		{antom.CreatePaymentSession, "no-notify-url", Inferred, "INF", func(m Money, _ antom.Balance) bool { return !m.Notified },
			func(Money, antom.Balance) string {
				return "no paymentNotifyUrl: without a notification URL in Antom's Dashboard nobody is notified"
			}, "--notify-url, or notify_url in the profile"},
		{antom.CreatePaymentSession, "magic-amount", Inferred, "DOC ref/card, conflict C13", func(m Money, _ antom.Balance) bool { return m.Sandbox && IsRiskAmount(m.Amount.Value) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the amount is %d in minor units, which the sandbox's risk control rejects", m.Amount.Value)
			}, "take another amount, unless the rejection is wanted"},
		{antom.Refund, "no-notify-url", Inferred, "J24", func(m Money, _ antom.Balance) bool { return !m.Notified },
			func(Money, antom.Balance) string {
				return "no refundNotifyUrl: without a notification URL in Antom's Dashboard nobody is notified"
			}, "--notify-url, or notify_url in the profile"},
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
				return fmt.Sprintf("%s is more than the %s that is left to refund", m.Amount, b.Refundable) + slipAside(m.Amount, b.Refundable)
			}, "refund what is left, or less"},
		{antom.Refund, "refund-window", Inferred, "INF", func(m Money, _ antom.Balance) bool { return past(m.Payment.PaymentTime, refundWindow, m.Now) },
			func(m Money, _ antom.Balance) string {
				return fmt.Sprintf("the payment succeeded at %s: the refund period of your contract may have passed", m.Payment.PaymentTime)
			}, "Antom answers REFUND_WINDOW_EXCEED if it has"},
		{antom.Refund, "decimal-slip", Inferred, "INF", func(m Money, b antom.Balance) bool { return slip(m.Amount, b.Refundable) != "" },
			func(m Money, b antom.Balance) string { return slipText(m.Amount, b.Refundable, "left to refund") }, "--value is in minor units, --amount in major units"},
	}
}

// needsNone are the rules that need no payment.
var needsNone = [...]string{"magic-amount", "no-notify-url"}

// CheckMoney checks a call against the gateway's answer about its payment. It returns what
// Antom would refuse or, if there is nothing of that kind, what is probably a mistake.
func CheckMoney(m Money) []Finding {
	var balance antom.Balance
	if m.Payment != nil {
		balance = m.Payment.Balance()
	}
	var doubts []Finding
	for _, row := range moneyRules() {
		if row.on != m.Operation || m.Payment == nil && !slices.Contains(needsNone[:], row.rule) || !row.when(m, balance) {
			continue
		}
		found := Finding{Rule: row.rule, Level: row.level, Message: row.says(m, balance), Hint: row.hint, Source: row.source}
		if row.level == Documented {
			return []Finding{found}
		}
		doubts = append(doubts, found)
	}
	return doubts
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
