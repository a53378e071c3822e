package output

import (
	"bufio"
	"encoding/csv"
)

// Rows prints a list whose rows arrive one by one. For programs it prints each row immediately.
// On a terminal it prints the table at the end, because column widths depend on all rows. JSON
// is one list of the rows' values. In JSON-lines form it prints nothing: the caller prints the
// records.
type Rows struct {
	printer *Printer
	table   Table
	values  []byte // part of the JSON list that is not printed yet
	begun   bool
}

// Row is a row in each of the forms.
type Row struct {
	Cells []Cell
	Quiet string // printed with --quiet, unless empty
	JSON  []byte
}

// Rows starts a list with these columns.
func (p *Printer) Rows(cols ...Col) *Rows {
	return &Rows{printer: p, table: Table{Cols: cols}}
}

// Add adds a row.
func (r *Rows) Add(row Row) error {
	p := r.printer
	switch {
	case p.options.Quiet && p.query == nil:
		if row.Quiet == "" {
			return nil
		}
		return p.Print(Result{Quiet: []string{row.Quiet}})
	case p.options.Format == FormatText && p.options.OutTTY:
		r.table.Rows = append(r.table.Rows, row.Cells)
		return nil
	case p.options.Format == FormatText || p.options.Format == FormatCSV:
		return r.print(row.Cells)
	case p.options.Format == FormatJSON:
		return r.value(row.JSON)
	}
	return nil
}

// value adds to the JSON list, which is printed as it grows unless a jq expression or a
// terminal needs the whole list.
func (r *Rows) value(value []byte) error {
	separator := byte(',')
	if !r.begun {
		separator = '['
	}
	r.begun = true
	r.values = append(append(r.values, separator), value...)
	if r.printer.query != nil || r.printer.options.OutTTY {
		return nil
	}
	_, err := r.printer.options.Out.Write(r.values)
	r.values = r.values[:0]
	return pipeError(err)
}

// print prints a row immediately, and the header before the first one.
func (r *Rows) print(row []Cell) error {
	w := bufio.NewWriter(r.printer.options.Out)
	one := Table{Cols: r.table.Cols, Rows: [][]Cell{row}}
	if r.printer.options.Format == FormatCSV {
		if err := r.printCSV(w, &one); err != nil {
			return err
		}
	} else {
		one.renderTSV(r.printer, w, r.printer.options.Header && !r.begun)
	}
	r.begun = true
	return pipeError(w.Flush())
}

func (r *Rows) printCSV(w *bufio.Writer, one *Table) error {
	out := csv.NewWriter(w)
	from := 0
	if !r.begun {
		from = -1
	}
	for i := from; i < 1; i++ {
		if err := out.Write(one.machineRow(i)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Close prints the table on a terminal, and the header of an empty list if the form has one.
func (r *Rows) Close() error {
	p := r.printer
	switch {
	case p.options.Quiet && p.query == nil:
		return nil
	case p.options.Format == FormatJSON:
		return r.closeJSON()
	case p.options.Format == FormatText && p.options.OutTTY, p.options.Format == FormatCSV && !r.begun:
		return p.Print(Result{Text: []Block{r.table}, Table: &r.table})
	}
	return nil
}

func (r *Rows) closeJSON() error {
	if !r.begun {
		r.values = []byte{'['}
	}
	r.values = append(r.values, ']')
	if r.printer.query != nil || r.printer.options.OutTTY {
		return r.printer.Print(Result{JSON: r.values})
	}
	_, err := r.printer.options.Out.Write(append(r.values, '\n'))
	return pipeError(err)
}

// WantsJSON reports whether the output is one JSON value.
func (p *Printer) WantsJSON() bool { return p.options.Format == FormatJSON }
