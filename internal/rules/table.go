// Package rules contains Antom's documented rules for requests as data and checks
// requests against them. Commands use it before signing and the emulator before
// answering, so that both report the same.
package rules

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

//go:embed fields.txt
var fieldsText string

// need says whether a field is required.
type need byte

const (
	optional   need = '-'
	required   need = '!'
	oneOf      need = '1' // one of the fields so marked
	sceneless  need = 's' // required unless the request names a productScene
	withScene  need = 'n' // expected if the request names one
	sceneField      = "productScene"
)

// Field is a row of fields.txt with the rows below it.
type Field struct {
	path     string // as in the file: order.goods[].goodsName
	name     string // the last part of it
	kind     string
	longest  int
	need     need
	noHan    bool
	in       []string
	source   string
	children []*Field
}

// kinds are the kinds of values.
var kinds = [...]string{"amount", "bool", "currency", "free", "int", "list", "object", "string", "time", "url"}

// inferred is the source of rows that are not documented.
const inferred = "INF"

// tables parses fields.txt when it is first needed.
var tables = sync.OnceValue(func() map[antom.Operation]*Field {
	parsed, err := parse(fieldsText)
	if err != nil {
		panic("rules: fields.txt: " + err.Error()) // embedded: the tests parse it too
	}
	return parsed
})

func parse(text string) (map[antom.Operation]*Field, error) {
	operations := make(map[antom.Operation]*Field)
	byPath := make(map[string]*Field)
	var root *Field
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			root = &Field{kind: "object"}
			operations[antom.Operation(strings.Trim(line, "[]"))] = root
			byPath = map[string]*Field{"": root}
			continue
		}
		row, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		if err := row.attach(byPath); err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	return operations, nil
}

func parseRow(line string) (*Field, error) {
	columns := strings.Fields(line)
	if len(columns) != 5 || len(columns[2]) != 1 {
		return nil, fmt.Errorf("%q does not have the five columns", line)
	}
	kind, longest, limited := strings.Cut(columns[1], ":")
	f := &Field{path: columns[0], kind: kind, need: need(columns[2][0]), source: columns[4]}
	if limited {
		n, err := strconv.Atoi(longest)
		if err != nil {
			return nil, err
		}
		f.longest = n
	}
	if !slices.Contains(kinds[:], kind) {
		return nil, fmt.Errorf("kind %q is unknown", kind)
	}
	for check := range strings.SplitSeq(columns[3], ",") {
		values, isIn := strings.CutPrefix(check, "in=")
		switch {
		case check == "-":
		case check == "nohan":
			f.noHan = true
		case isIn:
			f.in = strings.Split(values, "|")
		default:
			return nil, fmt.Errorf("check %q is unknown", check)
		}
	}
	return f, nil
}

// Fields returns the request of an operation; nil if there are no rules for it.
func Fields(op antom.Operation) *Field { return tables()[op] }

// Kind is the kind of the value, as in fields.txt: "amount", "bool",
// "currency", "free" (anything), "int", "list", "object", "string", "time" or "url".
func (f *Field) Kind() string { return f.kind }

// Below returns the row one step down; nil if there is none. If the field is a list and
// the step is not an index, skipped is true.
func (f *Field) Below(s jsontree.Step) (next *Field, skipped bool) {
	switch {
	case f.kind == "list" && s.Name == "" && f.item() != nil:
		return f.item(), false
	case f.kind == "list" && s.Name == "":
		return &Field{kind: "object", children: f.children, source: f.source}, false
	case f.kind == "list":
		return nil, true
	case s.Name == "":
		return nil, false
	case f.kind == "amount" && (s.Name == "currency" || s.Name == "value"):
		return &Field{kind: "string"}, false // the table does not list the parts of amounts
	}
	return f.child(s.Name), false
}

// Rank is the position of a member in the table; -1 if it has no row.
func (f *Field) Rank(name string) int {
	return slices.IndexFunc(f.children, func(child *Field) bool { return child.name == name })
}

// Names returns the members that have a row.
func (f *Field) Names() []string {
	var names []string
	for _, child := range f.children {
		if child.name != "" {
			names = append(names, child.name)
		}
	}
	return names
}

// Paths returns all paths below a field, with the index 0 for list items.
func (f *Field) Paths() []string { return f.paths("") }

func (f *Field) paths(above string) []string {
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

// item is the row of a list's items; nil if the items are objects with their own rows.
func (f *Field) item() *Field {
	if len(f.children) == 1 && f.children[0].name == "" {
		return f.children[0]
	}
	return nil
}

// child finds a member by its name.
func (f *Field) child(name string) *Field {
	for _, child := range f.children {
		if child.name == name {
			return child
		}
	}
	return nil
}

// attach adds the row to the row of its parent, which precedes it.
func (f *Field) attach(byPath map[string]*Field) error {
	parent, name := "", f.path
	if i := strings.LastIndexByte(f.path, '.'); i >= 0 {
		parent, name = f.path[:i], f.path[i+1:]
	}
	if item, ok := strings.CutSuffix(name, "[]"); ok { // the items of a list
		byPath[f.path] = f
		byPath[joinPath(parent, item)].children = append(byPath[joinPath(parent, item)].children, f)
		return nil
	}
	f.name = name
	above, ok := byPath[parent]
	if !ok {
		above, ok = byPath[strings.TrimSuffix(parent, "[]")]
	}
	if !ok {
		return fmt.Errorf("%q precedes its parent", f.path)
	}
	above.children = append(above.children, f)
	byPath[f.path] = f
	return nil
}

func joinPath(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}
