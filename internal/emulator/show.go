package emulator

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// sortByTime sorts a list by time and keeps the order of equal times.
func sortByTime[T any](list []T, at func(T) time.Time) {
	slices.SortStableFunc(list, func(a, b T) int { return at(a).Compare(at(b)) })
}

// timeline is everything that happens to an order, past and future, in order.
func (o *order) timeline() []Event {
	events := eventsOf(walk(sessionMoves(), o), Event{Entity: "session", PaymentRequestID: o.PaymentRequestID, ID: o.PaymentRequestID}, "")
	for _, p := range o.Payments {
		steps := walk(paymentMoves(), paymentSubject{o, p})
		events = append(events, eventsOf(steps, Event{Entity: "payment", PaymentRequestID: o.PaymentRequestID, ID: p.ID}, p.Code)...)
		for _, c := range o.captures(p) {
			steps := walk(captureMoves(), captureSubject{o, p, c})
			events = append(events, eventsOf(steps, Event{Entity: "capture", PaymentRequestID: o.PaymentRequestID, ID: c.ID}, c.Code)...)
		}
		for _, r := range o.refunds(p) {
			steps := walk(refundMoves(), refundSubject{o, p, r})
			events = append(events, eventsOf(steps, Event{Entity: "refund", PaymentRequestID: o.PaymentRequestID, ID: r.ID}, r.Code)...)
		}
	}
	sortByTime(events, func(e Event) time.Time { return e.Time })
	return events
}

// timelineAt is the timeline as seen at a time, with future events marked.
func (o *order) timelineAt(now time.Time) []Event {
	events := o.timeline()
	for i := range events {
		events[i].ToCome = events[i].Time.After(now)
	}
	return events
}

func eventsOf(steps []step, template Event, code string) []Event {
	var events []Event
	for _, s := range steps {
		e := template
		e.Time, e.State, e.Code = s.at.UTC(), string(s.to), s.code
		if e.Code == "" {
			e.Code = code
		}
		if s.notify != "" {
			e.NotificationID = e.ID + "-" + string(s.notify)
		}
		events = append(events, e)
	}
	return events
}

// eventsBetween are the events of all orders after one time, up to and including another.
func (t *transaction) eventsBetween(after, until time.Time) ([]Event, error) {
	bucket := t.tx.Bucket(agendaBucket)
	if bucket == nil {
		return nil, nil
	}
	var events []Event
	seen := map[string]bool{}
	begin, end := []byte(timeKey(after, "\xff")), []byte(timeKey(until, "\xff"))
	cursor := bucket.Cursor()
	for key, _ := cursor.Seek(begin); key != nil && bytes.Compare(key, end) <= 0; key, _ = cursor.Next() {
		_, id, _ := strings.Cut(string(key), "|")
		if seen[id] {
			continue
		}
		seen[id] = true
		o, err := t.order(id)
		if err != nil {
			return nil, err
		}
		for _, e := range o.timeline() {
			if e.Time.After(after) && !e.Time.After(until) {
				events = append(events, e)
			}
		}
	}
	sortByTime(events, func(e Event) time.Time { return e.Time })
	return events, nil
}

// Summary is one order in a list.
type Summary struct {
	PaymentRequestID string              `json:"paymentRequestId"`
	ClientID         string              `json:"clientId"`
	PaymentID        string              `json:"paymentId,omitempty"`
	Amount           antom.Amount        `json:"paymentAmount"`
	Session          string              `json:"session"`
	Status           antom.PaymentStatus `json:"paymentStatus,omitempty"`
	Code             string              `json:"paymentResultCode,omitempty"`
	Created          antom.DateTime      `json:"created"`
}

// List returns at most limit orders, the newest first; 0 means all.
func (e *Emulator) List(ctx context.Context, limit int) (list []Summary, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		bucket := tx.tx.Bucket(recentBucket)
		if bucket == nil {
			return nil
		}
		cursor := bucket.Cursor()
		for key, _ := cursor.Last(); key != nil && (limit == 0 || len(list) < limit); key, _ = cursor.Prev() {
			_, id, _ := strings.Cut(string(key), "|")
			o, err := tx.order(id)
			if err != nil {
				return err
			}
			list = append(list, o.summary(tx.now))
		}
		return nil
	})
	return list, err
}

func (o *order) summary(now time.Time) Summary {
	s := Summary{PaymentRequestID: o.PaymentRequestID, ClientID: o.owner(), Amount: o.Amount, Session: string(o.sessionState(now)), Created: wireTime(o.Created)}
	if p := o.current(now); p != nil {
		stand := o.statusAt(p, now)
		s.PaymentID, s.Status, s.Code = p.ID, antom.PaymentStatus(stand.to), stand.code
	}
	return s
}

// Details is all that the emulator knows about an order.
type Details struct {
	Summary
	SessionExpires antom.DateTime        `json:"paymentSessionExpiryTime"`
	NotifyURL      string                `json:"paymentNotifyUrl"`
	Payments       []*inquiryAnswer      `json:"payments"`
	Events         []Event               `json:"events"` // past and future
	Notifications  []NotificationDetails `json:"notifications"`
}

// NotificationDetails is a notification and its delivery.
type NotificationDetails struct {
	ID       string           `json:"id"`
	Type     antom.NotifyType `json:"notifyType"`
	URL      string           `json:"url"`
	Due      time.Time        `json:"due"`   // the first attempt
	State    string           `json:"state"` // to come, queued, retrying, acknowledged, given up
	Next     *time.Time       `json:"next,omitempty"`
	Attempts []Attempt        `json:"attempts"`
}

// Show returns all that the emulator knows about an order.
func (e *Emulator) Show(ctx context.Context, paymentRequestID string) (d Details, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		o, err := tx.findOrder(paymentRequestID)
		if err != nil {
			return notFound(err, paymentRequestID)
		}
		d = Details{
			Summary: o.summary(tx.now), SessionExpires: wireTime(o.SessionExpires), NotifyURL: o.NotifyURL,
			Payments: []*inquiryAnswer{}, Events: o.timelineAt(tx.now), Notifications: []NotificationDetails{},
		}
		for _, p := range o.Payments {
			d.Payments = append(d.Payments, o.inquiry(p, tx.now, tx.web))
		}
		for _, n := range o.plan() {
			details, err := tx.notificationDetails(n)
			if err != nil {
				return err
			}
			d.Notifications = append(d.Notifications, details)
		}
		return nil
	})
	return d, err
}

func (t *transaction) notificationDetails(n planned) (NotificationDetails, error) {
	record, err := t.deliveries(n.id)
	d := NotificationDetails{ID: n.id, Type: n.kind, URL: n.url, Due: n.due.UTC(), Attempts: append([]Attempt{}, record.Attempts...)}
	next, more := record.next(n.due, t.resend)
	switch {
	case record.acknowledged():
		d.State = "acknowledged"
	case !more:
		d.State = "given up"
	case next.After(t.now) && len(record.Attempts) > 0:
		d.State = "retrying"
	case next.After(t.now):
		d.State = "to come"
	default:
		d.State = "queued"
	}
	if more {
		next = next.UTC()
		d.Next = &next
	}
	return d, err
}
