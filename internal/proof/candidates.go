package proof

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/antom-cli/antom/internal/intake"
)

// signature is a signature found in a text.
type signature struct {
	text    []byte // as it stands there
	raw     []byte
	version string // of the key, as the header names it
}

// place returns the position of the signature in a text; 0 if it is not found.
func (s signature) place(text []byte) int {
	begin := s.text[:min(len(s.text), 24)]
	for _, form := range [...][]byte{begin, bytes.ReplaceAll(begin, []byte("/"), []byte(`\/`)), begin[:min(len(begin), 8)]} {
		if at := bytes.Index(text, form); at >= 0 {
			return at
		}
	}
	return 0
}

// lengths of RSA signatures, in bytes: keys of 2048, 3072 and 4096 bits.
var lengths = [...]int{256, 384, 512}

// leastSignature is the length of the shortest signature in base64.
const leastSignature = 342

// signaturesIn returns the signatures in a text. It reads the text once and skips words that
// are too short.
func signaturesIn(text []byte) []signature {
	text = slashes(text)
	var found []signature
	for at := 0; at < len(text); {
		if !ofSignature(text[at]) {
			at++
			continue
		}
		end := at
		for end < len(text) && ofSignature(text[end]) {
			end++
		}
		if end-at >= leastSignature {
			if s, ok := signatureOf(text[at:end], text[max(0, at-80):at]); ok {
				found = append(found, s)
			}
		}
		at = end
	}
	return uniqueSignatures(found)
}

// slashes removes the escapes that JSON puts into base64.
func slashes(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\/`)) && !bytes.Contains(text, []byte(`\u00`)) {
		return text
	}
	return []byte(strings.NewReplacer(`\/`, "/", `\\/`, "/", `\u002b`, "+", `\u002B`, "+", `\u002f`, "/", `\u002F`, "/", `\u003d`, "=", `\u003D`, "=").Replace(string(text)))
}

func ofSignature(c byte) bool { return isBase64(c) || c == '%' }

// keyVersion matches the key version in a signature header.
var keyVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`keyVersion\W{1,3}(\d{1,4})`) })

// signatureOf reads a word as a signature, with or without a name before it.
func signatureOf(word, before []byte) (signature, bool) {
	if name := bytes.IndexByte(word, '='); name >= 0 && name < 40 {
		before = append(slices.Clone(before), word[:name]...)
		word = word[name+1:]
		if again := bytes.IndexByte(word, '='); again >= 0 && again < 40 { // signature=signature=…
			word = word[again+1:]
		}
	}
	plain := string(word)
	if raw, err := hex.DecodeString(plain); err == nil && slices.Contains(lengths[:], len(raw)) {
		return signature{text: word, raw: raw, version: version(before)}, true
	}
	for range 2 { // some encode it twice
		if !strings.Contains(plain, "%") {
			break
		}
		var err error
		if plain, err = url.PathUnescape(plain); err != nil {
			return signature{}, false
		}
	}
	usual := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(plain), "=")
	raw, err := base64.RawStdEncoding.DecodeString(usual)
	if err != nil || !slices.Contains(lengths[:], len(raw)) {
		return signature{}, false
	}
	return signature{text: word, raw: raw, version: version(before)}, true
}

// version returns the last key version in a text; 1 if there is none.
func version(text []byte) string {
	if named := keyVersion().FindAllSubmatch(text, -1); len(named) > 0 {
		return string(named[len(named)-1][1])
	}
	return "1"
}

func uniqueSignatures(all []signature) []signature {
	var unique []signature
	for _, s := range all {
		if !slices.ContainsFunc(unique, func(u signature) bool { return bytes.Equal(u.raw, s.raw) }) {
			unique = append(unique, s)
		}
	}
	return unique
}

// candidates are the possible parts of a message, the most likely first.
type candidates struct {
	bodies  [][]byte
	times   []timeCandidate
	clients []string
	targets []target
}

type timeCandidate struct {
	text     string
	response bool // it stands under the name of a response's time
	named    bool // it stands under the name of either
}

type target struct{ method, path string }

func (f *Finder) candidates(texts [][]byte) *candidates {
	c := &candidates{bodies: bodiesIn(texts)}
	var methods []string
	for _, text := range texts {
		c.addTimes(text)
		c.clients = append(c.clients, clientsIn(text, true)...)
		methods = append(methods, methodsIn(text)...)
	}
	for _, text := range texts {
		c.clients = append(c.clients, clientsIn(text, false)...)
	}
	slices.SortStableFunc(c.times, func(a, b timeCandidate) int { return cmp.Compare(rank(b.named), rank(a.named)) })
	c.times = firstOf(c.times, mostTimes)
	c.clients = firstOf(append(c.clients, strings.Fields(f.Defaults.ClientID)...), mostClients)
	c.targets = f.targets(texts, methods)
	return c
}

func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// firstOf returns the first values without repetitions.
func firstOf[T comparable](all []T, most int) []T {
	var first []T
	for _, v := range all {
		if len(first) == most {
			break
		}
		if !slices.Contains(first, v) {
			first = append(first, v)
		}
	}
	return first
}

// signedTime matches the two forms of the signed time. Other texts are not candidates,
// because the signed text would then be ambiguous.
var signedTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)|\b[12]\d{12}\b`)
})

