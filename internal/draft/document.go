package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/antom-cli/antom/pkg/antom"
)

// Document is the body of a request that can be changed field by field. What is
// not changed keeps its order and its text, and knows its place in the source.
type Document struct {
	fields *field
	source []byte
	root   *node
}

// node is a value of a document.
type node struct {
	kind    byte   // '{', '[' or 0 for a text
	text    []byte // of a string, number, boolean or null, as it was written
	offset  int    // where it begins in the source; -1 if it is not from there
	members []member
	items   []*node
}

// member is a name and its value.
type member struct {
	name  string
	value *node
}

// unplaced is the offset of what is not from the source.
const unplaced = -1

// deepest is how deep values may lie in each other; Antom's go six deep.
const deepest = 64

// NewDocument is an empty request of an operation.
func NewDocument(op antom.Operation) *Document {
	return &Document{fields: tables()[op], root: &node{kind: '{', offset: unplaced}}
}

// ParseDocument reads a request of an operation. The error is a [*SyntaxError]
// or, for a name that stands twice in one object, a [*DuplicateError].
func ParseDocument(op antom.Operation, body []byte) (*Document, error) {
	if bytes.HasPrefix(body, []byte("\ufeff")) {
		return nil, &SyntaxError{Line: 1, Column: 1, Reason: "a byte order mark stands before it"}
	}
	for at := 0; at < len(body); {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, place(body, int64(at+1), "it is not UTF-8 from here on")
		}
		at += size
	}
	if _, err := decode(body); err != nil {
		return nil, err
	}
	r := &reader{source: body, decoder: json.NewDecoder(bytes.NewReader(body))}
	r.decoder.UseNumber()
	root, err := r.value("", 0)
	if err != nil {
		return nil, err
	}
	return &Document{fields: tables()[op], source: body, root: root}, nil
}

// DuplicateError is a name that stands twice in one object: of two values nobody
// can say which one is meant.
type DuplicateError struct {
	Path         string
	Line, Column int
	First        int // the line of the first one
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s stands twice, first on line %d", e.Line, e.Column, e.Path, e.First)
}

// reader makes nodes of a source that is known to be JSON.
type reader struct {
	source  []byte
	decoder *json.Decoder
}

// token reads the next token and says where it begins.
func (r *reader) token() (json.Token, int, error) {
	start := int(r.decoder.InputOffset())
	for start < len(r.source) && strings.IndexByte(" \t\r\n,:", r.source[start]) >= 0 {
		start++
	}
	token, err := r.decoder.Token()
	return token, start, err
}

func (r *reader) value(path string, depth int) (*node, error) {
	token, start, err := r.token()
	if err != nil {
		return nil, err
	}
	return r.rest(token, start, path, depth)
}

// rest reads what belongs to a token that begins a value.
func (r *reader) rest(token json.Token, start int, path string, depth int) (*node, error) {
	if depth > deepest {
		return nil, place(r.source, int64(start+1), fmt.Sprintf("its values lie more than %d deep", deepest))
	}
	n := &node{offset: start}
	switch token {
	case json.Delim('{'):
		n.kind = '{'
		return n, r.members(n, path, depth)
	case json.Delim('['):
		n.kind = '['
		return n, r.items(n, path, depth)
	}
	n.text = r.source[start:r.decoder.InputOffset()]
	return n, nil
}

func (r *reader) members(n *node, path string, depth int) error {
	for {
		token, start, err := r.token()
		if err != nil || token == json.Delim('}') {
			return err
		}
		name, _ := token.(string)
		at := joinPath(path, name)
		if first := n.member(name); first != nil {
			here, before := place(r.source, int64(start+1), ""), place(r.source, int64(first.offset+1), "")
			return &DuplicateError{Path: at, Line: here.Line, Column: here.Column, First: before.Line}
		}
		value, err := r.value(at, depth+1)
		if err != nil {
			return err
		}
		value.offset = start // a member stands where its name does
		n.members = append(n.members, member{name, value})
	}
}

