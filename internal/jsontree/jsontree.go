// Package jsontree reads JSON as a tree that keeps what encoding/json discards: the
// order of members, the original text of each value, its position in the source, and
// duplicate names.
package jsontree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is the kind of a value: its first character, or '0' for numbers.
type Kind byte

// The kinds of values.
const (
	Object Kind = '{'
	List   Kind = '['
	String Kind = '"'
	Number Kind = '0'
	True   Kind = 't'
	False  Kind = 'f'
	Null   Kind = 'n'
)

// Unplaced is the offset of a value that is not from a source.
const Unplaced = -1

// Deepest is the maximum nesting depth; Antom's messages use six levels.
const Deepest = 64

// Node is a value.
type Node struct {
	Kind    Kind
	Text    []byte   // the original text of a string, number, boolean or null
	Offset  int      // its position in the source in bytes, or [Unplaced]
	Members []Member // of an object
	Items   []*Node  // of a list
}

// Member is a name and its value in an object.
type Member struct {
	Name   string
	Text   []byte // the original name in quotes
	Offset int    // the position of the name in the source in bytes, or [Unplaced]
	Value  *Node
}

// SyntaxError says where a text is not valid JSON. Lines and columns start at 1;
// columns are counted in characters.
type SyntaxError struct {
	Line, Column int
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// ErrorAt returns a [SyntaxError] at an offset in a text.
func ErrorAt(text []byte, offset int, reason string) *SyntaxError {
	line, column := Position(text, offset)
	return &SyntaxError{Line: line, Column: column, Reason: reason}
}

// Position returns the line and column of an offset. Both start at 1; columns are
// counted in characters.
func Position(text []byte, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// Parse reads one JSON value in UTF-8. It accepts duplicate names: see
// [Node.Duplicate]. The nodes share memory with the text. The error is a
// [*SyntaxError].
func Parse(text []byte) (*Node, error) {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil, ErrorAt(text, 0, "it begins with a byte order mark")
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, ErrorAt(text, at, "it is not UTF-8 from here on")
		}
		at += size
	}
	return ParseBytes(text)
}

// ParseBytes is like [Parse], but strings may contain bytes that are not UTF-8.
func ParseBytes(text []byte) (*Node, error) {
	p := &parser{text: text, decoder: jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	root, err := p.value(0)
	if err != nil {
		return nil, p.explain(err)
	}
	if rest := bytes.TrimLeft(text[p.at():], " \t\r\n"); len(rest) > 0 {
		return nil, ErrorAt(text, len(text)-len(rest), "something follows the "+root.Kind.String())
	}
	return root, nil
}

// String is the word for a kind.
func (k Kind) String() string {
	switch k {
	case Object:
		return "object"
	case List:
		return "list"
	case String:
		return "string"
	case Number:
		return "number"
	case True, False:
		return "boolean"
	}
	return "null"
}

type parser struct {
	text    []byte
	decoder *jsontext.Decoder
}

func (p *parser) at() int { return int(p.decoder.InputOffset()) }

var errTooDeep = errors.New("too deep")

func (p *parser) value(depth int) (*Node, error) {
	kind := p.decoder.PeekKind()
	if kind != '{' && kind != '[' {
		text, at, err := p.scalar()
		return &Node{Kind: Kind(kind), Text: text, Offset: at}, err
	}
	if _, err := p.decoder.ReadToken(); err != nil {
		return nil, err
	}
	n := &Node{Kind: Kind(kind), Offset: p.at() - 1}
	if depth > Deepest {
		return nil, errTooDeep
	}
	for p.decoder.PeekKind() != kind+2 { // in ASCII the closing brace follows two places later
		if err := p.inside(n, depth); err != nil {
			return nil, err
		}
	}
	_, err := p.decoder.ReadToken()
	return n, err
}

// inside reads the next member or item.
func (p *parser) inside(n *Node, depth int) error {
	var m Member
	if n.Kind == Object {
		var err error
		if m.Text, m.Offset, err = p.scalar(); err != nil {
			return err
		}
		name, _ := jsontext.AppendUnquote(nil, m.Text) // an error tells of what is not UTF-8
		m.Name = string(name)
	}
	value, err := p.value(depth + 1)
	if err != nil {
		return err
	}
	if m.Value = value; n.Kind == Object {
		n.Members = append(n.Members, m)
	} else {
		n.Items = append(n.Items, value)
	}
	return nil
}

// scalar reads a value that contains no others, and returns its position.
func (p *parser) scalar() (text []byte, at int, err error) {
	value, err := p.decoder.ReadValue()
	end := p.at()
	at = end - len(value)
	return p.text[at:end:end], at, err
}

// explain turns an error into a [SyntaxError].
func (p *parser) explain(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
		at := int(syntax.ByteOffset)
		if at < len(p.text) && p.text[at] == ',' {
			return ErrorAt(p.text, at, "a comma is too many here")
		}
		return ErrorAt(p.text, at, syntax.Err.Error())
	}
	switch {
	case errors.Is(err, errTooDeep):
		return ErrorAt(p.text, p.at()-1, fmt.Sprintf("its values lie more than %d deep", Deepest))
	case len(bytes.TrimSpace(p.text)) == 0:
		return ErrorAt(p.text, len(p.text), "it is empty")
	}
	return ErrorAt(p.text, len(p.text), "it ends too early")
}

