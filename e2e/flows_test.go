package e2e

import (
	"slices"
	"strings"
	"testing"
)

// flow is a way through the form: what the buyer does, and which events the page receives.
type flow struct {
	name     string
	sample   string // the card that is clicked
	faults   []string
	redirect bool
	session  []string // more flags of session create
	act      func(b *tab, m *merchant, e *emulator)
	hears    []string // after the form is there, in this order
	status   string   // what inquiryPayment tells then; empty: ORDER_NOT_EXIST
}

// begins are the first events of every form. The promise may resolve before or after the form
// is ready.
var begins = []string{"event SDK_START_OF_LOADING", "shown", "event SDK_END_OF_LOADING"}

func payWith(sample string) func(*tab, *merchant, *emulator) {
	return func(b *tab, _ *merchant, _ *emulator) {
		b.choose(sample)
		b.form().click("#pay")
	}
}

func answering(sample, outcome string) func(*tab, *merchant, *emulator) {
	return func(b *tab, m *merchant, e *emulator) {
		payWith(sample)(b, m, e)
		button := `[data-outcome="` + outcome + `"]`
		if m.genuine != "" && m.settings.Popup {
			b.challenge().press(button) // the genuine SDK puts the modal's style on the page only where the form is embedded: here it stands under the popup
			return
		}
		b.challenge().click(button)
	}
}