func (r *reader) items(n *node, path string, depth int) error {
	for {
		token, start, err := r.token()
		if err != nil || token == json.Delim(']') {
			return err
		}
		item, err := r.rest(token, start, fmt.Sprintf("%s[%d]", path, len(n.items)), depth+1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
}

func (n *node) member(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// Bytes is the document as compact JSON.
func (d *Document) Bytes() []byte {
	var out bytes.Buffer
	d.root.write(&out)
	return out.Bytes()
}

func (n *node) write(out *bytes.Buffer) {
	switch n.kind {
	case '{':
		out.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(quote(m.name))
			out.WriteByte(':')
			m.value.write(out)
		}
		out.WriteByte('}')
	case '[':
		out.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				out.WriteByte(',')
			}
			item.write(out)
		}
		out.WriteByte(']')
	default:
		out.Write(n.text)
	}
}

// quote is a JSON string in which & and < stand for themselves.
func quote(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// Has says whether a field has a value that is neither null nor empty.
func (d *Document) Has(path string) bool {
	n := d.find(path)
	return n != nil && string(n.text) != "null" && string(n.text) != `""`
}

// Remove takes a member of the request away.
func (d *Document) Remove(name string) {
	d.root.members = slices.DeleteFunc(d.root.members, func(m member) bool { return m.name == name })
}

// Text is the text of a field that is a string; otherwise it is empty.
func (d *Document) Text(path string) string {
	var text string
	if n := d.find(path); n != nil && n.kind == 0 && json.Unmarshal(n.text, &text) == nil {
		return text
	}
	return ""
}

// Place is where a field stands in the source; of a field that is not from
// there ok is false.
func (d *Document) Place(path string) (line, column int, ok bool) {
	n := d.find(path)
	if n == nil || n.offset == unplaced {
		return 0, 0, false
	}
	at := place(d.source, int64(n.offset+1), "")
	return at.Line, at.Column, true
}

func (d *Document) find(path string) *node {
	n := d.root
	for _, s := range steps(path) {
		if n = n.at(s); n == nil {
			return nil
		}
	}
	return n
}

// step is one part of a path: a name, or the index of an item.
type step struct {
	name  string
	index int
}

// steps takes a path apart: order.goods[0].goodsName. A part that is no index
// stays a name.
func steps(path string) []step {
	var list []step
	for part := range strings.SplitSeq(path, ".") {
		name, indices, _ := strings.Cut(part, "[")
		parsed, ok := parseIndices(indices)
		if !ok {
			name, parsed = part, nil
		}
		list = append(list, step{name: name})
		list = append(list, parsed...)
	}
	return list
}

// mostItems bounds an index, so that a slip of the finger makes no giant.
const mostItems = 1000

// parseIndices reads what follows the first bracket: 0] or 0][1].
func parseIndices(text string) ([]step, bool) {
	if text == "" {
		return nil, true
	}
	text, closed := strings.CutSuffix(text, "]")
	if !closed {
		return nil, false
	}
	var list []step
	for digits := range strings.SplitSeq(text, "][") {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n >= mostItems || strconv.Itoa(n) != digits {
			return nil, false
		}
		list = append(list, step{index: n})
	}
	return list, true
}

// insert puts a member where the table of fields has it, behind those that stand
// before it there; one without a row goes last.
func (n *node) insert(f *field, name string, value *node) {
	for i := range n.members {
		if n.members[i].name == name {
			n.members[i].value = value
			return
		}
	}
	rank := f.rank(name)
	at := slices.IndexFunc(n.members, func(m member) bool { return rank >= 0 && f.rank(m.name) > rank })
	if at < 0 {
		at = len(n.members)
	}
	n.members = slices.Insert(n.members, at, member{name, value})
}

func (f *field) rank(name string) int {
	if f == nil {
		return -1
	}
	return slices.IndexFunc(f.children, func(child *field) bool { return child.name == name })
}
