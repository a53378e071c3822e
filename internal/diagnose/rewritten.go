package diagnose

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/jsontree"
)

// largestRewritten limits the size of bodies that are serialised in other ways.
const largestRewritten = 256 << 10

// parse reads a body; nil if it is not a JSON object or list. Scalars keep their text:
// in particular, numbers are never written differently.
func parse(body []byte) *jsontree.Node {
	if len(body) > largestRewritten {
		return nil
	}
	root, err := jsontree.ParseBytes(body)
	if err != nil || root.Kind != jsontree.Object && root.Kind != jsontree.List {
		return nil
	}
	return root
}

// stringLength is the length of the quoted string at the beginning of a text.
func stringLength(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// spacing is how a library writes JSON.
type spacing struct {
	indent, colon, comma string // with an indent, each member has its own line
	lineEnd              string
}

// spacings of common libraries: JavaScript, Go, PHP, fastjson, Gson; Python; and
// pretty-printed with two, three (Antom's Python SDK) and four blanks, a tab, and
// as Jackson does.
var spacings = [...]spacing{
	{"", ":", ",", ""},
	{"", ": ", ", ", ""},
	{"  ", ": ", ",", "\n"},
	{"   ", ": ", ",", "\n"},
	{"    ", ": ", ",", "\n"},
	{"\t", ": ", ",", "\n"},
	{"  ", " : ", ",", "\n"},
	{"  ", ": ", ",", "\r\n"},
}

// write appends a value as a library with this spacing writes it.
func (s spacing) write(b []byte, v *jsontree.Node, depth int) []byte {
	n := len(v.Members) + len(v.Items)
	if v.Kind != jsontree.Object && v.Kind != jsontree.List {
		return append(b, v.Text...)
	}
	b = append(b, byte(v.Kind))
	for i := range n {
		if i > 0 {
			b = append(b, s.comma...)
		}
		b = s.line(b, depth+1)
		if v.Kind == jsontree.List {
			b = s.write(b, v.Items[i], depth+1)
			continue
		}
		m := v.Members[i]
		b = s.write(append(append(b, m.Text...), s.colon...), m.Value, depth+1)
	}
	if n > 0 {
		b = s.line(b, depth)
	}
	return append(b, byte(v.Kind)+2) // in ASCII the closing brace follows two places later
}

func (s spacing) line(b []byte, depth int) []byte {
	if s.indent == "" {
		return b
	}
	b = append(b, s.lineEnd...)
	for range depth {
		b = append(b, s.indent...)
	}
	return b
}

// escapes is how a library writes strings.
type escapes struct {
	slash     bool   // \/
	unicode   string // non-ASCII characters: "" unchanged, "x" or "X" escaped with digits of that case
	html      string // the characters that are written as \u00xx
	upperHTML bool
}

// profiles are how common libraries write strings; the first one is for JavaScript,
// Jackson and fastjson.
var profiles = [...]escapes{
	{},
	{unicode: "x"},              // Python
	{slash: true, unicode: "x"}, // PHP
	{slash: true},               // PHP with JSON_UNESCAPED_UNICODE
	{html: "<>&\u2028\u2029"},   // Go
	{html: "<>&='"},             // Gson
	{unicode: "X", html: "<>&+'\"`", upperHTML: true}, // System.Text.Json
	{unicode: "X"}, // Newtonsoft, Ruby
	{slash: true, unicode: "x", html: "<>&'\""}, // PHP with JSON_HEX_…
	{slash: true, unicode: "X"},                 // others
	{unicode: "x", html: "<>&"},                 // Rails
	{slash: true, html: "<>&"},                  // others
}

// rewrite rewrites every string of a JSON text and leaves the rest unchanged.
func (e escapes) rewrite(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/4)
	for len(text) > 0 {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		n := stringLength(text[i:])
		out = e.append(out, text[i:i+n])
		text = text[i+n:]
	}
	return out
}

func (e escapes) append(out, quoted []byte) []byte {
	if plainString(quoted) {
		return append(out, quoted...)
	}
	var s string
	if bytes.IndexByte(quoted, '\\') < 0 {
		s = string(quoted[1 : len(quoted)-1])
	} else if json.Unmarshal(quoted, &s) != nil {
		return append(out, quoted...)
	}
	out = append(out, '"')
	for _, r := range s {
		out = e.appendRune(out, r)
	}
	return append(out, '"')
}

// plainString reports whether a quoted string is the same with all escapes.
func plainString(quoted []byte) bool {
	for _, c := range quoted[1 : len(quoted)-1] {
		if c >= utf8.RuneSelf || c < ' ' || strings.IndexByte(`\/<>&='+"`+"`", c) >= 0 {
			return false
		}
	}
	return true
}

func (e escapes) appendRune(out []byte, r rune) []byte {
	const digits, short, letters = "0123456789abcdef", "\b\f\n\r\t", "bfnrt"
	switch {
	case strings.ContainsRune(e.html, r):
		return appendHex(out, r, e.upperHTML || e.unicode == "X")
	case r == '"' || r == '\\' || r == '/' && e.slash:
		return utf8.AppendRune(append(out, '\\'), r)
	case r < ' ':
		if i := strings.IndexRune(short, r); i >= 0 {
			return append(out, '\\', letters[i])
		}
		return appendHex(out, r, e.unicode == "X")
	case r < utf8.RuneSelf || e.unicode == "":
		return utf8.AppendRune(out, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return appendHex(appendHex(out, high, e.unicode == "X"), low, e.unicode == "X")
	}
	return appendHex(out, r, e.unicode == "X")
}

func appendHex(out []byte, r rune, upper bool) []byte {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	return append(out, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// distinct returns the profiles that write the strings of a text differently from each
// other and from the text. They do not depend on order and spacing.
func distinct(text []byte) []escapes {
	var found []escapes
	known := [][]byte{text}
	if !utf8.Valid(text) {
		return nil
	}
	for _, e := range profiles {
		other := e.rewrite(text)
		if !slices.ContainsFunc(known, func(k []byte) bool { return bytes.Equal(k, other) }) {
			known, found = append(known, other), append(found, e)
		}
	}
	return found
}

func inEscapes(text []byte, all []escapes) [][]byte {
	var found [][]byte
	for _, e := range all {
		found = append(found, e.rewrite(text))
	}
	return found
}

func otherEscapes(c *Case) []change {
	if parse(c.Message.Body) == nil {
		return nil
	}
	return c.bodies(inEscapes(c.Message.Body, distinct(c.Message.Body))...)
}

// otherSpaces tries other whitespace, also combined with other escapes or a final line
// ending.
func otherSpaces(c *Case) []change {
	root := parse(c.Message.Body)
	if root == nil {
		return nil
	}
	var changes []change
	styles := distinct(c.Message.Body)
	for _, s := range spacings {
		text := s.write(nil, root, 0)
		changes = append(changes, c.bodies(text)...)
		more := c.bodies(append(inEscapes(text, styles), appended(text, "\n"))...)
		for i := range more {
			more[i].alone = true
		}
		changes = append(changes, more...)
	}
	return changes
}