var timeName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(request|response)[-_ ]?time\W{0,12}(?:string\(\d+\)\W{0,3})?$`)
})

func (c *candidates) addTimes(text []byte) {
	for _, at := range signedTime().FindAllIndex(text, 4*mostTimes) {
		name := timeName().FindSubmatch(text[max(0, at[0]-48):at[0]])
		c.times = append(c.times, timeCandidate{
			text: string(text[at[0]:at[1]]), named: name != nil, response: name != nil && strings.EqualFold(string(name[1]), "response"),
		})
	}
}

var (
	namedClient = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)client[-_ ]?id\W{0,12}(?:string\(\d+\)\W{0,3})?([A-Za-z0-9_-]{6,64})`)
	})
	likeClient = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(?:SANDBOX_)?[0-9][0-9A-Z]{10,40}\b`) })
)

// clientsIn returns client ids: those after their name, or words that look like one.
func clientsIn(text []byte, named bool) []string {
	var found []string
	if named {
		for _, match := range namedClient().FindAllSubmatch(text, mostClients) {
			found = append(found, string(match[1]))
		}
		return found
	}
	for _, match := range likeClient().FindAll(text, 4*mostClients) {
		found = append(found, string(match))
	}
	return found
}

var verb = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(POST|PUT|PATCH|GET|DELETE)\b`) })

func methodsIn(text []byte) []string {
	var found []string
	for _, match := range verb().FindAll(text, 8) {
		found = append(found, string(match))
	}
	return found
}

var (
	requestLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:POST|PUT|PATCH|GET|DELETE)\b\W{1,6}((?:https?://|/)[^\s"'<>\\,;)\]}|` + "`" + `]*)`)
	})
	namedPath = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:path|uri|url|target|route|endpoint|location)[a-z_]*\W{0,12}(?:string\(\d+\)\W{0,3})?((?:https?://|/)[^\s"'<>\\,;)\]}|` + "`" + `]*)`)
	})
	anyPath = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:https?://[^\s"'<>\\]+|(?:^|[\s"'=(:,\[])(/[A-Za-z0-9_.~$-][^\s"'<>\\,;)\]}|` + "`" + `]*))`)
	})
	queryString = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)query[-_ ]?string\W{1,12}(?:string\(\d+\)\W{0,3})?([^\s"'<>\\,;)\]}]+)`)
	})
	stemQuery = sync.OnceValue(func() *regexp.Regexp { // of IIS: cs-uri-stem and cs-uri-query
		return regexp.MustCompile(`[ \t](/[^\s?"]*)[ \t]([^\s="]+=[^\s"]*)`)
	})
	scriptName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)script[-_]name\W{1,12}(?:string\(\d+\)\W{0,3})?(/[^\s"'<>\\,;)\]}]+)`)
	})
)

// targets returns the paths in a text, each with the methods in it. Values from the command
// line take precedence.
func (f *Finder) targets(texts [][]byte, methods []string) []target {
	d := f.Defaults
	if d.Verb != "" {
		methods = nil
	}
	if d.Target != "" {
		return each(cmp.Or(d.Verb, http.MethodPost), methods, pathsOf([]string{d.Target}))
	}
	var paths []string
	for _, finder := range [...]func() *regexp.Regexp{requestLine, namedPath, anyPath} {
		for _, text := range texts {
			for _, match := range finder().FindAllSubmatch(text, mostTargets) {
				paths = append(paths, string(match[len(match)-1]), string(match[0]))
			}
		}
	}
	paths = append(paths, d.URL, d.NotifyURL, "/")
	paths = firstOf(pathsOf(paths), mostTargets)
	paths = firstOf(append(paths, composed(texts, paths)...), 2*mostTargets)
	return each(cmp.Or(d.Verb, http.MethodPost), methods, paths)
}

