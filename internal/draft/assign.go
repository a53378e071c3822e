package draft

import (
	"errors"
	"fmt"
	"strings"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

// Assignment is a value that a user gave for a field.
type Assignment struct {
	Flag string // such as --order-id; "--set" if the user gave the path
	Path string // see [jsontree.ParsePath]
	Text string // interpreted by the type of the field: see [Draft.Set]
	JSON bool   // the text is JSON
	Note string // a note for the user about the way it was written, or ""
}

// setFlag is the flag whose value contains the path.
const setFlag = "--set"

// label is the name of an assignment in messages.
func (a Assignment) label() string {
	if a.Flag == setFlag {
		return setFlag + " " + a.Path
	}
	return a.Flag
}

// SetError means that the value of --set is not an assignment.
type SetError struct{ Text string }

func (e *SetError) Error() string { return fmt.Sprintf("--set %q: must be path=value", e.Text) }

// Hint shows the two forms.
func (e *SetError) Hint() string {
	return "--set 'order.goods[0].goodsName=Tea', or path:=JSON for a value in JSON"
}

// ParseSet reads the value of --set: path=text, or path:=JSON. The error is a
// [*SetError].
func ParseSet(text string) (Assignment, error) {
	path, value, found := strings.Cut(text, "=")
	path, isJSON := strings.CutSuffix(path, ":")
	if !found || path == "" {
		return Assignment{}, &SetError{text}
	}
	a := Assignment{Flag: setFlag, Path: path, Text: value, JSON: isJSON}
	if parsed, dotted := jsontree.ParsePath(path); dotted {
		a.Path = parsed.String()
		a.Note = fmt.Sprintf("--set %s: read as %s", path, a.Path)
	}
	return a, nil
}

// ParseSets reads the values of --set in their order.
func ParseSets(texts []string) ([]Assignment, error) {
	var list []Assignment
	for _, text := range texts {
		a, err := ParseSet(text)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// ConflictError means that two assignments set the same field, or a field and a part
// of it.
type ConflictError struct{ first, second, path string }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s and %s both set %s", e.first, e.second, e.path)
}

// Hint says what to do about it.
func (*ConflictError) Hint() string { return "give one of them" }

// Conflict returns a [*ConflictError] if two assignments set the same field, or a field
// and a part of it.
func Conflict(list []Assignment) error {
	for i, a := range list {
		for _, b := range list[:i] {
			if !overlap(a.Path, b.Path) {
				continue
			}
			path := a.Path
			if len(b.Path) < len(path) {
				path = b.Path
			}
			return &ConflictError{b.label(), a.label(), path}
		}
	}
	return nil
}

func overlap(a, b string) bool {
	x, _ := jsontree.ParsePath(a)
	y, _ := jsontree.ParsePath(b)
	return jsontree.Overlap(x, y)
}

// Names reports whether one of the assignments sets a field, a part of it, or an object
// that contains it.
func Names(list []Assignment, path string) bool {
	for _, a := range list {
		if overlap(a.Path, path) {
			return true
		}
	}
	return false
}

// AssignmentError says which assignment failed and why.
type AssignmentError struct {
	flag string
	err  error
}

func (e *AssignmentError) Error() string {
	if e.flag == setFlag {
		return e.flag + " " + e.err.Error() // which begins with the path
	}
	return e.flag + ": " + e.err.Error()
}

// Unwrap returns the reason.
func (e *AssignmentError) Unwrap() error { return e.err }

// Hint returns the hint of the reason, or "".
func (e *AssignmentError) Hint() string {
	if wrong, ok := errors.AsType[*PathError](e.err); ok {
		return wrong.Hint()
	}
	return ""
}

// Assign carries out assignments in order. The error is an [*AssignmentError] or, for
// an invalid amount, an [*antom.AmountError], which needs no context.
func (d *Draft) Assign(list ...Assignment) error {
	for _, a := range list {
		set := d.Set
		if a.JSON {
			set = d.SetJSON
		}
		if err := set(a.Path, a.Text); err != nil {
			if _, ok := errors.AsType[*antom.AmountError](err); ok {
				return err
			}
			return &AssignmentError{a.Flag, err}
		}
		path, _ := jsontree.ParsePath(a.Path)
		d.named = append(d.named, path)
	}
	return nil
}
