// Package intake reads saved messages in the forms that people have them in:
// raw HTTP as a tool captured it, JSON envelopes, one or one a line, and bodies
// alone. Forms are told apart by content.
package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/antom-cli/antom/pkg/sign"
)

// Kind says who sent a message to whom.
type Kind string

// The kinds of messages.
const (
	Notification Kind = "notification" // Antom to the merchant
	Response     Kind = "response"     // Antom's answer to a call
	Request      Kind = "request"      // the merchant's call
)

func (k Kind) valid() bool { return k == Notification || k == Response || k == Request }

// Message is one saved message.
type Message struct {
	Source string // file:line
	Kind   Kind
	Method string
	Target string // path and query; of a response: its request's
	Header http.Header
	Body   []byte
	Exact  bool // the form tells the body's length to the byte
}

// Defaults are what a message does not say itself: a body alone says nothing,
// and a response not which request it answers.
type Defaults struct {
	Kind      Kind
	Method    string
	URL       string // or a path
	ClientID  string
	Time      string
	Signature string
}

// timeHeader is the header that holds the signed time of a kind.
func (k Kind) timeHeader() string {
	if k == Response {
		return "Response-Time"
	}
	return "Request-Time"
}

// signed is what the signature covers.
func (m *Message) signed(body []byte) sign.Message {
	return sign.Message{
		Method: m.Method, Target: m.Target, ClientID: m.Header.Get("Client-Id"), Time: m.Header.Get(m.Kind.timeHeader()), Body: body,
	}
}

// ErrNoTarget says that a message does not tell which URL it was sent to.
var ErrNoTarget = errors.New("the URL that the message was sent to is not known, and it is a part of what is signed")

// Checked is what verifying a message came to.
type Checked struct {
	Header                 sign.Header
	TrailingLineEndIgnored bool
	Err                    error // nil, a *sign.Error or ErrNoTarget
}

// Verify checks the signature. A body whose exact length is not known is tried
// as it is and then without one final line end, which shells and editors add.
func (m *Message) Verify(key *sign.PublicKey) Checked {
	if values := m.Header.Values("Signature"); len(values) > 1 {
		return Checked{Err: sign.NewError(sign.SignatureMalformed, fmt.Sprintf("the message has %d of them", len(values)))}
	}
	if m.Target == "" && m.Header.Get("Signature") != "" {
		return Checked{Err: ErrNoTarget}
	}
	header, err := key.Verify(m.signed(m.Body), m.Header.Get("Signature"))
	trimmed, hadLineEnd := withoutLineEnd(m.Body)
	if m.Exact || !hadLineEnd || !errors.Is(err, &sign.Error{Reason: sign.Mismatch}) {
		return Checked{Header: header, Err: err}
	}
	if _, errTrimmed := key.Verify(m.signed(trimmed), m.Header.Get("Signature")); errTrimmed == nil {
		return Checked{Header: header, TrailingLineEndIgnored: true}
	}
	return Checked{Header: header, Err: err}
}

// withoutLineEnd drops one final line end, LF or CRLF.
func withoutLineEnd(body []byte) ([]byte, bool) {
	trimmed, found := bytes.CutSuffix(body, []byte("\n"))
	return bytes.TrimSuffix(trimmed, []byte("\r")), found
}

// fill adds what the defaults know and the message does not say.
func (m *Message) fill(d Defaults) {
	if m.Kind == "" {
		m.Kind = d.Kind
	}
	if m.Kind == "" {
		m.Kind = Notification
	}
	if m.Method == "" {
		m.Method = d.Method
	}
	if m.Method == "" {
		m.Method = http.MethodPost
	}
	if m.Target == "" {
		m.Target = targetOf(d.URL)
	}
}

// targetOf reduces a URL to what is signed of it: path and query.
func targetOf(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.RequestURI()
}

// bodyAlone is a message of which only the body was saved.
func bodyAlone(body []byte, source string, d Defaults) *Message {
	m := &Message{Source: source, Header: http.Header{}, Body: body}
	m.fill(d)
	for name, value := range map[string]string{"Client-Id": d.ClientID, m.Kind.timeHeader(): d.Time, "Signature": d.Signature} {
		if value != "" {
			m.Header.Set(name, value)
		}
	}
	return m
}

