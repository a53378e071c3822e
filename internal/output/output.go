// Package output prints results: text, tables and cards for people; JSON, JSON
// lines, CSV and tab-separated lines for programs. The options decide once what is
// written to a stream; commands only describe their results.
package output

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/antom-cli/antom/internal/redact"
)

// Format is a form of output.
type Format string

// The forms of output.
const (
	FormatText  Format = "text"
	FormatJSON  Format = "json"
	FormatJSONL Format = "jsonl"
	FormatCSV   Format = "csv"
)

// String returns the name of the form.
func (f *Format) String() string { return string(*f) }

// Type is the placeholder in usage texts.
func (f *Format) Type() string { return "format" }

// Set parses the name of a form.
func (f *Format) Set(word string) error {
	switch format := Format(word); format {
	case FormatText, FormatJSON, FormatJSONL, FormatCSV:
		*f = format
		return nil
	}
	return errors.New("must be text, json, jsonl or csv")
}

// Options describes the streams and what the user asked for.
type Options struct {
	Out, Err        io.Writer
	OutTTY, ErrTTY  bool
	Width           int  // columns of the terminal; 0 if unknown
	Color, ErrColor bool // whether to colour each stream
	Format          Format
	JQ              string
	Raw, Quiet      bool
	Header          bool // print headers even if the output is not a terminal
	Accessible      bool // no spinner
}

// UsageError is an invalid combination of options.
type UsageError struct{ text, remedy string }

func (e *UsageError) Error() string { return e.text }

// Hint says which options are valid.
func (e *UsageError) Hint() string { return e.remedy }

// ErrClosedPipe means that the reader of standard output has gone.
var ErrClosedPipe = errors.New("output: closed pipe")

// Printer prints the results of one run.
type Printer struct {
	options Options
	styles  styles
	errs    styles
	query   *query
}

// The minimum width, and the default for a terminal whose width is unknown.
const (
	narrowest  = 20
	usualWidth = 80
)

// New makes a printer. The error is a [*UsageError] or a [*JQError].
func New(options Options) (*Printer, error) {
	if options.Width == 0 {
		options.Width = usualWidth
	}
	options.Width = max(options.Width, narrowest)
	p := &Printer{options: options, styles: newStyles(options.Out, options.Color), errs: newStyles(options.Err, options.ErrColor)}
	if options.JQ != "" {
		if options.Raw || options.Format == FormatCSV {
			return nil, &UsageError{"--jq filters JSON", "leave out --raw, or use -o json"}
		}
		var err error
		if p.query, err = compile(options.JQ); err != nil {
			return nil, err
		}
		if p.options.Format == FormatText {
			p.options.Format = FormatJSON
		}
	}
	if options.Raw && options.Format != FormatText && options.Format != FormatJSON {
		return nil, &UsageError{"--raw prints the gateway's unchanged answer", "leave out -o " + string(options.Format)}
	}
	return p, nil
}

// Result is the result of a command in all its forms.
type Result struct {
	JSON  []byte   // one JSON value, for json and --jq
	Raw   []byte   // the gateway's bytes; nil if there are none
	Text  []Block  // for people; tab-separated if the output is not a terminal
	Table *Table   // for csv
	Rows  [][]byte // one JSON value each, for jsonl
	Quiet []string // the values that the next command needs
}

// Block is a part of a text: a [Card], [Table], [Text], [Prose] or [Verbatim] bytes.
type Block interface {
	render(p *Printer, w *bufio.Writer)
}

// Print prints a result in the requested form.
func (p *Printer) Print(r Result) error {
	w := bufio.NewWriter(p.options.Out)
	if err := p.print(w, r); err != nil {
		return err
	}
	return pipeError(w.Flush())
}

func (p *Printer) print(w *bufio.Writer, r Result) error {
	switch {
	case p.options.Raw && r.Raw == nil:
		return &UsageError{"--raw: this command does not print an answer of the gateway", "leave out --raw"}
	case p.options.Raw:
		_, err := w.Write(r.Raw)
		return err
	case p.options.Quiet && p.query == nil:
		for _, line := range r.Quiet {
			fmt.Fprintln(w, redact.Line(line))
		}
		return nil
	}
	return p.printForm(w, r)
}

func (p *Printer) printForm(w *bufio.Writer, r Result) error {
	switch p.options.Format {
	case FormatJSON:
		if r.JSON == nil {
			return nil // there is no result, and the error says why
		}
		return p.printJSON(w, r.JSON)
	case FormatJSONL:
		return p.printRows(w, r)
	case FormatCSV:
		if r.Table == nil {
			return p.NoList()
		}
		return p.printCSV(w, r.Table)
	}
	for i, block := range r.Text {
		if i > 0 && p.options.OutTTY {
			fmt.Fprintln(w)
		}
		block.render(p, w)
	}
	return nil
}

// printJSON prints a value unchanged, or indented on a terminal.
func (p *Printer) printJSON(w *bufio.Writer, value []byte) error {
	if p.query != nil {
		return p.query.run(w, value)
	}
	value = bytes.TrimSpace(value)
	if p.options.OutTTY {
		var indented bytes.Buffer
		if json.Indent(&indented, value, "", "  ") == nil {
			value = indented.Bytes()
		}
	}
	_, err := fmt.Fprintf(w, "%s\n", value)
	return err
}

func (p *Printer) printRows(w *bufio.Writer, r Result) error {
	rows := r.Rows
	if rows == nil && r.JSON != nil && r.Table == nil {
		rows = [][]byte{r.JSON}
	}
	for _, row := range rows {
		if err := p.printLine(w, row); err != nil {
			return err
		}
	}
	return nil
}

