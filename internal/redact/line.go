package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe reports whether a character of a foreign text may reach a terminal. Control
// characters may not: they move the cursor and change colours. Nor may characters
// that break the line or change the direction of writing: a foreign text could
// look like a line of ours.
func Safe(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= ' '
	case r < 0xa0: // DEL and C1
		return false
	case r == '\u2028' || r == '\u2029': // line and paragraph separator
		return false
	}
	return !unicode.Is(unicode.Bidi_Control, r)
}

// Line returns a foreign text as it may be shown on one line: each character that
// is not [Safe] is a blank, and bytes that are not UTF-8 are U+FFFD.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		if !Safe(r) {
			return ' '
		}
		return r
	}, text)
}

// Clip returns a foreign text as [Line] does, with at most so many characters. If
// the text is longer, the last of them is an ellipsis.
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return Line(text)
	}
	end := 0
	for range max(most-1, 0) {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return Line(text[:end]) + "…"
}
