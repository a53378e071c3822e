package diagnose

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
)

// Remark points out something in a genuine message that is easily overlooked.
type Remark struct {
	ID   string // groups remarks of a kind
	Text string
}

// AmountOf returns the amount of the session of a payment; ok is false if it is not
// known.
type AmountOf func(paymentRequestID string) (amount antom.Amount, ok bool)

// notifyTypes are the documented discriminators of notifications.
var notifyTypes = [...]antom.NotifyType{
	antom.NotifyCaptureResult, antom.NotifyPaymentPending, antom.NotifyPaymentResult, antom.NotifyRefundResult, antom.NotifyUpdateAmount,
	antom.NotifyAuthCodeCreated, antom.NotifyTokenCancelled, antom.NotifyTokenCreated,
	antom.NotifyDefenseDueAlert, antom.NotifyDefenseSupplied, antom.NotifyDisputeAccepted, antom.NotifyDisputeCancelled,
	antom.NotifyDisputeCreated, antom.NotifyDisputeJudged, antom.NotifyRDRResolved,
}

// Sense returns remarks about a message with a valid signature.
func Sense(kind intake.Kind, told intake.Told, amountOf AmountOf) []Remark {
	var remarks []Remark
	add := func(id, format string, args ...any) {
		remarks = append(remarks, Remark{id, fmt.Sprintf(format, args...)})
	}
	if kind == intake.Notification && told.NotifyType != "" && !slices.Contains(notifyTypes[:], antom.NotifyType(told.NotifyType)) {
		add("notify-type", "notifyType %q is not one that Antom documents: acknowledge it and leave it alone", told.NotifyType)
	}
	if told.NotifyType == string(antom.NotifyPaymentPending) && told.ResultStatus == string(antom.StatusS) {
		add("pending", "PAYMENT_PENDING with S: the buyer is done, the payment is not: wait for PAYMENT_RESULT before you ship")
	}
	if told.ResultCode != "" && told.ResultCode != antom.CodeSuccess {
		if row, ok := antom.LookupResultCode(told.ResultCode); ok {
			add("result", "%s: %s; %s", told.ResultCode, row.Meaning, row.Action)
		} else {
			add("result", "result code %q is not one that Antom documents; resultStatus %s decides", told.ResultCode, told.ResultStatus)
		}
	}
	if kind == intake.Notification && told.Value != "" && amountOf != nil {
		if want, ok := amountOf(told.PaymentRequestID); ok && (want.Currency != told.Currency || strconv.FormatInt(want.Value, 10) != told.Value) {
			add("amount", "paymentAmount is %s, the session was made for %s: don't ship before that is cleared up", toldAmount(told), want)
		}
	}
	return remarks
}

// toldAmount returns the amount of a message in major units; an invalid amount is
// returned as it is.
func toldAmount(told intake.Told) string {
	value, err := strconv.ParseInt(told.Value, 10, 64)
	if _, known := antom.LookupCurrency(told.Currency); err != nil || !known {
		return fmt.Sprintf("value %q of currency %q", told.Value, told.Currency)
	}
	return antom.Amount{Currency: told.Currency, Value: value}.String()
}

// rememberedBodies limits each of the two generations that [Seen] remembers, so that
// memory does not grow with the length of a log.
const rememberedBodies = 1 << 17

// Seen remembers the bodies of genuine messages to recognise duplicates: Antom sends a
// notification up to eight times. It remembers at least the last 131,072.
type Seen struct {
	seed          maphash.Seed
	recent, older map[uint64]uint64
}

// NewSeen returns an empty memory.
func NewSeen() *Seen { return &Seen{seed: maphash.MakeSeed(), recent: map[uint64]uint64{}} }

// Key returns the key of a body.
func (s *Seen) Key(body []byte) uint64 { return maphash.Bytes(s.seed, body) }

// Before returns the place where a body was first seen, and remembers it.
func (s *Seen) Before(key, place uint64) (first uint64, seen bool) {
	if first, seen = s.recent[key]; seen {
		return first, true
	}
	if first, seen = s.older[key]; seen {
		place = first
	}
	if len(s.recent) >= rememberedBodies {
		s.older, s.recent = s.recent, make(map[uint64]uint64, rememberedBodies)
	}
	s.recent[key] = place
	return first, seen
}
