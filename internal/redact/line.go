package redact

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns foreign text that is safe to show on one line. Control characters and line
// breaks become blanks: they move the cursor, change colours, or make a text look like a line
// of ours. Characters that reorder or hide others are removed. Bytes that are not UTF-8 become
// U+FFFD.
func Line(text string) string { return strings.Map(plain, text) }

// Lines is like [Line], but keeps line breaks.
func Lines(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return plain(r)
	}, text)
}

func plain(r rune) rune {
	switch {
	case unicode.IsControl(r) || r == '\u2028' || r == '\u2029': // line and paragraph separator
		return ' '
	case unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff':
		return -1
	}
	return r
}

// Clip is like [Line], but returns at most this many characters, at least one. If the text is
// longer, the last of them is an ellipsis.
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return Line(text)
	}
	return Line(text[:beginning(text, most-1)]) + "…"
}

// Quote returns foreign text in Go's quotes, with everything that [Line] removes escaped, so
// that a reader sees which characters are there. It quotes at most 40 characters; an ellipsis
// follows a longer text.
func Quote(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) <= most {
		return strconv.Quote(text)
	}
	return strconv.Quote(text[:beginning(text, most)]) + "…"
}

// beginning is the length of the first n characters in bytes.
func beginning(text string, n int) int {
	end := 0
	for range n {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return end
}
