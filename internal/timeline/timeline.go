// Package timeline merges what is known of one payment into one story: the calls of this
// machine, the notifications that its listener received, what the gateway tells of the
// payment and, on the emulator, what happened inside. It reads nothing itself: callers
// make events of their records, and Merge puts them in order and names the gaps.
package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Source says who knows of an event.
type Source string

// The sources.
const (
	History  Source = "history"  // calls of this machine
	Journal  Source = "journal"  // notifications received by antom notify listen
	Gateway  Source = "gateway"  // what inquiryPayment tells
	Emulator Source = "emulator" // the emulator's own record
)

// Kind is what sort of thing happened.
type Kind string

// The kinds of events.
const (
	Call         Kind = "call"         // a request, with what came of it
	State        Kind = "state"        // a session, payment, capture or refund reached a state
	Notification Kind = "notification" // received by this machine
	Attempt      Kind = "attempt"      // a notification was sent, by the emulator
)

// Event is one thing that happened, or is to come.
type Event struct {
	Time   time.Time `json:"time"`
	Kind   Kind      `json:"kind"`
	Source Source    `json:"source"`
	What   string    `json:"what"`             // an operation, a notify type, or what has the state
	ID     string    `json:"id,omitempty"`     // of the capture, refund or payment that it is about
	Result string    `json:"result,omitempty"` // S, F or U, a state, or "lost"
	Code   string    `json:"resultCode,omitempty"`
	Notes  []string  `json:"notes,omitempty"`
	ToCome bool      `json:"toCome,omitempty"`

	// TraceID names a call to Antom's support.
	TraceID string `json:"traceId,omitempty"`
	// Identity is equal for all deliveries of one notification.
	Identity string `json:"-"`
}

// Lost is the result of a call whose answer never came, or could not be believed.
const Lost = "lost"

// Story is all that is known of a payment, in order.
type Story struct {
	PaymentRequestID string              `json:"paymentRequestId,omitempty"`
	PaymentID        string              `json:"paymentId,omitempty"`
	Status           antom.PaymentStatus `json:"paymentStatus,omitempty"`
	Code             string              `json:"paymentResultCode,omitempty"`
	Amount           antom.Amount        `json:"paymentAmount,omitzero"`
	Balance          *antom.Balance      `json:"-"`
	CaptureUntil     antom.DateTime      `json:"authExpiryTime,omitempty"`
	Asked            bool                `json:"asked"` // whether the gateway was asked for this story
	Events           []Event             `json:"events"`
	Gaps             []string            `json:"gaps"` // what is missing, late or open, in words
}

// Tell takes what the gateway answered about the payment.
func (s *Story) Tell(p *antom.Payment) {
	balance := p.Balance()
	s.PaymentRequestID, s.PaymentID = cmp.Or(p.PaymentRequestID, s.PaymentRequestID), cmp.Or(p.PaymentID, s.PaymentID)
	s.Status, s.Code, s.Amount, s.CaptureUntil = p.PaymentStatus, p.PaymentResultCode, p.PaymentAmount, p.AuthExpiryTime
	s.Balance, s.Asked = &balance, true
}

// Merge makes the story's events of those of all sources: in order, what two sources tell
// once, and repeated inquiries with the same result once.
func (s *Story) Merge(now time.Time, sources ...[]Event) {
	var all []Event
	for _, events := range sources {
		all = append(all, events...)
	}
	slices.SortStableFunc(all, func(a, b Event) int { return a.Time.Compare(b.Time) })
	s.Events = withoutKnownStates(all)
	markRepeats(s.Events)
	markDuplicates(s.Events)
	s.Gaps = s.gaps(now) // of all inquiries: one that tells nothing new may settle a call
	s.Events = withoutRepeatedInquiries(s.Events)
}

// sameMoment is how far apart two sources may date one change of a state.
const sameMoment = 2 * time.Second

// withoutKnownStates drops states that an earlier event tells already.
func withoutKnownStates(all []Event) []Event {
	var kept []Event
	for _, e := range all {
		if e.Kind != State || !slices.ContainsFunc(kept, func(k Event) bool { return k.tellsOf(e) }) {
			kept = append(kept, e)
		}
	}
	return kept
}

// withoutRepeatedInquiries drops inquiries with the same result as the one before.
func withoutRepeatedInquiries(all []Event) []Event {
	last := ""
	return slices.DeleteFunc(all, func(e Event) bool {
		if e.Kind != Call || e.What != string(antom.InquiryPayment) {
			return false
		}
		before := last
		last = e.Result + " " + e.Code + " " + strings.Join(e.Notes, " ")
		return last == before
	})
}

// tellsOf reports whether two events are one change of a state.
func (e *Event) tellsOf(other Event) bool {
	return e.Kind == State && e.What == other.What && e.Result == other.Result && e.ToCome == other.ToCome &&
		(e.ID == other.ID || e.ID == "" || other.ID == "") && other.Time.Sub(e.Time) <= sameMoment
}

// markRepeats notes calls that repeat another one: same operation and same id.
func markRepeats(events []Event) {
	first := map[string]int{}
	for i := range events {
		e := &events[i]
		if e.Kind != Call || e.ID == "" || e.What == string(antom.InquiryPayment) || e.What == string(antom.InquiryRefund) {
			continue
		}
		key := e.What + " " + e.ID
		if _, known := first[key]; known {
			e.Notes = append(e.Notes, "repeat")
			continue
		}
		first[key] = i
	}
}

// markDuplicates notes notifications that came before.
func markDuplicates(events []Event) {
	first := map[string]time.Time{}
	for i := range events {
		e := &events[i]
		if e.Kind != Notification || e.Identity == "" {
			continue
		}
		if at, known := first[e.Identity]; known {
			e.Notes = append(e.Notes, "duplicate of "+clock(at))
			continue
		}
		first[e.Identity] = e.Time
	}
}

func clock(t time.Time) string { return t.UTC().Format(time.TimeOnly) }

// Duration is a time between two events as people say it: 6 min 2 s.
func Duration(d time.Duration) string {
	d = d.Round(time.Second)
	var parts []string
	for _, unit := range [...]struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		d %= unit.size
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}
