package output

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
)

// Style is what a text means; how that looks is decided here alone.
type Style int

// The styles.
const (
	Plain Style = iota
	OK
	Warn
	Bad
	Dim
	Key
	Bold
)

// looks are in the 16 ANSI colours, which the user's terminal defines.
var looks = [...]struct {
	color string
	bold  bool
	faint bool
}{
	Plain: {},
	OK:    {color: "2"},
	Warn:  {color: "3"},
	Bad:   {color: "1", bold: true},
	Dim:   {faint: true},
	Key:   {color: "6"},
	Bold:  {bold: true},
}

type styles struct{ renderer *lipgloss.Renderer } // nil: no colour

func (s styles) render(text string, style Style) string {
	look := looks[style]
	if s.renderer == nil || style == Plain || text == "" {
		return text
	}
	rendered := s.renderer.NewStyle().Bold(look.bold).Faint(look.faint)
	if look.color != "" {
		rendered = rendered.Foreground(lipgloss.Color(look.color))
	}
	return rendered.Render(text)
}

// clean makes a text of the gateway's safe to print on one line: control
// characters could move the cursor or change what was printed before.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return visible(r)
	}, text)
}

// cleanLines is clean that keeps line breaks.
func cleanLines(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r):
			return ' '
		}
		return visible(r)
	}, text)
}

// visible drops the characters that reorder or hide text.
func visible(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' {
		return -1
	}
	return r
}
