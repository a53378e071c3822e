package e2e

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// visit is a way through a checkout: what the buyer does, which events follow once the form is
// ready, and how the command ends.
type visit struct {
	name  string
	flags []string
	act   func(b *tab, c *checkoutRun)
	hears []string // of onEventCallback and onError, in this order
	ends  int      // exit code; 130: it is interrupted once the last of hears has come
	says  string   // is in what the command says on stderr
	both  bool     // under the genuine SDK too; of the rest TestFlows says that it hears the same
}

// pays clicks a test card and the form's button.
func pays(sample string) func(*tab, *checkoutRun) {
	return func(b *tab, _ *checkoutRun) {
		b.choose(sample)
		b.form().click("#pay")
	}
}

// answers pays and clicks on the bank's page, without a mouse: the genuine SDK in a
// popup shows it below the form.
func answers(outcome string) func(*tab, *checkoutRun) {
	return func(b *tab, _ *checkoutRun) {
		b.choose("three-ds")
		b.form().click("#pay")
		b.challenge().press(`[data-outcome="` + outcome + `"]`)
	}
}

// leaves closes the form and confirms it.
func leaves(b *tab, _ *checkoutRun) {
	b.form().visible("#card-list")
	b.page().press("#asm-component-close-block")
	b.page().wait(`document.querySelector('#ams-component-retention-leave')?.checkVisibility() || [...document.querySelectorAll('button,div,span')].some((e) => /leave|exit/i.test(e.textContent) && !e.children.length && e.checkVisibility())`)
	get[bool](b.page(), `((document.querySelector('#ams-component-retention-leave') ?? [...document.querySelectorAll('button,div,span')].filter((e) => /leave|exit/i.test(e.textContent) && !e.children.length && e.checkVisibility()).pop()).click(), true)`)
}

