package notifycmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// listenEvent is one record of the stream. Its JSON form is stable. Each type has the fields
// that make sense for it.
type listenEvent struct {
	Type string `json:"type"` // ready, notification, refused, not-stored, forwarded, merchant, result
	Time string `json:"time"`

	URL       string `json:"url,omitzero"` // ready: our address; otherwise what Antom signed
	Address   string `json:"address,omitzero"`
	Profile   string `json:"profile,omitzero"`
	ClientID  string `json:"clientId,omitzero"`
	ForwardTo string `json:"forwardTo,omitzero"`
	Journal   string `json:"journal,omitzero"`

	ID               string `json:"id,omitzero"`
	NotifyType       string `json:"notifyType,omitzero"`
	PaymentRequestID string `json:"paymentRequestId,omitzero"`
	PaymentID        string `json:"paymentId,omitzero"`
	ResultStatus     string `json:"resultStatus,omitzero"`
	ResultCode       string `json:"resultCode,omitzero"`
	DuplicateOf      string `json:"duplicateOf,omitzero"`
	File             string `json:"file,omitzero"` // with --save

	Status       int    `json:"status,omitzero"` // HTTP
	Acknowledged *bool  `json:"acknowledged,omitempty"`
	Reason       string `json:"reason,omitzero"`
	Cause        string `json:"cause,omitzero"`
	Remedy       string `json:"remedy,omitzero"`
	Message      string `json:"message,omitzero"`
	Attempt      int    `json:"attempt,omitzero"`
	Final        bool   `json:"final,omitzero"`
	ElapsedMs    int64  `json:"elapsedMs,omitzero"`
	State        string `json:"state,omitzero"`
	Queue        *int   `json:"queue,omitempty"` // records waiting to be forwarded
	RetryInMs    int64  `json:"retryInMs,omitzero"`
}

// stamp formats a time for machines.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// clock formats a time for a line: short for people.
func (l *listening) clock(t time.Time) string {
	if l.o.c.Term.Out {
		return t.Local().Format(time.TimeOnly)
	}
	return t.UTC().Format(time.RFC3339)
}

// show prints an event, counts it, saves its delivery and checks the goal.
func (l *listening) show(e receiver.Event) error {
	l.tally.count(e)
	event := l.event(e)
	var err error
	if event.File, err = l.saver.save(e); err != nil {
		l.p.Warn("%s", err)
	}
	found := l.diagnose(e)
	line := l.line(e, event)
	if found != nil {
		event.Cause, event.Remedy = found.ID(), found.Remedy()
		if found.ContentChanged {
			event.Remedy = verify.ContentChanged
		}
	}
	if event.Cause != "" {
		line += "; cause: " + event.Cause + ": " + found.Title()
	}
	if err := l.p.Event(cli.Encode(event), line); err != nil {
		return err
	}
	l.advise(e, event)
	if e.Type == receiver.Received && l.o.goal.met(e.Record, l.tally.Different) {
		close(l.met)
	}
	return nil
}

// event returns an event in its JSON form.
func (l *listening) event(e receiver.Event) listenEvent {
	out := listenEvent{
		Type: string(e.Type), Time: stamp(e.Time), ID: e.ID, Status: e.Status, Attempt: e.Attempt, Final: e.Final,
		ElapsedMs: e.Elapsed.Milliseconds(), State: string(e.State), RetryInMs: e.RetryIn.Milliseconds(),
	}
	if r := e.Record; r != nil {
		out.ID, out.URL, out.DuplicateOf = r.ID, r.URL, r.DuplicateOf
		out.NotifyType, out.PaymentRequestID, out.PaymentID = r.NotifyType, r.PaymentRequestID, r.PaymentID
		out.ResultStatus, out.ResultCode = r.ResultStatus, r.ResultCode
	}
	if e.Type == receiver.Merchant || e.Type == receiver.Forwarded {
		out.Queue = new(e.Queue)
	}
	if e.Type != receiver.Merchant {
		out.Acknowledged = new(e.Err == nil)
	}
	if e.Err != nil {
		out.Message = e.Err.Error()
		if reason, ok := errors.AsType[*sign.Error](e.Err); ok {
			out.Reason = string(reason.Reason)
		}
	}
	return out
}

// line returns an event as a line of text.
func (l *listening) line(e receiver.Event, event listenEvent) string {
	switch e.Type {
	case receiver.Received:
		return l.receivedLine(e)
	case receiver.Forwarded:
		return l.forwardedLine(e)
	case receiver.Merchant:
		return l.merchantLine(e)
	}
	word := "FAILED"
	if e.Type == receiver.NotStored {
		word = "NOT STORED"
	}
	what := event.ID
	if e.Record != nil {
		what = strings.TrimSpace(fmt.Sprintf("%s %s  %s  not acknowledged (%d)", e.Record.Method, e.Record.URL, e.Record.Subject(), e.Status))
	}
	reason := event.Message
	if event.Reason != "" {
		reason = event.Reason + ": " + reason
	}
	return fmt.Sprintf("%s  %s  %s: %s", l.p.Styled(word, output.Bad), l.clock(e.Time), redact.Line(what), redact.Line(reason))
}

