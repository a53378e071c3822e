package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// planned is a notification that follows from the facts, and its time.
type planned struct {
	id   string
	kind antom.NotifyType
	due  time.Time
	url  string
	body func() any
}

// plan lists the notifications of an order, past and future, by time. Antom's own refunds are
// not notified (INF: nobody requested them).
func (o *order) plan() []planned {
	var list []planned
	for _, p := range o.Payments {
		for _, s := range walk(paymentMoves(), paymentSubject{o, p}) {
			if s.notify != "" {
				list = append(list, planned{p.ID + "-" + string(s.notify), s.notify, s.at, o.NotifyURL, func() any { return o.paymentNotification(p, s) }})
			}
		}
		for _, c := range o.captures(p) {
			for _, s := range walk(captureMoves(), captureSubject{o, p, c}) {
				if s.notify != "" {
					list = append(list, planned{c.ID + "-" + string(s.notify), s.notify, s.at, o.NotifyURL, func() any { return captureNotification(p, c, s.at) }})
				}
			}
		}
		for _, r := range o.refunds(p) {
			for _, s := range walk(refundMoves(), refundSubject{o, p, r}) {
				if s.notify != "" && !r.Automatic {
					list = append(list, planned{r.ID + "-" + string(s.notify), s.notify, s.at, r.NotifyURL, func() any { return refundNotification(r, s.at) }})
				}
			}
		}
	}
	sortByTime(list, func(n planned) time.Time { return n.due })
	return list
}

func (o *order) paymentNotification(p *payment, s step) antom.PaymentNotification {
	now := s.at
	n := antom.PaymentNotification{
		NotifyType: s.notify, PaymentRequestID: o.PaymentRequestID, PaymentID: p.ID, PaymentAmount: o.Amount,
		PaymentCreateTime: wireTime(p.Submitted), PaymentResultInfo: o.resultInfo(p, now), PaymentMethodType: methodCard, Metadata: o.Metadata,
	}
	stand := o.statusAt(p, now)
	switch s.to {
	case stateSuccess:
		n.Result, n.PaymentTime, n.AcquirerReferenceNo = success(), wireTime(p.Final), acquirerReference(p.ID)
		if o.Authorise {
			n.AuthExpiryTime = wireTime(p.authorisedUntil())
		}
	case statePending:
		n.Result = success()
	default:
		n.Result = resultOf(stand.code, stand.message)
	}
	return n
}

func captureNotification(p *payment, c *capture, at time.Time) antom.CaptureNotification {
	n := antom.CaptureNotification{
		NotifyType: antom.NotifyCaptureResult, Result: resultOf(c.Code, c.Message), CaptureRequestID: c.RequestID,
		PaymentID: p.ID, CaptureID: c.ID, CaptureAmount: c.Amount,
	}
	if c.Code == antom.CodeSuccess {
		n.Result, n.CaptureTime, n.AcquirerReferenceNo = success(), wireTime(at), acquirerReference(c.ID)
	}
	return n
}

func refundNotification(r *refund, at time.Time) antom.RefundNotification {
	n := antom.RefundNotification{
		NotifyType: antom.NotifyRefundResult, Result: resultOf(r.Code, r.Message), RefundStatus: antom.PaymentFail,
		RefundRequestID: r.RequestID, RefundID: r.ID, RefundAmount: r.Amount, Metadata: r.Metadata,
	}
	if r.Code == antom.CodeSuccess {
		n.Result, n.RefundStatus, n.RefundTime, n.ARN = success(), antom.PaymentSuccess, wireTime(at), r.arn()
	}
	return n
}

