package intake

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
)

// FormError means that a text contains no message, or one in a form that is not
// supported.
type FormError struct {
	Source string // file:line, or the file
	Why    string
	Remedy string
}

func (e *FormError) Error() string { return e.Source + ": " + e.Why }

// Hint says which form to use.
func (e *FormError) Hint() string { return e.Remedy }

// What to do about a text in no known form.
const (
	formsTaken = "save the request as raw HTTP, a JSON envelope, HAR or a curl command, or name a body with --signature and --time: see antom notify verify --help"
	wasEmpty   = "was it saved before the request came in?"
	asCurl     = `copy it as a curl command instead ("Copy as cURL", for bash or cmd)`
	bodyToo    = "save the bytes of the body with the headers, before anything parses them: see antom notify verify --help"
)

func (f *file) empty() {
	f.yield(Unit{Name: f.name, err: &FormError{f.name, "it is empty", wasEmpty}})
}

// look is something that people save instead of a message.
type look struct{ sign, is, remedy string }

// startsLike are recognised by their first bytes.
var startsLike = [...]look{
	{"\x89PNG", "a picture", formsTaken},
	{"\xff\xd8\xff", "a picture", formsTaken},
	{"%PDF", "a PDF file", formsTaken},
	{"PK\x03\x04", "a ZIP archive", "unpack it and name the folder"},
	{"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first; gzip alone is read as it is"},
	{"BZh", "packed with bzip2", "unpack it first; gzip alone is read as it is"},
	{"\xfd7zXZ", "packed with xz", "unpack it first; gzip alone is read as it is"},
	{"\xd4\xc3\xb2\xa1", "a packet capture", `in Wireshark choose "Follow HTTP Stream" and save the request as raw`},
	{"\x0a\x0d\x0d\x0a", "a packet capture", `in Wireshark choose "Follow HTTP Stream" and save the request as raw`},
	{"-----BEGIN", "a key or certificate", "a public key is named with --public-key-file"},
	{"{'", "a Python dict", "write it with json.dumps, and the body as text"},
	{"array(", "a PHP array", "write it with json_encode, and the body as text"},
	{"Array\n(", "a PHP array", "write it with json_encode, and the body as text"},
	{"<", "HTML or XML", formsTaken},
	{"fetch(", "a fetch call that is not whole", asCurl},
}

// holds are recognised by their content, the most certain first.
var holds = [...]look{
	{`^\d+:\d+:[a-z_]+[;,]`, "a dump of mitmproxy", "write the request with export.file raw_request @focus request.http, or save.har"},
	{`^[{\[]\s*(?:[{\[]\s*)?(?:\w+|'[\w-]+'): `, "a JavaScript object as console.log prints it", "print it with JSON.stringify, and the body as text"},
	{`"\w+" ?=> ?`, "a hash or array that a program printed", "write it as JSON, and the body as text"},
	{`^[^{\n]{1,500}\{\s*"[^"\n]+":`, "JSON behind other words", "leave only the JSON of each line, as grep -o '{.*}' does"},
	{`(?i)Invoke-(?:WebRequest|RestMethod)`, "a PowerShell command", asCurl},
	{`(?m)^\S+ https? --`, "a command of HTTPie", "run it with --offline, which prints the request"},
	{`"[A-Z]{3,7} \S+ HTTP/[0-9.]+"`, "a line of an access log, which holds neither headers nor body", bodyToo},
	{`[A-Z]{3,7} /\S* HTTP/1\.[01]\r?\n`, "a request with something before it", "leave out what stands before its first line, POST /… HTTP/1.1"},
	{`(?i)http_signature|["']?signature["']?\s*(?:=>|[:=])`, "a signature with headers in a form that is not known", formsTaken},
	{`(?i)notifyType|paymentRequestId`, "the fields of a message, but not its bytes", bodyToo},
}

// whatItIs describes what a text that is not a message looks like; "" if nothing known.
func whatItIs(text []byte) (is, remedy string) {
	for _, l := range startsLike {
		if bytes.HasPrefix(text, []byte(l.sign)) {
			return l.is, l.remedy
		}
	}
	text = text[:min(len(text), 64<<10)]
	binary := bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(bytes.TrimRight(text, "\x80\xbf"))
	if !binary && beginsJSON(text) {
		return "", "" // what is wrong with it as JSON says more
	}
	for _, l := range holds {
		if regexp.MustCompile(l.sign).Match(text) {
			return l.is, l.remedy
		}
	}
	if binary {
		return "binary data", formsTaken
	}
	return "", ""
}

// beginsJSON distinguishes damaged JSON from a text that merely begins with a bracket.
func beginsJSON(text []byte) bool {
	return regexp.MustCompile(`^[{\[]\s*(?:["{\[]|$)`).Match(text)
}

// strange returns the error for a text that is not a message.
func strange(text []byte, source string) error {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if len(text) == 0 {
		return &FormError{source, "it is empty", wasEmpty}
	}
	is, remedy := whatItIs(text)
	switch {
	case is != "":
		return &FormError{source, "not a saved message: it looks like " + is, remedy}
	case beginsJSON(text):
		return &FormError{source, fmt.Sprintf("not a saved message: it begins like JSON, but: %s", explainJSON(text)), "is it cut off, or printed by a program in its own way? " + formsTaken}
	}
	return &FormError{source, fmt.Sprintf("not a saved message: it begins with %s", redact.Quote(string(text))), formsTaken}
}
