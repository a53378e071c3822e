package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// PathError is a path that names no field of a request.
type PathError struct {
	Path   string
	reason string
	remedy string
}

func (e *PathError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.reason) }

// Hint names the path that was probably meant.
func (e *PathError) Hint() string { return e.remedy }

// ValueError is a text that can't be the value of a field.
type ValueError struct {
	Path, Text string
	want       string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s: is %s, must be %s", e.Path, redact.Quote(e.Text), e.want)
}

// Set gives a field the value that a text means for it: the table of fields
// knows whether that is a string, a number, an amount or a list. Objects and
// lists on the way are made. The error is a [*PathError], a [*ValueError] or an
// [*antom.AmountError].
func (d *Document) Set(path, text string) error {
	f, err := d.lookup(path)
	if err != nil {
		return err
	}
	raw, err := f.value(path, text)
	if err != nil {
		return err
	}
	return d.put(path, raw)
}

// SetJSON gives a field a value that is written in JSON, whatever the table says
// of it.
func (d *Document) SetJSON(path, text string) error {
	if _, err := d.lookup(path); err != nil {
		return err
	}
	if !json.Valid([]byte(text)) {
		return &ValueError{Path: path, Text: text, want: "a JSON value"}
	}
	return d.put(path, []byte(text))
}

// SetAmount gives a field an amount.
func (d *Document) SetAmount(path string, amount antom.Amount) error {
	raw, err := json.Marshal(amount)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return d.put(path, raw)
}

// Copy gives a field the value that another one has.
func (d *Document) Copy(to, from string) error {
	n := d.find(from)
	if n == nil {
		return &PathError{Path: from, reason: "has no value", remedy: "give it one"}
	}
	var raw bytes.Buffer
	n.write(&raw)
	return d.put(to, raw.Bytes())
}

// lookup finds the row of a path; what lies below a free field has none.
func (d *Document) lookup(path string) (*field, error) {
	f := d.fields
	above := ""
	for _, s := range steps(path) {
		if f.kind == "free" {
			return f, nil
		}
		next, reason := f.below(s)
		if reason != "" {
			return nil, &PathError{Path: path, reason: reason, remedy: "write " + above + "[0]"}
		}
		if next == nil {
			return nil, d.unknown(path, above, f)
		}
		f = next
		if s.name != "" {
			above = joinPath(above, s.name)
		} else {
			above += fmt.Sprintf("[%d]", s.index)
		}
	}
	return f, nil
}

// amountMember is what an amount consists of; the table does not list it.
func amountMember() *field { return &field{kind: "string"} }

// below is the row one step further down; a reason says why there is none.
func (f *field) below(s step) (next *field, reason string) {
	switch {
	case f.kind == "list" && s.name == "" && f.item() != nil:
		return f.item(), ""
	case f.kind == "list" && s.name == "":
		return &field{kind: "object", children: f.children, source: f.source}, ""
	case f.kind == "list":
		return nil, "a list is on the way, and no item of it is named"
	case s.name == "":
		return nil, ""
	case f.kind == "amount" && (s.name == "currency" || s.name == "value"):
		return amountMember(), ""
	}
	return f.child(s.name), ""
}

// unknown names the nearest path: one that ends alike, a sibling, or any.
func (d *Document) unknown(path, above string, parent *field) error {
	err := &PathError{Path: path, reason: "is not a known field of the request", remedy: "the fields are in Antom's page of the operation"}
	parts := steps(path)
	last := parts[len(parts)-1].name
	all := d.fields.paths("")
	candidates := []string{}
	for _, candidate := range all {
		if name := candidate[strings.LastIndexByte(candidate, '.')+1:]; strings.EqualFold(name, last) {
			candidates = append(candidates, candidate)
		}
	}
	near := ""
	if len(candidates) > 0 && candidates[0] != path {
		near = candidates[0]
	}
	if near == "" {
		var siblings []string
		for _, child := range parent.children {
			siblings = append(siblings, joinPath(above, child.name))
		}
		near = Nearest(path, siblings)
	}
	if near == "" {
		near = Nearest(path, all)
	}
	if near != "" {
		err.remedy = fmt.Sprintf("did you mean %s?", near)
	}
	return err
}

