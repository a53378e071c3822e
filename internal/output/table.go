package output

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/antom-cli/antom/internal/redact"
)

// Align is the alignment of a column.
type Align int

// The alignments. Decimal aligns numbers on their decimal points.
const (
	Left Align = iota
	Right
	Decimal
)

// Cell is one value: Text on a terminal, Short if the terminal is too narrow for the
// table, Plain everywhere else. If Short or Plain is empty, Text is used.
type Cell struct {
	Text  string
	Short string
	Plain string
	Style Style
}

func (c Cell) text(short bool) string {
	if short && c.Short != "" {
		return redact.Line(c.Short)
	}
	return redact.Line(c.Text)
}

func (c Cell) plain() string {
	if c.Plain != "" {
		return redact.Line(c.Plain)
	}
	return redact.Line(c.Text)
}

// Col is a column. Its Name is stable, for programs; its Title is for people.
type Col struct {
	Name        string
	Title       string
	Align       Align
	MachineOnly bool // not on a terminal
	Shrinks     bool // an id whose middle may be omitted on a narrow terminal
}

// Pair is a label and its value.
type Pair struct {
	Label string
	Name  string // for programs
	Value Cell
}

// Table is a list.
type Table struct {
	TerminalOnly bool // omitted if the output is not a terminal
	Cols         []Col
	Rows         [][]Cell
	Totals       []Pair // below the table, on a terminal
	Empty        string // shown on a terminal if there are no rows
}

// Card is one result as labels and values.
type Card struct{ Pairs []Pair }

// Text is printed as it is, without wrapping.
type Text string

// Prose is a text whose paragraphs are single lines. On a terminal, long lines are
// wrapped between words.
type Prose string

// Verbatim is printed byte for byte.
type Verbatim []byte

func (t Text) render(_ *Printer, w *bufio.Writer) { fmt.Fprintln(w, redact.Lines(string(t))) }

func (t Prose) render(p *Printer, w *bufio.Writer) {
	text := redact.Lines(string(t))
	if p.options.OutTTY {
		text = wrapAt(text, p.options.Width, "")
	}
	fmt.Fprintln(w, text)
}

func (v Verbatim) render(_ *Printer, w *bufio.Writer) {
	_, _ = w.Write(v) // a bufio.Writer keeps its error until Flush
}

func (c Card) render(p *Printer, w *bufio.Writer) {
	if !p.options.OutTTY {
		for _, pair := range c.Pairs {
			fmt.Fprintf(w, "%s\t%s\n", pair.Name, p.styles.render(pair.Value.plain(), pair.Value.Style))
		}
		return
	}
	p.renderPairs(w, c.Pairs)
}

// renderPairs prints labels in one column and values in the next.
func (p *Printer) renderPairs(w *bufio.Writer, pairs []Pair) {
	widest := 0
	for _, pair := range pairs {
		widest = max(widest, lipgloss.Width(pair.Label))
	}
	for _, pair := range pairs {
		gap := strings.Repeat(" ", widest-lipgloss.Width(pair.Label)+2)
		fmt.Fprintf(w, "%s%s%s\n", p.styles.render(pair.Label, Dim), gap, p.styles.render(redact.Line(pair.Value.Text), pair.Value.Style))
	}
}

// machineRow is a row for programs; row -1 is the header.
func (t *Table) machineRow(i int) []string {
	row := make([]string, len(t.Cols))
	for j, col := range t.Cols {
		if i < 0 {
			row[j] = col.Name
		} else {
			row[j] = t.Rows[i][j].plain()
		}
	}
	return row
}

func (t Table) render(p *Printer, w *bufio.Writer) {
	if !p.options.OutTTY {
		if !t.TerminalOnly {
			t.renderTSV(p, w, p.options.Header)
		}
		return
	}
	switch {
	case len(t.Rows) == 0 && t.Empty != "":
		fmt.Fprintln(w, p.styles.render(t.Empty, Dim))
	case len(t.Rows) > 0:
		t.renderGrid(p, w)
	}
	if len(t.Totals) > 0 {
		fmt.Fprintln(w)
		p.renderPairs(w, alignedTotals(t.Totals))
	}
}

