package intake

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// envelope is the parsed JSON form of a saved message.
type envelope struct {
	kind, method, url literal
	headers           headerPairs
	hasHeaders        bool
	badHeaders        error
	body              []byte
	bodyBase64        literal
	hasBody, has64    bool
	foreign           bool // it has members of other programs' forms

	memory []byte // of bodies, used again
}

// isEnvelope distinguishes an envelope from a JSON body: only an envelope has headers and
// one of the two bodies.
func (e *envelope) isEnvelope() bool {
	return (e.hasHeaders || e.badHeaders != nil) && (e.hasBody || e.has64)
}

// scan parses a JSON object. Its slices point into the text.
func (e *envelope) scan(text []byte) error {
	*e = envelope{memory: e.memory[:0]}
	s := &scanner{text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	if err := s.object(func(name literal) error { return e.member(s, name) }); err != nil {
		return err
	}
	return s.end()
}

// member reads one member. A second body or a second set of headers is an error: readers
// would disagree about which one counts.
func (e *envelope) member(s *scanner, name literal) (err error) {
	twice := false
	switch {
	case name.is("kind"):
		e.kind, _, err = s.textOrNull("kind")
	case name.is("method"):
		e.method, _, err = s.textOrNull("method")
	case name.is("url"):
		twice = e.url.raw != nil
		e.url, _, err = s.textOrNull("url")
	case name.is("headers"):
		twice = e.hasHeaders
		err = e.readHeaders(s)
	case name.is("body") && (s.peek() == '{' || s.peek() == '['):
		twice = e.hasBody
		e.body, e.hasBody, err = s.asItStands()
	case name.is("body"):
		twice = e.hasBody
		err = e.readBody(s)
	case name.is("bodyBase64"):
		twice = e.has64
		e.bodyBase64, e.has64, err = s.textOrNull("bodyBase64")
	default:
		e.foreign = e.foreign || isForeign(name.raw)
		err = s.value()
	}
	if err == nil && twice {
		err = fmt.Errorf("it has %q twice", name.String())
	}
	return err
}

// readBody decodes a body while it looks for its end, since the body is most of the
// envelope.
func (e *envelope) readBody(s *scanner) (err error) {
	if s.peek() != '"' {
		_, e.hasBody, err = s.textOrNull("body")
		return err
	}
	e.memory, err = s.decode(e.memory[:0])
	e.body, e.hasBody = e.memory, err == nil
	return err
}

// asItStands consumes a value and returns its text unchanged: some loggers write a JSON
// body into the envelope without quotes, often with its original bytes.
func (s *scanner) asItStands() (text []byte, present bool, err error) {
	s.space()
	begin := s.at
	err = s.value()
	return s.text[begin:s.at], true, err
}

// asEnvelope returns nil for anything but an envelope.
func asEnvelope(text []byte) *envelope {
	e := new(envelope)
	if err := e.scan(text); err != nil || !e.isEnvelope() {
		return nil
	}
	return e
}

// explainJSON describes a syntax error as encoding/json does: the place, and what was
// expected there.
func explainJSON(text []byte) error {
	var object map[string]json.RawMessage
	err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &object)
	if of, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("it is a JSON %s, not an object", of.Value)
	}
	return cmp.Or(err, errNotJSON)
}

// message makes a message of an envelope, reusing the memory of a parser.
func (e *envelope) message(p *Parser, source string, d Defaults) (*Message, error) {
	m := &p.message
	*m = Message{Source: source, Kind: Kind(usual(e.kind)), Method: usual(e.method), Exact: e.has64}
	m.setURL(e.url.String())
	switch {
	case e.badHeaders != nil:
		return nil, fmt.Errorf("%s: %w", source, e.badHeaders)
	case m.Kind != "" && !m.Kind.valid():
		return nil, fmt.Errorf("%s: kind %s: must be notification, response or request", source, redact.Quote(string(m.Kind)))
	case e.hasBody && e.has64:
		return nil, fmt.Errorf("%s: has both body and bodyBase64: one of them is the body", source)
	case e.hasBody:
		m.Body = e.body
	default:
		var err error
		if e.memory, err = base64.StdEncoding.AppendDecode(e.memory[:0], e.bodyBase64.bytes()); err != nil {
			return nil, fmt.Errorf("%s: bodyBase64: %w", source, err)
		}
		m.Body = e.memory
	}
	m.Header = p.headerOf(&e.headers)
	m.fill(d)
	m.decode()
	return m, nil
}

