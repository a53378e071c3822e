package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInspector looks into an emulator while things happen in it, and acts through
// the buttons.
func TestInspector(t *testing.T) {
	t.Parallel()
	e := serve(t)
	b := open(t, window{width: 1280, height: 900})
	b.navigate(e.Unlock)
	b.page().wait("location.href === " + quote(e.URL+"/")) // the code is gone from the address
	b.page().visible("#no-orders")

	// What happens elsewhere appears by itself.
	s := e.session("--description", "<b>bags</b>")
	b.page().wait("document.querySelectorAll('#orders button').length === 1")
	b.page().wait("document.querySelector('#order h2')?.textContent === '42.00 SGD'")

	// The buyer's turn, then the story and the deliveries, which nobody answers.
	b.page().visible("#order form.pay button")
	b.page().click("#order form.pay button")
	b.page().wait("document.querySelector('#order .story').textContent.includes('SUCCESS')")
	b.page().wait("document.querySelector('#order .notifications .attempts')?.textContent.includes('no answer')")
	if got := e.status(s.PaymentRequestID); got != "SUCCESS" && got != "PROCESSING" {
		t.Error(got)
	}

	b.page().wait("document.querySelector('#order dl').textContent.includes('405469******0768')")
	if strings.Contains(b.page().text("#order"), "[object") {
		t.Error("a node stands as text")
	}

	// The clock, a fault and its end.
	b.page().click("#clock-buttons button:nth-child(5)")
	b.page().wait("document.querySelector('#clock').textContent.includes('virtual')")
	b.page().wait("document.querySelectorAll('#order .attempts li').length >= 7")
	b.page().typeIn("#fault", "capture:1=lost-answer\r")
	b.page().wait("document.querySelector('#faults code')?.textContent === 'capture:1=lost-answer'")
	b.page().click("#faults button")
	b.page().wait("document.querySelector('#faults').textContent.includes('None')")
	b.page().typeIn("#fault", "capture=nonsense\r")
	b.page().wait("document.querySelector('#message.bad')?.textContent.includes('nonsense')")
	b.page().wait("document.querySelector('#faults').textContent.includes('None')")
	if folder := os.Getenv("PICTURES"); folder != "" {
		get[bool](b.page(), "(document.querySelector('#fault').value = '', document.querySelector('#message').textContent = '', true)")
		e.antom("emulator", "fault", "add", "submit:1-2=reset")
		e.session()
		b.page().wait("document.querySelectorAll('#orders button').length === 2")
		b.page().click("#orders li:nth-child(2) button")
		b.page().wait("document.querySelector('#faults code')")
		b.screenshot(filepath.Join(folder, "inspector.png"))
	}
	for _, url := range b.asked() {
		if strings.Contains(url, "#") || strings.Contains(url, strings.SplitN(e.Unlock, "#", 2)[1]) {
			t.Errorf("the code was sent in %s", url)
		}
	}
}

// TestInspectorLocked: without the link, and with one that was used, the page only
// shows.
func TestInspectorLocked(t *testing.T) {
	t.Parallel()
	e := serve(t)
	e.session()
	first := open(t, window{})
	first.navigate(e.Unlock)
	first.page().visible("#clock-buttons")
	for _, link := range []string{e.URL + "/", e.Unlock} {
		b := open(t, window{width: 390, height: 844, dark: true})
		b.navigate(link)
		b.page().wait("document.querySelectorAll('#orders button').length === 1")
		b.page().wait("document.querySelector('#order h2')")
		for _, holds := range []string{
			"[...document.querySelectorAll('[data-writes]')].every((node) => !node.checkVisibility())", "!document.querySelector('form.pay')",
			"document.documentElement.scrollWidth <= innerWidth", "matchMedia('(prefers-color-scheme: dark)').matches",
		} {
			if !get[bool](b.page(), holds) {
				t.Errorf("%s: not so: %s", link, holds)
			}
		}
		status := get[int](b.page(), "fetch('/inspector/api/reset', {method: 'POST', body: '{}'}).then((answer) => answer.status)")
		if status != 401 {
			t.Errorf("reset without a token: %d", status)
		}
		if link == e.Unlock {
			b.page().wait("document.querySelector('#message.bad')?.textContent.includes('used already')")
		}
		if folder := os.Getenv("PICTURES"); folder != "" {
			b.screenshot(filepath.Join(folder, "inspector-phone.png"))
		}
	}
}
