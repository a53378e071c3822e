package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestInspector_buttons uses the other buttons: the clock's steps and reset, scenarios, settle,
// and reset.
func TestInspector_buttons(t *testing.T) {
	t.Parallel()
	e := serve(t)
	b := open(t, window{width: 1280, height: 900})
	b.navigate(e.Unlock)
	b.page().visible("#clock-buttons")
	s := e.session("--capture", "manual")
	b.page().wait("document.querySelectorAll('#orders button').length === 1")

	for i, step := range []string{"10s", "1m", "15m", "1h", "24h"} {
		b.page().click(fmt.Sprintf("#clock-buttons button:nth-child(%d)", i+1))
		b.page().wait(fmt.Sprintf("document.querySelector('#message').textContent.includes('by %s.')", step))
		b.page().wait("document.querySelector('#clock').textContent.includes('virtual')")
	}
	b.page().click("#clock-buttons button:last-child")
	b.page().wait("!document.querySelector('#clock').textContent.includes('virtual')")

	b.page().typeIn("#code", "PROCESS_FAIL\r")
	b.page().wait("document.querySelector('#message').textContent.includes('answered so')")
	e.antom("emulator", "pay", s.PaymentRequestID, "--processing", "0s", "-q")
	capture := []string{"capture", "create", "--profile", "emulator", s.PaymentRequestID, "-q"}
	if complaint := e.refused(capture...); !strings.Contains(complaint, "PROCESS_FAIL") {
		t.Errorf("with the scenario: %s", complaint)
	}
	get[bool](b.page(), "(document.querySelector('#message').textContent = '', true)")
	b.page().click("#set-scenario button")
	b.page().wait("document.querySelector('#message').textContent.includes('answered so')")
	b.page().click("#clear-scenarios")
	b.page().wait("document.querySelector('#message').textContent.includes('No scenario is set')")
	e.antom(append(capture, "--again")...)
	get[bool](b.page(), "(document.querySelector('#code').value = '', true)")
	b.page().typeIn("#code", "NOSUCHCODE\r")
	b.page().wait("document.querySelector('#message.bad')?.textContent.includes('NOSUCHCODE')")

	e.session()
	b.page().wait("document.querySelectorAll('#orders button').length === 2")
	b.page().click("#settle")
	b.page().wait("document.querySelector('#message').textContent.includes('All that was due was sent')")

	b.answerDialogs(false)
	b.page().click("#reset")
	if got := e.antom("emulator", "list", "-q"); !strings.Contains(got, s.PaymentRequestID) {
		t.Errorf("forgotten without a yes: %q", got)
	}
	b.answerDialogs(true)
	b.page().click("#reset")
	b.page().wait("document.querySelector('#message').textContent.includes('Everything is forgotten')")
	b.page().wait("document.querySelectorAll('#orders button').length === 0")
	if got := strings.TrimSpace(e.antom("emulator", "list", "-q")); got != "" {
		t.Errorf("still there: %q", got)
	}
}

// TestHostile_everywhere: ids, names and texts of the merchant and of the buyer are texts
// in the inspector, on the hosted page and at the bank.
func TestHostile_everywhere(t *testing.T) {
	t.Parallel()
	const hostile = `<img src=x onerror=alert(1)>"'&`
	e := serve(t)
	m := shop(t, settings{})
	id := `"><svg onload=alert(1)>`
	s := e.session("--scene", "checkout-page", "--redirect-url", m.URL+"/paid", "--request-id", id, "--order-id", hostile, "--description", hostile,
		"--set", "order.goods[0].goodsName="+hostile, "--set", "order.goods[0].referenceGoodsId=1", "--buyer-id", hostile)
	clean := func(f frame, where string) {
		t.Helper()
		if get[bool](f, "document.querySelectorAll('body img, body svg[onload], main script').length > 0") {
			t.Errorf("%s: a text became an element", where)
		}
	}
	b := open(t, window{})
	b.navigate(s.NormalURL)
	b.page().visible("#card-list")
	if got := b.page().text("#description"); got != hostile {
		t.Errorf("the hosted page shows %q", got)
	}
	clean(b.page(), "hosted page")
	b.page().click(`[data-sample="three-ds"]`)
	get[bool](b.page(), "(document.querySelector('#holder').value = "+quote(hostile)+", true)")
	b.page().click("#pay")
	b.page().visible("#question")
	clean(b.page(), "bank")
	b.page().click(`[data-outcome="pass"]`)
	b.page().visible("#returned")
	b.clean()

	i := open(t, window{width: 1280, height: 900})
	i.navigate(e.Unlock)
	i.page().wait("document.querySelector('#order h2')?.textContent === '42.00 SGD'")
	i.page().wait("document.querySelector('#order .id')?.textContent === " + quote(id))
	clean(i.page(), "inspector")
	i.page().typeIn("#fault", hostile+"\r")
	i.page().wait("document.querySelector('#message.bad')")
	clean(i.page(), "inspector with a refusal")
}