func (t Table) renderTSV(p *Printer, w *bufio.Writer, header bool) {
	from := 0
	if header {
		from = -1
	}
	for i := from; i < len(t.Rows); i++ {
		row := t.machineRow(i)
		for j := range row {
			if i >= 0 {
				row[j] = p.styles.render(row[j], t.Rows[i][j].Style)
			}
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
}

// shown returns the columns for people, with their cells ready to print.
type shown struct {
	col   Col
	title string
	cells []Cell
	width int
}

func (t Table) columns(short bool) []shown {
	var columns []shown
	for j, col := range t.Cols {
		if col.MachineOnly {
			continue
		}
		s := shown{col: col, title: col.Title, width: lipgloss.Width(col.Title)}
		texts := make([]string, len(t.Rows))
		for i, row := range t.Rows {
			texts[i] = row[j].text(short)
		}
		if col.Align == Decimal {
			alignDecimals(texts)
		}
		empty := true
		for i, text := range texts {
			s.cells = append(s.cells, Cell{Text: text, Style: t.Rows[i][j].Style})
			s.width = max(s.width, lipgloss.Width(text))
			empty = empty && text == ""
		}
		if !empty {
			columns = append(columns, s)
		}
	}
	return columns
}

// gap is the space between columns.
const gap = 2

// squeezes are the steps by which a table is fitted into a width: how far ids are
// shortened, and whether cells use their short form.
var squeezes = [...]struct {
	shortestID int
	short      bool
}{
	{15, false},
	{9, true},
}

// fit chooses the columns that fit into a width.
func (t Table) fit(width int) (columns []shown, ok bool) {
	for _, squeeze := range squeezes {
		columns := t.columns(squeeze.short)
		excess := -gap - width
		for _, c := range columns {
			excess += c.width + gap
		}
		if excess <= 0 || shrink(columns, excess, squeeze.shortestID) {
			return columns, true
		}
	}
	return nil, false
}

// renderGrid prints the table. If the terminal is too narrow, it prints each row as a
// card without omitting anything.
func (t Table) renderGrid(p *Printer, w *bufio.Writer) {
	columns, ok := t.fit(p.options.Width)
	if !ok {
		t.renderCards(p, w, t.columns(false))
		return
	}
	var drawn bytes.Buffer
	grid := p.newGrid(&drawn, columns)
	titles := make([]string, len(columns))
	for j, c := range columns {
		titles[j] = p.styles.render(c.title, Dim)
	}
	grid.Header(titles)
	for i := range t.Rows {
		row := make([]string, len(columns))
		for j, c := range columns {
			row[j] = p.styles.render(c.cells[i].Text, c.cells[i].Style)
		}
		_ = grid.Append(row) // strings always append
	}
	_ = grid.Render() // a bytes.Buffer takes everything
	for line := range strings.Lines(drawn.String()) {
		fmt.Fprintln(w, trimEnd(line))
	}
}

// trimEnd removes blanks at the end of a line, including styled ones: on a terminal
// exactly as wide as the table they would cause an empty line.
func trimEnd(line string) string {
	const reset = "\x1b[0m"
	trimmed, styled := line, false
	for {
		trimmed = strings.TrimRight(trimmed, " \n")
		if !strings.HasSuffix(trimmed, reset) {
			break
		}
		trimmed, styled = strings.TrimSuffix(trimmed, reset), true
	}
	if styled {
		trimmed += reset
	}
	return trimmed
}

// shrink shortens the ids, the widest first, until the excess width is gone. It
// reports whether that was possible.
func shrink(columns []shown, excess, shortestID int) bool {
	for ; excess > 0; excess-- {
		widest := -1
		for j, c := range columns {
			if c.col.Shrinks && c.width > max(shortestID, lipgloss.Width(c.title)) && (widest < 0 || c.width > columns[widest].width) {
				widest = j
			}
		}
		if widest < 0 {
			return false
		}
		columns[widest].width--
	}
	for _, c := range columns {
		for i := range c.cells {
			c.cells[i].Text = leaveOutMiddle(c.cells[i].Text, c.width)
		}
	}
	return true
}

// leaveOutMiddle keeps the beginning and the end of an id, which identify it.
func leaveOutMiddle(text string, width int) string {
	excess := lipgloss.Width(text) - width
	if excess <= 0 {
		return text
	}
	head := (width - 1) / 2
	return ansi.Truncate(text, head, "") + "…" + ansi.TruncateLeft(text, head+excess+1, "")
}

func (t Table) renderCards(p *Printer, w *bufio.Writer, columns []shown) {
	for i := range t.Rows {
		if i > 0 {
			fmt.Fprintln(w)
		}
		var pairs []Pair
		for _, c := range columns {
			if text := strings.Join(strings.Fields(c.cells[i].Text), " "); text != "" {
				pairs = append(pairs, Pair{Label: c.title, Value: Cell{Text: text, Style: c.cells[i].Style}})
			}
		}
		p.renderPairs(w, pairs)
	}
}

// newGrid is a tablewriter without borders. All its options are set explicitly, because
// it must not depend on the locale or the terminal.
func (p *Printer) newGrid(w io.Writer, columns []shown) *tablewriter.Table {
	aligns := make([]tw.Align, len(columns))
	for j, c := range columns {
		aligns[j] = tw.AlignLeft
		if c.col.Align != Left {
			aligns[j] = tw.AlignRight
		}
	}
	padding := tw.Padding{Right: strings.Repeat(" ", gap), Overwrite: true}
	return tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Symbols:  tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: aligns}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: aligns}),
		tablewriter.WithPadding(padding),
		tablewriter.WithTrimSpace(tw.Off),
	)
}

func alignedTotals(pairs []Pair) []Pair {
	texts := make([]string, len(pairs))
	for i, pair := range pairs {
		texts[i] = pair.Value.Text
	}
	alignDecimals(texts)
	aligned := make([]Pair, len(pairs))
	for i, pair := range pairs {
		aligned[i] = pair
		aligned[i].Value.Text = texts[i]
	}
	return aligned
}

// alignDecimals pads amounts such as "42.00 SGD" and "1000 JPY" so that their decimal
// points and currencies are aligned.
func alignDecimals(texts []string) {
	whole, fraction := 0, 0
	for _, text := range texts {
		number, _, _ := strings.Cut(text, " ")
		w, f := splitPoint(number)
		whole, fraction = max(whole, len(w)), max(fraction, len(f))
	}
	for i, text := range texts {
		if text == "" {
			continue
		}
		number, unit, hasUnit := strings.Cut(text, " ")
		w, f := splitPoint(number)
		texts[i] = strings.Repeat(" ", whole-len(w)) + number
		if hasUnit {
			texts[i] += strings.Repeat(" ", fraction-len(f)) + " " + unit
		}
	}
}

// splitPoint splits a number before its decimal point.
func splitPoint(number string) (whole, fraction string) {
	if i := strings.IndexByte(number, '.'); i >= 0 {
		return number[:i], number[i:]
	}
	return number, ""
}
