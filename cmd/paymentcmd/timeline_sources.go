package paymentcmd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/timeline"
	"github.com/antom-cli/antom/pkg/antom"
)

// identity has the ids of a payment and of its captures and refunds.
type identity struct {
	request, payment string
	all              map[string]bool
}

func idsOf(inquiry antom.Inquiry, story *timeline.Story) *identity {
	id := &identity{cmp.Or(story.PaymentRequestID, inquiry.PaymentRequestID), cmp.Or(story.PaymentID, inquiry.PaymentID), map[string]bool{}}
	id.add(id.request, id.payment)
	return id
}

func (id *identity) add(ids ...string) {
	for _, one := range ids {
		if one != "" {
			id.all[one] = true
		}
	}
}

// records are this machine's records about a payment, and the payment from the gateway.
type records struct {
	payment  *antom.Payment // nil if it was not told
	sent     []history.Record
	received []*receiver.Record
}

// read finds the calls and notifications of a payment, oldest first.
func (o *paymentTimeline) read(p *output.Printer, profileName string, id *identity, k *known) error {
	r := &k.records
	if log := o.c.History(); log != nil {
		for record, err := range log.Newest() {
			if err != nil {
				return err
			}
			if record.Profile == profileName && record.Time.Before(k.begun) && id.takes(record) {
				r.sent = append(r.sent, record)
			}
		}
		slices.Reverse(r.sent)
	}
	dir, err := o.c.JournalDir(cmp.Or(profileName, cli.NamelessJournal))
	if err != nil {
		return err
	}
	for record, err := range receiver.Records(dir) {
		if _, damaged := errors.AsType[*receiver.DamagedError](err); damaged {
			p.Warn("%s; skipped", err)
			continue
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(record.IDs(), func(one string) bool { return id.all[one] }) {
			id.add(record.PaymentRequestID, record.PaymentID)
			r.received = append(r.received, record)
		}
	}
	return nil
}

// takes reports whether a call is about the payment, and adds its ids. The history is read
// backwards, because the newest calls have the most ids.
func (id *identity) takes(record history.Record) bool {
	if !id.all[record.PaymentRequestID] && !id.all[record.PaymentID] && !id.all[record.RefundRequestID] && !id.all[record.CaptureRequestID] {
		return false
	}
	id.add(record.PaymentRequestID, record.PaymentID, record.RefundRequestID, record.CaptureRequestID)
	id.request, id.payment = cmp.Or(id.request, record.PaymentRequestID), cmp.Or(id.payment, record.PaymentID)
	return true
}

// calls returns the events of the history.
func (r *records) calls() []timeline.Event {
	var events []timeline.Event
	for _, record := range r.sent {
		e := timeline.Event{
			Time: record.Time.Add(-time.Duration(record.TookMs) * time.Millisecond), // when it was sent
			Kind: timeline.Call, Source: timeline.History, What: string(record.Operation), TraceID: record.TraceID,
			ID:     cmp.Or(record.CaptureRequestID, record.RefundRequestID, record.PaymentRequestID),
			Result: string(record.ResultStatus), Code: record.ResultCode,
		}
		if record.Failure != "" || e.Result == "" {
			e.Result, e.Code = timeline.Lost, record.Failure
		}
		if amount := cmp.Or(record.Amount, record.PaymentAmount); !amount.IsZero() && record.Operation != antom.InquiryPayment {
			e.Notes = append(e.Notes, amount.String())
		}
		if record.PaymentStatus != "" {
			e.Notes = append(e.Notes, string(record.PaymentStatus))
		}
		events = append(events, e)
	}
	return events
}

// notifications returns the events of the journal, which only has notifications that were
// genuine and acknowledged.
func (r *records) notifications() []timeline.Event {
	var events []timeline.Event
	for _, record := range r.received {
		var body struct{ CaptureRequestID, RefundRequestID string }
		_ = json.Unmarshal(record.Body(), &body) // one that can't be read names none
		events = append(events, timeline.Event{
			Time: record.Time, Kind: timeline.Notification, Source: timeline.Journal, What: record.NotifyType,
			ID:     cmp.Or(body.CaptureRequestID, body.RefundRequestID),
			Result: record.ResultStatus, Code: record.ResultCode, Notes: []string{"genuine, acknowledged"}, Identity: record.Identity,
		})
	}
	return events
}

// payment returns the events in the gateway's answer about the payment.
func (k *known) payment() []timeline.Event {
	p := k.records.payment
	if p == nil {
		return nil
	}
	var events []timeline.Event
	add := func(at antom.DateTime, what, id, state, code string) {
		if when, err := at.Time(); err == nil && !when.IsZero() {
			events = append(events, timeline.Event{Time: when.UTC(), Kind: timeline.State, Source: timeline.Gateway, What: what, ID: id, Result: state, Code: code})
		}
	}
	add(p.PaymentCreateTime, "payment", "", "PROCESSING", "")
	add(p.PaymentTime, "payment", "", string(p.PaymentStatus), p.PaymentResultCode)
	for _, t := range p.Transactions {
		add(t.TransactionTime, strings.ToLower(string(t.TransactionType)), t.TransactionRequestID, string(t.Status()), t.TransactionResult.ResultCode)
	}
	if at, err := p.AuthExpiryTime.Time(); err == nil && at.After(time.Time{}) && k.story.Balance.Open.Value > 0 {
		events = append(events, timeline.Event{Time: at.UTC(), Kind: timeline.State, Source: timeline.Gateway, What: "authorisation", Result: "ends", ToCome: true})
	}
	return events
}

// emulated returns the events in the emulator.
func (o *paymentTimeline) emulated(ctx context.Context, requestID string) ([]timeline.Event, error) {
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return nil, err
	}
	details, err := gateway.Show(ctx, emulator.OrderOf(requestID, ""))
	if _, unknown := errors.AsType[*emulator.Refusal](err); unknown {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	requests := map[string]string{} // ids of captures and refunds by Antom's own
	for _, p := range details.Payments {
		for _, t := range p.Transactions {
			requests[t.TransactionID] = t.TransactionRequestID
		}
	}
	var events []timeline.Event
	for _, e := range details.Events {
		id := requests[e.ID]
		events = append(events, timeline.Event{Time: e.Time, Kind: timeline.State, Source: timeline.Emulator, What: e.Entity, ID: id, Result: e.State, Code: e.Code, ToCome: e.ToCome})
	}
	for _, n := range details.Notifications {
		for i, attempt := range n.Attempts {
			e := timeline.Event{Time: attempt.Time, Kind: timeline.Attempt, Source: timeline.Emulator, What: string(n.Type), Result: attempt.Verdict, Identity: n.ID}
			if i > 0 {
				e.Notes = []string{fmt.Sprintf("attempt %d", i+1)}
			}
			events = append(events, e)
		}
	}
	return events, nil
}
