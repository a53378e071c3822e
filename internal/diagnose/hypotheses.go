package diagnose

import (
	"slices"
	"strings"
)

// hypothesis is a cause that can be tried: what would have been signed in this case?
type hypothesis struct {
	id      string // of the cause
	changes func(*Case) []change
}

func (h *hypothesis) cause() Cause {
	c, _ := LookupCause(h.id)
	return c
}

// hypotheses are all hypotheses, in the order of causes.txt.
var hypotheses = [...]hypothesis{
	{"kind", otherKind},
	{"key-own", ownKey},
	{"key-environment", environmentKey},
	{"key-profile", profileKey},
	{"key-rotated", none},
	{"client-other", none},

	{"signature-plus", plusSigns},
	{"signature-encoded-twice", encodedTwice},
	{"signature-bare", bareSignature},
	{"signature-alphabet", otherAlphabet},
	{"signature-doubled", doubledSignature},
	{"signature-junk", junkAround},
	{"header-renamed", renamedHeaders},
	{"signature-cut", none},
	{"signature-scheme", none},

	{"path-query-lost", queryLost},
	{"path-query-added", queryAdded},
	{"path-trailing-slash", trailingSlash},
	{"path-sandbox", sandboxPrefix},
	{"path-slashes", slashes},
	{"path-front-controller", frontController},
	{"path-prefix-lost", prefixLost},
	{"path-prefix-added", prefixAdded},
	{"path-escapes", pathEscapes},
	{"path-full-url", fullURL},
	{"path-other", otherURL},
	{"path-operation", otherOperation},
	{"method", otherMethod},
	{"client-id", otherClientID},
	{"time-header", otherTimeHeader},
	{"time-spelling", timeSpelling},

	{"body-final-line-end", finalLineEnd},
	{"body-line-ends", lineEnds},
	{"body-bom", byteOrderMark},
	{"body-blanks", blanksAround},
	{"body-brace", lostBrace},
	{"body-quoted", quotedBody},
	{"body-gzip", packedBody},
	{"body-escapes", otherEscapes},
	{"body-spaces", otherSpaces},
	{"body-key-order", otherOrder},
	{"body-charset", otherCharset},
	{"content-layout", otherLayout},
}

// none is for causes that are not found by trying changes.
func none(*Case) []change { return nil }

// Theme says in what frameworks differ: "body", "path", "header", "signature" or
// "method"; "" if they do not differ.
type Theme string

// The themes of advice.
const (
	ThemeBody      Theme = "body"
	ThemePath      Theme = "path"
	ThemeHeader    Theme = "header"
	ThemeSignature Theme = "signature"
	ThemeMethod    Theme = "method"
)

// Advice is how something is done in one framework.
type Advice struct {
	Framework string `json:"framework"`
	How       string `json:"how"`
}

// frameworks has the advice for each framework.
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

// Advice says how it is done in common frameworks; nil if they do not differ.
func (t Theme) Advice() []Advice {
	var advice []Advice
	for _, row := range frameworks {
		var how string
		switch t {
		case ThemeBody:
			how = row.body
		case ThemePath:
			how = row.path
		case ThemeHeader:
			how = row.header
		case ThemeSignature:
			how = row.signature
		case ThemeMethod:
			how = row.method
		default:
			return nil
		}
		advice = append(advice, Advice{row.name, how})
	}
	return advice
}

// Advice says how to fix the causes of a finding in common frameworks.
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
