package e2e

import "testing"

// TestAppearance: the form uses the merchant's theme and colour, whatever the buyer's system
// prefers, and ignores values that are not colours.
func TestAppearance(t *testing.T) {
	t.Parallel()
	const background, accent = "getComputedStyle(document.body).colorScheme + ' ' + (document.documentElement.dataset.theme ?? '')", "getComputedStyle(document.querySelector('#pay')).backgroundColor"
	for _, row := range []struct {
		name       string
		appearance map[string]any
		dark       bool
		theme      string
		accent     string // empty: the usual one
	}{
		{"night", map[string]any{"theme": "night"}, false, "night", ""},
		{"dark", map[string]any{"themeType": "dark"}, false, "night", ""},
		{"light on a dark system", map[string]any{"theme": "default"}, true, "light", ""},
		{"accent", map[string]any{"accentColor": "rgb(120, 20, 60)"}, false, "", "rgb(120, 20, 60)"},
		{"variables", map[string]any{"variables": map[string]any{"colorPrimary": "#14783c"}}, false, "", "rgb(20, 120, 60)"},
		{"no colour", map[string]any{"accentColor": "url(//evil.example/x)"}, false, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.appearance["showSubmitButton"] = true
			b := show(t, window{dark: row.dark}, func(s *settings) { s.Params = map[string]any{"appearance": row.appearance} })
			b.form().visible("#pay")
			if got := get[string](b.form(), "document.documentElement.dataset.theme ?? ''"); got != row.theme {
				t.Errorf("the theme is %q (%s)", got, get[string](b.form(), background))
			}
			usual := get[string](b.form(), "(() => { const e = document.documentElement, own = e.style.getPropertyValue('--accent'); e.style.removeProperty('--accent'); const c = "+accent+"; if (own) e.style.setProperty('--accent', own); return c; })()")
			got := get[string](b.form(), accent)
			if row.accent == "" && got != usual || row.accent != "" && got != row.accent {
				t.Errorf("the button is %s, usually %s", got, usual)
			}
			b.clean()
		})
	}
}
