package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// lateAfter is how long a notification may take before it is called late (INF: Antom
// promises no time; its guide polls every two seconds meanwhile).
const lateAfter = 30 * time.Second

// awaited are the final states of which Antom notifies, and the notify type that tells
// of each.
var awaited = [...]struct {
	what   string
	kind   antom.NotifyType
	states []string
}{
	{"payment", antom.NotifyPaymentResult, []string{"SUCCESS", "FAIL", "CANCELLED"}},
	{"capture", antom.NotifyCaptureResult, []string{"SUCCESS", "FAIL"}},
	{"refund", antom.NotifyRefundResult, []string{"SUCCESS", "FAIL"}},
}

// gaps says what is missing, late or open.
func (s *Story) gaps(now time.Time) []string {
	gaps := slices.Concat(s.lost(), s.unnotified(now), s.unacknowledged(), s.open(now))
	if gaps == nil {
		return []string{}
	}
	return gaps
}

// lost names calls without an answer that nothing later made sure of.
func (s *Story) lost() []string {
	var gaps []string
	for i, e := range s.Events {
		if e.Kind != Call || e.Result != Lost && e.Result != string(antom.StatusU) {
			continue
		}
		later := s.Events[i+1:]
		repeat := slices.IndexFunc(later, func(l Event) bool { return l.What == e.What && l.settles(e) })
		switch {
		case repeat >= 0:
			gaps = append(gaps, fmt.Sprintf("%s at %s was not answered; repeated %s later", e.name(), clock(e.Time), Duration(later[repeat].Time.Sub(e.Time))))
		case s.Asked || slices.ContainsFunc(later, func(l Event) bool { return l.settles(e) }):
		default:
			gaps = append(gaps, fmt.Sprintf("%s at %s: the outcome is not known, and nothing made sure of it since", e.name(), clock(e.Time)))
		}
	}
	return gaps
}

// settles reports whether a later call makes sure of one whose outcome is not known: its
// repeat, or an inquiry of the same payment or refund that found it.
func (e *Event) settles(unknown Event) bool {
	if e.Kind != Call || e.Result == Lost || e.Result == string(antom.StatusU) {
		return false
	}
	found := e.Result == string(antom.StatusS)
	switch e.What {
	case unknown.What:
		return e.ID == unknown.ID
	case string(antom.InquiryPayment):
		return found
	case string(antom.InquiryRefund):
		return found && e.ID == unknown.ID
	}
	return false
}

func (e *Event) name() string {
	if e.ID == "" {
		return e.What
	}
	return e.What + " " + e.ID
}

// unnotified names final states of which no notification came, or came late. It says
// nothing where this machine has received none at all: then another one listens.
func (s *Story) unnotified(now time.Time) []string {
	if !slices.ContainsFunc(s.Events, func(e Event) bool { return e.Kind == Notification }) {
		return nil
	}
	var gaps []string
	for _, e := range s.Events {
		for _, row := range awaited {
			if e.Kind != State || e.ToCome || e.What != row.what || !slices.Contains(row.states, e.Result) {
				continue
			}
			notified := s.notificationOf(e, string(row.kind))
			switch {
			case notified == nil && now.Sub(e.Time) <= lateAfter: // it may still come
			case notified == nil:
				gaps = append(gaps, fmt.Sprintf("%s %s at %s, and no %s came", e.name(), e.Result, clock(e.Time), row.kind))
			case notified.Time.Sub(e.Time) > lateAfter:
				gaps = append(gaps, fmt.Sprintf("%s %s at %s, notified at %s, %s late", e.name(), e.Result, clock(e.Time), clock(notified.Time), Duration(notified.Time.Sub(e.Time))))
			}
		}
	}
	return gaps
}

// notificationOf returns the first notification of a state.
func (s *Story) notificationOf(state Event, kind string) *Event {
	for i, e := range s.Events {
		if e.Kind == Notification && e.What == kind && !e.Time.Before(state.Time.Add(-sameMoment)) && (e.ID == "" || state.ID == "" || e.ID == state.ID) {
			return &s.Events[i]
		}
	}
	return nil
}

// unacknowledged names notifications whose last attempt was not acknowledged.
func (s *Story) unacknowledged() []string {
	last := map[string]Event{}
	var order []string
	for _, e := range s.Events {
		if e.Kind != Attempt {
			continue
		}
		if _, known := last[e.Identity]; !known {
			order = append(order, e.Identity)
		}
		last[e.Identity] = e
	}
	var gaps []string
	for _, id := range order {
		if e := last[id]; e.Result != acknowledged {
			gaps = append(gaps, fmt.Sprintf("%s was not acknowledged: %s", e.What, e.Result))
		}
	}
	return gaps
}

// acknowledged is the result of an attempt that was.
const acknowledged = "acknowledged"

// open says what may still be captured or given back, and until when.
func (s *Story) open(now time.Time) []string {
	if s.Balance == nil {
		return nil
	}
	var gaps []string
	if b := s.Balance; b.Open.Value > 0 {
		text := fmt.Sprintf("%s may still be captured", b.Open)
		if until, err := s.CaptureUntil.Time(); err == nil && !until.IsZero() {
			if until.Before(now) {
				text = fmt.Sprintf("%s was not captured, and the authorisation ended at %s", b.Open, s.CaptureUntil)
			} else {
				text += fmt.Sprintf(" until %s, %s from now", s.CaptureUntil, Duration(until.Sub(now)))
			}
		}
		gaps = append(gaps, text)
	}
	if b := s.Balance; b.Capturing.Value > 0 {
		gaps = append(gaps, fmt.Sprintf("%s is being captured", b.Capturing))
	}
	if b := s.Balance; b.Refunding.Value > 0 {
		gaps = append(gaps, fmt.Sprintf("%s is being refunded", b.Refunding))
	}
	return gaps
}
