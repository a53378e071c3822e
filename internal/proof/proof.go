// Package proof finds messages in texts of any form: logs, dumps, snippets of code. A
// message consists of a signature, a time, a client id, a path and a body. A text contains
// candidates for each, and the combination that verifies is the message. The form of the
// text does not matter, because the signature proves the result.
package proof

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Limits of a search. They limit its time, not what is accepted.
const (
	mostSignatures   = 4096
	mostBodies       = 48
	mostTimes        = 24
	mostClients      = 16
	mostTargets      = 64
	mostCombinations = 300_000 // of one signature: about a microsecond each
)

// note is added to every message that was found by a search.
const note = "put together from a text of another form; the signature proves it"

// Finder looks for messages. It may be used by many goroutines.
type Finder struct {
	Keys     map[intake.Kind]*sign.PublicKey // nil entries are kinds that can't be proven
	Defaults intake.Defaults
}

// Find returns the messages in a text that verify, in the order of their signatures, and
// the notifications that do not verify: in a log with a changed notification, that one
// matters most. If there are none of either but the text has a signature and a body, it
// returns the most likely combination as not proven.
func (f *Finder) Find(text []byte, name string) []intake.Found {
	far := mostFar
	for _, source := range sourcesOf(text) {
		signatures := signaturesIn(source)
		var found []intake.Found
		var open []signature
		for i, s := range signatures[:min(len(signatures), mostSignatures)] {
			m := f.around(s, source, &far)
			if m == nil {
				open = append(open, s)
				continue
			}
			if m.Kind == intake.Notification {
				m.Answer = answerBetween(source, signatures, i, text)
			}
			found = append(found, placed(m, s, text, name, true))
		}
		if failed := f.failed(open, found, source); len(found)+len(failed) > 0 {
			return withFailed(found, failed, text, name)
		}
		if len(signatures) > 0 {
			s := signatures[0]
			if c := f.candidates(layersOf(window(source, s.place(source), farWindow))); len(c.bodies) > 0 {
				return []intake.Found{placed(s.likeliest(c), s, text, name, false)}
			}
		}
	}
	return nil
}

// unproven is a signature with the message that it most likely belongs to.
type unproven struct {
	signature
	message *intake.Message
}

// failed returns the signatures that stand near a notification which was not found with
// another signature.
func (f *Finder) failed(open []signature, found []intake.Found, source []byte) []unproven {
	known := map[string]bool{}
	for _, one := range found {
		known[compact(one.Message.Body)] = true
	}
	var failed []unproven
	for _, s := range open {
		c := f.candidates(layersOf(window(source, s.place(source), windows[0])))
		c.bodies = slices.DeleteFunc(c.bodies, func(body []byte) bool { return !isNotification(body) || known[compact(body)] })
		if len(c.bodies) > 0 {
			known[compact(c.bodies[0])] = true
			failed = append(failed, unproven{s, s.likeliest(c)})
		}
	}
	return failed
}

// isNotification distinguishes a notification from a log line or an envelope around one.
func isNotification(body []byte) bool {
	return bytes.Contains(body, []byte(`"notifyType"`)) && likeness(body) > 0
}

// compact returns JSON without white space, to compare bodies.
func compact(body []byte) string {
	var out bytes.Buffer
	if json.Compact(&out, body) != nil {
		return string(body)
	}
	return out.String()
}

// withFailed adds the failed messages, in the order of their lines.
func withFailed(found []intake.Found, failed []unproven, text []byte, name string) []intake.Found {
	for _, one := range failed {
		found = append(found, placed(one.message, one.signature, text, name, false))
	}
	slices.SortStableFunc(found, func(a, b intake.Found) int { return cmp.Compare(a.Line, b.Line) })
	return found
}

// answerBetween finds the answer to a message between its signature and the next one. A
// proxy may also have saved it in base64 next to the request.
func answerBetween(source []byte, signatures []signature, i int, text []byte) *intake.Answer {
	from, to := signatures[i].place(source), len(source)
	if i+1 < len(signatures) {
		if next := signatures[i+1].place(source); next > from {
			to = next
		}
	}
	for _, layer := range layersOf(source[from:min(to, from+windows[1])]) {
		if answer := intake.AnswerIn(layer); answer != nil {
			return answer
		}
	}
	if len(signatures) == 1 && len(source) < len(text) {
		for _, blob := range blobs(text) {
			if bytes.HasPrefix(blob, []byte("HTTP/")) {
				return intake.AnswerIn(blob)
			}
		}
	}
	return nil
}

// The parts of a message stand near its signature. For a few signatures a larger window is
// tried if the small one proves nothing.
const (
	farWindow = 64 << 10 // on each side, in bytes
	mostFar   = 6
)

var windows = [...]int{3 << 10, 16 << 10, farWindow}

