package intake

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The members under which other programs write what an envelope holds: AWS API
// Gateway and Lambda, ngrok, Express with pino, nginx, Django, Sentry, Postman and
// Insomnia. Of several the first counts.
var (
	methodNames = [...]string{"method", "httpMethod", "request_method", "REQUEST_METHOD"}
	urlNames    = [...]string{"path", "uri", "request_uri", "REQUEST_URI", "PATH_INFO"}
	bodyNames   = [...]string{"rawBody", "body", "request_body", "data"}
	headerNames = [...]string{"headers", "header"}
)

// isForeign says whether a member of an envelope belongs to another program's
// form, which means something else by those that both have.
func isForeign(name []byte) bool {
	switch string(name) {
	case "isBase64Encoded", "httpMethod", "rawPath", "originalUrl", "rawBody":
		return true
	}
	return false
}

// members are those of a JSON object.
type members map[string]json.RawMessage

// text is the text of the first member that is one.
func (m members) text(names ...string) (text string, found bool) {
	for _, name := range names {
		if raw := m[name]; len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
			return text, true
		}
	}
	return "", false
}

// object is the member that is an object; else it has no members.
func (m members) object(name string) (inner members) {
	_ = json.Unmarshal(m[name], &inner) // what is none has none
	return inner
}

// foreigner looks for requests in JSON of other programs.
type foreigner struct {
	source   string
	defaults Defaults
	found    []*Message
	unsigned []*Message
	bodiless bool // a signature is there without a body
}

// deepestForeign bounds how deep a request may lie.
const deepestForeign = 6

// foreignMessages finds the messages in JSON that is no envelope: the signed
// ones, or if there are none those that have headers and a body. The error tells
// of one that lacks its body.
func foreignMessages(text []byte, source string, d Defaults) ([]*Message, error) {
	f, depth := &foreigner{source: source, defaults: d}, 0
	if d.Signature != "" {
		depth = deepestForeign // what lies deeper belongs to the body that was signed
	}
	f.look(bytes.TrimPrefix(text, []byte("\ufeff")), nil, depth)
	switch {
	case f.bodiless:
		return f.found, &FormError{source, "a request without its body, which is a part of what is signed", bodyToo}
	case len(f.found) > 0:
		return f.found, nil
	}
	return f.unsigned, nil
}

// readForeign reads a JSON object that is no envelope: one message.
func readForeign(text []byte, source string, d Defaults) (*Message, error) {
	messages, err := foreignMessages(text, source, d)
	switch {
	case len(messages) > 1:
		return nil, &FormError{source, fmt.Sprintf("%d messages on one line", len(messages)), "write each on a line of its own"}
	case len(messages) == 1:
		return messages[0], nil
	case err != nil:
		return nil, err
	}
	return readAlone(text, source, d)
}

// look searches a JSON value that is a member of another, also in texts that are
// JSON themselves, as collectors of logs write them. What anybody may have sent as
// a body is not searched: it proves nothing of the request around it.
func (f *foreigner) look(text []byte, outer members, depth int) {
	text = bytes.TrimSpace(text)
	if depth > deepestForeign || len(text) == 0 {
		return
	}
	s, m := &scanner{text: text}, members(nil)
	inner := func() error {
		s.space()
		begin := s.at
		err := s.value()
		f.look(text[begin:s.at], m, depth+1)
		return err
	}
	var err error
	switch text[0] {
	case '"':
		var line string
		if err = json.Unmarshal(text, &line); strings.HasPrefix(line, "{") {
			f.look([]byte(line), nil, depth+1)
		}
	case '[':
		err = s.array(inner)
	case '{':
		if err = json.Unmarshal(text, &m); err != nil || f.take(m, outer) || m["notifyType"] != nil || m["result"] != nil {
			return
		}
		err = s.object(func(name literal) error {
			if slices.Contains(bodyNames[:3], string(name.raw)) {
				return s.value()
			}
			return inner()
		})
	}
	_ = err // what is not JSON holds nothing
}

