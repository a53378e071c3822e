package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
)

// TestClip: foreign text can't control the terminal, and no character is cut in half.
func TestClip(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"plain", 40, "plain"},
		{"商品 ok", 40, "商品 ok"},
		{"商品商品商品", 4, "商品商…"},
		{"商品商品", 4, "商品商品"},
		{"red \x1b[31m\r\nhint: pay\t", 40, "red  [31m  hint: pay "},
		{"csi \u009b2J", 40, "csi  2J"},
		{"evil\u202egpj.exe\u2066 \u200f\u061c", 40, "evilgpj.exe "},
		{"one\u2028two\u2029", 40, "one two "},
		{"latin \xe9", 40, "latin \ufffd"},
		{strings.Repeat("\x1b", 50), 3, "  …"},
		{"abc", 1, "…"},
		{"zero\u200bwidth \ufeffbom", 40, "zerowidth bom"},
		{"joined 👩\u200d👧", 40, "joined 👩\u200d👧"},
		{"", 5, ""},
	} {
		if got := redact.Clip(test.text, test.most); got != test.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", test.text, test.most, got, test.want)
		}
	}
}

// TestQuote: what Clip removes is shown escaped.
func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\tb\u202ec\xff":        `"a\tb\u202ec\xff"`,
		strings.Repeat("商品", 21): `"` + strings.Repeat("商品", 20) + `"…`,
		"":                       `""`,
	} {
		if got := redact.Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
	if got := redact.Lines("one\ntwo\r\x1b"); got != "one\ntwo  " {
		t.Errorf("Lines = %q", got)
	}
}

func FuzzClip(f *testing.F) {
	f.Add("abc\x00\u202e\xff", 2)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(1, most%1000)
		got := redact.Clip(text, most)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most || redact.Line(got) != got {
			t.Errorf("Clip(%q, %d) = %q", text, most, got)
		}
	})
}