func flows() []flow {
	return []flow{
		{name: "success", act: payWith("success"), status: "SUCCESS",
			hears: []string{"event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "declined", act: payWith("declined"), status: "FAIL",
			hears: []string{"event SDK_PAYMENT_FAIL"}},
		{name: "frictionless", session: []string{"--three-ds"}, act: payWith("frictionless"), status: "SUCCESS",
			hears: []string{"event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "three-ds passed", act: answering("three-ds", "pass"), status: "SUCCESS",
			hears: []string{"event SDK_PAYMENT_CHALLENGE", "event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "three-ds failed", session: []string{"--three-ds"}, act: answering("success", "fail"), status: "FAIL",
			hears: []string{"event SDK_PAYMENT_CHALLENGE", "event SDK_PAYMENT_FAIL"}},
		{name: "three-ds abandoned", act: answering("three-ds", "abandon"), status: "PROCESSING",
			hears: []string{"event SDK_PAYMENT_CHALLENGE", "event SDK_PAYMENT_PROCESSING"}},
		{name: "three-ds in a redirect", act: answering("three-ds-redirect", "pass"), status: "SUCCESS",
			hears: []string{"event SDK_PAYMENT_CHALLENGE", "event SDK_CALL_URL_SUCCESS"}},
		{name: "the result comes later", act: payWith("later"), status: "PROCESSING",
			hears: []string{"event SDK_PAYMENT_PROCESSING"}},
		{name: "success with a redirect", redirect: true, act: payWith("success"), status: "SUCCESS",
			hears: []string{"event SDK_PAYMENT_SUCCESSFUL", "event SDK_CALL_URL_SUCCESS"}},
		{name: "an empty form", act: func(b *tab, _ *merchant, _ *emulator) { b.form().click("#pay") },
			hears: []string{"event SDK_FORM_VERIFICATION_FAILED"}},
		{name: "a lost submit, and again", faults: []string{"submit:1-2=reset"}, status: "SUCCESS",
			act: func(b *tab, m *merchant, e *emulator) {
				payWith("success")(b, m, e)
				m.await("event SDK_SUBMIT_NETWORK_ERROR")
				b.form().click("#pay")
			},
			hears: []string{"event SDK_SUBMIT_NETWORK_ERROR", "event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "a lost answer, and again", faults: []string{"submit:1-2=lost-answer"}, status: "SUCCESS",
			act: func(b *tab, m *merchant, e *emulator) {
				payWith("success")(b, m, e)
				m.await("event SDK_SUBMIT_NETWORK_ERROR")
				b.form().click("#pay")
			},
			hears: []string{"event SDK_SUBMIT_NETWORK_ERROR", "event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "cancelled on the way, and again", faults: []string{"submit:1=cancelled"}, status: "SUCCESS",
			act: func(b *tab, m *merchant, e *emulator) {
				payWith("success")(b, m, e)
				m.await("event SDK_PAYMENT_CANCEL")
				b.form().click("#again")
				payWith("success")(b, m, e)
			},
			hears: []string{"event SDK_PAYMENT_CANCEL", "event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "a submit that is an error", faults: []string{"submit:1=status:500"}, status: "SUCCESS",
			act: func(b *tab, m *merchant, e *emulator) {
				payWith("success")(b, m, e)
				m.await("event SDK_SUBMIT_NETWORK_ERROR")
				b.form().click("#pay")
			},
			hears: []string{"event SDK_SUBMIT_NETWORK_ERROR", "event SDK_PAYMENT_SUCCESSFUL"}},
		{name: "a slow submit, clicked twice", faults: []string{"submit:1=latency:1500ms"}, status: "SUCCESS",
			act: func(b *tab, m *merchant, e *emulator) {
				payWith("success")(b, m, e)
				b.form().click("#pay")
			},
			hears: []string{"event SDK_DUPLICATE_SUBMISSION_BEHAVIOR", "event SDK_PAYMENT_SUCCESSFUL"}},
	}
}

// sdk is one of the two SDKs that show the form.
type sdk string

const (
	standIn   sdk = "stand-in"
	theirs    sdk = "genuine"
	localMock     = "#LOCAL_MOCK=1" // lets the genuine one ask no gateway
)

// TestFlows goes through every flow, in a popup and embedded, under the stand-in
// and under the genuine SDK around the same form (its undocumented elementLink and
// LOCAL_MOCK). The page must hear the same from both.
func TestFlows(t *testing.T) {
	t.Parallel()
	for _, f := range flows() {
		for _, popup := range []bool{true, false} {
			t.Run(f.name+map[bool]string{true: ", popup", false: ", embedded"}[popup], func(t *testing.T) {
				t.Parallel()
				heard := map[sdk][]string{}
				for _, which := range []sdk{standIn, theirs} {
					t.Run(string(which), func(t *testing.T) { heard[which] = goThrough(t, which, f, popup) })
				}
				compare(t, heard[standIn], heard[theirs])
			})
		}
	}
}

// goThrough runs a flow and returns everything that the page received.
func goThrough(t *testing.T, which sdk, f flow, popup bool) []string {
	t.Helper()
	e := serve(t, faultFlags(f.faults)...)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Popup: popup, Redirect: f.redirect, Params: map[string]any{"appearance": map[string]any{"showSubmitButton": true}}})
	if which == theirs {
		m.useGenuine(e)
		run(t, e, m, f, localMock)
		return m.lines(e)
	}
	m.policy = strictPolicy(e.URL)
	b := run(t, e, m, f, "")
	m.quiet()
	if len(f.faults) == 0 {
		b.clean()
	}
	return m.lines(e)
}

func faultFlags(faults []string) (flags []string) {
	for _, f := range faults {
		flags = append(flags, "--fault", f)
	}
	return flags
}

// strictPolicy is a merchant's policy that allows the emulator and nothing else:
// not even styles in the page.
func strictPolicy(emulator string) string {
	return "default-src 'none'; script-src 'self' " + emulator + "; style-src 'self'; img-src data:; connect-src 'self' " + emulator + "; frame-src " + emulator
}

// run goes through a flow and checks what the page heard and what the gateway
// says.
func run(t *testing.T, e *emulator, m *merchant, f flow, fragment string) *tab {
	t.Helper()
	s := e.session(append([]string{"--redirect-url", m.URL + "/paid?order=7"}, f.session...)...)
	m.settings.SessionData = s.PaymentSessionData
	b := open(t, window{})
	b.navigate(m.URL + "/page/1" + fragment)
	m.await("event SDK_END_OF_LOADING")
	f.act(b, m, e)
	m.await(f.hears[len(f.hears)-1])
	if slices.Contains(f.hears, "event SDK_CALL_URL_SUCCESS") {
		b.page().visible("#returned")
		if got := m.returned[0]; got != "order=7" {
			t.Errorf("the buyer came back with %q", got)
		}
	}
	got := slices.DeleteFunc(m.codes(), func(code string) bool { return strings.HasPrefix(code, "page-") })
	if want := slices.Concat(begins, f.hears); !slices.Equal(got, want) {
		t.Errorf("the page heard\n  %q, not\n  %q", got, want)
	}
	if f.status != "" {
		if got := e.status(s.PaymentRequestID); got != f.status {
			t.Errorf("inquiryPayment says %s, not %s", got, f.status)
		}
	}
	return b
}
