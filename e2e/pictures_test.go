package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// picture is a view of the form, with the positions and sizes of its parts.
type picture struct {
	name   string
	window window
	change func(*settings)
	act    func(b shown)
	frame  func(b shown) frame
	holds  []string // about the landmarks
}

func pictures() []picture {
	popup := func(s *settings) { s.Popup = true }
	form := func(b shown) frame { return b.form() }
	wide := []string{
		"document.querySelector('#band').getBoundingClientRect().top === 0",
		"document.querySelector('#band').getBoundingClientRect().width === innerWidth",
		"document.querySelector('#pay').getBoundingClientRect().height >= 44",
		"[...document.querySelectorAll('input')].filter((i) => i.checkVisibility()).every((i) => i.getBoundingClientRect().height >= 44)",
		"document.documentElement.scrollWidth <= innerWidth",
	}
	return []picture{
		{name: "popup", change: popup, act: func(b shown) { b.choose("success") }, frame: form, holds: wide},
		{name: "embedded", frame: form, holds: wide},
		{name: "error", act: func(b shown) { b.form().click("#pay"); b.m.await("event SDK_FORM_VERIFICATION_FAILED") }, frame: form, holds: wide},
		{name: "dark", window: window{width: 1000, height: 900, dark: true}, change: popup, act: func(b shown) { b.choose("success") }, frame: form,
			holds: append([]string{"matchMedia('(prefers-color-scheme: dark)').matches", "getComputedStyle(document.body).backgroundColor === 'rgb(23, 27, 36)'"}, wide...)},
		{name: "phone", window: window{width: 390, height: 844, phone: true}, change: popup, act: func(b shown) { b.choose("declined") }, frame: form, holds: wide},
		{name: "three-ds", change: popup, act: func(b shown) { payWith("three-ds")(b.tab, b.m, b.e); b.challenge().visible("#question") },
			frame: func(b shown) frame { return b.challenge() },
			holds: []string{"document.querySelectorAll('[data-outcome]').length === 3", "document.querySelector('#amount').innerText.includes('42.00')", "document.documentElement.scrollHeight <= innerHeight"}},
		{name: "paid", change: popup, act: func(b shown) { payWith("success")(b.tab, b.m, b.e); b.m.await("event SDK_PAYMENT_SUCCESSFUL") }, frame: form,
			holds: []string{"document.querySelector('#outcome').checkVisibility()", "!document.querySelector('#form').checkVisibility()", "document.querySelector('#number').value === ''"}},
	}
}

// TestPictures checks the positions and sizes of the form's parts. PICTURES=folder keeps the
// pictures.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, p := range pictures() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			b := show(t, p.window, p.change, "--description", "Two bags of coffee beans, 250 g")
			if p.act != nil {
				p.act(b)
			}
			for _, holds := range p.holds {
				if !get[bool](p.frame(b), holds) {
					t.Errorf("not so: %s", holds)
				}
			}
			b.screenshot(filepath.Join(folder, p.name+".png"))
			b.clean()
		})
	}
}

// TestCheckout_pictures checks the layout of the page of antom checkout.
func TestCheckout_pictures(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, row := range []struct {
		name  string
		w     window
		flags []string
		act   func(b *tab, c *checkoutRun)
		holds []string
	}{
		{"checkout-popup", window{width: 1000, height: 860}, nil, func(b *tab, _ *checkoutRun) { b.choose("success") }, nil},
		{"checkout-embedded", window{width: 1000, height: 1180}, []string{"--embedded"}, func(b *tab, _ *checkoutRun) { b.choose("success"); b.page().visible("#pay") },
			[]string{"document.querySelector('#pay').getBoundingClientRect().height >= 44"}},
		{"checkout-phone", window{width: 390, height: 1200, phone: true}, []string{"--embedded"}, func(b *tab, _ *checkoutRun) { b.choose("success"); b.page().visible("#pay") },
			[]string{"document.documentElement.scrollWidth <= innerWidth"}},
		{"checkout-paid", window{width: 1000, height: 560}, nil, func(b *tab, c *checkoutRun) {
			pays("success")(b, c)
			b.page().visible("#outcome")
		}, []string{"document.querySelector('#outcome').innerText.includes('inquiryPayment says SUCCESS')", "!document.querySelector('iframe')"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := checkout(t, t.TempDir(), append([]string{"--request-id", "order-1001"}, append(row.flags, forty...)...)...)
			b := open(t, row.w)
			b.navigate(c.await("ready", 1).URL)
			row.act(b, c)
			for _, holds := range append(row.holds, "document.querySelector('#amount').innerText === '42.00 SGD'", "document.querySelector('#gateway').innerText === 'emulator'") {
				if !get[bool](b.page(), holds) {
					t.Errorf("not so: %s", holds)
				}
			}
			b.screenshot(filepath.Join(folder, row.name+".png"))
			b.clean()
			c.interrupt()
			<-c.ended
		})
	}
}