func visits() []visit {
	return []visit{
		{name: "success", both: true, act: pays("success"), hears: []string{"onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
		{name: "declined", act: pays("declined"), hears: []string{"onEventCallback SDK_PAYMENT_FAIL"}, ends: 7, says: "DO_NOT_HONOR: the issuer declined the payment"},
		{name: "three-ds passed", both: true, act: answers("pass"), hears: []string{"onEventCallback SDK_PAYMENT_CHALLENGE", "onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
		{name: "three-ds failed", act: answers("fail"), flags: []string{"--expect", "FAIL"}, hears: []string{"onEventCallback SDK_PAYMENT_CHALLENGE", "onEventCallback SDK_PAYMENT_FAIL"}},
		{name: "three-ds abandoned", act: answers("abandon"), hears: []string{"onEventCallback SDK_PAYMENT_CHALLENGE", "onEventCallback SDK_PAYMENT_PROCESSING"}, ends: 130, says: "antom payment wait"},
		{name: "an empty form, then a card", act: func(b *tab, c *checkoutRun) {
			b.form().click("#pay")
			c.await("onEventCallback SDK_FORM_VERIFICATION_FAILED", 1)
			pays("success")(b, c)
		}, hears: []string{"onEventCallback SDK_FORM_VERIFICATION_FAILED", "onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
		{name: "embedded, with the page's button", both: true, flags: []string{"--embedded"}, act: func(b *tab, _ *checkoutRun) {
			b.choose("success")
			b.page().click("#pay")
		}, hears: []string{"onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
		{name: "embedded, with the form's button", flags: []string{"--embedded", "--submit-button", "--no-loading", "--locale", "zh-CN"}, act: pays("success"), hears: []string{"onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
		{name: "with a redirect at the end", flags: []string{"--redirect"}, act: func(b *tab, c *checkoutRun) {
			pays("success")(b, c)
			b.page().visible("#returned")
			c.await("page-returned", 1)
		}, hears: []string{"onEventCallback SDK_PAYMENT_SUCCESSFUL", "onEventCallback SDK_CALL_URL_SUCCESS"}},
		{name: "the Payment Element", both: true, flags: []string{"--element"}, act: func(b *tab, _ *checkoutRun) {
			b.choose("success")
			b.page().click("#pay")
		}, hears: []string{"onEventCallback SDK_PAYMENT_SUCCESSFUL"}},
	}
}

// TestCheckout_visits goes through every visit under the stand-in, and through some under
// the genuine SDK around the same form. The terminal must show the same.
func TestCheckout_visits(t *testing.T) {
	t.Parallel()
	for _, v := range visits() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			t.Run(string(standIn), func(t *testing.T) { goShopping(t, standIn, v) })
			if v.both {
				t.Run(string(theirs), func(t *testing.T) { goShopping(t, theirs, v) })
			}
		})
	}
}

func goShopping(t *testing.T, which sdk, v visit) {
	t.Helper()
	flags := slices.Concat(forty, []string{"--interval", "500ms"}, v.flags)
	if which == theirs {
		script, err := genuine()
		if err != nil {
			t.Fatal(err)
		}
		flags = append(flags, "--sdk-file", script)
	}
	c := checkout(t, t.TempDir(), flags...)
	b := c.opens()
	v.act(b, c)
	if v.ends == 130 {
		c.await("status PROCESSING", 1)
		c.await(v.hears[len(v.hears)-1], 1)
		c.interrupt()
	}
	c.exits(v.ends)
	if !strings.Contains(c.said.String(), v.says) {
		t.Errorf("it does not say %q", v.says)
	}
	heard := slices.DeleteFunc(c.sdkEvents(), func(event string) bool {
		return event == "onEventCallback SDK_START_OF_LOADING" || event == "onEventCallback SDK_END_OF_LOADING"
	})
	if !slices.Equal(heard, v.hears) {
		t.Errorf("the page heard\n  %q, not\n  %q", heard, v.hears)
	}
	if which == standIn {
		b.clean()
	}
	for _, r := range c.all() {
		if r.Channel == "csp" && which == standIn || r.Type == "silence" || r.Channel == "page-error" {
			t.Errorf("%+v", r)
		}
	}
}

// TestCheckout_cancelled: the buyer leaves, comes back to the same session and pays.
func TestCheckout_cancelled(t *testing.T) {
	t.Parallel()
	c := checkout(t, t.TempDir(), slices.Concat(forty, []string{"--interval", "300ms"})...)
	b := c.opens()
	leaves(b, c)
	c.await("onEventCallback SDK_PAYMENT_CANCEL", 1)
	c.await("onClose", 1)
	b.page().click("#open")
	c.await("onEventCallback SDK_END_OF_LOADING", 2)
	pays("success")(b, c)
	c.exits(0)
	b.clean()
}

// TestCheckout_pageGone: a page that was closed or reloaded stops working; the terminal prints
// a new link, with which the session is paid.
func TestCheckout_pageGone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		act  func(*tab)
	}{
		{"loaded again", func(b *tab) {
			get[bool](b.page(), "(setTimeout(() => location.reload(), 10), true)")
			b.page().wait(`document.querySelector('#outcome-text')?.innerText.includes('opened by the link in the terminal')`)
		}},
		{"left", func(b *tab) { b.navigate("about:blank") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := checkout(t, t.TempDir(), slices.Concat(forty, []string{"--interval", "300ms"})...)
			first := c.await("ready", 1).URL
			b := c.opens()
			c.await("onEventCallback SDK_END_OF_LOADING", 1)
			row.act(b)
			next := c.await("link", 1).URL
			if next == first {
				t.Error("the link is the same")
			}
			b.navigate("about:blank")
			b.navigate(first)
			b.page().wait(`document.querySelector('#outcome-text')?.innerText.includes('used already')`)
			b.navigate("about:blank")
			b.navigate(next)
			c.await("onEventCallback SDK_END_OF_LOADING", 2)
			pays("success")(b, c)
			c.exits(0)
		})
	}
}

// TestCheckout_sideBySide: two runs on one machine without a server have separate pages,
// sessions and results.
func TestCheckout_sideBySide(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	one, two := checkout(t, state, forty...), checkout(t, state, forty...)
	a, b := one.opens(), two.opens()
	pays("success")(a, one)
	one.exits(0)
	pays("declined")(b, two)
	two.exits(7)
	if one.all()[0].PaymentRequestID == two.all()[0].PaymentRequestID {
		t.Error("both have one session")
	}
}

// TestCheckout_last: an interrupted run leaves its session open, and another one pays
// it.
func TestCheckout_last(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	first := checkout(t, state, forty...)
	first.opens()
	first.await("onEventCallback SDK_END_OF_LOADING", 1)
	first.interrupt()
	first.exits(130)
	if !strings.Contains(first.said.String(), "antom checkout --last goes on with it") {
		t.Error("it does not say how to go on")
	}
	second := checkout(t, state, "--last")
	b := second.opens()
	if got, want := second.all()[0].PaymentRequestID, first.all()[0].PaymentRequestID; got != want {
		t.Errorf("payment %s, not %s", got, want)
	}
	pays("success")(b, second)
	second.exits(0)
	if left, err := filepath.Glob(filepath.Join(state, "checkout", "*.json")); err != nil || len(left) > 0 {
		t.Errorf("%q is kept (%v)", left, err)
	}
}

// TestCheckout_refused: sessions that can't be paid are reported with the cause.
func TestCheckout_refused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		make func(e *emulator) (data, id string)
		want string
	}{
		{"expired", func(e *emulator) (string, string) {
			s := e.session()
			e.antom("emulator", "clock", "advance", "2h")
			return s.PaymentSessionData, s.PaymentRequestID
		}, "The session expired at"},
		{"of another emulator", func(e *emulator) (string, string) {
			s := serve(e.t).session()
			return s.PaymentSessionData, s.PaymentRequestID
		}, "has no such session"},
		{"paid already", func(e *emulator) (string, string) {
			s := e.session()
			e.antom("emulator", "pay", s.PaymentRequestID, "--processing", "0s")
			return s.PaymentSessionData, s.PaymentRequestID
		}, "has been used already"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := serve(t)
			data, id := row.make(e)
			c := checkout(t, e.state, "--session", data, "--request-id", id)
			c.opens()
			heard := c.await("onEventCallback SDK_CREATECOMPONENT_ERROR", 1)
			c.await("onError SDK_CREATECOMPONENT_ERROR", 1)
			if !strings.Contains(heard.Message, row.want) || !strings.Contains(heard.Meaning, "Antom refused the session") {
				t.Errorf("%+v", heard)
			}
			c.interrupt()
			<-c.ended
		})
	}
}

// TestCheckout_secrets: the token of the link is in no address, no Referer and no report
// of the SDK's, and no answer has a secret but the session that the page needs.
func TestCheckout_secrets(t *testing.T) {
	t.Parallel()
	for _, which := range []sdk{standIn, theirs} {
		t.Run(string(which), func(t *testing.T) {
			t.Parallel()
			state, flags := t.TempDir(), slices.Clone(forty)
			if which == theirs {
				script, err := genuine()
				if err != nil {
					t.Fatal(err)
				}
				flags = append(flags, "--sdk-file", script)
			}
			c := checkout(t, state, flags...)
			_, token, _ := strings.Cut(c.await("ready", 1).URL, "#")
			b := c.opens()
			c.await("onEventCallback SDK_END_OF_LOADING", 1)
			bodies := b.bodies()
			pays("success")(b, c)
			c.exits(0)
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, sent := range b.sent {
				sent = strings.Replace(sent, `"urlFragment":"#`+token+`"`, "", 1) // the browser's own note: it is not sent
				if strings.Contains(sent, token) && !strings.Contains(sent, "/api/bootstrap") {
					t.Errorf("the token is in %s", sent)
				}
			}
			if len(bodies) < 5 {
				t.Errorf("only %d answers were seen", len(bodies))
			}
			for _, secret := range secretsIn(t, state) {
				for _, body := range bodies {
					if strings.Contains(body, secret) {
						t.Errorf("an answer has the secret %.12s…", secret)
					}
				}
			}
		})
	}
}

// secretsIn returns what no page may contain: keys and the token of the control API.
func secretsIn(t *testing.T, state string) []string {
	t.Helper()
	var secrets []string
	for _, name := range []string{"merchant.pem", "antom.pem", "control.token"} {
		found, err := filepath.Glob(filepath.Join(state, "emulator", name))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %q, %v", name, found, err)
		}
		text, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); len(line) > 20 && !strings.HasPrefix(line, "---") {
				secrets = append(secrets, line)
			}
		}
	}
	return secrets
}