// resendIntervals are the times between the sends of a notification; the first is the time
// from the event to the first send (SEED, J24: up to eight sends within 24 hours, until one is
// acknowledged).
var resendIntervals = [...]time.Duration{
	0, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// Resend says how often an unacknowledged notification is sent.
type Resend string

// The schedules for sending again. Antom's sandbox sends once (DOC ams_zh-cn/nrs).
const (
	ResendProduction Resend = "production"
	ResendSandbox    Resend = "sandbox"
)

// Attempt is one send of a notification and its result.
type Attempt struct {
	Time         time.Time `json:"time"`
	HTTPStatus   int       `json:"httpStatus,omitempty"`
	Body         string    `json:"body,omitempty"` // the beginning of the answer
	Acknowledged bool      `json:"acknowledged"`
	Verdict      string    `json:"verdict"`        // why it was not acknowledged, or "acknowledged"
	Copy         bool      `json:"copy,omitempty"` // an extra send by a fault, which the schedule does not count
}

// longestExcerpt limits how much of an answer is stored, in characters.
const longestExcerpt = 500

// deliveryRecord is what is stored about a notification that was sent.
type deliveryRecord struct {
	Attempts []Attempt `json:"attempts"`
}

func (r deliveryRecord) acknowledged() bool {
	return slices.ContainsFunc(r.Attempts, func(a Attempt) bool { return a.Acknowledged })
}

// next is when the notification is to be sent next; false if there is no next time.
func (r deliveryRecord) next(due time.Time, mode Resend) (time.Time, bool) {
	n := 0
	for _, a := range r.Attempts {
		if !a.Copy {
			n++
		}
	}
	switch {
	case r.acknowledged(), n >= len(resendIntervals), n > 0 && mode == ResendSandbox:
		return time.Time{}, false
	case n == 0:
		return due.Add(resendIntervals[0]), true
	}
	return r.Attempts[len(r.Attempts)-1].Time.Add(resendIntervals[n]), true
}

// Delivery is a notification that is to be sent.
type Delivery struct {
	ID               string           `json:"id"` // of the notification, the same for every attempt
	Type             antom.NotifyType `json:"notifyType"`
	PaymentRequestID string           `json:"paymentRequestId"`
	ClientID         string           `json:"clientId"`
	URL              string           `json:"url"`
	Due              time.Time        `json:"due"`     // when this attempt is due
	Attempt          int              `json:"attempt"` // 1 for the first
	Body             []byte           `json:"-"`

	order string // the order's key
}

// schedule updates the queue of deliveries and the agenda from the facts of an order.
func (t *transaction) schedule(o *order) error {
	for _, key := range o.Scheduled {
		bucket, key, _ := strings.Cut(key, ":")
		if err := t.remove([]byte(bucket), key); err != nil {
			return err
		}
	}
	o.Scheduled = nil
	enter := func(bucket []byte, at time.Time, id string) error {
		key := timeKey(at, id)
		o.Scheduled = append(o.Scheduled, string(bucket)+":"+key)
		return t.set(bucket, key, []byte(o.key))
	}
	for _, n := range o.plan() {
		record, err := t.deliveries(n.id)
		if err != nil {
			return err
		}
		if at, more := record.next(n.due, ResendProduction); more { // the sender decides what to skip
			if err := enter(queueBucket, at, n.id); err != nil {
				return err
			}
		}
	}
	for _, s := range o.timeline() {
		if s.Time.After(t.now) {
			if err := enter(agendaBucket, s.Time, o.key); err != nil {
				return err
			}
		}
	}
	return t.touched()
}

// leaves reports whether a planned attempt is skipped because the running server's schedule
// has no second one. It stays planned: a server with another schedule makes it.
func (t *transaction) leaves(id string) bool {
	return t.resend == ResendSandbox && t.get(attemptsBucket, id) != nil
}

func (t *transaction) deliveries(id string) (record deliveryRecord, err error) {
	err = t.load(attemptsBucket, id, &record)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return record, err
}

// DueDeliveries returns the deliveries that are due by now, by time.
func (e *Emulator) DueDeliveries(ctx context.Context) (due []Delivery, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		bucket := tx.tx.Bucket(queueBucket)
		if bucket == nil {
			return nil
		}
		end := []byte(timeKey(tx.now, "\xff"))
		cursor := bucket.Cursor()
		for key, of := cursor.First(); key != nil && bytes.Compare(key, end) <= 0; key, of = cursor.Next() {
			if tx.leaves(notificationOf(key)) {
				continue
			}
			delivery, err := tx.delivery(string(key), string(of))
			if err != nil {
				return err
			}
			due = append(due, delivery)
		}
		return nil
	})
	return due, err
}

