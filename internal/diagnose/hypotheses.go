package diagnose

import (
	"slices"
	"strings"
)

// Cause is a reason for which a signature does not match. Its id is a promise to
// programs; docs/causes holds a page of that name.
type Cause struct {
	ID     string
	Title  string // what happened
	Remedy string // what to do about it
	Advice Theme  // where frameworks differ in how that is done
}

// Page is where the cause is explained at length.
func (c Cause) Page() string { return "docs/causes/" + c.ID + ".md" }

// hypothesis is a cause that can be tried: what would have been signed, if that
// is what happened?
type hypothesis struct {
	Cause
	changes func(*Case) []change
}

const (
	useRawBody   = "verify the bytes of the body as they came, before anything parses them"
	useNotifyURL = "verify with the path and query of the notify URL that Antom called, as Antom saw it"
	useHeaders   = "verify with the headers as they came"
)

// hypotheses is the table of causes in the order in which they are tried: of two
// that fit, the one that stands first is told. What is a mistake of set-up comes
// before what is a mistake of code.
//
// Sources: Antom's pages digital_signature and INVALID_SIGNATURE (2024-05), and
// what the four official SDKs and their users were seen to do.
var hypotheses = [...]hypothesis{
	{Cause{"kind", "it is a message of another kind: request, response and notification have other keys and time headers", "say what it is with --kind or in the envelope's kind, and verify requests with your own public key, all else with Antom's", ThemeNone}, otherKind},
	{Cause{"key-own", "it was verified with the merchant's own public key in place of Antom's", "take Antom's public key from the Dashboard; your own one is what Antom verifies your requests with", ThemeNone}, ownKey},
	{Cause{"key-environment", "it was verified with the key of another environment: test and live have keys of their own", "use the profile and the keys of the environment that sent it", ThemeNone}, environmentKey},
	{Cause{"key-profile", "it was signed with another key than the public key that it was verified with belongs to", "use the profile that the message belongs to, or that profile's public key", ThemeNone}, profileKey},
	{Cause{"key-rotated", "the key that it was signed with was replaced", "if Antom's key was replaced, take the new public key from the Dashboard and put it into the profile: antom_public_key_file, or antom profile add NAME --replace", ThemeNone}, none},
	{Cause{"client-other", "it is genuine, and for another client id", "don't act on it: it is another client's; if that client is yours too, use its profile", ThemeNone}, none},

	{Cause{"signature-plus", "the plus signs of the signature became blanks: something decoded it as a form", "take the header as it came, and percent-decode it without the rules of forms", ThemeSignature}, plusSigns},
	{Cause{"signature-encoded-twice", "the signature is percent-encoded twice", "pass the header on as it came, without encoding it again", ThemeSignature}, encodedTwice},
	{Cause{"signature-bare", "the signature stands alone, without signature= before it", "pass on the whole header: algorithm=…,keyVersion=…,signature=…", ThemeHeader}, bareSignature},
	{Cause{"signature-alphabet", "the signature mixes the base64 alphabets, or is written in hexadecimal", "pass the header on as it came; it is standard base64, percent-encoded", ThemeSignature}, otherAlphabet},
	{Cause{"signature-doubled", "the message has several signatures, of which one is true", "keep the signature header that Antom sent, and only that one", ThemeHeader}, doubledSignature},
	{Cause{"signature-junk", "something was added to the signature", "pass the header on as it came, without adding to it", ThemeHeader}, junkAround},
	{Cause{"header-renamed", "a header that is signed, or the signature, came under another name", "give the headers the names that Antom gave them: client-id, request-time, response-time, signature", ThemeHeader}, renamedHeaders},
	{Cause{"signature-cut", "the signature is cut off", "keep the whole header: about 400 characters, more than a column of 255 holds", ThemeHeader}, none},
	{Cause{"signature-scheme", "it was signed by another scheme than RSA256", "sign with RSA PKCS#1 v1.5 over SHA-256 (SHA256withRSA), and let one function do both the hash and the signature", ThemeNone}, none},

	{Cause{"path-query-lost", "the query of the path was lost", useNotifyURL, ThemePath}, queryLost},
	{Cause{"path-query-added", "a query was added to the path", useNotifyURL, ThemePath}, queryAdded},
	{Cause{"path-trailing-slash", "a slash at the end of the path was added or lost", useNotifyURL, ThemePath}, trailingSlash},
	{Cause{"path-sandbox", "the sandbox prefix was added to or lost from the path", "with a client id that begins with SANDBOX_ the path is /ams/sandbox/api/…, also where it is signed", ThemeNone}, sandboxPrefix},
	{Cause{"path-slashes", "two slashes became one, or one two", useNotifyURL, ThemePath}, slashes},
	{Cause{"path-prefix-lost", "the path lost a prefix on its way, as proxies and mounted routers cut it", useNotifyURL, ThemePath}, prefixLost},
	{Cause{"path-prefix-added", "a prefix was added to the path on its way, as gateways and tunnels do", useNotifyURL, ThemePath}, prefixAdded},
	{Cause{"path-escapes", "the path was percent-decoded or encoded again", useNotifyURL, ThemePath}, pathEscapes},
	{Cause{"path-full-url", "the URL was signed with its scheme and host", "sign only path and query", ThemePath}, fullURL},
	{Cause{"path-other", "it was sent to another URL than the one that it was verified with", useNotifyURL, ThemePath}, otherURL},
	{Cause{"path-operation", "it answers a call of another operation", "name the path of the call that it answers with --url", ThemeNone}, otherOperation},
	{Cause{"method", "it was signed with another HTTP method", "Antom's messages are signed with POST; verify with the method of the request", ThemeMethod}, otherMethod},
	{Cause{"client-id", "it was signed for another client id", "verify with the client-id header of the message itself, and use the profile of that client", ThemeHeader}, otherClientID},
	{Cause{"time-header", "the time was taken from the wrong header", "requests and notifications sign request-time, responses sign response-time", ThemeHeader}, otherTimeHeader},
	{Cause{"time-spelling", "the time was written in another spelling of the same instant", useHeaders + "; don't parse the time and write it again", ThemeHeader}, timeSpelling},

	{Cause{"body-final-line-end", "a line end at the end of the body was added or lost", useRawBody, ThemeBody}, finalLineEnd},
	{Cause{"body-line-ends", "the line ends within the body were changed", useRawBody, ThemeBody}, lineEnds},
	{Cause{"body-bom", "a byte order mark before the body was added or lost", useRawBody, ThemeBody}, byteOrderMark},
	{Cause{"body-blanks", "blanks around the body were added or lost", useRawBody, ThemeBody}, blanksAround},
	{Cause{"body-brace", "the body lost its first or last brace", "copy the whole body", ThemeNone}, lostBrace},
	{Cause{"body-quoted", "the body is written as a text within quotes", "save the body itself, not its JSON string", ThemeNone}, quotedBody},
	{Cause{"body-gzip", "the body is packed, and the text was signed", "unpack the body before you verify it", ThemeNone}, packedBody},
	{Cause{"body-escapes", "the body was parsed and written again: characters are escaped otherwise", useRawBody, ThemeBody}, otherEscapes},
	{Cause{"body-spaces", "the body was parsed and written again: it is spaced otherwise", useRawBody, ThemeBody}, otherSpaces},
	{Cause{"body-key-order", "the body was parsed and written again: its members stand in another order", useRawBody, ThemeBody}, otherOrder},
	{Cause{"body-charset", "the body was read in another charset than UTF-8", useRawBody + ", and read JSON as UTF-8", ThemeBody}, otherCharset},
	{Cause{"content-layout", "the fields were joined otherwise before they were signed", "sign METHOD, a blank, the path, a line feed, then client id, time and body joined by dots", ThemeNone}, otherLayout},
}

