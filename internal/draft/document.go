package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// PathError means that a path does not lead to a field of the request.
type PathError struct {
	Path   string
	reason string
	remedy string
}

func (e *PathError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.reason) }

// Hint names the path that was probably meant.
func (e *PathError) Hint() string { return e.remedy }

// ValueError means that a text can't be the value of a field.
type ValueError struct {
	Path, Text string
	want       string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s: is %s, must be %s", e.Path, redact.Quote(e.Text), e.want)
}

// Set sets a field to the value that a text means for it: the table of fields says
// whether that is a string, a number, an amount or a list. Missing objects and lists on
// the path are created. The error is a [*PathError], a [*ValueError] or an
// [*antom.AmountError].
func (d *Draft) Set(path, text string) error {
	parsed, _ := jsontree.ParsePath(path)
	f, err := d.lookup(path, parsed)
	if err != nil {
		return err
	}
	raw, err := value(f, path, text)
	if err != nil {
		return err
	}
	return d.put(parsed, raw)
}

// SetJSON sets a field to a value in JSON, whatever its type in the table.
func (d *Draft) SetJSON(path, text string) error {
	parsed, _ := jsontree.ParsePath(path)
	if _, err := d.lookup(path, parsed); err != nil {
		return err
	}
	if !json.Valid([]byte(text)) {
		return &ValueError{Path: path, Text: text, want: "a JSON value"}
	}
	return d.put(parsed, []byte(text))
}

// lookup finds the row of a path. Below a free field there are no rows.
func (d *Draft) lookup(text string, path jsontree.Path) (*rules.Field, error) {
	f := d.fields
	for i, s := range path {
		if f == nil || f.Kind() == "free" {
			return f, nil
		}
		above := path[:i].String()
		next, skipped := f.Below(s)
		if skipped {
			return nil, &PathError{Path: text, reason: "a list is on the path, but no item of it is given", remedy: "write " + above + "[0]"}
		}
		if next == nil {
			return nil, d.unknown(text, path, above, f)
		}
		f = next
	}
	return f, nil
}

// unknown suggests a path: one with the same last name, a sibling, or the most similar.
func (d *Draft) unknown(text string, path jsontree.Path, above string, parent *rules.Field) error {
	all := d.fields.Paths()
	near := endingAlike(all, path[len(path)-1].Name, text)
	if near == "" {
		var siblings []string
		for _, name := range parent.Names() {
			siblings = append(siblings, strings.TrimPrefix(above+"."+name, "."))
		}
		near = rules.Nearest(text, siblings)
	}
	if near == "" {
		near = rules.Nearest(text, all)
	}
	err := &PathError{Path: text, reason: "is not a known field of the request", remedy: "the fields are in Antom's page of the operation"}
	if near != "" {
		err.remedy = fmt.Sprintf("did you mean %s?", near)
	}
	return err
}

// endingAlike is the first path with this last name, ignoring case.
func endingAlike(all []string, name, text string) string {
	for _, candidate := range all {
		if last := candidate[strings.LastIndexByte(candidate, '.')+1:]; strings.EqualFold(last, name) && candidate != text {
			return candidate
		}
	}
	return ""
}

// value converts a text to JSON by the kind of its field.
func value(f *rules.Field, path, text string) ([]byte, error) {
	kind := "string"
	if f != nil {
		kind = f.Kind()
	}
	switch kind {
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
	return jsontree.Quote(text), nil
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

// put sets the value at a path to JSON. If it fails, the request is unchanged.
func (d *Draft) put(path jsontree.Path, raw []byte) error {
	value, err := valueNode(raw)
	if err != nil {
		return fmt.Errorf("%s: the value: %w", path, err)
	}
	if err := d.fits(path); err != nil {
		return err
	}
	n, f := d.root, d.fields
	for i, s := range path[:len(path)-1] {
		n = descend(n, f, s, path[i+1])
		if f != nil {
			f, _ = f.Below(s)
		}
	}
	replace(n, f, path[len(path)-1], value)
	d.changed = true
	return nil
}

// valueNode reads JSON without positions.
func valueNode(raw []byte) (*jsontree.Node, error) {
	n, err := jsontree.Parse(raw)
	if err != nil {
		return nil, err
	}
	if path, _, _ := n.Duplicate(); path != nil {
		return nil, fmt.Errorf("%s occurs twice", path)
	}
	n.Unplace()
	return n, nil
}

// fits returns an error if the path can't be set: a value on the path has another kind,
// or a list would get a gap.
func (d *Draft) fits(path jsontree.Path) error {
	n := d.root
	for _, s := range path {
		missing := n == nil || n.Kind == jsontree.Null
		switch isList := !missing && n.Kind == jsontree.List; {
		case !missing && isList != (s.Name == ""), !missing && !isList && n.Kind != jsontree.Object:
			return &PathError{Path: path.String(), reason: "the request has a different kind of value on this path", remedy: "look into the request file"}
		case s.Name == "" && missing && s.Index > 0:
			return gap(path, 0)
		case s.Name == "" && !missing && s.Index > len(n.Items):
			return gap(path, len(n.Items))
		}
		n = n.Step(s)
	}
	return nil
}

func gap(path jsontree.Path, items int) error {
	return &PathError{Path: path.String(), reason: fmt.Sprintf("the list has only %d items", items), remedy: fmt.Sprintf("the next one is [%d]", items)}
}

// descend returns the container one step down, for the step after that. A missing
// container is created.
func descend(n *jsontree.Node, f *rules.Field, s, after jsontree.Step) *jsontree.Node {
	if there := n.Step(s); there != nil && there.Kind != jsontree.Null {
		return there
	}
	made := &jsontree.Node{Kind: jsontree.Object, Offset: jsontree.Unplaced}
	if after.Name == "" {
		made.Kind = jsontree.List
	}
	replace(n, f, s, made)
	return made
}

// replace sets the value one step down. A list grows by one item at a time.
func replace(n *jsontree.Node, f *rules.Field, s jsontree.Step, value *jsontree.Node) {
	switch {
	case s.Name != "":
		insert(n, f, jsontree.Member{Name: s.Name, Text: jsontree.Quote(s.Name), Offset: jsontree.Unplaced, Value: value})
	case s.Index == len(n.Items):
		n.Items = append(n.Items, value)
	default:
		n.Items[s.Index] = value
	}
}

// insert inserts a member in the order of the table of fields; a member without a row
// goes last.
func insert(n *jsontree.Node, f *rules.Field, m jsontree.Member) {
	if at := slices.IndexFunc(n.Members, func(other jsontree.Member) bool { return other.Name == m.Name }); at >= 0 {
		n.Members[at] = m
		return
	}
	at := len(n.Members)
	if f != nil && f.Rank(m.Name) >= 0 {
		rank := f.Rank(m.Name)
		if later := slices.IndexFunc(n.Members, func(other jsontree.Member) bool { return f.Rank(other.Name) > rank }); later >= 0 {
			at = later
		}
	}
	n.Members = slices.Insert(n.Members, at, m)
}
