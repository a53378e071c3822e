package intake

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
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
	texts    bool // also in texts that are JSON themselves
	found    []*Message
	unsigned []*Message
	plain    bool  // there is a request without a signature
	err      error // of a request that is signed and can't be read
}

// deepestForeign bounds how deep a request may lie.
const deepestForeign = 6

// foreignMessages finds the messages in JSON that is no envelope: the signed
// ones, or if there are none those that have headers and a body. The error tells
// of one that lacks its body, or has two. Texts are looked into only where there is
// no request outside of them.
func foreignMessages(text []byte, source string, d Defaults) ([]*Message, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	f := &foreigner{source: source, defaults: d}
	if f.look(text, nil, 0); !f.any() {
		f.texts = true
		f.look(text, nil, 0)
	}
	if len(f.found) > 0 || f.err != nil {
		return f.found, f.err
	}
	return f.unsigned, nil
}

// any says whether there was a request of any sort.
func (f *foreigner) any() bool {
	return len(f.found)+len(f.unsigned) > 0 || f.plain || f.err != nil
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

// look searches a JSON value that is a member of another. Who sends a request
// chooses what its headers, its query and its body hold, an old genuine message
// among them: so nothing is looked for within a request, nor beside one that is not
// signed.
func (f *foreigner) look(text []byte, outer members, depth int) {
	text = bytes.TrimSpace(text)
	if depth > deepestForeign || len(text) == 0 {
		return
	}
	s := &scanner{text: text}
	switch text[0] {
	case '"':
		var line string
		if err := json.Unmarshal(text, &line); err == nil && strings.HasPrefix(line, "{") {
			f.look([]byte(line), nil, depth+1)
		}
	case '[':
		_ = s.array(func() error { // what is not JSON holds nothing
			raw, _, err := s.asItStands()
			f.look(raw, nil, depth+1)
			return err
		})
	case '{':
		var m members
		if json.Unmarshal(text, &m) == nil {
			f.object(m, outer, depth)
		}
	}
}

// collected are the members under which collectors of logs write a line.
var collected = [...]string{"@message", "MESSAGE", "line", "log", "message", "msg", "textPayload"}

// object takes an object for a request, or looks at its members.
func (f *foreigner) object(m, outer members, depth int) {
	switch {
	case m.isRequest():
		f.plain = f.plain || m.isUnsigned()
		f.take(m, outer)
		return
	case m["notifyType"] != nil || m["result"] != nil: // it is a body
		return
	}
	inner, unsigned := &foreigner{source: f.source, defaults: f.defaults, texts: f.texts}, false
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(bodyNames[:3], name) || m.isText(name) && (!f.texts || !slices.Contains(collected[:], name)) {
			continue
		}
		inner.look(m[name], m, depth+1)
		unsigned = unsigned || m.object(name).isUnsigned()
	}
	if unsigned {
		f.plain = true
		f.unsigned = append(f.unsigned, inner.unsigned...)
		return
	}
	f.found, f.unsigned = append(f.found, inner.found...), append(f.unsigned, inner.unsigned...)
	f.err, f.plain = cmp.Or(f.err, inner.err), f.plain || inner.plain
}

func (m members) isText(name string) bool { return bytes.HasPrefix(m[name], []byte{'"'}) }

// isUnsigned says whether an object is a request to somewhere without a signature.
func (m members) isUnsigned() bool {
	if !m.isRequest() || m["raw"] != nil {
		return false
	}
	method, url := m.start()
	return method+url != "" && m.header().Get(antom.HeaderSignature) == ""
}

// isRequest says whether an object is a request, or an answer, by itself.
func (m members) isRequest() bool {
	for _, name := range headerNames {
		if raw := m[name]; len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			return true
		}
	}
	for name := range m {
		switch name {
		case "httpMethod", "request_method", "REQUEST_METHOD", "requestContext", "rawPath", "queryStringParameters":
			return true
		}
		if isHeaderMember(name) {
			return true
		}
	}
	line, _ := m.text("request")
	_, hasMethod := m.text("method")
	_, hasURL := m.text("url", "originalUrl", "path", "uri")
	return len(strings.Fields(line)) == 3 || hasMethod && hasURL
}