// paths are all paths below a field, the first item standing for all.
func (f *field) paths(above string) []string {
	var list []string
	for _, child := range f.children {
		path := joinPath(above, child.name)
		if child.name == "" {
			continue
		}
		list = append(list, path)
		if child.kind == "list" {
			path += "[0]"
			if child.item() != nil {
				list = append(list, path)
			}
		}
		list = append(list, child.paths(path)...)
	}
	return list
}

// value is the JSON of a text by the kind of its field.
func (f *field) value(path, text string) ([]byte, error) {
	switch f.kind {
	case "bool":
		if text != "true" && text != "false" {
			return nil, &ValueError{path, text, "true or false"}
		}
		return []byte(text), nil
	case "int":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &ValueError{path, text, "a whole number"}
		}
		return strconv.AppendInt(nil, n, 10), nil
	case "object":
		return structured(path, text, '{', "an object in JSON, or name a field of it")
	case "list":
		return structured(path, text, '[', "a list in JSON, or name an item of it, such as "+path+"[0]")
	case "amount":
		return amountValue(path, text)
	}
	return quote(text), nil
}

func structured(path, text string, opening byte, want string) ([]byte, error) {
	trimmed := bytes.TrimSpace([]byte(text))
	if len(trimmed) == 0 || trimmed[0] != opening || !json.Valid(trimmed) {
		return nil, &ValueError{path, text, want}
	}
	return trimmed, nil
}

// amountValue reads 42.00 SGD, in major units, or an object.
func amountValue(path, text string) ([]byte, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return structured(path, text, '{', "an amount")
	}
	words := strings.Fields(text)
	if len(words) != 2 {
		return nil, &ValueError{path, text, "an amount in major units with its currency, such as 42.00 SGD"}
	}
	amount, err := antom.ParseAmount(words[0], words[1])
	if err != nil {
		return nil, err
	}
	return json.Marshal(amount)
}

// put places JSON at a path.
func (d *Document) put(path string, raw []byte) error {
	value, err := valueNode(raw)
	if err != nil {
		return fmt.Errorf("%s: the value: %w", path, err)
	}
	parts := steps(path)
	n, f := d.root, d.fields
	for i, s := range parts[:len(parts)-1] {
		if n, err = n.descend(f, s, parts[i+1], path); err != nil {
			return err
		}
		if f != nil {
			f, _ = f.below(s)
		}
	}
	return n.replace(f, parts[len(parts)-1], value, path)
}

// descend goes one step down to a container for the step after; where there is
// none it makes one.
func (n *node) descend(f *field, s, after step, path string) (*node, error) {
	kind := byte('{')
	if after.name == "" {
		kind = '['
	}
	if there := n.at(s); there != nil && string(there.text) != "null" {
		if there.kind != kind {
			return nil, &PathError{Path: path, reason: "the request has another kind of value on the way there", remedy: "look into the request file"}
		}
		return there, nil
	}
	made := &node{kind: kind, offset: unplaced}
	return made, n.replace(f, s, made, path)
}

// at is the value one step down, if there is one.
func (n *node) at(s step) *node {
	switch {
	case s.name != "":
		return n.member(s.name)
	case s.index < len(n.items):
		return n.items[s.index]
	}
	return nil
}

// replace puts a value one step down. A list grows by one item at a time.
func (n *node) replace(f *field, s step, value *node, path string) error {
	switch {
	case s.name != "":
		n.insert(f, s.name, value)
	case s.index > len(n.items):
		return &PathError{Path: path, reason: fmt.Sprintf("the list has only %d items before it", len(n.items)), remedy: fmt.Sprintf("the next one is [%d]", len(n.items))}
	case s.index == len(n.items):
		n.items = append(n.items, value)
	default:
		n.items[s.index] = value
	}
	return nil
}

// valueNode reads JSON whose places do not matter.
func valueNode(raw []byte) (*node, error) {
	r := &reader{source: raw, decoder: json.NewDecoder(bytes.NewReader(raw))}
	r.decoder.UseNumber()
	n, err := r.value("", 0)
	if err != nil {
		return nil, err
	}
	n.unplace()
	return n, nil
}

func (n *node) unplace() {
	n.offset = unplaced
	for _, m := range n.members {
		m.value.unplace()
	}
	for _, item := range n.items {
		item.unplace()
	}
}

// Overlap reports whether one of two paths lies in the other, so that values
// for both contradict each other.
func Overlap(a, b string) bool {
	x, y := steps(a), steps(b)
	n := min(len(x), len(y))
	return slices.Equal(x[:n], y[:n])
}
