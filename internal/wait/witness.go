package wait

import (
	"fmt"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Testimony is what one witness says of the end of a payment.
type Testimony struct {
	Status antom.PaymentStatus
	Code   string
	Amount antom.Amount // zero if it names none
	At     time.Time
}

// Accord holds what the two witnesses of a payment say: the gateway, which is asked, and the
// notification, which comes by itself. Both are signed by Antom, but only the notification
// proves that the merchant's endpoint is told.
type Accord struct {
	Inquiry      *Testimony // nil while inquiryPayment tells no final state
	Notification *Testimony // nil while no PAYMENT_RESULT has come
}

// NotifiedStatus is the status that a PAYMENT_RESULT tells: its result is S for a payment
// that succeeded and F for one that did not (G24).
func NotifiedStatus(result antom.ResultStatus) antom.PaymentStatus {
	switch result {
	case antom.StatusS:
		return antom.PaymentSuccess
	case antom.StatusF:
		return antom.PaymentFail
	}
	return ""
}

// Complete reports whether both witnesses have spoken.
func (a Accord) Complete() bool { return a.Inquiry != nil && a.Notification != nil }

// Disagreement says how the witnesses contradict each other; empty if they do not. A payment
// that was cancelled is notified as failed, if at all (INF).
func (a Accord) Disagreement() string {
	if !a.Complete() {
		return ""
	}
	told := a.Inquiry.Status
	if told == antom.PaymentCancelled {
		told = antom.PaymentFail
	}
	if told == a.Notification.Status && a.sameAmount() {
		return ""
	}
	return fmt.Sprintf("inquiryPayment says %s, the notification says %s", a.Inquiry, a.Notification)
}

func (a Accord) sameAmount() bool {
	return a.Inquiry.Amount.IsZero() || a.Notification.Amount.IsZero() || a.Inquiry.Amount == a.Notification.Amount
}

// Delay is how long after the answer of the inquiry the notification came; it is negative if
// the notification came first.
func (a Accord) Delay() time.Duration { return a.Notification.At.Sub(a.Inquiry.At) }

func (t *Testimony) String() string {
	text := string(t.Status)
	if t.Code != "" && t.Code != text {
		text += " (" + t.Code + ")"
	}
	if !t.Amount.IsZero() {
		text += " over " + t.Amount.String()
	}
	return text
}
