// Package rules holds what Antom documents of its requests as data, and checks
// requests against it. The commands use it before they sign, the emulator when
// it answers, so that both say the same.
package rules

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/antom-cli/antom/pkg/antom"
)

//go:embed fields.txt
var fieldsText string

// need says whether a field must be there.
type need byte

const (
	optional   need = '-'
	required   need = '!'
	oneOf      need = '1' // one of the fields so marked
	sceneless  need = 's' // required unless the request names a productScene
	withScene  need = 'n' // wanted if it does
	sceneField      = "productScene"
)

// field is a row of fields.txt with the rows below it.
type field struct {
	path     string // as in the file: order.goods[].goodsName
	name     string // the last part of it
	kind     string
	longest  int
	need     need
	noHan    bool
	in       []string
	source   string
	children []*field
}

// kinds are what a value can be.
var kinds = [...]string{"amount", "bool", "currency", "free", "int", "list", "object", "string", "time", "url"}

// inferred is the source of rows that are our own choice.
const inferred = "INF"

// tables parses fields.txt when it is first needed.
var tables = sync.OnceValue(func() map[antom.Operation]*field {
	parsed, err := parse(fieldsText)
	if err != nil {
		panic("rules: fields.txt: " + err.Error()) // embedded: the tests parse it too
	}
	return parsed
})

func parse(text string) (map[antom.Operation]*field, error) {
	operations := make(map[antom.Operation]*field)
	byPath := make(map[string]*field)
	var root *field
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			root = &field{kind: "object"}
			operations[antom.Operation(strings.Trim(line, "[]"))] = root
			byPath = map[string]*field{"": root}
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

func parseRow(line string) (*field, error) {
	columns := strings.Fields(line)
	if len(columns) != 5 || len(columns[2]) != 1 {
		return nil, fmt.Errorf("%q does not have the five columns", line)
	}
	kind, longest, limited := strings.Cut(columns[1], ":")
	f := &field{path: columns[0], kind: kind, need: need(columns[2][0]), source: columns[4]}
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

// item is the row of a list's items; nil if they are objects with rows of their
// own.
func (f *field) item() *field {
	if len(f.children) == 1 && f.children[0].name == "" {
		return f.children[0]
	}
	return nil
}

// child finds a member by its name.
func (f *field) child(name string) *field {
	for _, child := range f.children {
		if child.name == name {
			return child
		}
	}
	return nil
}

// attach hangs the row below the row of its parent, which stands before it.
func (f *field) attach(byPath map[string]*field) error {
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
		return fmt.Errorf("%q stands before its parent", f.path)
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
