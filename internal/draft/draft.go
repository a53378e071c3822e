// Package draft builds the body of a request: a document that keeps the order and the
// text of its fields, values assigned by path, defaults, and the findings of Antom's
// rules.
//
// Build a request in this order: [New] or [Read], [Draft.Assign], [Draft.Fill],
// [Draft.Check], [Draft.Body]. Compute values that depend on the document or on the
// time just before [Draft.Assign]; assignments are not changed afterwards.
package draft

import (
	"errors"
	"fmt"
	"slices"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Draft is the body of a request under construction.
type Draft struct {
	op      antom.Operation
	fields  *rules.Field
	root    *jsontree.Node
	source  []byte // the text that was read; nil if the request began empty
	name    string // of the source, for messages
	changed bool
	named   []jsontree.Path // the assigned fields
	filled  []string
}

// New returns an empty request for an operation.
func New(op antom.Operation) *Draft {
	return &Draft{op: op, fields: rules.Fields(op), changed: true, root: &jsontree.Node{Kind: jsontree.Object, Offset: jsontree.Unplaced}}
}

// Read reads a request. The name of the source is used in messages. The error is a
// [*SourceError].
func Read(op antom.Operation, name string, source []byte) (*Draft, error) {
	root, err := jsontree.Parse(source)
	if err == nil && root.Kind != jsontree.Object {
		err = jsontree.ErrorAt(source, root.Offset, "it is a "+root.Kind.String())
	}
	if syntax, ok := errors.AsType[*jsontree.SyntaxError](err); ok {
		return nil, &SourceError{name, syntax.Line, syntax.Column, "not a JSON object: " + syntax.Reason, "a request is one JSON object in UTF-8"}
	}
	if path, first, second := root.Duplicate(); path != nil {
		line, column := jsontree.Position(source, second.Offset)
		before, _ := jsontree.Position(source, first.Offset)
		return nil, &SourceError{
			name, line, column, fmt.Sprintf("%s occurs twice, first on line %d", path, before),
			"it is not clear which of the two values counts; remove one of them",
		}
	}
	return &Draft{op: op, fields: rules.Fields(op), root: root, source: source, name: name}, nil
}

// SourceError says where a source is not a valid request. Lines and columns start at
// 1; columns are counted in characters.
type SourceError struct {
	Name         string
	Line, Column int
	Reason       string
	remedy       string
}

func (e *SourceError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Reason)
}

// Hint says what to do about it.
func (e *SourceError) Hint() string { return e.remedy }

// Source returns the name of the source; "" if the request began empty.
func (d *Draft) Source() string { return d.name }

// Body returns the bytes to sign and send: the bytes of the source if nothing was
// changed, otherwise compact JSON.
func (d *Draft) Body() []byte {
	if !d.changed {
		return d.source
	}
	return d.root.Append(nil)
}

// Has reports whether a field has a value that is neither null nor an empty text.
func (d *Draft) Has(path string) bool { return !d.at(path).Empty() }

// Text returns the text of a string field; "" for any other field.
func (d *Draft) Text(path string) string { return d.at(path).Str() }

func (d *Draft) at(path string) *jsontree.Node {
	parsed, _ := jsontree.ParsePath(path)
	return d.root.At(parsed)
}

// Remove removes a member of the request.
func (d *Draft) Remove(name string) {
	before := len(d.root.Members)
	d.root.Members = slices.DeleteFunc(d.root.Members, func(m jsontree.Member) bool { return m.Name == name })
	d.changed = d.changed || len(d.root.Members) != before
}

// Place returns the line and column of a field in the source, starting at 1; columns
// are counted in characters. If the field is not from the source, ok is false.
func (d *Draft) Place(path string) (line, column int, ok bool) {
	parsed, _ := jsontree.ParsePath(path)
	at := d.root.OffsetAt(parsed)
	if at == jsontree.Unplaced {
		return 0, 0, false
	}
	line, column = jsontree.Position(d.source, at)
	return line, column, true
}

// Check checks the request against Antom's rules. The message of a finding begins with
// its position in the source, if it has one.
func (d *Draft) Check() ([]rules.Finding, error) {
	findings, err := rules.CheckTree(d.op, d.root)
	if err != nil || d.source == nil {
		return findings, err
	}
	for i := range findings {
		at := d.name
		if line, column, ok := d.Place(findings[i].Path); ok {
			at = fmt.Sprintf("%s:%d:%d", d.name, line, column)
		}
		findings[i].Message = at + ": " + findings[i].Message
	}
	return findings, nil
}

// Amount returns the amount in a field; ok is false if it can't be read.
func (d *Draft) Amount(path string) (amount antom.Amount, ok bool) {
	amount, err := antom.ParseMinor(d.Text(path+".value"), d.Text(path+".currency"))
	return amount, err == nil
}

// Meant returns the amount that a call of an operation moves: the assigned one or, if none is
// assigned, the given one.
func Meant(op antom.Operation, given antom.Amount, list []Assignment) antom.Amount {
	d, field := New(op), op.Endpoint().Amount
	if d.SetAmount(field, given) != nil || d.Assign(list...) != nil {
		return given // the error is reported when the request is made
	}
	if amount, ok := d.Amount(field); ok {
		return amount
	}
	return given
}

// Moved returns the amounts that the call moves: the field of its operation's row or, if
// the operation has no row, every amount in the request. all is false if one can't be read.
func (d *Draft) Moved() (amounts []antom.Amount, all bool) {
	row, known := antom.LookupEndpoint(d.op)
	if known && row.Amount == "" {
		return nil, true
	}
	if known {
		amount, read := d.Amount(row.Amount)
		if !read {
			return nil, false
		}
		return []antom.Amount{amount}, true
	}
	all = true
	walk(d.root, func(n *jsontree.Node) {
		if n.Member("value") == nil || n.Member("currency") == nil {
			return
		}
		amount, err := antom.ParseMinor(n.Member("value").Str(), n.Member("currency").Str())
		if err != nil {
			all = false
			return
		}
		amounts = append(amounts, amount)
	})
	return amounts, all
}

func walk(n *jsontree.Node, visit func(*jsontree.Node)) {
	visit(n)
	for _, m := range n.Members {
		walk(m.Value, visit)
	}
	for _, item := range n.Items {
		walk(item, visit)
	}
}
