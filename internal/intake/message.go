// Package intake reads saved messages in the forms that people have: raw HTTP with or
// without its first line, JSON envelopes (one, or one per line), the JSON of other
// programs, HAR, curl commands, and bodies alone; each of them also as gzip or UTF-16.
// It recognises the form by the content, and describes what is not a message. Texts of
// other forms are handed to a search, if there is one.
package intake

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Kind is who sent a message to whom.
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
	Body   []byte // decoded, where the message says Content-Encoding: gzip
	Exact  bool   // the form tells the body's length to the byte
	Alone  bool   // only the body was saved; the headers are the defaults'

	// Origin is the scheme and host, if the form has them.
	Origin string
	// Mended describes what had to be repaired before the text could be read.
	Mended []string
	// Compressed is the body as it travelled, if Body was decoded from it.
	Compressed []byte
	// Answer is what the receiver answered, if that was saved with a notification.
	Answer *Answer
}

// Defaults supply what a message does not contain: a body alone has no headers, and a
// response does not name the request that it answers.
type Defaults struct {
	Kind      Kind
	Method    string
	URL       string // or a path
	NotifyURL string // where only notifications go, after URL
	Target    string // a URL or path that wins over the message's own
	Verb      string // a method that wins over the message's own
	ClientID  string
	Time      string
	Signature string

	// Search finds messages in a text of any form. If it is nil, forms that this package
	// does not know stay unread.
	Search func(text []byte, name string) []Found

	// ReadFile reads a file that a curl command names; nil if none may be read.
	ReadFile func(name string) ([]byte, error)
}

// Found is a message that was found in a text of another form.
type Found struct {
	Line    int // of its signature, from 1
	At      int // where its signature stands in the text, in bytes; 0 if that can't be told
	Message *Message
	Proven  bool // its signature verifies; else it is the likeliest combination
}

// TargetOf returns the signed part of a URL or path: path and query, unchanged.
func TargetOf(text string) string {
	target, _ := splitURL(text)
	return target
}

// TimeHeader is the header that holds the signed time of a kind.
func (k Kind) TimeHeader() string {
	if k == Response {
		return antom.HeaderResponseTime
	}
	return antom.HeaderRequestTime
}

// Signed is what the signature covers.
func (m *Message) Signed() sign.Message {
	return sign.Message{
		Method: m.Method, Target: m.Target, ClientID: m.first(antom.HeaderClientID), Time: m.first(m.Kind.TimeHeader()), Body: m.Body,
	}
}

// ClientID is the client that the message names as its own.
func (m *Message) ClientID() string { return m.first(antom.HeaderClientID) }

// first is the first value of a header by its canonical name.
func (m *Message) first(name string) string {
	if values := m.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// ErrNoTarget means that a message does not contain the URL it was sent to.
var ErrNoTarget = errors.New("the URL that the message was sent to is not known, and it is a part of what is signed")

// Checked is the result of verifying a message.
type Checked struct {
	Header                 sign.Header
	TrailingLineEndIgnored bool
	CompressedSigned       bool  // the signature covers the gzip bytes, not the text
	Err                    error // nil, a *sign.Error or ErrNoTarget
}

// Verify checks the signature. A body whose exact length is not known is tried
// as it is and then without one final line end, which shells and editors add. A
// body that travelled as gzip is tried decoded, since the sender signs the text
// and proxies compress it later, and then as it travelled.
func (m *Message) Verify(key *sign.PublicKey) Checked {
	signed, signature, err := antom.Signed(m.Method, m.Target, m.Kind.TimeHeader(), m.Header, m.Body)
	if err != nil {
		return Checked{Err: err}
	}
	if m.Target == "" && signature != "" {
		return Checked{Err: ErrNoTarget}
	}
	header, err := key.Verify(signed, signature)
	if err == nil || !errors.Is(err, &sign.Error{Reason: sign.Mismatch}) {
		return Checked{Header: header, Err: err}
	}
	holds := func(body []byte) bool {
		other := signed
		other.Body = body
		_, err := key.Verify(other, signature)
		return err == nil
	}
	if trimmed, hadLineEnd := withoutLineEnd(m.Body); hadLineEnd && !m.Exact && holds(trimmed) {
		return Checked{Header: header, TrailingLineEndIgnored: true}
	}
	if m.Compressed != nil && holds(m.Compressed) {
		return Checked{Header: header, CompressedSigned: true}
	}
	return Checked{Header: header, Err: err}
}

// withoutLineEnd drops one final line end, LF or CRLF.
func withoutLineEnd(body []byte) ([]byte, bool) {
	trimmed, found := bytes.CutSuffix(body, []byte("\n"))
	return bytes.TrimSuffix(trimmed, []byte("\r")), found
}

// fill adds what the message lacks from the defaults.
func (m *Message) fill(d Defaults) {
	m.Kind = cmp.Or(m.Kind, d.Kind, Notification)
	m.Method = cmp.Or(d.Verb, m.Method, d.Method, http.MethodPost)
	switch {
	case d.Target != "":
		m.setURL(d.Target)
	case m.Target == "" && m.Kind == Notification:
		m.setURL(cmp.Or(d.URL, d.NotifyURL))
	case m.Target == "":
		m.setURL(d.URL)
	}
}

// setURL sets the target from a URL or a path.
func (m *Message) setURL(text string) { m.Target, m.Origin = splitURL(text) }

// splitURL cuts a URL where its path begins. Nothing is decoded or cleaned: the
// signature covers the path as it was sent.
func splitURL(text string) (target, origin string) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return text, ""
	}
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/", text[:len(scheme)+3+len(rest)]
	case rest[i] == '?':
		return "/" + rest[i:], text[:len(scheme)+3+i]
	}
	return rest[i:], text[:len(scheme)+3+i]
}

