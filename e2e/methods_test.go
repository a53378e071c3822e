package e2e

import (
	"slices"
	"strings"
	"testing"
)

// method is a use of the class by a page, and the reports that follow.
type method struct {
	name   string
	popup  bool
	data   func(*testing.T, *emulator, session) string // the session data; nil: as they are
	params map[string]any
	act    func(b *tab, m *merchant)
	last   string // what is waited for
	hears  []string
}

func methods() []method {
	started := func(b *tab, m *merchant) { m.await("event SDK_END_OF_LOADING") }
	cut := func(_ *testing.T, _ *emulator, s session) string {
		return strings.Join(strings.Split(s.PaymentSessionData, "&&")[:3], "&&")
	}
	return []method{
		{name: "no session", popup: true, data: func(*testing.T, *emulator, session) string { return "" }, last: "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR",
			hears: []string{"error SDK_CREATEPAYMENT_PARAMETER_ERROR", "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR"}},
		{name: "a session of three parts", data: cut, last: "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR",
			hears: []string{"error SDK_CREATEPAYMENT_PARAMETER_ERROR", "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR"}},
		{name: "another product's session in a popup", popup: true, last: "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR",
			data: func(_ *testing.T, e *emulator, _ session) string {
				return e.session("--scene", "element").PaymentSessionData
			},
			hears: []string{"error SDK_CREATEPAYMENT_PARAMETER_ERROR", "not-shown SDK_CREATEPAYMENT_PARAMETER_ERROR"}},
		{name: "a second component", popup: true, last: "not-shown SDK_CREATECOMPONENT_ERROR",
			act: func(b *tab, m *merchant) {
				started(b, m)
				b.script("window.again()")
			},
			hears: slices.Concat(begins, []string{"error SDK_CREATECOMPONENT_ERROR", "not-shown SDK_CREATECOMPONENT_ERROR"})},
		{name: "submit by the page, with an empty form", last: "submitted SDK_FORM_VERIFICATION_FAILED",
			act:   func(b *tab, m *merchant) { started(b, m); b.script("window.pay()") },
			hears: slices.Concat(begins, []string{"event SDK_FORM_VERIFICATION_FAILED", "submitted SDK_FORM_VERIFICATION_FAILED"})},
		{name: "submit by the page, with an address", last: "submitted SDK_PAYMENT_SUCCESSFUL",
			act: func(b *tab, m *merchant) {
				started(b, m)
				b.choose("success")
				b.script("window.pay({billingAddress: {region: 'US', state: 'CA', city: 'San Francisco', address1: '1 Main St', zipCode: '94105'}})")
			},
			hears: slices.Concat(begins, []string{"event SDK_PAYMENT_SUCCESSFUL", "submitted SDK_PAYMENT_SUCCESSFUL"})},
		{name: "validateFields", last: "validated",
			act:   func(b *tab, m *merchant) { started(b, m); b.script("window.check()") },
			hears: slices.Concat(begins, []string{"validated"})},
		{name: "closed by the buyer", popup: true, last: "event SDK_PAYMENT_CANCEL",
			act: func(b *tab, m *merchant) {
				started(b, m)
				b.page().wait("!document.querySelector('#asm-component-close-block').hidden && !document.querySelector('#asm-component-close-block').className.includes('hidden')")
				b.page().press("#asm-component-close-block")
				b.page().visible("#ams-component-retention-leave")
				b.page().press("#ams-component-retention-leave")
			},
			hears: slices.Concat(begins, []string{"close", "event SDK_PAYMENT_CANCEL"})},
	}
}

// script runs something in the page's own world, as the shop would.
func (b *tab) script(text string) {
	b.t.Helper()
	get[bool](b.page(), "(document.body.append(Object.assign(document.createElement('script'), {textContent: "+quote(text)+"})), true)")
}

// TestMethods compares the other methods of the class with the genuine one.
func TestMethods(t *testing.T) {
	t.Parallel()
	for _, row := range methods() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			heard := map[sdk][]string{}
			for _, which := range []sdk{standIn, theirs} {
				t.Run(string(which), func(t *testing.T) { heard[which] = callMethod(t, which, row) })
			}
			compare(t, heard[standIn], heard[theirs])
		})
	}
}

func callMethod(t *testing.T, which sdk, row method) []string {
	t.Helper()
	e := serve(t)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Popup: row.popup, Params: row.params})
	fragment := ""
	if which == theirs {
		m.useGenuine(e)
		fragment = localMock
	}
	s := e.session("--redirect-url", m.URL+"/paid?order=7")
	m.settings.SessionData = s.PaymentSessionData
	if row.data != nil {
		m.settings.SessionData = row.data(t, e, s)
	}
	b := open(t, window{})
	b.navigate(m.URL + "/page/1" + fragment)
	if row.act != nil {
		row.act(b, m)
	}
	m.await(row.last)
	got := slices.DeleteFunc(m.codes(), func(code string) bool { return strings.HasPrefix(code, "page-") })
	if !slices.Equal(got, row.hears) {
		t.Errorf("the page heard\n  %q, not\n  %q", got, row.hears)
	}
	return m.lines(e)
}

// TestElement pays with the Payment Element, under the stand-in and under the
// genuine class (its undocumented debugProps).
func TestElement(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, sample, answer, end string }{
		{"success", "success", "", "SUCCESS"}, {"declined", "declined", "", "FAIL"}, {"an empty form", "", "", "FAIL"},
		{"three-ds passed", "three-ds", "pass", "SUCCESS"}, {"three-ds abandoned", "three-ds", "abandon", "PROCESSING"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			heard := map[sdk][]string{}
			for _, which := range []sdk{standIn, theirs} {
				t.Run(string(which), func(t *testing.T) {
					e := serve(t)
					m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Element: true})
					fragment := ""
					if which == theirs {
						m.useGenuine(e)
						m.settings.Link = e.URL + "/component/element.html"
					}
					m.settings.SessionData = e.session("--scene", "element", "--redirect-url", m.URL+"/paid").PaymentSessionData
					b := open(t, window{})
					b.navigate(m.URL + "/page/1" + fragment)
					m.await("mounted")
					if row.sample != "" {
						b.choose(row.sample)
					}
					b.script("window.pay()")
					if row.answer != "" {
						b.challenge().press(`[data-outcome="` + row.answer + `"]`)
					}
					if got := string(m.await("submitted").Data); !strings.Contains(got, `"status":"`+row.end+`"`) {
						t.Errorf("submitPayment resolved with %s", got)
					}
					heard[which] = m.lines(e)
				})
			}
			compare(t, heard[standIn], heard[theirs])
		})
	}
}
