package checkoutcmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/checkout"
)

func TestBrowserCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		named, system, first string
		all                  int
	}{
		{"", "linux", "xdg-open", 8},
		{"", "freebsd", "xdg-open", 8},
		{"", "darwin", "open", 1},
		{"", "windows", "rundll32 url.dll,FileProtocolHandler", 1},
		{"firefox --private-window %s:chromium", "darwin", "firefox --private-window %s", 2},
		{`C:\b.exe;firefox`, "windows", `C:\b.exe`, 2},
		{" : ", "linux", "xdg-open", 8},
	} {
		got := browserCommands(test.named, test.system)
		if len(got) != test.all || strings.Join(got[0], " ") != test.first {
			t.Errorf("browserCommands(%q, %q) = %q", test.named, test.system, got)
		}
	}
}

func TestTables_sorted(t *testing.T) {
	t.Parallel()
	for _, table := range [][]string{Locales(), Appearances(), appearanceKeys[:]} {
		if !slices.IsSorted(table) || len(slices.Compact(slices.Clone(table))) != len(table) {
			t.Errorf("not sorted, or doubled: %q", table)
		}
	}
	for locale := range strings.FieldsSeq("en_US pt_BR ko_KR es_ES ms_MY in_ID tl_PH th_TH vi_VN fr_FR nl_NL it_IT de_DE zh_CN zh_HK") {
		if !slices.Contains(locales[:], locale) {
			t.Errorf("%s, which the guide lists, is missing", locale)
		}
	}
}

// Each flag sets the option that the guide's tables document.
func TestSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		flags sdkOptions
		want  checkout.Settings
	}{
		"nothing said": {sdkOptions{}, checkout.Settings{
			Class: "AMSCashierPayment", Popup: true, Options: map[string]any{"environment": "sandbox"}, Params: map[string]any{"notRedirectAfterComplete": true},
		}},
		"all said": {sdkOptions{
			embedded: true, locale: "pt_BR", noLoading: true, redirect: true, needCVV: true, noAnalytics: true,
			styles: map[string]any{"theme": "night"}, address: map[string]any{"region": "SG"},
		}, checkout.Settings{
			Class: "AMSCashierPayment", OwnButton: true,
			Options: map[string]any{"environment": "sandbox", "locale": "pt_BR", "analytics": map[string]any{"enabled": false}},
			Params: map[string]any{
				"notRedirectAfterComplete": false, "appearance": map[string]any{"theme": "night", "showLoading": false},
				"merchantAppointParam": map[string]any{"storedCard": map[string]any{"needCVV": true}},
			},
			Submit: map[string]any{"billingAddress": map[string]any{"region": "SG"}},
		}},
		"the form's button": {sdkOptions{embedded: true, submitButton: true}, checkout.Settings{
			Class: "AMSCashierPayment", Options: map[string]any{"environment": "sandbox"},
			Params: map[string]any{"notRedirectAfterComplete": true, "appearance": map[string]any{"showSubmitButton": true}},
		}},
		"the Payment Element": {sdkOptions{element: true}, checkout.Settings{
			Class: "AMSElement", OwnButton: true, Options: map[string]any{"environment": "sandbox"}, Params: map[string]any{"notRedirectAfterComplete": true},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.flags.styles == nil {
				test.flags.styles = map[string]any{}
			}
			if diff := cmp.Diff(test.want, test.flags.settings("sandbox")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Texts can't end the script that contains them.
func TestJSValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value any
		want  string
	}{
		{"</script><b>", `'\u003c/script>\u003cb>'`},
		{`it's "quoted" \ ` + "\n\u2028", `'it\'s "quoted" \\ \n\u2028'`},
		{map[string]any{"a-b": true, "c": []any{1.5, "x"}, "": nil}, "{\n  '': null,\n  'a-b': true,\n  c: [1.5, 'x'],\n}"},
		{map[string]any{}, "{}"},
	} {
		if got := jsValue(test.value, ""); got != test.want {
			t.Errorf("%v: %s, want %s", test.value, got, test.want)
		}
	}
}
