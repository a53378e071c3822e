package e2e

import (
	"strings"
	"testing"
)

// element puts the Payment Element on a page, under one of the two classes, with a
// session of 42.00 SGD.
func element(t *testing.T, which sdk, change func(*settings), flags ...string) (*tab, *merchant, *emulator) {
	t.Helper()
	e := serve(t, flags...)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Element: true})
	if which == theirs {
		m.useGenuine(e)
		m.settings.Link = e.URL + "/component/element.html"
	}
	if change != nil {
		change(&m.settings)
	}
	m.settings.SessionData = e.session("--scene", "element", "--redirect-url", m.URL+"/paid").PaymentSessionData
	b := open(t, window{})
	b.navigate(m.URL + "/page/1")
	m.await("mounted")
	return b, m, e
}

// TestElement_cancelled: a submit that is cancelled on the way is a result of the
// promise, and the same session is paid after it.
func TestElement_cancelled(t *testing.T) {
	t.Parallel()
	heard := map[sdk][]string{}
	for _, which := range []sdk{standIn, theirs} {
		t.Run(string(which), func(t *testing.T) {
			b, m, e := element(t, which, nil, "--fault", "submit:1=cancelled")
			b.choose("success")
			b.script("window.pay()")
			if got := string(m.await("submitted").Data); !strings.Contains(got, `"status":"CANCELLED"`) {
				t.Errorf("submitPayment resolved with %s", got)
			}
			heard[which] = m.lines(e)
		})
	}
	compare(t, heard[standIn], heard[theirs])
}

// TestElement_early: a submit before the mount fails, and the mount after it works.
func TestElement_early(t *testing.T) {
	t.Parallel()
	heard := map[sdk][]string{}
	for _, which := range []sdk{standIn, theirs} {
		t.Run(string(which), func(t *testing.T) {
			_, m, e := element(t, which, func(s *settings) { s.PayFirst = true })
			if got := string(m.await("submitted").Data); !strings.Contains(got, `"status":"FAIL"`) || !strings.Contains(got, "UI_STATE_ERROR") {
				t.Errorf("submitPayment resolved with %s", got)
			}
			heard[which] = m.lines(e)
		})
	}
	compare(t, heard[standIn], heard[theirs])
}

// TestElement_destroyed: the form goes, what is asked of it afterwards fails, and it
// can be mounted again.
func TestElement_destroyed(t *testing.T) {
	t.Parallel()
	heard := map[sdk][]string{}
	for _, which := range []sdk{standIn, theirs} {
		t.Run(string(which), func(t *testing.T) {
			b, m, e := element(t, which, nil)
			b.script("window.unmount()")
			m.await("destroyed")
			b.page().wait("document.querySelectorAll('#here iframe').length === 0")
			b.script("window.pay()")
			if got := string(m.await("submitted").Data); !strings.Contains(got, "UI_STATE_ERROR") {
				t.Errorf("submitPayment without a form resolved with %s", got)
			}
			heard[which] = m.lines(e)
		})
	}
	compare(t, heard[standIn], heard[theirs])
}

// TestElement_updated puts another session behind the form: its amount is shown and
// paid, and the first stays open.
func TestElement_updated(t *testing.T) {
	t.Parallel()
	b, m, e := element(t, standIn, nil)
	other := e.session("--scene", "element", "--redirect-url", m.URL+"/paid", "--amount", "7.00")
	b.script("window.update(" + quote(other.PaymentSessionData) + ")")
	if got := string(m.await("updated").Data); got != "true" {
		t.Errorf("updatePayment resolved with %s", got)
	}
	b.form().wait("document.querySelector('#amount').textContent.includes('7.00')")
	b.choose("success")
	b.script("window.pay()")
	m.await("submitted")
	if got := e.status(other.PaymentRequestID); got != "SUCCESS" {
		t.Errorf("the second session's payment is %s", got)
	}
	for _, refused := range []string{other.PaymentSessionData, "nonsense", e.session().PaymentSessionData} {
		before := len(m.log())
		b.script("window.update(" + quote(refused) + ")")
		b.page().wait("true")
		m.awaitMore(before)
		if last := m.log()[before]; last.Kind != "updated" || string(last.Data) != "false" {
			t.Errorf("updatePayment(%.20s…): %s %s", refused, last.Kind, last.Data)
		}
	}
}

// TestClasses: the stand-in has the methods that the genuine classes have.
func TestClasses(t *testing.T) {
	t.Parallel()
	const methods = `(() => {
		const wanted = ['createComponent', 'mountComponent', 'submit', 'validateFields', 'canMakePayments', 'unmount'];
		const element = ['mount', 'submitPayment', 'validateFields', 'updatePayment', 'destroy'];
		const own = (o, names) => names.filter((name) => typeof o[name] !== 'function');
		const missing = [...own(window.AMSCashierPayment.prototype, wanted), ...own(window.AMSElement.prototype, element)];
		if (typeof window.AMSCashierPayment.preload !== 'function') missing.push('preload');
		document.body.dataset.missing = missing.join(' ') || 'none';
	})()`
	for _, which := range []sdk{standIn, theirs} {
		t.Run(string(which), func(t *testing.T) {
			t.Parallel()
			b, _, _ := element(t, which, nil)
			b.script(methods)
			b.page().wait("document.body.dataset.missing")
			if got := get[string](b.page(), "document.body.dataset.missing"); got != "none" {
				t.Errorf("missing: %s", got)
			}
		})
	}
}

// TestCanMakePayments: cards are all that the emulator takes.
func TestCanMakePayments(t *testing.T) {
	t.Parallel()
	e := serve(t)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js"})
	m.settings.SessionData = e.session("--redirect-url", m.URL+"/paid").PaymentSessionData
	b := open(t, window{})
	b.navigate(m.URL + "/page/1")
	m.await("event SDK_END_OF_LOADING")
	m.await("shown")
	for _, row := range []struct{ asked, want string }{{"'CARD'", "true"}, {"", "true"}, {"'APPLEPAY'", "false"}} {
		before := len(m.log())
		b.script("window.can(" + row.asked + ")")
		m.awaitMore(before)
		if last := m.log()[before]; last.Kind != "can" || string(last.Data) != row.want {
			t.Errorf("canMakePayments(%s): %s %s", row.asked, last.Kind, last.Data)
		}
	}
}
