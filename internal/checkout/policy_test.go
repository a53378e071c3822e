package checkout_test

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/checkout"
)

// directive is one directive of a policy; empty if it has none.
func directive(policy, name string) string {
	for d := range strings.SplitSeq(policy, "; ") {
		if rest, is := strings.CutPrefix(d, name+" "); is {
			return rest
		}
	}
	return ""
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	cdn := "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"
	emulator := "http://127.0.0.1:4300"
	for name, test := range map[string]struct {
		policy checkout.Policy
		has    map[string][]string
		hasNot map[string][]string
	}{
		"from the CDN": {checkout.Policy{SDK: cdn}, map[string][]string{
			"default-src": {"'none'"}, "script-src": {"'self'", "https://sdk.marmot-cloud.com", "'wasm-unsafe-eval'", "https://gw.alipayobjects.com"},
			"style-src": {"'unsafe-inline'"}, "frame-src": {"https:"}, "connect-src": {"https://imgs-sea-global.alipay.com", "https://imdap-sea.alipay.com", "https://open-de-global.alipay.com"},
			"frame-ancestors": {"'none'"}, "base-uri": {"'none'"}, "object-src": {"'none'"},
		}, map[string][]string{"script-src": {"'unsafe-eval'", "'unsafe-inline'", "https: "}, "connect-src": {"*", "https: "}}},
		"from a file": {checkout.Policy{SDK: checkout.SDKPath}, nil, map[string][]string{"script-src": {"marmot"}}},
		"no analytics": {checkout.Policy{SDK: cdn, NoAnalytics: true}, map[string][]string{"connect-src": {"https://open-sea-global.alipay.com"}},
			map[string][]string{"script-src": {"alipayobjects"}, "connect-src": {"imdap"}, "img-src": {"imdap"}}},
		"no device id": {checkout.Policy{SDK: cdn, NoDevice: true}, map[string][]string{"connect-src": {"imdap"}}, map[string][]string{"connect-src": {"open-"}}},
		"the session's scripts": {checkout.Policy{SDK: cdn, Scripts: []string{"risk.example", "evil.example; script-src *", "a b"}},
			map[string][]string{"script-src": {"https://risk.example"}}, map[string][]string{"script-src": {"evil", "*"}}},
		"the stand-in": {checkout.Policy{SDK: emulator + "/sdk/ams-checkout.js", Emulator: emulator},
			map[string][]string{"script-src": {emulator}, "frame-src": {emulator}, "connect-src": {emulator}, "form-action": {"'none'"}},
			map[string][]string{"script-src": {"wasm", "https"}, "style-src": {"unsafe"}, "connect-src": {"https"}, "frame-src": {"https:"}}},
		"the genuine one around the emulator's form": {checkout.Policy{SDK: checkout.SDKPath, Emulator: emulator},
			map[string][]string{"style-src": {"'unsafe-inline'"}, "script-src": {"'wasm-unsafe-eval'"}}, map[string][]string{"connect-src": {"alipay"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := test.policy.String()
			for name, sources := range test.has {
				for _, source := range sources {
					if got := directive(text, name); !strings.Contains(got, source) {
						t.Errorf("%s %q lacks %s", name, got, source)
					}
				}
			}
			for name, sources := range test.hasNot {
				for _, source := range sources {
					if got := directive(text, name); strings.Contains(got+" ", source) {
						t.Errorf("%s %q has %s", name, got, source)
					}
				}
			}
		})
	}
}
