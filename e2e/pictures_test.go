package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// picture is a view of the form, and what must stand in it, by its place and size.
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

// TestPictures looks at the form as people see it: where its parts stand and how
// large they are. PICTURES=folder keeps the pictures.
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
