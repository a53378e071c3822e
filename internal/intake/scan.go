package intake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks over one JSON text. It reads what RFC 8259 allows and nothing
// else, and hands out slices of the text: a log of a million messages is read
// for a handful of members, and a reader that builds values of everything would
// take half as long as the signatures do.
type scanner struct {
	text  []byte
	at    int
	depth int
}

// deepest bounds nesting, as encoding/json does.
const deepest = 10000

var errNotJSON = errors.New("not JSON")

func (s *scanner) space() {
	const blanks = 1<<' ' | 1<<'\t' | 1<<'\r' | 1<<'\n'
	for s.at < len(s.text) {
		if c := s.text[s.at]; c > ' ' || blanks>>c&1 == 0 {
			return
		}
		s.at++
	}
}

// take consumes a character after blanks.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) peek() byte {
	s.space()
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// end wants nothing but blanks to follow.
func (s *scanner) end() error {
	s.space()
	if s.at < len(s.text) {
		return errNotJSON
	}
	return nil
}

// literal is a string between its quotes, as it stands.
type literal struct {
	raw     []byte
	at      int // of raw in the text
	escaped bool
}

// str consumes a string.
func (s *scanner) str() (literal, error) {
	if !s.take('"') {
		return literal{}, errNotJSON
	}
	begin, escaped := s.at, false
	for {
		s.at += plain(s.text[s.at:])
		if s.at >= len(s.text) {
			return literal{}, errNotJSON
		}
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return literal{s.text[begin : s.at-1], begin, escaped}, nil
		case c < ' ':
			return literal{}, errNotJSON
		}
		n := escape(s.text[s.at:])
		if n == 0 {
			return literal{}, errNotJSON
		}
		s.at, escaped = s.at+n, true
	}
}

// special marks the bytes of a word that are a quote, a backslash or a control
// character: the lowest mark is exact, those above it may be none.
func special(word uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, slash := word^ones*'"', word^ones*'\\'
	return ((word-ones*' ')&^word | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// plain is the length of what a string begins with that is nothing special.
func plain(text []byte) int {
	n := 0
	for ; n+8 <= len(text); n += 8 {
		if found := special(binary.LittleEndian.Uint64(text[n:])); found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(text); n++ {
		if c := text[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}

// escape is the length of a backslash and what belongs to it; 0 if it is no
// escape.
func escape(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(text) >= 6 && hexOf(text[2:6]) >= 0 {
			return 6
		}
	}
	return 0
}

func hexOf(digits []byte) rune {
	var r rune
	for _, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return r
}

// decode consumes a string and appends what it stands for to dst: bytes that are
// no UTF-8 stay as they are, since a signature covers them. Eight bytes are
// copied at a time, of which those count that precede something special.
func (s *scanner) decode(dst []byte) ([]byte, error) {
	if !s.take('"') {
		return dst, errNotJSON
	}
	text, at := s.text, s.at
	dst = slices.Grow(dst, len(text)-at) // no string is longer than its literal
	out, n := dst[len(dst):cap(dst)], 0
	for at < len(text) {
		var size int
		if at+8 <= len(text) {
			word := binary.LittleEndian.Uint64(text[at:])
			binary.LittleEndian.PutUint64(out[n:], word)
			size = bits.TrailingZeros64(special(word)) / 8
		} else if size = plain(text[at:]); size > 0 {
			copy(out[n:], text[at:at+size])
		}
		if at, n = at+size, n+size; size == 8 || at == len(text) {
			continue
		}
		switch c := text[at]; {
		case c == '"':
			s.at = at + 1
			return dst[:len(dst)+n], nil
		case c < ' ':
			return dst, errNotJSON
		}
		if at+1 < len(text) && (text[at+1] == '"' || text[at+1] == '\\') { // nearly all of them
			out[n] = text[at+1]
			at, n = at+2, n+1
			continue
		}
		if escape(text[at:]) == 0 {
			return dst, errNotJSON
		}
		decoded, rest := appendEscape(out[:n], text[at+1:])
		at, n = len(text)-len(rest), len(decoded)
	}
	return dst, errNotJSON
}

// bytes is the string that the literal stands for.
func (l literal) bytes() []byte {
	if !l.escaped {
		return l.raw
	}
	var out []byte
	for rest := l.raw; len(rest) > 0; {
		if n := plain(rest); n > 0 {
			out, rest = append(out, rest[:n]...), rest[n:]
			continue
		}
		out, rest = appendEscape(out, rest[1:])
	}
	return out
}

func (l literal) String() string { return string(l.bytes()) }

func (l literal) is(name string) bool {
	return string(l.raw) == name || l.escaped && string(l.bytes()) == name
}

// appendEscape decodes the escape that rest begins with, after its backslash.
func appendEscape(out, rest []byte) (_, after []byte) {
	switch c := rest[0]; c {
	case 'b':
		return append(out, '\b'), rest[1:]
	case 'f':
		return append(out, '\f'), rest[1:]
	case 'n':
		return append(out, '\n'), rest[1:]
	case 'r':
		return append(out, '\r'), rest[1:]
	case 't':
		return append(out, '\t'), rest[1:]
	case 'u':
		r := hexOf(rest[1:5])
		rest = rest[5:]
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
				low = hexOf(rest[2:6])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				rest = rest[6:]
			}
		}
		return utf8.AppendRune(out, r), rest
	default:
		return append(out, c), rest[1:]
	}
}

// value consumes any value.
func (s *scanner) value() error {
	switch s.peek() {
	case '"':
		_, err := s.str()
		return err
	case '{':
		return s.object(func(literal) error { return s.value() })
	case '[':
		return s.array(s.value)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scanner) word(word string) error {
	if !bytes.HasPrefix(s.text[s.at:], []byte(word)) {
		return errNotJSON
	}
	s.at += len(word)
	return nil
}

func (s *scanner) digits() bool {
	begin := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > begin
}

func (s *scanner) one(chars string) bool {
	if s.at < len(s.text) && bytes.IndexByte([]byte(chars), s.text[s.at]) >= 0 {
		s.at++
		return true
	}
	return false
}

func (s *scanner) number() error {
	s.one("-")
	if !s.one("0") && !s.digits() {
		return errNotJSON
	}
	if s.one(".") && !s.digits() {
		return errNotJSON
	}
	if s.one("eE") {
		s.one("+-")
		if !s.digits() {
			return errNotJSON
		}
	}
	return nil
}

// object consumes an object; each consumes the value of a member.
func (s *scanner) object(each func(name literal) error) error {
	if !s.take('{') {
		return errNotJSON
	}
	if s.take('}') {
		return nil
	}
	if s.depth++; s.depth > deepest {
		return errNotJSON
	}
	for {
		name, err := s.str()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return errNotJSON
		}
		if err := each(name); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if !s.take('}') {
			return errNotJSON
		}
		s.depth--
		return nil
	}
}

// array consumes an array; each consumes an element.
func (s *scanner) array(each func() error) error {
	if !s.take('[') {
		return errNotJSON
	}
	if s.take(']') {
		return nil
	}
	if s.depth++; s.depth > deepest {
		return errNotJSON
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if !s.take(']') {
			return errNotJSON
		}
		s.depth--
		return nil
	}
}

// text consumes a string or null, which counts as absent.
func (s *scanner) textOrNull(what string) (l literal, present bool, err error) {
	switch s.peek() {
	case '"':
		l, err = s.str()
		return l, err == nil, err
	case 'n':
		return l, false, s.word("null")
	}
	if err := s.value(); err != nil {
		return l, false, err
	}
	return l, false, fmt.Errorf("%s must be a text", what)
}
