package checkoutcmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// reporter prints what happens, as text or as records. With -o json and with --quiet only the
// result is printed.
type reporter struct {
	c        *cli.CLI
	p        *output.Printer
	verbose  bool
	last     string // code and message of the last event, as the SDK may report one on two channels
	blocked  map[string]bool
	emulated bool // on the emulator, where blocked requests to other hosts are expected and not reported
}

// stream prints one record. With -o json it prints none, as the result is one object.
func (t *reporter) stream(record any, text string) error {
	if t.p.WantsJSON() {
		return nil
	}
	return t.p.Event(cli.Encode(record), text)
}

func (t *reporter) stamp(at time.Time) string { return at.Format(time.RFC3339Nano) }

// clock is the time of an event for people.
func (t *reporter) clock(at time.Time) string {
	if t.c.Term.Out {
		return at.Local().Format(time.TimeOnly)
	}
	return at.UTC().Format(time.RFC3339)
}

// readyRecord is the first record of the stream.
type readyRecord struct {
	Type             string `json:"type"`
	Time             string `json:"time"`
	URL              string `json:"url"` // works once
	PaymentRequestID string `json:"paymentRequestId"`
	Environment      string `json:"environment"`
	Class            string `json:"class"`
	SDKURL           string `json:"sdkUrl"`
	NotifyURL        string `json:"notifyUrl,omitempty"` // of --listen
	Opened           bool   `json:"opened"`              // a browser was started
	Expires          string `json:"paymentSessionExpiryTime,omitempty"`
}

// ready prints the link and the session.
func (t *reporter) ready(r *run, link string, opened, none bool) error {
	settings := r.server.Settings()
	record := readyRecord{
		Type: "ready", Time: t.stamp(t.c.Now()), URL: link, PaymentRequestID: r.session.PaymentRequestID,
		Environment: cmp.Or(map[bool]string{true: "emulator"}[r.emulated != ""], r.environment()), Class: settings.Class, SDKURL: settings.SDKURL,
		NotifyURL: r.notifyAddress(), Opened: opened, Expires: string(r.session.Expires),
	}
	if err := t.stream(record, "ready at "+t.p.Styled(link, output.Key)); err != nil {
		return err
	}
	amount := strings.TrimSpace("payment " + r.session.PaymentRequestID + "  " + r.session.Amount)
	t.p.Note("%s; the session lives for %s", amount, cmp.Or(expiry(t.c.Now(), r.session.Expires), "an hour at most"))
	switch {
	case opened:
		t.p.Note("the page was opened in your browser; the link works once")
	case none:
		t.p.Warn("no browser was found: open the link above yourself, or name one with BROWSER")
	case t.c.Global.Quiet || t.p.WantsJSON():
		t.p.Warn("open %s", link)
	default:
		t.p.Note("open the link; it works once")
	}
	return nil
}

// linkRecord is a new link that replaces a used one.
type linkRecord struct {
	Type string `json:"type"`
	Time string `json:"time"`
	URL  string `json:"url,omitempty"`
}

func (t *reporter) link(link string) error {
	if t.c.Global.Quiet || t.p.WantsJSON() {
		t.p.Warn("the page is gone; open %s to go on", link)
		return nil
	}
	return t.stream(linkRecord{"link", t.stamp(t.c.Now()), link}, t.clock(t.c.Now())+"  the page is gone, and the session is still open; go on at "+t.p.Styled(link, output.Key))
}

// expired reports that the session has expired. A payment that was submitted goes on.
func (t *reporter) expired() error {
	t.p.Warn("the session has expired: what was not submitted can't be paid any more; antom checkout with an amount makes a new one")
	if !t.p.Streams() {
		return nil
	}
	return t.stream(linkRecord{Type: "expired", Time: t.stamp(t.c.Now())}, "")
}

