package intake

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Answer is the answer to a notification, as it was saved with it. It is not signed.
type Answer struct {
	Status int
	Body   []byte
}

// paced notes whether an input has more at hand: a file fills the buffer that it is
// read into, a pipe or a terminal does not.
type paced struct {
	in   io.Reader
	full bool
}

// Read reads on.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.full = n == len(b)
	return n, err
}

// paces reads ahead where answers are looked for.
func (r *httpReader) paces() {
	if r.defaults.Search == nil {
		return
	}
	r.pace = &paced{in: r.in}
	r.in = bufio.NewReaderSize(r.pace, 64<<10)
}

// exchange joins a message with what stands before or behind it. The answer to a call
// of Antom's API is signed and does not say which call it answers; the answer to a
// notification is not signed.
func (r *httpReader) exchange(m *Message) {
	asked := r.request
	r.request = nil
	if m.Kind == Response && !r.asked && asked != nil && r.defaults.Target == "" {
		m.Method, m.Target, m.Origin = asked.Method, asked.Target, asked.Origin
	}
	if !r.asked || !r.answerFollows() {
		return
	}
	if strings.HasPrefix(m.Target, "/ams/") {
		m.Kind, r.request = Request, m.Clone()
		return
	}
	if m.Kind == Notification {
		m.Answer = r.answer()
	}
}

// answer reads the answer that follows; nil if it can't be read.
func (r *httpReader) answer() *Answer {
	if more, err := r.skipBlank(); !more || err != nil {
		return nil
	}
	m := &Message{Header: http.Header{}}
	start, err := r.headerLine()
	if err == nil {
		err = r.readHeader(m)
	}
	if err == nil {
		m.Body, _, err = r.body(m.Header)
	}
	r.line += bytes.Count(m.Body, []byte("\n"))
	if err != nil {
		return nil
	}
	m.decode()
	status, err := strconv.Atoi(strings.Fields(start + " - -")[1])
	if err != nil {
		return nil
	}
	return &Answer{Status: status, Body: m.Body}
}

// answerFollows says whether an answer is what comes next. It does not wait for more of
// an input that comes in slowly.
func (r *httpReader) answerFollows() bool {
	if r.pace == nil || r.in.Buffered() == 0 && !r.pace.full {
		return false
	}
	ahead, _ := r.in.Peek(64) // what is not there does not follow
	return nextAnswer().Match(ahead)
}

// nextAnswer matches a status line behind blank lines.
var nextAnswer = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*HTTP/\d(?:\.\d)? \d{3}`)
})

// upToNext ends a body of unknown length where another message begins behind a whole
// JSON value. The rest is left to be read.
func (r *httpReader) upToNext(body []byte) []byte {
	if r.pace == nil {
		return body
	}
	for _, span := range lineBreaks().FindAllIndex(body, -1) {
		if startsHTTP(body[span[1]:]) && isJSON(body[:span[0]]) {
			rest := bytes.Clone(body[span[0]:])
			r.in = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(rest), r.in), 64<<10)
			r.pace.full = true
			return body[:span[0]]
		}
	}
	return body
}

var lineBreaks = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\r?\n\s*`) })

// statusLine matches the first line of an answer in a text, also as curl -v shows it,
// and the line of a browser's tools.
var statusLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(?:< ?)?HTTP/\d(?:\.\d)? (\d{3})\b`)
})

// AnswerIn finds an answer in the text behind a message; nil if there is none.
func AnswerIn(text []byte) *Answer {
	span := statusLine().FindSubmatchIndex(text)
	if span == nil {
		return nil
	}
	status, err := strconv.Atoi(string(text[span[2]:span[3]]))
	if err != nil {
		return nil
	}
	return &Answer{Status: status, Body: answerBody(text[span[1]:])}
}

// answerBody is what follows the header of an answer: a JSON value, or text up to a
// blank line.
func answerBody(rest []byte) []byte {
	lines := strings.SplitAfter(strings.ReplaceAll(string(rest), "\r\n", "\n"), "\n")
	for i, line := range lines[1:] {
		if name := strings.TrimSpace(strings.TrimLeft(line, "<")); name != "" {
			continue
		}
		body := strings.Join(lines[i+2:], "")
		for strings.HasPrefix(body, "* ") || strings.HasPrefix(body, "{ [") { // curl's own words
			_, body, _ = strings.Cut(body, "\n")
		}
		s := &scanner{text: []byte(body)}
		if s.peek() == '{' && s.value() == nil {
			return bytes.TrimSpace(s.text[:s.at])
		}
		body, _, _ = strings.Cut(body, "\n\n")
		return []byte(strings.TrimSpace(body))
	}
	return nil
}