// each combines each path with the most likely methods.
func each(first string, methods, paths []string) []target {
	var targets []target
	for _, method := range firstOf(append([]string{first}, methods...), 3) {
		for _, path := range paths {
			targets = append(targets, target{method, path})
		}
	}
	return targets
}

// pathsOf returns the signed part of URLs: path and query.
func pathsOf(all []string) []string {
	var paths []string
	for _, text := range all {
		if target := intake.TargetOf(strings.TrimLeft(text, " \t\r\n\"'=(:,[")); strings.HasPrefix(target, "/") {
			paths = append(paths, target)
		}
	}
	return paths
}

// composed builds paths from the parts that CGI and similar interfaces keep apart: the name
// of the script, the path below it, the query.
func composed(texts [][]byte, paths []string) []string {
	var made []string
	for _, text := range texts {
		for _, query := range queryString().FindAllSubmatch(text, 4) {
			for _, path := range paths[:min(len(paths), 16)] {
				made = append(made, path+"?"+string(query[1]))
			}
		}
		for _, match := range stemQuery().FindAllSubmatch(text, 4) {
			made = append(made, string(match[1])+"?"+string(match[2]))
		}
		for _, script := range scriptName().FindAllSubmatch(text, 4) {
			for _, path := range paths[:min(len(paths), 16)] {
				made = append(made, string(script[1])+path)
			}
		}
	}
	return made
}

// bodiesIn returns the JSON objects in texts, those like a notification first.
func bodiesIn(texts [][]byte) [][]byte {
	var bodies [][]byte
	for _, text := range texts {
		bodies = append(bodies, objectsIn(text)...)
	}
	slices.SortStableFunc(bodies, func(a, b []byte) int {
		return cmp.Or(cmp.Compare(likeness(b), likeness(a)), cmp.Compare(len(b), len(a)))
	})
	var first [][]byte
	for _, body := range bodies {
		if len(first) == mostBodies {
			break
		}
		if !slices.ContainsFunc(first, func(other []byte) bool { return bytes.Equal(other, body) }) {
			first = append(first, body)
		}
	}
	return first
}

// likeness rates how much a body looks like one of Antom's.
func likeness(body []byte) int {
	n := 0
	for _, member := range [...]string{`"notifyType"`, `"result"`, `"resultStatus"`, `"paymentRequestId"`, `"paymentId"`} {
		if bytes.Contains(body, []byte(member)) {
			n++
		}
	}
	if bytes.Contains(body, []byte("keyVersion")) {
		n -= 5 // it holds a header: it is what the log or the envelope is, not the body
	}
	return n
}

// leastBody is the shortest object that may be a message's body.
const leastBody = 20

// objectsIn returns the objects in a text, including nested ones, unchanged and without the
// white space that printers of JSON add.
func objectsIn(text []byte) [][]byte {
	var found [][]byte
	looked := 0 // bytes, of all objects: what is nested is looked at again
	for at := 0; at < len(text) && len(found) < 4*mostBodies && looked < mostLooked; at++ {
		if text[at] != '{' {
			continue
		}
		end, passed := objectEnd(text[at:])
		if looked += passed; end < leastBody {
			continue
		}
		object := text[at : at+end]
		if !json.Valid(object) {
			continue
		}
		found = append(found, object)
		var compact bytes.Buffer
		if json.Compact(&compact, object) == nil && compact.Len() < len(object) {
			found = append(found, compact.Bytes())
		}
	}
	return found
}

// Limits of the search for objects, in bytes: of one, and of all in a text.
const (
	longestBody = 1 << 20
	mostLooked  = 32 << 20
)

// objectEnd returns the length of the object at the beginning of a text, by its braces, and
// how many bytes it read. The length is 0 if the object does not end.
func objectEnd(text []byte) (length, looked int) {
	depth, quoted := 0, false
	i := 0
	for ; i < len(text) && i < longestBody; i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1, i + 1
			}
		}
	}
	return 0, i
}