// TestCheckout_listen: the payment's notification appears in the same terminal.
func TestCheckout_listen(t *testing.T) {
	t.Parallel()
	c := checkout(t, t.TempDir(), slices.Concat(forty, []string{"--listen", "127.0.0.1:0"})...)
	b := c.opens()
	pays("success")(b, c)
	c.exits(0)
	if got := c.await("notification", 1); !got.Genuine || !got.Ours || got.NotifyType != "PAYMENT_RESULT" || got.ResultStatus != "S" {
		t.Errorf("%+v", got)
	}
	if strings.Contains(c.said.String(), "warning") {
		t.Error("there is something to warn of")
	}
}

// TestCheckout_storedCard asks for the security code of a stored card, where that is
// wanted.
func TestCheckout_storedCard(t *testing.T) {
	t.Parallel()
	e := serve(t)
	first := e.session()
	e.antom("emulator", "pay", first.PaymentRequestID, "--processing", "0s", "-q")
	token := strings.Trim(strings.TrimSpace(e.antom("payment", "inquire", "--profile", "emulator", first.PaymentRequestID, "--jq", ".paymentResultInfo.cardToken")), `"`)
	c := checkout(t, e.state, slices.Concat(forty, []string{"--stored-card", token, "--need-cvv"})...)
	b := c.opens()
	c.await("onEventCallback SDK_END_OF_LOADING", 1)
	if visible := get[[]bool](b.form(), "['number', 'cvv'].map((id) => document.getElementById(id).checkVisibility())"); !slices.Equal(visible, []bool{false, true}) {
		t.Errorf("number and cvv are asked for: %v", visible)
	}
	b.form().typeIn("#cvv", "123")
	b.form().click("#pay")
	c.exits(0)
}

