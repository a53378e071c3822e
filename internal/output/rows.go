package output

import (
	"bufio"
	"encoding/csv"
)

// Rows prints a list whose rows come one by one. For programs each row is printed
// as it comes; on a terminal the table stands at the end, since its columns are as
// wide as their widest cell. JSON forms are the caller's: nothing is printed.
type Rows struct {
	printer *Printer
	table   Table
	begun   bool
}

// Rows begins a list with these columns.
func (p *Printer) Rows(cols ...Col) *Rows {
	return &Rows{printer: p, table: Table{Cols: cols}}
}

// Add adds a row; with --quiet its value is all that is printed of it, and of an
// empty one nothing.
func (r *Rows) Add(row []Cell, quiet string) error {
	p := r.printer
	switch {
	case p.options.Quiet && p.query == nil:
		if quiet == "" {
			return nil
		}
		return p.Print(Result{Quiet: []string{quiet}})
	case p.options.Format == FormatText && p.options.OutTTY:
		r.table.Rows = append(r.table.Rows, row)
		return nil
	case p.options.Format == FormatText || p.options.Format == FormatCSV:
		return r.print(row)
	}
	return nil
}

// print prints a row at once, and the header before the first.
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

// Close prints what was kept for a terminal, and the header of a list that stayed
// empty where it has one.
func (r *Rows) Close() error {
	p := r.printer
	switch {
	case p.options.Quiet && p.query == nil:
		return nil
	case p.options.Format == FormatText && p.options.OutTTY, p.options.Format == FormatCSV && !r.begun:
		return p.Print(Result{Text: []Block{r.table}, Table: &r.table})
	}
	return nil
}

// WantsJSON reports whether the output is one JSON value.
func (p *Printer) WantsJSON() bool { return p.options.Format == FormatJSON }