// Member returns the value of the last member with this name, as most readers do; nil
// if there is none.
func (n *Node) Member(name string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range slices.Backward(n.Members) {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Str returns the text of a string; "" for other values and for nil.
func (n *Node) Str() string {
	if n == nil || n.Kind != String {
		return ""
	}
	text, _ := jsontext.AppendUnquote(nil, n.Text) // it has been read
	return string(text)
}

// Empty reports whether the value is missing, null or an empty string.
func (n *Node) Empty() bool {
	return n == nil || n.Kind == Null || n.Kind == String && len(n.Text) == 2
}

// Append appends the value as compact JSON, with the original text of scalars and
// names.
func (n *Node) Append(dst []byte) []byte {
	switch n.Kind {
	case Object:
		dst = append(dst, '{')
		for i, m := range n.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = m.Value.Append(append(append(dst, m.Text...), ':'))
		}
		return append(dst, '}')
	case List:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.Append(dst)
		}
		return append(dst, ']')
	}
	return append(dst, n.Text...)
}

// Quote returns a text as a JSON string without escapes for & and <. Bytes that are
// not UTF-8 become U+FFFD.
func Quote(text string) []byte {
	quoted, _ := jsontext.AppendQuote(nil, text) // the error tells of what is not UTF-8
	return quoted
}

// NewString returns a string that is not from a source.
func NewString(text string) *Node { return &Node{Kind: String, Text: Quote(text), Offset: Unplaced} }

// Unplace removes the positions of a value and everything inside it.
func (n *Node) Unplace() {
	n.Offset = Unplaced
	for i := range n.Members {
		n.Members[i].Offset = Unplaced
		n.Members[i].Value.Unplace()
	}
	for _, item := range n.Items {
		item.Unplace()
	}
}

// Equal reports whether two values have the same meaning. The order of members, the
// escapes of strings and positions do not matter; the text of numbers does.
func Equal(a, b *Node) bool {
	if a == nil || b == nil || a.Kind != b.Kind {
		return a == b
	}
	switch a.Kind {
	case Object:
		return len(a.Members) == len(b.Members) && !slices.ContainsFunc(a.Members, func(m Member) bool {
			other := b.Member(m.Name)
			return other == nil || !Equal(m.Value, other)
		})
	case List:
		return slices.EqualFunc(a.Items, b.Items, Equal)
	case String:
		return a.Str() == b.Str()
	}
	return bytes.Equal(a.Text, b.Text)
}

// Duplicate finds a duplicate name in an object, for which it is not clear which value
// counts. If there is none, the path is nil.
func (n *Node) Duplicate() (path Path, first, second Member) {
	seen := map[string]int{}
	for i, m := range n.Members {
		if at, twice := seen[m.Name]; twice {
			return Path{{Name: m.Name}}, n.Members[at], m
		}
		seen[m.Name] = i
		if path, first, second := m.Value.Duplicate(); path != nil {
			return append(Path{{Name: m.Name}}, path...), first, second
		}
	}
	for i, item := range n.Items {
		if path, first, second := item.Duplicate(); path != nil {
			return append(Path{{Index: i}}, path...), first, second
		}
	}
	return nil, Member{}, Member{}
}