// real is a profile that antom takes for a real gateway, and that is the emulator's: the
// page and its policy are those of the sandbox.
func real(t *testing.T, e *emulator) []string {
	t.Helper()
	env := append(os.Environ(), "ANTOM_STATE_DIR="+t.TempDir(), "ANTOM_CONFIG_DIR="+e.state, "NO_COLOR=1", "ANTOM_GATEWAY_URL="+e.URL)
	for line := range strings.Lines(e.antom("emulator", "keys", "--format", "dotenv")) {
		env = append(env, strings.TrimSpace(line))
	}
	return env
}

// TestCheckout_offline: the genuine SDK on the sandbox, and nothing of Antom's can be
// reached. Each of its words is explained, and the page's policy keeps nothing away that
// the SDK asks for.
func TestCheckout_offline(t *testing.T) {
	t.Parallel()
	script, err := genuine()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"--popup", "--embedded"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := checkoutIn(t, real(t, serve(t, "--browser", "off")), slices.Concat(forty, []string{"--sdk-file", script, way})...)
			c.opens()
			if got := c.all()[0]; got.Environment != "sandbox" {
				t.Errorf("%+v", got)
			}
			for _, channel := range []string{"onError", "onEventCallback"} {
				if got := c.await(channel+" SDK_CREATECOMPONENT_ERROR", 1); got.Message != "Network request error" || !strings.Contains(got.Meaning, "can't reach Antom's gateway") {
					t.Errorf("%s: %+v", channel, got)
				}
			}
			if got := c.await("launch-rejected SDK_CREATECOMPONENT_ERROR", 1); got.Message != "Load resource timeout" || !strings.Contains(got.Action, "ac.alipay.com") {
				t.Errorf("%+v", got)
			}
			for _, r := range c.all() {
				if r.Channel == "csp" {
					t.Errorf("the policy keeps away %s", r.Message)
				}
			}
			c.interrupt()
			c.exits(130)
		})
	}
}

// TestCheckout_noScript: a script that does not load is reported with possible causes. A script
// with a hash is only accepted unchanged.
func TestCheckout_noScript(t *testing.T) {
	t.Parallel()
	path, err := genuine()
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(script)
	hash := "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	}))
	t.Cleanup(cdn.Close)
	for name, row := range map[string]struct {
		flags []string
		loads bool
	}{
		"a port of nobody": {[]string{"--sdk-url", "http://127.0.0.1:1/ams-checkout.js"}, false},
		"the CDN, offline": {[]string{"--sdk-version", "1.47.2"}, false},
		"another hash":     {[]string{"--sdk-url", cdn.URL + "/a.js", "--sdk-integrity", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, false},
		"the right hash":   {[]string{"--sdk-url", cdn.URL + "/a.js", "--sdk-integrity", hash}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := checkoutIn(t, real(t, serve(t, "--browser", "off")), slices.Concat(forty, row.flags)...)
			c.opens()
			if row.loads {
				c.await("sdk-loaded", 1)
				c.await("onEventCallback SDK_START_OF_LOADING", 1)
			} else if got := c.await("sdk-load-failed", 1); !strings.Contains(got.Message, "could not be loaded") || !strings.Contains(got.Action, "--sdk-file") {
				t.Errorf("%+v", got)
			}
			c.interrupt()
			c.exits(130)
		})
	}
}

// TestCheckout_adopted: a profile whose gateway is an emulator on this machine, as in CI,
// shows the emulator's form.
func TestCheckout_adopted(t *testing.T) {
	t.Parallel()
	c := checkoutIn(t, real(t, serve(t)), forty...)
	b := c.opens()
	pays("success")(b, c)
	c.exits(0)
	b.clean()
}

// TestCheckout_silence: an SDK that sends no events is reported.
func TestCheckout_silence(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "silent.js")
	if err := os.WriteFile(script, []byte("window.AMSCashierPayment = class { createComponent() { return new Promise(() => {}); } unmount() {} };"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := checkout(t, t.TempDir(), slices.Concat(forty, []string{"--sdk-file", script})...)
	c.opens()
	if got := c.await("silence", 1); !strings.Contains(got.Message, "says nothing since it was called for 15s") {
		t.Errorf("%+v", got)
	}
	c.interrupt()
	c.exits(130)
}