func (t *transaction) delivery(key, of string) (Delivery, error) {
	o, err := t.order(of)
	if err != nil {
		return Delivery{}, err
	}
	at, id, _ := strings.Cut(key, "|")
	due, err := time.Parse(keyTime, at)
	if err != nil {
		return Delivery{}, err
	}
	for _, n := range o.plan() {
		if n.id != id {
			continue
		}
		record, err := t.deliveries(id)
		if err != nil {
			return Delivery{}, err
		}
		return o.delivery(n, due, len(record.Attempts)+1)
	}
	return Delivery{}, fmt.Errorf("the emulator's queue names notification %q, which order %q does not have", id, o.PaymentRequestID)
}

func (o *order) delivery(n planned, due time.Time, attempt int) (Delivery, error) {
	body, err := encode(n.body())
	return Delivery{
		ID: n.id, Type: n.kind, PaymentRequestID: o.PaymentRequestID, ClientID: o.ClientID,
		URL: n.url, Due: due, Attempt: attempt, Body: body, order: o.key,
	}, err
}

// NextDue is when the next delivery is due; false if none is planned.
func (e *Emulator) NextDue(ctx context.Context) (next time.Time, planned bool, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		bucket := tx.tx.Bucket(queueBucket)
		if bucket == nil {
			return nil
		}
		cursor := bucket.Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			at, id, _ := strings.Cut(string(key), "|")
			if tx.leaves(id) {
				continue
			}
			planned = true
			next, err = time.Parse(keyTime, at)
			return err
		}
		return nil
	})
	return next, planned, err
}

// RecordAttempt stores the result of sending a notification, which determines when it is sent
// next. An Attempt without a time is of now.
func (e *Emulator) RecordAttempt(ctx context.Context, id string, attempt Attempt) error {
	attempt.Body = redact.Clip(attempt.Body, longestExcerpt)
	return e.store.update(ctx, func(tx *transaction) error {
		if attempt.Time.IsZero() {
			attempt.Time = tx.now.UTC()
		}
		o, err := tx.orderOfNotification(id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(o.plan(), func(n planned) bool { return n.id == id }) {
			return fmt.Errorf("order %q of the emulator has no notification %q: %w", o.PaymentRequestID, id, fs.ErrNotExist)
		}
		record, err := tx.deliveries(id)
		if err != nil {
			return err
		}
		record.Attempts = append(record.Attempts, attempt)
		if err := tx.save(attemptsBucket, id, record); err != nil {
			return err
		}
		return tx.put(o)
	})
}

// orderOfNotification finds the order by the id that a notification's id begins with: that of
// the payment, of a capture or of a refund.
func (t *transaction) orderOfNotification(id string) (*order, error) {
	of, _, _ := strings.Cut(id, "-")
	paymentID := strings.Replace(of, captureIDs, paymentIDs, 1) // of an automatic capture
	for _, bucket := range [...][]byte{captureIDBucket, refundIDBucket} {
		if parent := t.get(bucket, of); parent != nil {
			paymentID = string(parent)
		}
	}
	o, _, err := t.orderOfPayment(paymentID)
	if err != nil {
		return nil, fmt.Errorf("find notification %q in the emulator's state: %w", id, err)
	}
	return o, nil
}

// NotificationRequest makes the signed request of a delivery, with the emulator's time.
func (e *Emulator) NotificationRequest(ctx context.Context, d Delivery) (*http.Request, error) {
	now, err := e.Time(ctx)
	if err != nil {
		return nil, err
	}
	return e.signedNotification(ctx, d, now)
}

func (e *Emulator) signedNotification(ctx context.Context, d Delivery, now time.Time) (*http.Request, error) {
	u, err := url.Parse(d.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, &Refusal{fmt.Sprintf("notify URL %q: must be an absolute http or https URL", d.URL), "give the session another one: session create --notify-url"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return nil, fmt.Errorf("make the notification: %w", err)
	}
	message := sign.Message{Method: r.Method, Target: r.URL.RequestURI(), ClientID: d.ClientID, Time: string(wireTime(now)), Body: d.Body}
	signature, err := e.sign(message)
	if err != nil {
		return nil, fmt.Errorf("sign the notification: %w", err)
	}
	r.Header = http.Header{
		antom.HeaderClientID: {d.ClientID}, antom.HeaderRequestTime: {message.Time}, antom.HeaderSignature: {signature}, "Content-Type": {antom.ContentType},
	}
	return r, nil
}

// notificationOf is the notification id in a key of the queue.
func notificationOf(key []byte) string {
	_, id, _ := strings.Cut(string(key), "|")
	return id
}
