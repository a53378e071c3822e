package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shown is a form that stands on a merchant's page.
type shown struct {
	*tab
	m *merchant
	e *emulator
	s session
}

// show puts the form on a page, embedded with its own button unless the settings
// say otherwise.
func show(t *testing.T, w window, change func(*settings), flags ...string) shown {
	t.Helper()
	e := serve(t)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Params: map[string]any{"appearance": map[string]any{"showSubmitButton": true}}})
	m.policy = strictPolicy(e.URL)
	if change != nil {
		change(&m.settings)
	}
	s := e.session(append([]string{"--redirect-url", m.URL + "/paid"}, flags...)...)
	m.settings.SessionData = s.PaymentSessionData
	b := open(t, w)
	b.navigate(m.URL + "/page/1")
	m.await("event SDK_END_OF_LOADING")
	return shown{b, m, e, s}
}

// TestKeyboard pays without a mouse: the focus goes through the fields in their
// order, what is typed is set as it stands on a card, and Enter submits.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	b := show(t, window{}, nil)
	form := b.form()
	form.click("#number")
	b.keys("4054695723100768")
	if got := get[string](form, "document.querySelector('#number').value"); got != "4054 6957 2310 0768" {
		t.Errorf("the number stands as %q", got)
	}
	b.keys("\t1230")
	b.keys("\t123")
	if got := get[[]string](form, "[document.querySelector('#expiry').value, document.querySelector('#cvv').value, document.querySelector('#brand').textContent]"); !slices.Equal(got, []string{"12/30", "123", "Visa"}) {
		t.Errorf("%q", got)
	}
	b.keys("\r")
	b.m.await("event SDK_PAYMENT_SUCCESSFUL")
	if got := get[string](form, "document.activeElement.id"); got != "outcome" {
		t.Errorf("the focus is on %q, not on the outcome", got)
	}
	b.clean()
}

// TestErrors: what is wrong is said beside its field and announced, and the first
// field of them has the focus.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ number, expiry, cvv, says, on string }{
		{"", "", "", "Enter the card number.", "number"},
		{"4054", "1230", "123", "The card number is too short.", "number"},
		{"4054695723100769", "1230", "123", "This card number is not valid. Check the digits.", "number"},
		{"4054695723100768", "1", "123", "Enter the expiry date as MM/YY.", "expiry"},
		{"4054695723100768", "1230", "1", "The security code has 3 digits, or 4 on American Express.", "cvv"},
	} {
		t.Run(row.on+" "+row.number, func(t *testing.T) {
			t.Parallel()
			b := show(t, window{}, nil)
			for selector, text := range map[string]string{"#number": row.number, "#expiry": row.expiry, "#cvv": row.cvv} {
				if text != "" {
					b.form().typeIn(selector, text)
				}
			}
			b.form().click("#pay")
			b.m.await("event SDK_FORM_VERIFICATION_FAILED")
			field := fmt.Sprintf("document.querySelector('#%s')", row.on)
			if got := b.form().text("#" + row.on + "-error"); got != row.says {
				t.Errorf("the form says %q", got)
			}
			for _, holds := range []string{"document.activeElement === " + field, field + ".getAttribute('aria-invalid') === 'true'", field + ".getAttribute('aria-describedby') === '" + row.on + "-error'", "document.querySelector('#summary[role=alert]').textContent !== ''"} {
				if !get[bool](b.form(), holds) {
					t.Errorf("not so: %s", holds)
				}
			}
			b.clean()
		})
	}
}

// TestBilling: no field of the address takes more than Antom does, a region that is none is an
// error, and what was typed is the payment's address.
func TestBilling(t *testing.T) {
	t.Parallel()
	b := show(t, window{}, nil)
	form := b.form()
	form.click("#billing summary")
	for field, longest := range map[string]int{"region": 2, "state": 8, "city": 32, "address1": 256, "address2": 256, "zipCode": 32} {
		form.typeIn("#"+field, strings.Repeat("x", longest+3))
		if got := get[int](form, "document.querySelector('#"+field+"').value.length"); got != longest {
			t.Errorf("%s takes %d characters, not %d", field, got, longest)
		}
	}
	b.choose("avs-mismatch")
	get[bool](form, "(document.querySelector('#region').value = '', document.querySelector('#billing').open = false, true)")
	form.click("#pay")
	b.m.await("event SDK_FORM_VERIFICATION_FAILED")
	if got := form.text("#region-error"); got != "Enter a country code of two capital letters, such as SG." {
		t.Errorf("the form says %q", got)
	}
	if got := get[string](form, "document.activeElement.id"); got != "region" {
		t.Errorf("the focus is on %q", got)
	}
	b.keys("us\r")
	b.m.await("event SDK_PAYMENT_SUCCESSFUL")
	if got := b.e.antom("payment", "inquire", "--profile", "emulator", b.s.PaymentRequestID, "--jq", ".paymentResultInfo.avsResultRaw"); strings.TrimSpace(got) != "N" {
		t.Errorf("the check of the address gave %q", got)
	}
	b.clean()
}