// envelope is the JSON form of a saved message.
type envelope struct {
	Kind       Kind            `json:"kind"`
	Method     string          `json:"method"`
	URL        string          `json:"url"`
	Headers    json.RawMessage `json:"headers"`
	Body       *string         `json:"body,omitempty"`
	BodyBase64 *string         `json:"bodyBase64,omitempty"`
}

// isEnvelope tells an envelope from a body that is JSON: only an envelope has
// headers and one of the two bodies.
func (e *envelope) isEnvelope() bool {
	return e.Headers != nil && (e.Body != nil || e.BodyBase64 != nil)
}

func (e *envelope) message(source string, d Defaults) (*Message, error) {
	m := &Message{Source: source, Kind: e.Kind, Method: e.Method, Target: targetOf(e.URL), Exact: e.BodyBase64 != nil}
	switch {
	case e.Kind != "" && !e.Kind.valid():
		return nil, fmt.Errorf("%s: kind %q: must be notification, response or request", source, e.Kind)
	case e.Body != nil && e.BodyBase64 != nil:
		return nil, fmt.Errorf("%s: has both body and bodyBase64: one of them is the body", source)
	case e.Body != nil:
		m.Body = []byte(*e.Body)
	default:
		body, err := base64.StdEncoding.DecodeString(*e.BodyBase64)
		if err != nil {
			return nil, fmt.Errorf("%s: bodyBase64: %w", source, err)
		}
		m.Body = body
	}
	header, err := readHeaders(e.Headers)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	m.Header = header
	m.fill(d)
	return m, nil
}

// readHeaders reads headers as an object of texts or lists, or a list of pairs.
func readHeaders(raw json.RawMessage) (http.Header, error) {
	header := http.Header{}
	var pairs [][2]string
	if json.Unmarshal(raw, &pairs) == nil {
		for _, pair := range pairs {
			header.Add(pair[0], pair[1])
		}
		return header, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, errors.New("headers must be an object of names and values, or a list of pairs")
	}
	for name, value := range object {
		var one string
		var several []string
		if json.Unmarshal(value, &one) == nil {
			several = []string{one}
		} else if err := json.Unmarshal(value, &several); err != nil {
			return nil, fmt.Errorf("header %q: must be a text or a list of texts", name)
		}
		for _, text := range several {
			header.Add(name, text)
		}
	}
	return header, nil
}

// Envelope writes a message in its JSON form, on one line.
func Envelope(m *Message) ([]byte, error) {
	var pairs [][2]string
	for _, name := range sortedNames(m.Header) {
		for _, value := range m.Header[name] {
			pairs = append(pairs, [2]string{strings.ToLower(name), value})
		}
	}
	headers, err := json.Marshal(pairs)
	if err != nil {
		return nil, fmt.Errorf("encode the headers: %w", err)
	}
	e := envelope{Kind: m.Kind, Method: m.Method, URL: m.Target, Headers: headers}
	if m.Exact || !utf8.Valid(m.Body) {
		e.BodyBase64 = new(base64.StdEncoding.EncodeToString(m.Body))
	} else {
		e.Body = new(string(m.Body))
	}
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	return text, nil
}

// RawHTTP writes a request as it stands on the wire.
func RawHTTP(m *Message) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", m.Method, m.Target)
	for _, name := range sortedNames(m.Header) {
		for _, value := range m.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", strings.ToLower(name), value)
		}
	}
	fmt.Fprintf(&b, "content-length: %d\r\n\r\n", len(m.Body))
	b.Write(m.Body)
	return b.Bytes()
}

func sortedNames(header http.Header) []string {
	var names []string
	for name := range header {
		if name != "Content-Length" && name != "Transfer-Encoding" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// BodyProblem says in words what is wrong with a body that is not JSON; "" if
// nothing is.
func BodyProblem(body []byte) string {
	text := bytes.TrimSpace(body)
	switch {
	case json.Valid(text):
		return ""
	case len(text) == 0:
		return "the body is empty"
	case json.Valid(append([]byte("{"), text...)):
		return "the body is not JSON: it looks like an object that lost its first brace"
	case json.Valid(append(bytes.Clone(text), '}')):
		return "the body is not JSON: it looks like an object that lost its last brace"
	case !utf8.Valid(text):
		return "the body is not JSON: it is not UTF-8 text"
	}
	return "the body is not JSON; is it cut off?"
}
