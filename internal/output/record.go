package output

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/antom-cli/antom/internal/redact"
)

// Record is a row of a long stream. Only the requested form is made.
type Record interface {
	AppendJSON(dst []byte) []byte // one JSON object, on one line
	Text() string
	AppendRow(fields []string) []string // for CSV
}

// Renderer turns records into bytes without printing them, so that many can be
// rendered concurrently and printed in order. A renderer must not be shared by
// goroutines.
type Renderer struct {
	printer *Printer
	fields  []string // of a row
	out     bytes.Buffer
	csv     *csv.Writer
}

// Renderer makes a renderer for the requested form.
func (p *Printer) Renderer() *Renderer {
	r := &Renderer{printer: p}
	r.csv = csv.NewWriter(&r.out)
	return r
}

// Render appends the bytes of a record to dst; with --quiet, none.
func (r *Renderer) Render(dst []byte, record Record) ([]byte, error) {
	options := &r.printer.options
	if options.Quiet {
		return dst, nil
	}
	switch {
	case options.Format == FormatText:
		if text := record.Text(); text != "" {
			if options.OutTTY {
				text = wrap(text, options.Width)
			}
			dst = append(append(dst, text...), '\n')
		}
	case options.Format == FormatCSV:
		r.fields = record.AppendRow(r.fields[:0])
		return r.row(dst, r.fields)
	case r.printer.query != nil:
		r.out.Reset()
		if err := r.printer.query.write(&r.out, record.AppendJSON(nil)); err != nil {
			return dst, err
		}
		return append(dst, r.out.Bytes()...), nil
	default:
		dst = append(record.AppendJSON(dst), '\n')
	}
	return dst, nil
}

// row appends a row as encoding/csv writes it, quickly if no field needs quotes.
func (r *Renderer) row(dst []byte, fields []string) ([]byte, error) {
	begin := len(dst)
	for i, field := range fields {
		if !bare(field) {
			return r.quoted(dst[:begin], fields)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, field...)
	}
	return append(dst, '\n'), nil
}

// bare reports whether a field can be written unchanged, without quotes or cleaning.
func bare(field string) bool {
	for i := range len(field) {
		if c := field[i]; c <= ' ' || c > '~' || c == '"' || c == ',' || c == '\\' {
			return false
		}
	}
	return true
}

func (r *Renderer) quoted(dst []byte, fields []string) ([]byte, error) {
	r.out.Reset()
	for i, field := range fields {
		fields[i] = redact.Line(field)
	}
	if err := r.csv.Write(fields); err != nil {
		return dst, err
	}
	r.csv.Flush()
	return append(dst, r.out.Bytes()...), r.csv.Error()
}

// Columns returns the header line of a CSV stream; nothing in other forms.
func (r *Renderer) Columns(names ...string) ([]byte, error) {
	if r.printer.options.Format != FormatCSV || r.printer.options.Quiet {
		return nil, nil
	}
	return r.row(nil, names)
}

// Write prints rendered records.
func (p *Printer) Write(rendered []byte) error {
	if len(rendered) == 0 {
		return nil
	}
	_, err := p.options.Out.Write(rendered)
	return pipeError(err)
}

// Clean makes foreign text safe to print on one line: see [redact.Line].
func Clean(text string) string {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return redact.Line(text)
		}
	}
	return text
}

// Indented is a list of labelled lines below a line of text.
func Indented(lines [][2]string) string {
	var b strings.Builder
	width := 0
	for _, line := range lines {
		width = max(width, len(line[0]))
	}
	for _, line := range lines {
		fmt.Fprintf(&b, "\n    %-*s  %s", width, line[0], redact.Line(line[1]))
	}
	return b.String()
}