// printLine prints a value on one line.
func (p *Printer) printLine(w *bufio.Writer, value []byte) error {
	if p.query != nil {
		return p.query.run(w, value)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) == nil {
		value = compact.Bytes()
	}
	_, err := fmt.Fprintf(w, "%s\n", value)
	return err
}

func (p *Printer) printCSV(w *bufio.Writer, t *Table) error {
	out := csv.NewWriter(w)
	for i := -1; i < len(t.Rows); i++ {
		if err := out.Write(t.machineRow(i)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// NoList refuses forms that only lists have. A command whose result is not a list
// calls it first, so that it does nothing whose result can't be printed.
func (p *Printer) NoList() error {
	if p.options.Format == FormatCSV {
		return &UsageError{"-o csv: the result is not a list", "forms: text, json"}
	}
	return nil
}

// Streams reports whether the output is one record per line, so that a command can
// print events when they happen.
func (p *Printer) Streams() bool { return p.options.Format == FormatJSONL }

// Event prints one record of a stream: its JSON value in JSON forms, its text
// otherwise. With --quiet it prints nothing.
func (p *Printer) Event(value []byte, text string) error {
	if p.options.Quiet {
		return nil
	}
	w := bufio.NewWriter(p.options.Out)
	var err error
	switch p.options.Format {
	case FormatText:
		if text != "" {
			_, err = fmt.Fprintln(w, text)
		}
	case FormatCSV:
		err = &UsageError{"-o csv: the result is a stream", "forms: text, json, jsonl"}
	default:
		err = p.printLine(w, value)
	}
	if err != nil {
		return err
	}
	return pipeError(w.Flush())
}

// Styled returns a text in a style, as shown on standard output.
func (p *Printer) Styled(text string, style Style) string { return p.styles.render(text, style) }

// Note prints a note on standard error, unless --quiet is given.
func (p *Printer) Note(format string, args ...any) {
	if !p.options.Quiet {
		p.say("note", Dim, format, args...)
	}
}

// Warn prints a warning on standard error.
func (p *Printer) Warn(format string, args ...any) { p.say("warning", Warn, format, args...) }

func (p *Printer) say(label string, style Style, format string, args ...any) {
	line := p.errs.render(label, style) + ": " + redact.Lines(fmt.Sprintf(format, args...))
	if p.options.ErrTTY {
		line = wrap(line, p.options.Width)
	}
	fmt.Fprintln(p.options.Err, line)
}

// pipeError returns [ErrClosedPipe] if the reader has gone.
func pipeError(err error) error {
	if readerGone(err) || errors.Is(err, io.ErrClosedPipe) {
		return ErrClosedPipe
	}
	if err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	return nil
}

// InsertFirst inserts a member at the beginning of a JSON object and leaves all other
// bytes unchanged.
func InsertFirst(object []byte, name string, value any) []byte {
	var member bytes.Buffer
	encoder := json.NewEncoder(&member)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{name: value}); err != nil {
		return object
	}
	rest := bytes.TrimLeft(object, " \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return object
	}
	rest = rest[1:]
	out := bytes.TrimSuffix(member.Bytes(), []byte("}\n"))
	if !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("}")) {
		out = append(out, ',')
	}
	return append(out, rest...)
}

// newStyles renders through lipgloss with a fixed colour profile, so that no terminal
// is ever queried. Without colour there is nothing to render.
func newStyles(w io.Writer, color bool) styles {
	if !color {
		return styles{}
	}
	renderer := lipgloss.NewRenderer(w)
	renderer.SetColorProfile(termenv.ANSI)
	renderer.SetHasDarkBackground(true) // set, so that the terminal is not queried
	return styles{renderer}
}

// ErrorReport is the printed form of an error.
type ErrorReport struct {
	// The id of a request whose outcome is not known, and Antom's name of it.
	RequestID, RequestIDName string

	Message      string
	Hints        []string
	Code         string
	Exit         int
	ResultCode   string
	ResultStatus string
	TraceID      string
	Width        int // of the terminal, to wrap lines; 0 for no wrapping
}

// requestID is the id of the request if it is called so.
func (r *ErrorReport) requestID(name string) string {
	if r.RequestIDName != name {
		return ""
	}
	return r.RequestID
}

// PrintError prints an error: a line and its hints, or one JSON object.
func PrintError(w io.Writer, r ErrorReport, format Format, color bool) {
	if format == FormatJSON || format == FormatJSONL {
		printErrorJSON(w, r)
		return
	}
	s := newStyles(w, color)
	for line := range strings.SplitSeq(r.Message, "\n") { // joined errors have a line each
		fmt.Fprintln(w, wrap(s.render("antom", Bad)+": "+redact.Lines(line), r.Width))
	}
	for _, hint := range r.Hints {
		fmt.Fprintln(w, wrap(s.render("hint", Key)+": "+redact.Lines(hint), r.Width))
	}
}

func printErrorJSON(w io.Writer, r ErrorReport) {
	type errorObject struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Hint         string `json:"hint,omitempty"`
		Exit         int    `json:"exit"`
		ResultCode   string `json:"resultCode,omitempty"`
		ResultStatus string `json:"resultStatus,omitempty"`
		TraceID      string `json:"traceId,omitempty"`

		PaymentRequestID string `json:"paymentRequestId,omitempty"`
		CaptureRequestID string `json:"captureRequestId,omitempty"`
		RefundRequestID  string `json:"refundRequestId,omitempty"`
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Error errorObject `json:"error"`
	}{errorObject{r.Code, r.Message, strings.Join(r.Hints, "\n"), r.Exit, r.ResultCode, r.ResultStatus, r.TraceID, r.requestID("paymentRequestId"), r.requestID("captureRequestId"), r.requestID("refundRequestId")}})
	if err != nil {
		fmt.Fprintf(w, "antom: %s\n", redact.Lines(r.Message))
	}
}