// usual returns the text of a literal, without allocating for values that nearly every
// message has.
func usual(l literal) string {
	switch string(l.raw) {
	case "POST":
		return "POST"
	case "notification":
		return "notification"
	case "PAYMENT_RESULT":
		return "PAYMENT_RESULT"
	case "CAPTURE_RESULT":
		return "CAPTURE_RESULT"
	case "S":
		return "S"
	case "SUCCESS":
		return "SUCCESS"
	}
	return l.String()
}

// readHeaders reads headers as an object of texts or lists, or as a list of pairs. Other
// JSON is reported when the message is made.
func (e *envelope) readHeaders(s *scanner) (err error) {
	s.space()
	begin, h := *s, &e.headers
	switch s.peek() {
	case '{':
		err = s.object(func(name literal) error { return s.headerValues(h, name) })
	case '[':
		err = s.array(func() error { return s.headerPair(h) })
	case 'n':
		err = s.word("null")
	default:
		err = errNotJSON
	}
	if err == nil {
		h.raw, h.at, e.hasHeaders = s.text[begin.at:s.at], begin.at, true
		return nil
	}
	*s = begin
	if err := s.value(); err != nil {
		return err
	}
	if e.badHeaders = err; errors.Is(err, errNotJSON) {
		e.badHeaders = errors.New("headers must be an object of names and values, or a list of pairs")
	}
	return nil
}

// headerPairs are headers with slices of the text.
type headerPairs struct {
	raw  []byte // all of them
	at   int    // of raw in the text
	few  [8][2]literal
	n    int
	many [][2]literal // beyond the first few
}

func (h *headerPairs) add(name, value literal) {
	if h.n < len(h.few) {
		h.few[h.n] = [2]literal{name, value}
		h.n++
		return
	}
	h.many = append(h.many, [2]literal{name, value})
}

func (h *headerPairs) pair(i int) (name, value *literal) {
	pair := &h.few[min(i, len(h.few)-1)]
	if i >= len(h.few) {
		pair = &h.many[i-len(h.few)]
	}
	return &pair[0], &pair[1]
}

// usualNames are the headers of every message, in the spelling of http.Header.
var usualNames = [...]string{antom.HeaderSignature, antom.HeaderClientID, antom.HeaderRequestTime, antom.HeaderResponseTime, "Content-Type", "User-Agent", "Content-Length", "Host"}

func headerKey(name *literal) string {
	for _, usual := range usualNames {
		if len(name.raw) == len(usual) && asciiFold(name.raw, usual) {
			return usual
		}
	}
	return http.CanonicalHeaderKey(name.String())
}

// asciiFold compares ignoring case; the lengths are equal.
func asciiFold(text []byte, name string) bool {
	for i := range text {
		a, b := text[i], name[i]
		if a != b && (a|0x20 != b|0x20 || a|0x20 < 'a' || a|0x20 > 'z') {
			return false
		}
	}
	return true
}

func (s *scanner) headerValues(h *headerPairs, name literal) error {
	one := func() error {
		value, present, err := s.textOrNull("header")
		if present {
			h.add(name, value)
		}
		if err != nil && !errors.Is(err, errNotJSON) {
			err = fmt.Errorf("header %s: must be a text or a list of texts", redact.Quote(name.String()))
		}
		return err
	}
	if s.peek() == '[' {
		return s.array(one)
	}
	return one()
}

func (s *scanner) headerPair(h *headerPairs) error {
	var texts [2]literal
	n := 0
	err := s.array(func() error {
		l, err := s.str()
		if err != nil || n == len(texts) {
			return errNotJSON
		}
		texts[n] = l
		n++
		return nil
	})
	if err != nil || n < len(texts) {
		return errNotJSON
	}
	h.add(texts[0], texts[1])
	return nil
}

// written is the JSON form of a saved message as we write it.
type written struct {
	Kind       Kind        `json:"kind"`
	Method     string      `json:"method"`
	URL        string      `json:"url"`
	Headers    [][2]string `json:"headers"`
	Body       *string     `json:"body,omitempty"`
	BodyBase64 *string     `json:"bodyBase64,omitempty"`
}

// Envelope writes a message in its JSON form, on one line.
func Envelope(m *Message) ([]byte, error) {
	e := written{Kind: m.Kind, Method: m.Method, URL: m.Target}
	for name, value := range m.headers() {
		e.Headers = append(e.Headers, [2]string{name, value})
	}
	body := m.sent()
	if m.Exact || !utf8.Valid(body) {
		e.BodyBase64 = new(base64.StdEncoding.EncodeToString(body))
	} else {
		e.Body = new(string(body))
	}
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	return text, nil
}