// isHeaderMember tells members such as http_signature and HTTP_CLIENT_ID.
func isHeaderMember(name string) bool { return len(name) > 5 && strings.EqualFold(name[:5], "http_") }

// take reads a request. Its body may stand beside it.
func (f *foreigner) take(m, outer members) {
	header := m.header()
	if header == nil {
		header = http.Header{}
	}
	if raw, ok := m.text("raw"); ok && f.raw(raw) { // of ngrok: the request as it came
		return
	}
	message := &Message{Source: f.source, Header: header}
	kind, _ := m.text("kind")
	if message.Kind = Kind(kind); !message.Kind.valid() {
		message.Kind = ""
	}
	message.Method, message.Target = m.start()
	message.setURL(message.Target)
	if message.Header.Get(antom.HeaderRequestTime) == "" && message.Header.Get(antom.HeaderResponseTime) != "" {
		message.Kind = Response
	}
	switch has := m.body(message) || outer.body(message); {
	case !has && header.Get(antom.HeaderSignature) != "":
		f.err = &FormError{f.source, "a request without its body, which is a part of what is signed", bodyToo}
	case has && (m.contradicts(message.Body) || outer.contradicts(message.Body)):
		f.err = &FormError{f.source, "a request with several bodies that differ", "one of them was signed: save the request as it came"}
	case has:
		message.fill(f.defaults)
		message.decode()
		f.add(message)
	}
}

func (f *foreigner) add(m *Message) {
	if m.Header.Get(antom.HeaderSignature) != "" {
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
		if isHeaderMember(name) {
			if value, ok := m.text(name); ok {
				if header == nil {
					header = http.Header{}
				}
				header.Set(strings.ReplaceAll(name[5:], "_", "-"), value)
			}
		}
	}
	if header.Get(antom.HeaderSignature) == "" {
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
		body, encoded, ok := m.bodyNamed(name)
		if encoded {
			return message.base64(string(body))
		}
		if message.Body = body; ok {
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

// bodyNamed is the body that a member holds, or its base64.
func (m members) bodyNamed(name string) (body []byte, encoded, ok bool) {
	if text, ok := m.text(name); ok {
		return []byte(text), string(m["isBase64Encoded"]) == "true", true
	}
	raw := m[name]
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
		return nil, false, false
	}
	inner := m.object(name)
	if text, ok := inner.text("raw", "text"); ok && (inner["mode"] != nil || inner["mimeType"] != nil) { // of Postman, Insomnia
		return []byte(text), false, true
	}
	if kind, _ := inner.text("type"); kind == "Buffer" { // of Node.js
		if body, ok := bytesOf(inner["data"]); ok {
			return body, false, true
		}
	}
	return raw, false, true // parsed and written again, or as it came: the signature tells
}

// bytesOf reads a list of numbers from 0 to 255.
func bytesOf(list []byte) (body []byte, ok bool) {
	var numbers []int
	if json.Unmarshal(list, &numbers) != nil {
		return nil, false
	}
	for _, n := range numbers {
		if n < 0 || n > 255 {
			return nil, false
		}
		body = append(body, byte(n))
	}
	return body, true
}

// contradicts says whether a member holds another body, which means something
// else: a reader would take the one and the signature is of the other.
func (m members) contradicts(body []byte) bool {
	for _, name := range bodyNames {
		other, encoded, ok := m.bodyNamed(name)
		if encoded {
			other, _ = base64.StdEncoding.DecodeString(string(other)) // what is none is another body
		}
		if ok && !bytes.Equal(other, body) && !sameJSON(other, body) {
			return true
		}
	}
	return false
}

// sameJSON says whether two texts are JSON and mean the same.
func sameJSON(a, b []byte) bool {
	x, y := sorted(a), sorted(b)
	return x != nil && bytes.Equal(x, y)
}

// sorted writes JSON without blanks and with its members sorted; nil if it is none.
func sorted(text []byte) []byte {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return nil
	}
	again, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return again
}

func (m *Message) base64(text string) (ok bool) {
	var err error
	m.Body, err = base64.StdEncoding.DecodeString(text)
	m.Exact = true
	return err == nil
}
