package e2e

import (
	"slices"
	"testing"
)

// nodes are the elements that integrators' tests and styles rely on.
var nodes = []string{
	"#ams-checkout-component-desktop", "#ams-checkout-component-mobile", "#ams-component-container", "#ams-component-section",
	"#ams-component-mockup", "#ams-component-retention", "#ams-component-retention-leave", "#ams-component-retention-remain",
	"#asm-component-close-block", "#ams-component-loading", ".ams-popupmodal",
}

// TestNodes: the stand-in puts the same nodes on the page as the genuine SDK, while
// the form stands there and after it was unmounted.
func TestNodes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		popup bool
		phone bool
	}{{"popup", true, false}, {"embedded", false, false}, {"popup on a phone", true, true}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			there := map[sdk][]string{}
			for _, which := range []sdk{standIn, theirs} {
				e := serve(t)
				m := shop(t, settings{SDKURL: e.URL + "/sdk/ams-checkout.js", Popup: row.popup})
				if which == theirs {
					m.useGenuine(e)
				}
				m.settings.SessionData = e.session().PaymentSessionData
				b := open(t, window{width: 500, height: 900, phone: row.phone})
				b.navigate(m.URL + "/page/1" + localMock)
				m.await("event SDK_END_OF_LOADING")
				b.page().wait("!document.querySelector('#ams-component-loading')")
				found := get[[]string](b.page(), "["+quoteAll(nodes)+"].filter((selector) => document.querySelector(selector))")
				b.script("window.unmount()")
				b.page().wait("!document.querySelector('iframe[id^=ams-checkout-component-desktop], iframe[id^=ams-checkout-component-mobile]')")
				there[which] = found
			}
			if !slices.Equal(there[standIn], there[theirs]) {
				t.Errorf("the stand-in has\n  %q, the genuine SDK\n  %q", there[standIn], there[theirs])
			}
		})
	}
}

func quoteAll(list []string) (text string) {
	for _, one := range list {
		text += quote(one) + ","
	}
	return text
}
