package output

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// wrap breaks lines that are wider than a terminal between words. If a line begins
// with a label in a column of its own, as [Indented] writes it, the wrapped text stays
// out of that column. Words that are too wide are not broken, so that they can be
// copied. A width of 0 means no wrapping.
func wrap(text string, width int) string { return wrapAt(text, width, "    ") }

// wrapAt is wrap with a given indent for continuation lines.
func wrapAt(text string, width int, indent string) string {
	if width == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if lipgloss.Width(line) > width {
			lines[i] = wrapLine(line, width, indent)
		}
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, width int, indent string) string {
	head := column(line)
	if head != "" {
		indent = strings.Repeat(" ", lipgloss.Width(head))
	}
	var b strings.Builder
	b.WriteString(head)
	at, first := lipgloss.Width(head), true
	for word := range strings.SplitSeq(line[len(head):], " ") {
		n := lipgloss.Width(word)
		switch {
		case first:
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, first = at+n, false
	}
	return b.String()
}

// column returns the label of an indented line, including the blanks up to its text;
// "" for other lines.
func column(line string) string {
	label := strings.TrimLeft(line, " ")
	begin := len(line) - len(label)
	gap := strings.Index(label, "  ")
	if begin < 4 || gap < 0 {
		return ""
	}
	rest := strings.TrimLeft(label[gap:], " ")
	return line[:len(line)-len(rest)]
}