// eventRecord is one event of the page.
type eventRecord struct {
	Type    string          `json:"type"`
	Seq     int             `json:"seq"`
	Time    string          `json:"time"`
	Page    int             `json:"page,omitempty"`
	Channel checkout.Kind   `json:"channel"`
	Code    string          `json:"code,omitempty"`
	Message string          `json:"message,omitempty"`
	Known   bool            `json:"known"` // the code is in our table, or it has none
	Meaning string          `json:"meaning,omitempty"`
	Action  string          `json:"action,omitempty"`
	Result  string          `json:"paymentResultCode,omitempty"`
	Status  string          `json:"status,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// channels explain the events that are not codes of the SDK.
var channels = [...]struct {
	kind    checkout.Kind
	meaning string
	action  string
	quiet   bool // not worth a line for people
}{
	{checkout.PageOpened, "the page is open", "", false},
	{checkout.PageGone, "the page was closed or left", "", true},
	{checkout.PageHidden, "the browser leaves the page", "", false},
	{checkout.PageReturned, "the buyer came back to paymentRedirectUrl", "", false},
	{checkout.PageError, "an error in the page", "", false},
	{checkout.PageRejected, "an uncaught promise rejection", "", false},
	{checkout.PageBlocked, "blocked by the page's content security policy", "if the form does not work because of it, another --sdk-version may use hosts that antom knows", false},
	{checkout.SDKLoaded, "the web SDK is loaded", "", false},
	{checkout.SDKMissing, "the web SDK could not be loaded", "check the address, the hash, the network, a proxy and an ad blocker; --sdk-file takes it from this machine", false},
	{checkout.SDKLog, "a note of the form", "", false},
	{checkout.SDKClosed, "the form was closed", "", false},
	{checkout.Launching, "the form is asked for", "", true},
	{checkout.Launched, "the SDK's promise has resolved: the frame is there, the form may not be", "", false},
	{checkout.NotLaunched, "the SDK's promise was rejected", "", false},
	{checkout.Submitting, "submit was called", "", false},
	{checkout.Submitted, "submit has its answer", "", false},
	{checkout.NotSubmitted, "submit was rejected", "", false},
}

// deviceTimeout is the error of the device fingerprint without a network. The form works all
// the same (JS, measured).
const deviceTimeout = "Promise time out"

// event prints an event.
func (t *reporter) event(e checkout.Event) error {
	if e.Kind == checkout.PageRejected && e.Message == deviceTimeout && !t.verbose {
		return nil
	}
	record := eventRecord{
		Type: "event", Seq: e.Seq, Time: t.stamp(e.Time), Page: e.Page, Channel: e.Kind, Code: e.Code, Message: e.Message,
		Known: true, Result: e.Result, Status: e.Status, Data: e.Data,
	}
	silent := false
	for _, row := range channels {
		if row.kind == e.Kind {
			record.Meaning, record.Action, silent = row.meaning, row.action, row.quiet
		}
	}
	var row antom.SDKEvent
	if e.Code != "" {
		if row, record.Known = antom.ExplainSDKEvent(e.Code, e.Message); record.Known {
			record.Meaning, record.Action = row.Meaning, row.Action
		} else if code, known := antom.LookupResultCode(e.Code); known {
			record.Known, record.Meaning, record.Action = true, code.Meaning, code.Action
		}
	}
	text := ""
	if !silent && !t.shown(e) {
		text = t.lines(record, row.Kind)
	}
	return t.stream(record, text)
}

// shown reports whether an event needs no line: browsers report the same violation of the
// policy again and again.
func (t *reporter) shown(e checkout.Event) bool {
	if e.Kind != checkout.PageBlocked {
		return false
	}
	if t.emulated && !t.verbose {
		return true
	}
	if t.blocked == nil {
		t.blocked = map[string]bool{}
	}
	was := t.blocked[e.Message]
	t.blocked[e.Message] = true
	return was
}

// lines formats an event as text: time, channel, code and meaning, and what to do on a second
// line. An event that the SDK reports on two channels is explained once.
func (t *reporter) lines(e eventRecord, kind antom.SDKEventKind) string {
	at, _ := time.Parse(time.RFC3339Nano, e.Time) // we wrote it
	parts := []string{t.clock(at), column(string(e.Channel))}
	if e.Code != "" {
		parts = append(parts, t.p.Styled(redact.Line(e.Code), styleOf(kind, e.Code)))
	}
	said := e.Code + " " + e.Message
	again := e.Code != "" && said == t.last
	t.last = said
	if again {
		return strings.Join(append(parts, "(as above)"), "  ")
	}
	parts = append(parts, t.words(e))
	line := strings.Join(cli.NonEmpty(parts), "  ")
	if e.Action != "" && kind != antom.SDKStatus {
		line += "\n          → " + e.Action
	}
	return line
}

// column is a channel as wide as the widest of them.
func column(channel string) string { return fmt.Sprintf("%-15s", channel) }

// words is the meaning of an event, with the SDK's own message.
func (t *reporter) words(e eventRecord) string {
	meaning := e.Meaning
	if !e.Known {
		meaning = "(a code that antom does not know)"
	}
	if e.Message != "" && e.Message != meaning {
		meaning = strings.TrimPrefix(meaning+": "+redact.Line(e.Message), ": ")
	}
	if e.Result != "" && e.Result != antom.CodeSuccess {
		meaning += "; " + redact.Line(view.CodeCell(e.Result, "").Text)
	}
	return meaning
}

// styleOf is the style of a code.
func styleOf(kind antom.SDKEventKind, code string) output.Style {
	status, claims := checkout.Claim(code)
	switch {
	case claims && status == antom.PaymentSuccess:
		return output.OK
	case claims, kind == antom.SDKError:
		return output.Bad
	case kind == antom.SDKResult:
		return output.Warn
	}
	return output.Plain
}

// status reports a changed state of the payment, or why the state is not known.
func (t *reporter) status(before, w wait.Watch) error {
	if w.HasState && w.State.Status != before.State.Status {
		record := view.PaymentWords().Event("status", &w, wait.Stage{}, t.c.Now(), nil)
		text := t.clock(t.c.Now()) + "  " + column("inquiryPayment") + "  " + view.StatusCell(antom.PaymentStatus(w.State.Status)).Text
		return t.stream(record, text)
	}
	switch {
	case wait.IsMissing(w.Err) && before.Err == nil && !before.HasState:
		t.p.Note("inquiryPayment: ORDER_NOT_EXIST: nothing is paid yet")
	case w.Err != nil && !wait.IsMissing(w.Err):
		t.p.Note("inquiryPayment: %s; asking again in %s", w.Err, cli.Pause(w.Next))
	}
	return nil
}

// silenceRecord is the alarm of a watchdog.
type silenceRecord struct {
	Type    string `json:"type"`
	Time    string `json:"time"`
	Message string `json:"message"`
	Cause   string `json:"cause"`
}

// silence reports that the SDK is silent, with a possible cause.
func (t *reporter) silence(a checkout.Alarm) error {
	t.p.Warn("%s: %s", a.Silent, a.Cause)
	if !t.p.Streams() {
		return nil
	}
	return t.stream(silenceRecord{"silence", t.stamp(t.c.Now()), a.Silent, a.Cause}, "")
}

// disagreement reports that a source differs from inquiryPayment.
func (t *reporter) disagreement(who, theirs, status string) {
	t.p.Warn("%s said %s, and inquiryPayment says %s: inquiryPayment counts", who, theirs, status)
}

// resultRecord is the last record of a run, also of one that ended before any answer.
func resultRecord(w *wait.Watch, at time.Time, exit int) any {
	return view.PaymentWords().Event("result", w, wait.Stage{}, at, &exit)
}