// around tries to prove a signature with the text around it.
func (f *Finder) around(s signature, text []byte, far *int) *intake.Message {
	at, before := s.place(text), 0
	for i, size := range windows {
		near := window(text, at, size)
		if len(near) == before || i > 0 && *far == 0 {
			return nil
		}
		if before = len(near); i > 0 {
			*far--
		}
		if m := f.prove(s, f.candidates(layersOf(near))); m != nil {
			return m
		}
	}
	return nil
}

// window returns the text around a position, in whole lines if they are short.
func window(text []byte, at, size int) []byte {
	begin, end := max(0, at-size), min(len(text), at+size)
	if end < len(text) {
		if line := bytes.IndexByte(text[end:min(len(text), end+size)], '\n'); line >= 0 {
			end += line
		}
	}
	if begin > 0 {
		if line := bytes.LastIndexByte(text[max(0, begin-size):begin], '\n'); line >= 0 {
			begin = max(0, begin-size) + line + 1
		}
	}
	return text[begin:end]
}

// sourcesOf returns a text and, if it has no signature, its decoded forms.
func sourcesOf(text []byte) [][]byte {
	sources, total := [][]byte{text}, len(text)
	for i := 0; i < len(sources) && len(signaturesIn(sources[i])) == 0; i++ {
		for _, inner := range unpacked(sources[i]) {
			if total += len(inner); len(inner) == 0 || len(sources) == mostLayers || total > largestLayers {
				continue
			}
			sources = append(sources, inner)
		}
	}
	return sources
}

// unpacked decodes a text. Most encodings keep the name of the signature header readable, so
// they are tried only if it is there.
func unpacked(text []byte) [][]byte {
	if bytes.Contains(text, []byte("ignature")) || bytes.Contains(text, []byte("IGNATURE")) {
		return next(text)
	}
	return slices.Concat(blobs(text), lists(text), dumps(text), [][]byte{packed(text)})
}

// placed sets the source of a message to its line in the text.
func placed(m *intake.Message, s signature, text []byte, name string, proven bool) intake.Found {
	at := s.place(text)
	line := 1 + bytes.Count(text[:at], []byte("\n"))
	m.Source = (&intake.Unit{Name: name, Line: line}).Source()
	if proven {
		m.Mended = append(m.Mended, note)
	}
	return intake.Found{Line: line, At: at, Message: m, Proven: proven}
}

// prove tries all combinations for a signature, the most likely first. The signed hash is
// recovered from the signature once; each combination then costs one SHA-256. The result is
// verified again as a message.
func (f *Finder) prove(s signature, c *candidates) *intake.Message {
	for _, kind := range [...]intake.Kind{intake.Notification, intake.Response, intake.Request} {
		key := f.Keys[kind]
		if key == nil {
			continue
		}
		want, ok := diagnose.SignedSHA256(key, s.raw)
		if !ok {
			continue
		}
		found, ok := c.search(want)
		if !ok {
			continue
		}
		if m := s.message(kindOf(kind, found.time), found); m.Verify(key).Err == nil {
			return m
		}
	}
	return nil
}

// kindOf distinguishes a response from a notification, which the same key signs, by the
// name of its time header.
func kindOf(kind intake.Kind, t timeCandidate) intake.Kind {
	if kind != intake.Request && t.response {
		return intake.Response
	}
	return kind
}

// combination has one candidate for each part.
type combination struct {
	body   []byte
	time   timeCandidate
	client string
	target target
}

// search returns the combination with the given hash.
func (c *candidates) search(want [sha256.Size]byte) (combination, bool) {
	tried := 0
	var content []byte
	for _, body := range c.bodies {
		for _, target := range c.targets {
			for _, t := range c.times {
				for _, client := range c.clients {
					if tried++; tried > mostCombinations {
						return combination{}, false
					}
					content = append(content[:0], target.method+" "+target.path+"\n"+client+"."+t.text+"."...)
					if content = append(content, body...); sha256.Sum256(content) == want {
						return combination{body, t, client, target}, true
					}
				}
			}
		}
	}
	return combination{}, false
}

// likeliest combines the first candidate of each part, for an explanation.
func (s signature) likeliest(c *candidates) *intake.Message {
	first := combination{body: c.bodies[0], target: target{http.MethodPost, "/"}}
	if len(c.targets) > 0 {
		first.target = c.targets[0]
	}
	if len(c.times) > 0 {
		first.time = c.times[0]
	}
	if len(c.clients) > 0 {
		first.client = c.clients[0]
	}
	return s.message(kindOf(intake.Notification, first.time), first)
}

func (s signature) message(kind intake.Kind, c combination) *intake.Message {
	header := http.Header{}
	header.Set(antom.HeaderSignature, "algorithm=RSA256,keyVersion="+s.version+",signature="+url.QueryEscape(base64.StdEncoding.EncodeToString(s.raw)))
	if c.client != "" {
		header.Set(antom.HeaderClientID, c.client)
	}
	if c.time.text != "" {
		header.Set(kind.TimeHeader(), c.time.text)
	}
	return &intake.Message{Kind: kind, Method: c.target.method, Target: c.target.path, Header: header, Body: slices.Clone(c.body), Exact: true}
}
