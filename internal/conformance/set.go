package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// PathError means that a notification has no field with this path, or that the value
// does not fit the field.
type PathError struct {
	Path string
	Near []string // fields that may have been meant
	why  string
}

func (e *PathError) Error() string { return fmt.Sprintf("set %q: %s", e.Path, e.why) }

// Hint names similar fields.
func (e *PathError) Hint() string {
	if len(e.Near) == 0 {
		return "write path=value, such as paymentAmount.value=4300"
	}
	return "near it: " + strings.Join(e.Near, ", ")
}

// set changes one value of a notification, which is a pointer to a struct. Missing
// objects and list elements on the path are created.
func set(message any, s Setting) error {
	root := reflect.ValueOf(message).Elem()
	at := root
	path, _ := jsontree.ParsePath(s.Path)
	for _, step := range path {
		next, ok := member(indirect(at), step)
		if !ok {
			return &PathError{Path: s.Path, Near: near(root.Type(), s.Path), why: "this notification has no such field"}
		}
		at = next
	}
	if s.JSON {
		return assignJSON(at, s)
	}
	return assign(indirect(at), s)
}

// indirect follows a pointer; a nil pointer gets a new value.
func indirect(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Pointer {
		return v
	}
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
	}
	return v.Elem()
}

// member returns the object field or list element that a step names.
func member(v reflect.Value, step jsontree.Step) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := fieldName(v.Type().Field(i)); name != "" && name == step.Name {
				return v.Field(i), true
			}
		}
	case reflect.Slice:
		if step.Name != "" || step.Index < 0 || step.Index > v.Len() {
			return reflect.Value{}, false
		}
		if step.Index == v.Len() {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		return v.Index(step.Index), true
	}
	return reflect.Value{}, false
}

// fieldName is the name of a field on the wire; "" if it is not sent.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name == "-" || !f.IsExported():
		return ""
	case name != "":
		return name
	}
	return string(unicode.ToLower(rune(f.Name[0]))) + f.Name[1:] // antom.Amount writes itself
}

// assign gives a field the value that a text means for it.
func assign(v reflect.Value, s Setting) error {
	var err error
	switch v.Kind() {
	case reflect.Struct, reflect.Slice:
		return assignWhole(v, s)
	case reflect.String:
		v.SetString(s.Value)
	case reflect.Bool:
		var value bool
		if value, err = strconv.ParseBool(s.Value); err == nil {
			v.SetBool(value)
		}
	case reflect.Int, reflect.Int64:
		var value int64
		if value, err = strconv.ParseInt(s.Value, 10, 64); err == nil {
			v.SetInt(value)
		}
	}
	if err != nil {
		return &PathError{Path: s.Path, why: fmt.Sprintf("value %q does not fit the field: want a %s", s.Value, v.Kind())}
	}
	return nil
}

// assignWhole gives an amount the value of a text such as 43.00 SGD.
func assignWhole(v reflect.Value, s Setting) error {
	if amount, ok := reflect.TypeAssert[*antom.Amount](v.Addr()); ok {
		if value, currency, two := strings.Cut(strings.TrimSpace(s.Value), " "); two {
			parsed, err := antom.ParseAmount(value, strings.TrimSpace(currency))
			if err != nil {
				return err
			}
			*amount = parsed
			return nil
		}
	}
	return &PathError{Path: s.Path, Near: below(v.Type(), s.Path+"."), why: "it is an object or a list, not a single value"}
}

// assignJSON gives a field a value that is written in JSON.
func assignJSON(v reflect.Value, s Setting) error {
	decoder := json.NewDecoder(strings.NewReader(s.Value))
	decoder.DisallowUnknownFields()
	value := reflect.New(v.Type())
	err := decoder.Decode(value.Interface())
	if err == nil && decoder.More() {
		err = errors.New("something follows the value")
	}
	if err != nil {
		return &PathError{Path: s.Path, why: fmt.Sprintf("value %s does not fit the field: %s", redact.Quote(s.Value), strings.TrimPrefix(err.Error(), "json: "))}
	}
	v.Set(value.Elem())
	return nil
}

// Limits of the suggestions.
const (
	deepest  = 4
	mostNear = 6
)

// paths returns all paths that can be set below a type.
func paths(t reflect.Type, prefix string, depth int) []string {
	switch t.Kind() {
	case reflect.Pointer:
		return paths(t.Elem(), prefix, depth)
	case reflect.Slice:
		return paths(t.Elem(), strings.TrimSuffix(prefix, ".")+"[0].", depth)
	case reflect.Struct:
	default:
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var all []string
	for field := range t.Fields() {
		if name := fieldName(field); name != "" && depth < deepest {
			all = append(all, paths(field.Type, prefix+name+".", depth+1)...)
		}
	}
	return all
}

func below(t reflect.Type, prefix string) []string {
	found := paths(t, prefix, 0)
	return found[:min(len(found), mostNear)]
}

// near returns the fields that may have been meant: the most similar path, paths with
// the same last part, and the other fields of the same object.
func near(t reflect.Type, path string) []string {
	all := paths(t, "", 0)
	var found []string
	if best := rules.Nearest(path, all); best != "" {
		found = append(found, best)
	}
	parent, last, nested := cutLast(path)
	for _, candidate := range all {
		itsParent, itsLast, _ := cutLast(candidate)
		lasts := []string{itsLast}
		if strings.EqualFold(last, itsLast) || nested && parent == itsParent || rules.Nearest(last, lasts) != "" {
			found = append(found, candidate)
		}
	}
	slices.SortStableFunc(found[min(1, len(found)):], strings.Compare)
	found = unique(found)
	return found[:min(len(found), mostNear)]
}

func cutLast(path string) (parent, last string, nested bool) {
	at := strings.LastIndexByte(path, '.')
	return path[:max(at, 0)], path[at+1:], at >= 0
}

func unique(list []string) []string {
	var kept []string
	for _, each := range list {
		if !slices.Contains(kept, each) {
			kept = append(kept, each)
		}
	}
	return kept
}