// TestLocales: labels and errors come in the languages of the form, others in
// English.
func TestLocales(t *testing.T) {
	t.Parallel()
	english := [3]string{"en", "Card number", "Enter the card number."}
	for locale, want := range map[string][3]string{
		"zh_CN": {"zh-CN", "卡号", "请输入卡号。"}, "zh_HK": {"zh-HK", "卡號", "請輸入卡號。"},
		"en_US": english, "de_DE": english, "xx_XX": english,
	} {
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			b := show(t, window{}, func(s *settings) { s.Locale = locale })
			label := b.form().text("label[for=number]")
			b.form().click("#pay")
			b.m.await("event SDK_FORM_VERIFICATION_FAILED")
			if got := [3]string{get[string](b.form(), "document.documentElement.lang"), label, b.form().text("#number-error")}; got != want {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestHostile: the merchant's texts are shown as text on every page.
func TestHostile(t *testing.T) {
	t.Parallel()
	const hostile = `<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"'&`
	b := show(t, window{}, nil, "--description", hostile)
	if got := b.form().text("#description"); got != hostile {
		t.Errorf("the form shows %q", got)
	}
	payWith("three-ds")(b.tab, b.m, b.e)
	b.challenge().visible("#question")
	if got := b.challenge().text("#order-text"); got != hostile {
		t.Errorf("the bank's page shows %q", got)
	}
	for _, f := range []frame{b.form(), b.challenge()} {
		if get[bool](f, "document.querySelectorAll('img, main script').length > 0") {
			t.Error("a text became an element")
		}
	}
	b.clean()
}

// TestFraming: only pages of this machine may embed the form, and none may embed the hosted
// page.
func TestFraming(t *testing.T) {
	t.Parallel()
	e := serve(t)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js"})
	b := open(t, window{})
	b.navigate(m.URL + "/page/1")
	b.script("document.body.append(Object.assign(document.createElement('iframe'), {src: " + quote(e.URL+"/checkout/0123") + ", id: 'hosted'}))")
	b.page().wait("document.querySelector('#hosted')")
	b.frame("chrome-error://").wait("true")
}

// TestHosted pays on the hosted page and returns to the shop.
func TestHosted(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"success", "three-ds"} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			e := serve(t)
			m := shop(t, settings{})
			s := e.session("--scene", "checkout-page", "--redirect-url", m.URL+"/paid?order=8")
			b := open(t, window{})
			b.navigate(s.NormalURL)
			b.page().visible("#card-list")
			b.page().click(`[data-sample="` + sample + `"]`)
			b.page().click("#pay")
			if sample == "three-ds" {
				b.page().click(`[data-outcome="pass"]`)
			}
			b.page().visible("#returned")
			if got := m.returned[0]; got != "order=8" {
				t.Errorf("came back with %q", got)
			}
			if got := e.status(s.PaymentRequestID); got != "SUCCESS" {
				t.Error(got)
			}
			b.clean()
		})
	}
}

// TestStored asks only for the digits of a stored card, where the page wants them.
func TestStored(t *testing.T) {
	t.Parallel()
	e := serve(t)
	first := e.session()
	e.antom("emulator", "pay", first.PaymentRequestID, "--processing", "0s", "-q")
	token := strings.TrimSpace(e.antom("payment", "inquire", "--profile", "emulator", first.PaymentRequestID, "--jq", ".paymentResultInfo.cardToken"))
	token = strings.Trim(token, `"`)
	for _, needCVV := range []bool{true, false} {
		m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Params: map[string]any{
			"appearance": map[string]any{"showSubmitButton": true}, "merchantAppointParam": map[string]any{"storedCard": map[string]any{"needCVV": needCVV}},
		}})
		s := e.session("--redirect-url", m.URL+"/paid", "--set", "paymentMethod.paymentMethodId="+token)
		m.settings.SessionData = s.PaymentSessionData
		b := open(t, window{})
		b.navigate(m.URL + "/page/1")
		m.await("event SDK_END_OF_LOADING")
		if got := b.form().text("#stored-card"); !strings.HasSuffix(got, "0768") {
			t.Errorf("the stored card is %q", got)
		}
		visible := get[[]bool](b.form(), "['number', 'expiry', 'cvv'].map((id) => document.getElementById(id).checkVisibility())")
		if !slices.Equal(visible, []bool{false, false, needCVV}) {
			t.Errorf("needCVV %t: %v", needCVV, visible)
		}
		if needCVV {
			b.form().typeIn("#cvv", "123")
		}
		b.form().click("#pay")
		m.await("event SDK_PAYMENT_SUCCESSFUL")
	}
}

// TestFormThatDoesNotLoad: the error is reported after 15 seconds on both channels, and the
// promise is rejected.
func TestFormThatDoesNotLoad(t *testing.T) {
	t.Parallel()
	e := serve(t, "--fault", "form=status:503")
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Popup: true})
	m.settings.SessionData = e.session().PaymentSessionData
	b := open(t, window{})
	b.navigate(m.URL + "/page/1")
	m.await("not-shown SDK_CREATECOMPONENT_ERROR")
	want := []string{"event SDK_START_OF_LOADING", "error SDK_CREATECOMPONENT_ERROR", "event SDK_CREATECOMPONENT_ERROR", "not-shown SDK_CREATECOMPONENT_ERROR"}
	if got := m.codes(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestDeadSession: a session that can't be used is reported on both channels, and the form says
// why.
func TestDeadSession(t *testing.T) {
	t.Parallel()
	e := serve(t)
	m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Popup: true})
	s := e.session()
	m.settings.SessionData = s.PaymentSessionData
	e.antom("emulator", "pay", s.PaymentRequestID, "-q")
	b := open(t, window{})
	b.navigate(m.URL + "/page/1")
	m.await("event SDK_END_OF_LOADING")
	want := []string{"event SDK_START_OF_LOADING", "error SDK_CREATECOMPONENT_ERROR", "event SDK_CREATECOMPONENT_ERROR", "shown", "event SDK_END_OF_LOADING"}
	if got := m.codes(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := b.form().text("#outcome"); !strings.Contains(got, "has been used already") {
		t.Errorf("the form says %q", got)
	}
}