// take takes an object for a request if it has headers. Its body may stand beside
// it.
func (f *foreigner) take(m, outer members) bool {
	header := m.header()
	if header == nil {
		return false
	}
	signed := header.Get("Signature") != ""
	if raw, ok := m.text("raw"); ok && f.raw(raw) { // of ngrok: the request as it came
		return true
	}
	message := &Message{Source: f.source, Header: header}
	kind, _ := m.text("kind")
	if message.Kind = Kind(kind); !message.Kind.valid() {
		message.Kind = ""
	}
	message.Method, message.Target = m.start()
	message.setURL(message.Target)
	if message.Header.Get("Request-Time") == "" && message.Header.Get("Response-Time") != "" {
		message.Kind = Response
	}
	if !m.body(message) && !outer.body(message) {
		f.bodiless = f.bodiless || signed
		return signed
	}
	message.fill(f.defaults)
	message.decode()
	f.add(message)
	return true
}

func (f *foreigner) add(m *Message) {
	if m.Header.Get("Signature") != "" {
		f.found = append(f.found, m)
		return
	}
	f.unsigned = append(f.unsigned, m)
}

// raw reads a whole request in base64.
func (f *foreigner) raw(text string) bool {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !startsHTTP(data) {
		return false
	}
	for m, err := range Read(bytes.NewReader(data), f.source, f.defaults) {
		if err != nil {
			return false
		}
		m.Source = f.source
		f.add(m)
	}
	return true
}

// header is made of a member for all, an object, pairs or a list of objects with
// a name and a value, or of members named http_…; nil if there are none.
func (m members) header() http.Header {
	for _, name := range headerNames {
		if raw := m[name]; len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			return readHeaders(raw)
		}
	}
	var header http.Header
	for name := range m {
		if len(name) > 5 && strings.EqualFold(name[:5], "http_") {
			if value, ok := m.text(name); ok {
				if header == nil {
					header = http.Header{}
				}
				header.Set(strings.ReplaceAll(name[5:], "_", "-"), value)
			}
		}
	}
	if header.Get("Signature") == "" {
		return nil // nginx logs http_referer without having any other
	}
	return header
}

func readHeaders(raw []byte) http.Header {
	var list []struct{ Name, Key, Value string }
	if raw[0] == '[' && json.Unmarshal(raw, &list) == nil {
		header := http.Header{}
		for _, h := range list {
			header.Add(cmp.Or(h.Name, h.Key), h.Value)
		}
		return header
	}
	e := asEnvelope([]byte(`{"headers":` + string(raw) + `,"body":""}`))
	if e == nil {
		return nil
	}
	envelope, err := e.message(new(Parser), "", Defaults{})
	if err != nil {
		return nil
	}
	return envelope.Header
}

// start is the method and the URL.
func (m members) start() (method, url string) {
	context := m.object("requestContext")  // of API Gateway: with the stage in the path
	if line, ok := m.text("request"); ok { // of nginx
		if words := strings.Fields(line); len(words) == 3 {
			return words[0], words[1]
		}
	}
	method, _ = m.text(methodNames[:]...)
	inner, _ := context.object("http").text("method")
	url, found := m.text("originalUrl", "url", "rawPath") // of Express: url loses the mount point
	if !found {
		url, found = context.text("path")
	}
	if !found {
		url, found = m.text(urlNames[:]...)
	}
	if !found {
		url, _ = m.object("url").text("raw") // of Postman
	}
	if query, _ := m.text("rawQueryString"); query != "" {
		url += "?" + query
	}
	return cmp.Or(method, inner), url
}

// body sets the body; false if there is none.
func (m members) body(message *Message) bool {
	if text, ok := m.text("bodyBase64"); ok {
		return message.base64(text)
	}
	for _, name := range bodyNames {
		raw := m[name]
		if text, ok := m.text(name); ok {
			if string(m["isBase64Encoded"]) == "true" {
				return message.base64(text)
			}
			message.Body = []byte(text)
			return true
		}
		if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			message.Body = raw // parsed and written again, or as it came: the signature tells
			inner := m.object(name)
			if text, ok := inner.text("raw", "text"); ok && (inner["mode"] != nil || inner["mimeType"] != nil) { // of Postman, Insomnia
				message.Body = []byte(text)
			}
			return true
		}
	}
	if inner := m.object("postData"); inner != nil {
		text, ok := inner.text("text")
		message.Body = []byte(text)
		return ok
	}
	return false
}

func (m *Message) base64(text string) (ok bool) {
	var err error
	m.Body, err = base64.StdEncoding.DecodeString(text)
	m.Exact = true
	return err == nil
}
