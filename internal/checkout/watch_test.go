package checkout_test

import (
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/checkout"
)

// TestWatch: a silence is told after its time and once, with what is likely to be its
// cause.
func TestWatch(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	event := func(kind checkout.Kind, code string) checkout.Event {
		return checkout.Event{Kind: kind, Code: code, Time: begin}
	}
	blocked := checkout.Event{Kind: checkout.PageBlocked, Message: "frame-src https://ac.alipay.com", Time: begin}
	start, end := event(checkout.SDKEvent, "SDK_START_OF_LOADING"), event(checkout.SDKEvent, "SDK_END_OF_LOADING")
	for name, test := range map[string]struct {
		hears    []checkout.Event
		emulated bool
		after    time.Duration // 0: nothing is expected
		silent   string
		cause    string
		submit   bool
	}{
		"the script does not come":      {hears: []checkout.Event{event(checkout.PageOpened, "")}, after: 15 * time.Second, silent: "script of the web SDK is not there", cause: "ad blocker"},
		"the script is not loaded":      {hears: []checkout.Event{event(checkout.PageOpened, ""), event(checkout.SDKMissing, "")}},
		"nothing after the call":        {hears: []checkout.Event{event(checkout.SDKLoaded, ""), event(checkout.Launching, "")}, after: 15 * time.Second, silent: "says nothing", cause: "session names"},
		"the form does not come":        {hears: []checkout.Event{event(checkout.Launching, ""), start}, after: 25 * time.Second, silent: "form is not ready", cause: "another environment"},
		"the frame, and no form":        {hears: []checkout.Event{event(checkout.Launching, ""), event(checkout.Launched, "")}, after: 25 * time.Second, silent: "form is not ready", cause: "ac.alipay.com"},
		"the emulator's form":           {emulated: true, hears: []checkout.Event{event(checkout.Launching, ""), start}, after: 25 * time.Second, silent: "form is not ready", cause: "emulator"},
		"kept away by the policy":       {hears: []checkout.Event{event(checkout.Launching, ""), start, blocked}, after: 25 * time.Second, silent: "form is not ready", cause: "content security policy has kept away frame-src https://ac.alipay.com"},
		"the form is there":             {hears: []checkout.Event{event(checkout.Launching, ""), start, end}},
		"refused by the SDK":            {hears: []checkout.Event{event(checkout.Launching, ""), event(checkout.NotLaunched, "")}},
		"no answer to submit":           {hears: []checkout.Event{end, event(checkout.Submitting, "")}, after: time.Minute, silent: "submit has no answer", cause: "bank", submit: true},
		"an answer to submit":           {hears: []checkout.Event{event(checkout.Submitting, ""), event(checkout.Submitted, "")}},
		"the page is gone":              {hears: []checkout.Event{event(checkout.Launching, ""), event(checkout.PageGone, "")}},
		"a note of the form is no sign": {hears: []checkout.Event{event(checkout.Launching, ""), event(checkout.SDKLog, "")}, after: 15 * time.Second, silent: "says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := checkout.Watch{Emulated: test.emulated}
			for _, e := range test.hears {
				w.Hear(e)
			}
			due, expected := w.Due()
			if expected != (test.after > 0) || expected && due != begin.Add(test.after) {
				t.Fatalf("due %s, %t; want after %s", due, expected, test.after)
			}
			if !expected {
				return
			}
			a := w.Alarm()
			if !strings.Contains(a.Silent, test.silent) || !strings.Contains(a.Cause, test.cause) || a.Submit != test.submit {
				t.Errorf("%+v", a)
			}
			if _, again := w.Due(); again {
				t.Error("it is told twice")
			}
		})
	}
}

func TestWatch_opening(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	var w checkout.Watch
	w.Opening(begin)
	if due, _ := w.Due(); due != begin.Add(30*time.Second) {
		t.Errorf("due %s", due)
	}
	if a := w.Alarm(); !strings.Contains(a.Cause, "open the link yourself") {
		t.Errorf("%+v", a)
	}
}
