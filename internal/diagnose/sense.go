package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"time"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Remark points out something in a genuine message that is easily overlooked.
type Remark struct {
	ID   string // groups remarks of a kind
	Text string
}

// AmountOf returns the amount of the session of a payment, by its paymentRequestId or
// its paymentId; ok is false if it is not known.
type AmountOf func(id string) (amount antom.Amount, ok bool)

// notifyTypes are the documented discriminators of notifications.
var notifyTypes = [...]antom.NotifyType{
	antom.NotifyCaptureResult, antom.NotifyPaymentPending, antom.NotifyPaymentResult, antom.NotifyRefundResult, antom.NotifyUpdateAmount,
	antom.NotifyAuthCodeCreated, antom.NotifyTokenCancelled, antom.NotifyTokenCreated,
	antom.NotifyDefenseDueAlert, antom.NotifyDefenseSupplied, antom.NotifyDisputeAccepted, antom.NotifyDisputeCancelled,
	antom.NotifyDisputeCreated, antom.NotifyDisputeJudged, antom.NotifyRDRResolved,
}

// Sense returns remarks about a message with a valid signature.
func Sense(kind intake.Kind, told intake.Summary, amountOf AmountOf) []Remark {
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
	if want, ok := amountOfCapture(told, amountOf); ok {
		captured, err := antom.ParseMinor(told.CaptureValue, told.CaptureCurrency)
		if err == nil && captured.Currency == want.Currency && captured.Value > want.Value {
			add("over-captured", "captureAmount is %s, the session was made for %s: don't ship before that is cleared up", captured, want)
		}
	}
	return remarks
}

// amountOfCapture is the amount of the session that a capture belongs to, which names
// the payment.
func amountOfCapture(told intake.Summary, amountOf AmountOf) (antom.Amount, bool) {
	if told.CaptureValue == "" || amountOf == nil {
		return antom.Amount{}, false
	}
	return amountOf(told.PaymentID)
}

// nonsense holds the sentences about oddities, by kind. %[1]s is the path, %[2]s what
// stands there, quoted, %[3]s what it contradicts.
var nonsense = [...]struct {
	kind intake.OddKind
	id   string
	text string
}{
	{intake.AmountWithPoint, "amount-form", "%[1]s.value is %[2]s: Antom writes amounts in minor units, without a decimal point (4200 is 42.00 SGD): don't guess, ask the sender"},
	{intake.AmountNoNumber, "amount-form", "%[1]s.value is %[2]s, which is not a whole number of minor units"},
	{intake.AmountTooLong, "amount-form", "%[1]s.value is %[2]s: Antom's amounts have at most 16 digits"},
	{intake.AmountNoMultiple, "amount-form", "%[1]s.value is %[2]s, which %[3]s does not have: its last digits are always 0"},
	{intake.CurrencyUnknown, "currency", "%[1]s.currency is %[2]s, which is %[3]s"},
	{intake.TimeWithoutForm, "time-form", "%[1]s is %[2]s, which is not an ISO 8601 time with an offset"},
	{intake.TimeAhead, "time-ahead", "%[1]s is %[2]s, which is in the future by this machine's clock"},
	{intake.MemberTwice, "member-twice", "%[1]s appears twice in its object: some parsers use the first, some the last"},
	{intake.SuccessWithRefusal, "status", "%[2]s stands beside %[3]s, which is a refusal: ask with antom payment inquire before you ship"},
}

// Nonsense returns remarks about what makes no sense in a genuine message, at the time
// of now; a zero time leaves times alone.
func Nonsense(m *intake.Message, now time.Time) []Remark {
	var remarks []Remark
	for _, odd := range intake.Oddities(m.Body, now) {
		if odd.Kind == intake.CurrencyUnknown {
			odd.Other = antom.NotACurrency(odd.Text)
		}
		for _, row := range nonsense {
			if row.kind == odd.Kind {
				remarks = append(remarks, Remark{row.id, fmt.Sprintf(row.text, redact.Clip(redact.Line(odd.Path), longestPath), redact.Quote(odd.Text), odd.Other)})
			}
		}
	}
	if at, err := sign.ParseTime(m.Signed().Time); err == nil && !now.IsZero() && at.After(now.Add(intake.Skew)) {
		remarks = append(remarks, Remark{"time-ahead", fmt.Sprintf("it was signed at %s, which is in the future by this machine's clock", at.Format(time.RFC3339))})
	}
	return append(remarks, overCaptured(m)...)
}

// longestPath bounds the path of a member that is shown.
const longestPath = 120

// overCaptured compares the captures of an answer with what it says was authorised.
func overCaptured(m *intake.Message) []Remark {
	if m.Kind != intake.Response || !bytes.Contains(m.Body, []byte(`"CAPTURE"`)) {
		return nil
	}
	payment := new(antom.Payment)
	if json.Unmarshal(m.Body, payment) != nil {
		return nil
	}
	captured := payment.Balance().Captured
	if captured.Value <= payment.PaymentAmount.Value {
		return nil
	}
	return []Remark{{"over-captured", fmt.Sprintf("%s were captured, %s authorised: don't ship before that is cleared up", captured, payment.PaymentAmount)}}
}

// toldAmount returns the amount of a message in major units; an invalid amount is
// returned as it is.
func toldAmount(told intake.Summary) string {
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
