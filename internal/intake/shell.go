package intake

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// shellWord is one word of a command line, and the line that it begins at.
type shellWord struct {
	text string
	line int
	end  bool // no word: the command ends here
}

// shellSplit takes commands apart as a POSIX shell would, without expanding
// anything: quotes of all three kinds, backslashes, continued lines, comments. A
// command ends at a line end, a semicolon, && or a pipe.
type shellSplit struct {
	text  string
	at    int
	line  int
	words []shellWord
}

var errOpenQuote = errors.New("a quote is not closed: is the command cut off?")

func splitShell(text string) ([]shellWord, error) {
	s := &shellSplit{text: text, line: 1}
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '\n' || c == ';' || c == '&' || c == '|':
			s.words = append(s.words, shellWord{line: s.line, end: true})
			s.skip(1)
		case c == ' ' || c == '\t' || c == '\r':
			s.skip(1)
		case c == '#':
			s.skip(untilAny(s.text[s.at:], "\n"))
		case s.continued() > 0:
			s.skip(s.continued())
		default:
			if err := s.word(); err != nil {
				return nil, err
			}
		}
	}
	return s.words, nil
}

// skip goes n bytes on and counts the lines.
func (s *shellSplit) skip(n int) string {
	part := s.text[s.at : s.at+n]
	s.line += strings.Count(part, "\n")
	s.at += n
	return part
}

// continued is the length of a backslash and the line end behind it.
func (s *shellSplit) continued() int {
	for _, end := range [...]string{"\\\n", "\\\r\n"} {
		if strings.HasPrefix(s.text[s.at:], end) {
			return len(end)
		}
	}
	return 0
}

func untilAny(text, chars string) int {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return i
	}
	return len(text)
}

func (s *shellSplit) word() error {
	var b strings.Builder
	begin := s.line
	for s.at < len(s.text) && !strings.ContainsRune(" \t\r\n;&|", rune(s.text[s.at])) {
		rest := s.text[s.at:]
		var err error
		switch {
		case s.continued() > 0:
			s.skip(s.continued())
		case rest[0] == '\\' && len(rest) > 1:
			s.skip(1)
			_, size := utf8.DecodeRuneInString(rest[1:])
			b.WriteString(s.skip(size))
		case rest[0] == '\'':
			err = s.single(&b)
		case rest[0] == '"':
			err = s.double(&b)
		case strings.HasPrefix(rest, "$'"):
			err = s.dollar(&b)
		default:
			b.WriteString(s.skip(1))
		}
		if err != nil {
			return err
		}
	}
	s.words = append(s.words, shellWord{text: b.String(), line: begin})
	return nil
}

func (s *shellSplit) single(b *strings.Builder) error {
	s.skip(1)
	n := strings.IndexByte(s.text[s.at:], '\'')
	if n < 0 {
		return errOpenQuote
	}
	b.WriteString(s.skip(n))
	s.skip(1)
	return nil
}

// double reads "…", in which a backslash escapes only what has a meaning there.
func (s *shellSplit) double(b *strings.Builder) error {
	s.skip(1)
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case rest[0] == '"':
			s.skip(1)
			return nil
		case s.continued() > 0:
			s.skip(s.continued())
		case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte("\"\\$`", rest[1]) >= 0:
			s.skip(1)
			b.WriteString(s.skip(1))
		default:
			b.WriteString(s.skip(1))
		}
	}
	return errOpenQuote
}

// dollar reads $'…', which browsers write where a body holds quotes or letters
// beyond ASCII.
func (s *shellSplit) dollar(b *strings.Builder) error {
	s.skip(2)
	for s.at < len(s.text) {
		switch rest := s.text[s.at:]; {
		case rest[0] == '\'':
			s.skip(1)
			return nil
		case rest[0] == '\\' && len(rest) > 1:
			decoded, size := ansiEscape(rest)
			b.WriteString(decoded)
			s.skip(size)
		default:
			b.WriteString(s.skip(1))
		}
	}
	return errOpenQuote
}

// ansiEscape decodes an escape of $'…' and returns its length. Escapes that
// stand for half of a UTF-16 pair are read together.
func ansiEscape(text string) (decoded string, size int) {
	const letters, meanings = `abefnrtv\'"?E`, "\a\b\x1b\f\n\r\t\v\\'\"?\x1b"
	c := text[1]
	if i := strings.IndexByte(letters, c); i >= 0 {
		return meanings[i : i+1], 2
	}
	switch {
	case c == 'x':
		n := digitsOf(text[2:], 16, 2)
		if n > 0 {
			return string([]byte{byte(number(text[2:2+n], 16) & 0xff)}), 2 + n
		}
	case c == 'u':
		if n := digitsOf(text[2:], 16, 4); n > 0 {
			return unicodeEscape(text, n)
		}
	case c == 'U':
		if n := digitsOf(text[2:], 16, 8); n > 0 {
			return unicodeEscape(text, n)
		}
	case '0' <= c && c <= '7':
		n := digitsOf(text[1:], 8, 3)
		return string([]byte{byte(number(text[1:1+n], 8) & 0xff)}), 1 + n
	}
	return text[:2], 2
}

// unicodeEscape decodes \u with n digits, and the second half of a pair.
func unicodeEscape(text string, n int) (string, int) {
	r := number(text[2:2+n], 16)
	if rest := text[2+n:]; n == 4 && 0xd800 <= r && r < 0xdc00 && strings.HasPrefix(rest, `\u`) && digitsOf(rest[2:], 16, 4) == 4 {
		low := number(rest[2:6], 16)
		return string((r-0xd800)<<10 | (low - 0xdc00) + 0x10000), 2*n + 4
	}
	return string(r), 2 + n
}

func digitsOf(text string, base, most int) int {
	n := 0
	for n < min(most, len(text)) && digit(text[n]) < base {
		n++
	}
	return n
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 99
}

// number reads up to eight digits.
func number(digits string, base rune) rune {
	var n rune
	for i := range len(digits) {
		n = n*base + rune(digit(digits[i])&0xf)
	}
	return n
}
