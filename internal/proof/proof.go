// Package proof finds messages in texts of any form: logs, dumps, snippets of
// code. A message is a signature, a time, a client id, a path and a body; a text
// holds candidates of each, and the combination that verifies is the message. The
// form of the text need not be known, since the signature proves the result.
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

// Limits of a search. They bound its time, not what is accepted.
const (
	mostSignatures   = 4096
	mostBodies       = 48
	mostTimes        = 24
	mostClients      = 16
	mostTargets      = 64
	mostCombinations = 300_000 // of one signature: about a microsecond each
)

// note is what is said of a message that was found so.
const note = "put together from a text of another form; the signature proves it"

// Finder looks for messages. It may be used by many goroutines.
type Finder struct {
	Keys     map[intake.Kind]*sign.PublicKey // nil entries are kinds that can't be proven
	Defaults intake.Defaults
}

// Find returns the messages that a text holds and that verify, in the order of
// their signatures, and the notifications among them that do not: of a log with one
// that was changed, that one is wanted most. If there are none of either and the text
// has a signature and a body, the most likely combination is returned, not proven.
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

// unproven is a signature with what it most likely belongs to.
type unproven struct {
	signature
	message *intake.Message
}

// failed are the signatures near a notification that none of those that were found
// has.
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

// isNotification tells a notification from a log's line or an envelope that holds one.
func isNotification(body []byte) bool {
	return bytes.Contains(body, []byte(`"notifyType"`)) && likeness(body) > 0
}

// compact is JSON without white space: two with the same are one message.
func compact(body []byte) string {
	var out bytes.Buffer
	if json.Compact(&out, body) != nil {
		return string(body)
	}
	return out.String()
}

// withFailed puts those that failed between the others, in the order of their lines.
func withFailed(found []intake.Found, failed []unproven, text []byte, name string) []intake.Found {
	for _, one := range failed {
		found = append(found, placed(one.message, one.signature, text, name, false))
	}
	slices.SortStableFunc(found, func(a, b intake.Found) int { return cmp.Compare(a.Line, b.Line) })
	return found
}

// answerBetween finds the answer to a message behind its signature and before the next
// one; a proxy may have saved it packed beside the request.
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

// The parts of a message stand near its signature. A few of those that are not
// proven by what is near are tried with more.
const (
	farWindow = 64 << 10 // on each side, in bytes
	mostFar   = 6
)

var windows = [...]int{3 << 10, 16 << 10, farWindow}

// around proves a signature by what stands around it.
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

// window is a piece of a text around a place, of whole lines where they are short.
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

// sourcesOf are a text and, if it has no signature, what stands in it written in
// another way.
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

// unpacked is what may be read from a text. Most forms of writing leave the name of the
// header as it is: without it they are not tried.
func unpacked(text []byte) [][]byte {
	if bytes.Contains(text, []byte("ignature")) || bytes.Contains(text, []byte("IGNATURE")) {
		return next(text)
	}
	return slices.Concat(blobs(text), lists(text), dumps(text), [][]byte{packed(text)})
}

// placed gives a message its place in the text.
func placed(m *intake.Message, s signature, text []byte, name string, proven bool) intake.Found {
	at := s.place(text)
	line := 1 + bytes.Count(text[:at], []byte("\n"))
	m.Source = (&intake.Unit{Name: name, Line: line}).Source()
	if proven {
		m.Mended = append(m.Mended, note)
	}
	return intake.Found{Line: line, At: at, Message: m, Proven: proven}
}

// prove tries all combinations of a signature, the likeliest first. The hash that
// the signature holds is taken out once; each combination then costs one SHA-256.
// What it finds is verified once more as a message.
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

// kindOf tells a response from a notification, which the same key signs, by the
// name that its time had.
func kindOf(kind intake.Kind, t timeCandidate) intake.Kind {
	if kind != intake.Request && t.response {
		return intake.Response
	}
	return kind
}

// combination is one candidate of each part.
type combination struct {
	body   []byte
	time   timeCandidate
	client string
	target target
}

// search returns the combination whose hash is wanted.
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

// likeliest is the first of each candidate: it is explained in place of a message.
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
