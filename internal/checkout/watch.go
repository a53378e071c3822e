package checkout

import (
	"strings"
	"time"
)

// Watch detects that the SDK is silent for too long, and names a possible cause. It has no
// clock and no timer: the caller passes it the events and waits until Due.
type Watch struct {
	Emulated bool // the form is the emulator's

	phase   phase
	since   time.Time
	blocked []string // what the content security policy blocked
}

// phase is what the SDK is expected to do next.
type phase int

const (
	idle       phase = iota // nothing is expected
	opening                 // the browser opens the page
	loading                 // the script of the SDK is loaded
	launching               // the SDK says that it begins
	showing                 // the form becomes ready
	submitting              // a submit is answered
)

// phases are the time limit of each phase, and what is wrong if it is exceeded. The SDK's own
// limit is 15 s for the form; it has none for the rest (JS 1.47.2).
var phases = [...]struct {
	limit    time.Duration
	silent   string
	cause    string // with Antom's form
	emulated string // with the emulator's
}{
	idle:       {},
	opening:    {30 * time.Second, "no browser has opened the page", "open the link yourself", "open the link yourself"},
	loading:    {15 * time.Second, "the script of the web SDK is not there", "a proxy, an ad blocker or a wrong --sdk-url keeps it away; --sdk-file takes it from this machine", "does the emulator still run?"},
	launching:  {15 * time.Second, "the web SDK says nothing since it was called", "a script that the session names may be kept away, which the SDK tells nobody; antom session inspect lists them", "is it the right class for this session?"},
	showing:    {25 * time.Second, "the form is not ready", "its host ac.alipay.com may be blocked, or the session is of another environment than the profile", "does the emulator still run?"},
	submitting: {time.Minute, "the submit has no answer", "the buyer may be at the bank's page; the payment is asked for now", "the buyer may be at the bank's page; the payment is asked for now"},
}

// Opening notes that a browser was started, which should open the page.
func (w *Watch) Opening(now time.Time) { w.expect(opening, now) }

func (w *Watch) expect(next phase, now time.Time) { w.phase, w.since = next, now }

// moves say which event leads to which phase. Any other event of the SDK ends the silence.
var moves = [...]struct {
	kind Kind
	code string // of an event; empty: any
	to   phase
}{
	{PageOpened, "", loading},
	{SDKLoaded, "", idle},
	{SDKMissing, "", idle},
	{Launching, "", launching},
	{SDKEvent, "SDK_START_OF_LOADING", showing},
	{Submitting, "", submitting},
	{PageGone, "", idle},
}

// Hear updates the phase by an event.
func (w *Watch) Hear(e Event) {
	for _, row := range moves {
		if row.kind == e.Kind && (row.code == "" || row.code == e.Code) {
			w.expect(row.to, e.Time)
			return
		}
	}
	switch e.Kind {
	case PageBlocked:
		w.blocked = append(w.blocked, e.Message)
	case Launched: // the frame is there, and the form perhaps not yet
		if w.phase == launching {
			w.expect(showing, e.Time)
		}
	case SDKEvent, SDKFailure, NotLaunched, Submitted, NotSubmitted:
		w.phase = idle
	}
}

// Due is when the silence has lasted too long; false if no event is expected.
func (w *Watch) Due() (time.Time, bool) {
	if w.phase == idle {
		return time.Time{}, false
	}
	return w.since.Add(phases[w.phase].limit), true
}

// Alarm describes a silence and its possible cause.
type Alarm struct {
	Silent string
	Cause  string
	Submit bool // the payment may have been made
}

// Alarm returns the alarm of the current phase and ends the phase, so that it is reported once.
func (w *Watch) Alarm() Alarm {
	row := phases[w.phase]
	a := Alarm{Silent: row.silent + " for " + row.limit.String(), Cause: row.cause, Submit: w.phase == submitting}
	if w.Emulated {
		a.Cause = row.emulated
	}
	if len(w.blocked) > 0 && w.phase != opening {
		a.Cause = "the page's content security policy has kept away " + strings.Join(w.blocked[max(0, len(w.blocked)-3):], ", ")
	}
	w.phase = idle
	return a
}