// bodyAlone makes a message of a saved body and the defaults.
func bodyAlone(body []byte, source string, d Defaults) *Message {
	m := &Message{Source: source, Header: http.Header{}, Body: body, Alone: true}
	m.fill(d)
	for name, value := range map[string]string{antom.HeaderClientID: d.ClientID, m.Kind.TimeHeader(): d.Time, antom.HeaderSignature: d.Signature} {
		if value != "" {
			m.Header.Set(name, value)
		}
	}
	return m
}

// readAlone reads a body alone. The flags say that it is one, or its content does.
func readAlone(text []byte, source string, d Defaults) (*Message, error) {
	problem := BodyProblem(text)
	switch {
	case Summarise(bytes.TrimPrefix(text, []byte("\ufeff"))).ofAntom(), problem == lostFirstBrace:
		return bodyAlone(text, source, d), nil
	case problem != "":
		return nil, strange(text, source)
	}
	return nil, &FormError{source, "not a saved message: it is JSON, but neither holds headers nor is it a body of Antom's", formsTaken}
}

// RawHTTP writes a request as it stands on the wire.
func RawHTTP(m *Message) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", m.Method, m.Target)
	for name, value := range m.headers() {
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	fmt.Fprintf(&b, "content-length: %d\r\n\r\n", len(m.sent()))
	b.Write(m.sent())
	return b.Bytes()
}

// sent is the body as it travelled.
func (m *Message) sent() []byte {
	if m.Compressed != nil {
		return m.Compressed
	}
	return m.Body
}

// headers yields the headers sorted by name, in lower case, but for those of the
// body's length, which the form that is written has its own way to tell.
func (m *Message) headers() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, name := range slices.Sorted(maps.Keys(m.Header)) {
			if name == "Content-Length" || name == "Transfer-Encoding" {
				continue
			}
			for _, value := range m.Header[name] {
				if !yield(strings.ToLower(name), value) {
					return
				}
			}
		}
	}
}

const lostFirstBrace = "the body is not JSON: it looks like an object that lost its first brace"

// BodyProblem describes what is wrong with a body that is not JSON; "" if nothing is.
func BodyProblem(body []byte) string {
	text := bytes.TrimSpace(body)
	switch {
	case isJSON(text):
		return ""
	case len(text) == 0:
		return "the body is empty"
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return "the body is not JSON: it begins with a byte order mark"
	case bytes.HasPrefix(text, gzipStart):
		return "the body is not JSON: it is packed with gzip"
	case isJSON(append([]byte("{"), text...)):
		return lostFirstBrace
	case isJSON(append(bytes.Clone(text), '}')):
		return "the body is not JSON: it looks like an object that lost its last brace"
	case !utf8.Valid(text):
		return "the body is not JSON: it is not UTF-8 text"
	}
	return "the body is not JSON; is it cut off?"
}

// decode undoes Content-Encoding: gzip, if the body is what that header says: a
// tool may have decoded it before it was saved.
func (m *Message) decode() {
	if !bytes.HasPrefix(m.Body, gzipStart) || !strings.EqualFold(strings.TrimSpace(m.first("Content-Encoding")), "gzip") {
		return
	}
	text, err := gunzip(m.Body)
	if err != nil {
		return // what it is then, the signature will tell
	}
	m.Body, m.Compressed = text, m.Body
}

// gzipStart begins every gzip file.
var gzipStart = []byte("\x1f\x8b")

func gunzip(data []byte) ([]byte, error) {
	in, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return limited(in)
}