func (l *listening) receivedLine(e receiver.Event) string {
	r := e.Record
	line := fmt.Sprintf("%s  %s  %s  %s  %s  %s", l.p.Styled("ok", output.OK), l.clock(e.Time), r.ID,
		cmp.Or(redact.Line(r.NotifyType), "no notifyType"), redact.Line(cmp.Or(r.Subject(), "no id")), redact.Line(r.ResultCode))
	if r.DuplicateOf != "" {
		line += "  " + l.p.Styled("duplicate of "+r.DuplicateOf, output.Warn)
	}
	if e.Err != nil {
		line += "  " + l.p.Styled("the acknowledgement did not arrive", output.Warn)
	}
	return line
}

func (l *listening) forwardedLine(e receiver.Event) string {
	if e.Err == nil {
		return fmt.Sprintf("%s  %s  %s  forwarded: %d, acknowledged in %s", l.p.Styled("ok", output.OK), l.clock(e.Time), e.ID, e.Status, e.Elapsed.Round(time.Millisecond))
	}
	answer := refusedAnswer(e.Status, e.Err.Error())
	after := fmt.Sprintf("Antom would send it %d more times", e.Left)
	switch e.Left {
	case 0:
		after = "Antom would give up"
	case 1:
		after = "Antom would send it once more"
	}
	if e.Final {
		after += "; given up here: antom notify replay URL " + e.ID
	}
	return fmt.Sprintf("%s  %s  %s  forwarded: %s; %s", l.p.Styled("FAILED", output.Bad), l.clock(e.Time), e.ID, answer, after)
}

func (l *listening) merchantLine(e receiver.Event) string {
	switch e.State {
	case receiver.StateDown:
		l.wasDown = true
		return fmt.Sprintf("%s  %s  %s: %s; %d waiting, next try in %s", l.p.Styled("down", output.Bad), l.clock(e.Time), l.o.forwardTo, redact.Line(e.Err.Error()), e.Queue, e.RetryIn)
	case receiver.StateUp:
		return fmt.Sprintf("%s  %s  %s: %d waiting", l.p.Styled("up", output.OK), l.clock(e.Time), l.o.forwardTo, e.Queue)
	case receiver.StateEmpty:
		if l.wasDown { // otherwise the queue is empty after every record
			l.wasDown = false
			return fmt.Sprintf("%s  %s  %s: nothing waiting", l.p.Styled("up", output.OK), l.clock(e.Time), l.o.forwardTo)
		}
	}
	return ""
}

// advise prints what to do about an event, once per cause.
func (l *listening) advise(e receiver.Event, event listenEvent) {
	if e.Type == receiver.Forwarded && e.Err != nil {
		l.once("forward", "answer "+string(antom.AcknowledgementBody()))
	}
	if e.Type == receiver.Received && l.to != nil && l.to.Path != "" && l.to.Path != "/" && l.to.RequestURI() != e.Record.URL {
		l.once("path", fmt.Sprintf("Antom signed %s, but your server is called with %s: it verifies only with the former (--forward-to without a path keeps it)", e.Record.URL, l.to.RequestURI()))
	}
	if e.Type != receiver.Refused && e.Type != receiver.NotStored {
		return
	}
	if event.Remedy != "" {
		l.once(event.Remedy, event.Remedy)
	} else if h, ok := errors.AsType[interface {
		error
		cli.Hinter
	}](e.Err); ok {
		l.once(cmp.Or(event.Reason, string(e.Type)), h.Hint())
	}
	if event.File != "" {
		l.once("verify", "antom notify verify "+event.File+" explains why")
	}
}

func (l *listening) once(cause, text string) {
	if !slices.Contains(l.hinted, cause) {
		l.hinted = append(l.hinted, cause)
		l.p.Note("%s", redact.Line(text))
	}
}

// listenTally counts the events.
type listenTally struct {
	Received, Different, Refused, NotStored, Forwarded, GivenUp, Queue int
}

func (t *listenTally) count(e receiver.Event) {
	switch e.Type {
	case receiver.Received:
		t.Received++
		if e.Record.DuplicateOf == "" {
			t.Different++
		}
	case receiver.Refused:
		t.Refused++
	case receiver.NotStored:
		t.NotStored++
	case receiver.Forwarded:
		switch {
		case e.Err == nil:
			t.Forwarded++
		case e.Final:
			t.GivenUp++
		}
	}
}

// String returns the summary.
func (t listenTally) String() string {
	parts := []string{fmt.Sprintf("%d received", t.Received)}
	for _, part := range [...]struct {
		n    int
		name string
	}{{t.Received - t.Different, "duplicates"}, {t.Refused, "refused"}, {t.NotStored, "not stored"}, {t.Forwarded, "forwarded"}, {t.GivenUp, "given up"}, {t.Queue, "waiting"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.name))
		}
	}
	return strings.Join(parts, ", ")
}

// event returns the last record of the stream.
func (t listenTally) event(now string, exit int) any {
	return struct {
		Type       string `json:"type"`
		Time       string `json:"time"`
		Received   int    `json:"received"`
		Duplicates int    `json:"duplicates"`
		Refused    int    `json:"refused"`
		NotStored  int    `json:"notStored"`
		Forwarded  int    `json:"forwarded"`
		GivenUp    int    `json:"givenUp"`
		Queue      int    `json:"queue"`
		Exit       int    `json:"exit"`
	}{"result", now, t.Received, t.Received - t.Different, t.Refused, t.NotStored, t.Forwarded, t.GivenUp, t.Queue, exit}
}
