package intake

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Of tells text in UTF-16 by its byte order mark, or by the zero bytes of
// its first two letters; nil if it is not.
func utf16Of(start []byte) binary.ByteOrder {
	if len(start) < 4 {
		return nil
	}
	zero := func(i int) bool { return start[i] == 0 }
	switch {
	case start[0] == 0xff && start[1] == 0xfe, !zero(0) && zero(1) && !zero(2) && zero(3):
		return binary.LittleEndian
	case start[0] == 0xfe && start[1] == 0xff, zero(0) && !zero(1) && zero(2) && !zero(3):
		return binary.BigEndian
	}
	return nil
}

// utf16Reader reads UTF-16 as UTF-8. What is no character becomes U+FFFD: then
// the signature does not match.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	left  []byte
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.left) == 0 || len(r.left)+utf8.UTFMax <= len(p) && r.in.Buffered() > 1 {
		c, err := r.unit()
		if err != nil {
			return 0, err
		}
		if utf16.IsSurrogate(c) {
			low, err := r.unit()
			if err != nil {
				low = utf8.RuneError
			}
			c = utf16.DecodeRune(c, low)
		}
		r.left = utf8.AppendRune(r.left, c)
	}
	n := copy(p, r.left)
	r.left = append(r.left[:0], r.left[n:]...)
	return n, nil
}

func (r *utf16Reader) unit() (rune, error) {
	var two [2]byte
	if _, err := io.ReadFull(r.in, two[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return 0, err
	}
	return rune(r.order.Uint16(two[:])), nil
}

// traceStart matches what curl -v shows: its own words after an asterisk, what it
// sends after >, what it receives after <.
var traceStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[*{}] ?[^\n]*\n)*> ?[A-Z]{3,10} \S+ HTTP/`)
})

func startsTrace(start []byte) bool { return traceStart().Match(start) }

// traceData matches what curl -v shows in place of what it sends and receives.
var traceData = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[{}] \[\d+ bytes data\]`) })

// traceNoise are curl's last words, behind the body.
var traceNoise = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\n?\* (?:Connection|Closing|shutting) [^\n]*\s*$`)
})

// readTrace reads what curl -v shows: the answer, if it is signed, else the
// request. What curl sends as a body is not shown.
func (f *file) readTrace() {
	f.discardBOM()
	text, err := readRest(f.in, nil)
	if err != nil {
		f.fail(err)
		return
	}
	request, answer, body := splitTrace(text)
	m := &Message{Source: f.name + ":1", Header: http.Header{}}
	start, fields, _ := strings.Cut(request, "\n")
	err = m.readStart(start)
	if strings.Contains(strings.ToLower(answer), "\nsignature:") {
		m.Kind, fields = Response, answer
	}
	for line := range strings.Lines(fields) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			m.Header.Add(name, strings.TrimSpace(value))
		}
	}
	m.Body = traceNoise().ReplaceAll(body, nil)
	m.fill(f.defaults)
	if err != nil {
		m, err = nil, fmt.Errorf("%s:1: %w", f.name, err)
	}
	f.parsed(1, m, err)
}

// splitTrace takes the heads of the request and of the answer from what curl -v
// shows; what follows is the body.
func splitTrace(rest []byte) (request, answer string, body []byte) {
	var sent, received strings.Builder
	for len(rest) > 1 && (bytes.IndexByte([]byte("*<>"), rest[0]) >= 0 && bytes.IndexByte([]byte(" \r\n"), rest[1]) >= 0 || traceData().Match(rest)) {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		switch text := strings.TrimSpace(string(line[1:])) + "\n"; line[0] {
		case '>':
			sent.WriteString(text)
		case '<':
			received.WriteString(text)
		}
	}
	return sent.String(), received.String(), rest
}

// asJSON is the call of a browser's "Copy as fetch" as an object, its URL being a
// member; any other text is returned as it is.
func asJSON(text []byte) []byte {
	s := &scanner{text: bytes.TrimPrefix(bytes.TrimSpace(text), []byte("await "))}
	if !bytes.HasPrefix(s.text, []byte("fetch(")) {
		return text
	}
	s.at = len("fetch(")
	url, err := s.str()
	if err != nil || !s.take(',') || !s.take('{') {
		return text
	}
	begin := s.at
	s.at-- // the brace is a part of the object
	if s.value() != nil {
		return text
	}
	return []byte(`{"url":"` + string(url.raw) + `",` + string(s.text[begin:s.at]))
}