// none is of causes that are not found by changing anything.
func none(*Case) []change { return nil }

// Causes returns the table, in the order in which causes are tried.
func Causes() []Cause {
	var causes []Cause
	for i := range hypotheses {
		causes = append(causes, hypotheses[i].Cause)
	}
	return causes
}

func lookup(id string) hypothesis {
	i := slices.IndexFunc(hypotheses[:], func(h hypothesis) bool { return h.ID == id })
	return hypotheses[i]
}

// Theme says where frameworks differ.
type Theme int

// The themes of advice.
const (
	ThemeNone Theme = iota
	ThemeBody
	ThemePath
	ThemeHeader
	ThemeSignature
	ThemeMethod
)

// Advice is how something is done in one framework.
type Advice struct{ Framework, How string }

// frameworks say in their own words how each thing is done.
var frameworks = [...]struct {
	name                                  string
	body, path, header, signature, method string
}{
	{"Express",
		`express.raw({type: "*/*"}) on this route, before express.json(); verify req.body`,
		`req.originalUrl; req.url and req.path lose the mount point, req.path the query too`,
		`req.get("signature"), req.get("client-id"), req.get("request-time")`,
		`decodeURIComponent(value) once, then Buffer.from(…, "base64"); no querystring.parse`,
		`req.method, which method-override changes`},
	{"Spring",
		`@RequestBody byte[] body; an object or a String was parsed or decoded already`,
		`request.getRequestURI(), with "?" + request.getQueryString(); not getServletPath()`,
		`@RequestHeader("signature") String signature, not a request parameter`,
		`URLDecoder.decode turns + into a blank: decode only a value that holds a %`,
		`request.getMethod(), which HiddenHttpMethodFilter changes`},
	{"Flask",
		`request.get_data(), before request.json or request.form is touched`,
		`request.environ["RAW_URI"], or request.script_root + request.full_path.rstrip("?")`,
		`request.headers["signature"]`,
		`urllib.parse.unquote, not unquote_plus`,
		`request.method`},
	{"Django",
		`request.body, and csrf_exempt on the view; not json.dumps of what was parsed`,
		`request.get_full_path(); request.path_info loses SCRIPT_NAME and the query`,
		`request.headers["signature"]`,
		`urllib.parse.unquote, not unquote_plus`,
		`request.method`},
	{"Laravel",
		`$request->getContent(); not json_encode($request->all()), and no TrimStrings`,
		`$request->getRequestUri(); $request->path() loses the query and the first slash`,
		`$request->header("signature")`,
		`rawurldecode($value), not urldecode($value)`,
		`$request->getRealMethod(); $request->method() heeds _method`},
	{"net/http",
		`body, err := io.ReadAll(r.Body) first; verify body, then json.Unmarshal it`,
		`r.RequestURI; http.StripPrefix and ServeMux change r.URL`,
		`r.Header.Get("signature")`,
		`url.PathUnescape, not url.QueryUnescape; or sign.PublicKey.Verify of this project`,
		`r.Method`},
}

// Advice says how it is done in common frameworks; nil where they do not differ.
func (t Theme) Advice() []Advice {
	var advice []Advice
	for _, row := range frameworks {
		how := [...]string{ThemeNone: "", ThemeBody: row.body, ThemePath: row.path, ThemeHeader: row.header, ThemeSignature: row.signature, ThemeMethod: row.method}[t]
		if how != "" {
			advice = append(advice, Advice{row.name, how})
		}
	}
	return advice
}

// Advice says how the causes of a finding are mended in common frameworks.
func (f *Finding) Advice() []Advice {
	var advice []Advice
	var said []Theme
	for _, c := range f.Causes {
		if !slices.Contains(said, c.Advice) {
			said = append(said, c.Advice)
			advice = append(advice, c.Advice.Advice()...)
		}
	}
	slices.SortStableFunc(advice, func(a, b Advice) int {
		return strings.Compare(strings.ToLower(a.Framework), strings.ToLower(b.Framework))
	})
	return advice
}
