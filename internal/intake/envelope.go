package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// envelope is the JSON form of a saved message, taken apart.
type envelope struct {
	kind, method, url literal
	headers           []byte // a JSON value; nil if there are none
	body, bodyBase64  literal
	hasBody, has64    bool
}

// isEnvelope tells an envelope from a body that is JSON: only an envelope has
// headers and one of the two bodies.
func (e *envelope) isEnvelope() bool { return e.headers != nil && (e.hasBody || e.has64) }

// scanEnvelope takes a JSON object apart. The slices are those of the text.
func scanEnvelope(text []byte) (*envelope, error) {
	e, s := new(envelope), &scanner{text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	err := s.object(func(name literal) error { return e.member(s, name) })
	if err == nil {
		err = s.end()
	}
	return e, err
}

// member reads one member. A second body or a second set of headers would leave
// it to the reader which one was meant.
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
		twice = e.headers != nil
		e.headers, err = s.value()
	case name.is("body") && s.peek() != '{' && s.peek() != '[':
		twice = e.hasBody
		e.body, e.hasBody, err = s.textOrNull("body")
	case name.is("bodyBase64"):
		twice = e.has64
		e.bodyBase64, e.has64, err = s.textOrNull("bodyBase64")
	default:
		_, err = s.value()
	}
	if err == nil && twice {
		err = fmt.Errorf("it has %q twice", name.String())
	}
	return err
}

// asEnvelope is nil for anything that is no envelope.
func asEnvelope(text []byte) *envelope {
	e, err := scanEnvelope(text)
	if err != nil || !e.isEnvelope() {
		return nil
	}
	return e
}

// readEnvelope reads what must be an envelope.
func readEnvelope(text []byte, source string, d Defaults) (*Message, error) {
	e, err := scanEnvelope(text)
	switch {
	case errors.Is(err, errNotJSON):
		return nil, fmt.Errorf("%s: not a saved message: %w", source, explainJSON(text))
	case err != nil:
		return nil, fmt.Errorf("%s: not a saved message: %w", source, err)
	case !e.isEnvelope():
		return nil, fmt.Errorf("%s: not a saved message: headers or body missing", source)
	}
	return e.message(source, d)
}

// explainJSON says what is wrong with a text, in the words of encoding/json: its
// place, and what was expected there.
func explainJSON(text []byte) error {
	var any map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &any); err != nil {
		return err
	}
	return errNotJSON
}

func (e *envelope) message(source string, d Defaults) (*Message, error) {
	m := &Message{Source: source, Kind: Kind(e.kind.String()), Method: e.method.String(), Exact: e.has64}
	m.setURL(e.url.String())
	switch {
	case m.Kind != "" && !m.Kind.valid():
		return nil, fmt.Errorf("%s: kind %q: must be notification, response or request", source, clip(string(m.Kind)))
	case e.hasBody && e.has64:
		return nil, fmt.Errorf("%s: has both body and bodyBase64: one of them is the body", source)
	case e.hasBody:
		m.Body = e.body.bytes()
	default:
		text := e.bodyBase64.bytes()
		body := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		n, err := base64.StdEncoding.Decode(body, text)
		if err != nil {
			return nil, fmt.Errorf("%s: bodyBase64: %w", source, err)
		}
		m.Body = body[:n]
	}
	var err error
	if m.Header, err = readHeaders(e.headers); err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	m.fill(d)
	m.decode()
	return m, nil
}

// readHeaders reads headers as an object of texts or lists, or a list of pairs.
func readHeaders(raw []byte) (http.Header, error) {
	header, s := make(http.Header, 8), &scanner{text: raw}
	var err error
	switch s.peek() {
	case '{':
		err = s.object(func(name literal) error { return s.headerValues(header, name) })
	case '[':
		err = s.array(func() error { return s.headerPair(header) })
	case 'n':
	default:
		err = errNotJSON
	}
	if errors.Is(err, errNotJSON) {
		err = errors.New("headers must be an object of names and values, or a list of pairs")
	}
	return header, err
}

func (s *scanner) headerValues(header http.Header, name literal) error {
	one := func() error {
		value, present, err := s.textOrNull(fmt.Sprintf("header %q", clip(name.String())))
		if present {
			header.Add(name.String(), value.String())
		}
		return err
	}
	if s.peek() == '[' {
		return s.array(one)
	}
	return one()
}

func (s *scanner) headerPair(header http.Header) error {
	var texts [2]string
	n := 0
	err := s.array(func() error {
		l, err := s.str()
		if err != nil || n == len(texts) {
			return errNotJSON
		}
		texts[n] = l.String()
		n++
		return nil
	})
	if err != nil || n < len(texts) {
		return errNotJSON
	}
	header.Add(texts[0], texts[1])
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
