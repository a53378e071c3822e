package output

import (
	"github.com/charmbracelet/lipgloss"
)

// Style is the meaning of a text; only this file decides how it looks.
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

// looks use the 16 ANSI colours, which the user's terminal defines.
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
