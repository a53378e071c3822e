package diagnose_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

func genuine(tb testing.TB, id string) *intake.Message {
	tb.Helper()
	for _, v := range testkit.Vectors(tb) {
		if v.ID == id && v.Class == "canonical" {
			return messageOf(v)
		}
	}
	tb.Fatalf("no canonical vector %q", id)
	return nil
}

func messageOf(v testkit.Vector) *intake.Message {
	m := &intake.Message{Source: "file:1", Kind: intake.Kind(v.Kind), Method: v.Method, Target: v.Path, Header: http.Header{}, Body: v.Body, Exact: true}
	m.Header.Set("Client-Id", v.ClientID)
	m.Header.Set(m.Kind.TimeHeader(), v.Time)
	if v.Signature != nil {
		m.Header.Set("Signature", *v.Signature)
	}
	return m
}

// caseOf is a message with Antom's key of a sandbox profile.
func caseOf(tb testing.TB, m *intake.Message) *diagnose.Case {
	tb.Helper()
	return &diagnose.Case{Message: m, Keys: []diagnose.Key{antomKey(tb)}}
}

func antomKey(tb testing.TB) diagnose.Key {
	return diagnose.Key{Name: `Antom's key of profile "sandbox"`, Owner: diagnose.Antom, Test: true, Public: testkit.PublicKey(tb, "antom")}
}

func merchantKey(tb testing.TB) diagnose.Key {
	return diagnose.Key{Name: `the merchant's key of profile "sandbox"`, Owner: diagnose.Merchant, Test: true, Public: testkit.PublicKey(tb, "merchant")}
}

func otherKey(tb testing.TB, test bool) diagnose.Key {
	return diagnose.Key{Name: `Antom's key of profile "other"`, Owner: diagnose.Antom, Test: test, Public: testkit.PublicKey(tb, "other")}
}

func edit(body []byte, from, to string) []byte {
	if !bytes.Contains(body, []byte(from)) {
		panic(fmt.Sprintf("%q is not in %q", from, body))
	}
	return bytes.ReplaceAll(body, []byte(from), []byte(to))
}

func header(m *intake.Message, change func(string) string) {
	m.Header.Set("Signature", change(m.Header.Get("Signature")))
}

func rename(m *intake.Message, from, to string) {
	m.Header[http.CanonicalHeaderKey(to)] = m.Header[http.CanonicalHeaderKey(from)]
	m.Header.Del(from)
}

func gzipped(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // into memory
	_ = w.Close()
	return b.Bytes()
}

func rawSignature(m *intake.Message) []byte {
	h, err := sign.ParseHeader(m.Header.Get("Signature"))
	if err != nil {
		panic(err)
	}
	return h.Signature
}

func indented(body []byte, indent string) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", indent); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// broken are good messages, each broken in one way or two, and the cause that
// must be found.
var broken = [...]struct {
	cause, vector string
	breaks        func(c *diagnose.Case, m *intake.Message)
}{
	{"kind", "go/req-ascii-ms", func(_ *diagnose.Case, m *intake.Message) { m.Kind = intake.Notification }},
	{"kind", "go/rsp-success", func(_ *diagnose.Case, m *intake.Message) { m.Kind = intake.Notification }},
	{"kind", "go/ntf-pay", func(c *diagnose.Case, m *intake.Message) {
		m.Kind = intake.Request
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
	}},
	{"key-own", "go/ntf-pay", func(c *diagnose.Case, _ *intake.Message) {
		c.Keys = append([]diagnose.Key{{Name: "the key of --public-key-file", Public: c.Keys[1].Public}}, c.Keys...)
	}},
	{"key-own", "go/ntf-pay", func(c *diagnose.Case, _ *intake.Message) {
		c.Keys = append([]diagnose.Key{{Name: "Antom's key, as configured", Owner: diagnose.Antom, Test: true, Public: c.Keys[1].Public}}, c.Keys...)
	}},
	{"key-environment", "go/ntf-pay", func(c *diagnose.Case, _ *intake.Message) { c.Keys[0], c.Keys[2] = c.Keys[2], c.Keys[0] }},
	{"key-profile", "go/ntf-pay", func(c *diagnose.Case, _ *intake.Message) {
		c.Keys[0], c.Keys[2] = c.Keys[2], c.Keys[0]
		c.Keys[0].Test = true
	}},
	{"signature-plus", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(h string) string { h, _ = url.QueryUnescape(h); return strings.ReplaceAll(h, "+", " ") })
	}},
	{"signature-encoded-twice", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(h string) string { return strings.ReplaceAll(h, "%", "%25") })
	}},
	{"signature-bare", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(h string) string { return h[strings.Index(h, "signature=")+10:] })
	}},
	{"signature-alphabet", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(string) string {
			return "signature=" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(rawSignature(m)), "+", "-")
		})
	}},
	{"signature-alphabet", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(string) string { return "signature=" + hex.EncodeToString(rawSignature(m)) })
	}},
	{"signature-doubled", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Header.Add("Signature", "signature=AAAA") }},
	{"signature-doubled", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(h string) string { return "signature=AAAA," + h })
	}},
	{"signature-junk", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { header(m, func(h string) string { return h + "!!" }) }},
	{"signature-junk", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { header(m, func(h string) string { return h + "AAAA" }) }},
	{"header-renamed", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		rename(m, "Signature", "HTTP_SIGNATURE")
		rename(m, "Client-Id", "HTTP_CLIENT_ID")
		rename(m, "Request-Time", "HTTP_REQUEST_TIME")
	}},
	{"signature-cut", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { header(m, func(h string) string { return h[:255] }) }},
	{"path-query-lost", "go/ntf-query", func(c *diagnose.Case, m *intake.Message) {
		c.URLs = []diagnose.Known{{Value: "https://shop.example" + m.Target, From: "notify_url"}}
		m.Target = "/hooks/antom"
	}},
	{"path-query-added", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target += "?utm=1" }},
	{"path-query-added", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) { m.Target += "&utm=1" }},
	{"path-trailing-slash", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target += "/" }},
	{"path-trailing-slash", "go/ntf-slash", func(_ *diagnose.Case, m *intake.Message) { m.Target = "/notify" }},
	{"path-sandbox", "go/rsp-success-sandbox", func(_ *diagnose.Case, m *intake.Message) {
		m.Target = strings.Replace(m.Target, "/ams/sandbox/api", "/ams/api", 1)
	}},
	{"path-sandbox", "go/rsp-success", func(_ *diagnose.Case, m *intake.Message) {
		m.Target = strings.Replace(m.Target, "/ams/api", "/ams/sandbox/api", 1)
	}},
	{"path-front-controller", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target = "/index.php?s=" + m.Target }},
	{"path-prefix-lost", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) { m.Target = strings.TrimPrefix(m.Target, "/hooks") }},
	{"path-prefix-lost", "go/ntf-pay", func(c *diagnose.Case, m *intake.Message) {
		c.URLs = []diagnose.Known{{Value: "https://shop.example/notify", From: "notify_url"}}
		m.Target = "/"
	}},
	{"path-prefix-lost", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("X-Forwarded-Prefix", "/notify")
		m.Target = ""
	}},
	{"path-prefix-added", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target = "/any/thing" + m.Target }},
	{"path-slashes", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target = "/" + m.Target }},
	{"path-slashes", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Target = m.Target[1:] }},
	{"path-slashes", "go/req-double-slash", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		m.Target = strings.ReplaceAll(m.Target, "//", "/")
	}},
	{"path-escapes", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) { m.Target, _ = url.PathUnescape(m.Target) }},
	{"path-escapes", "go/req-query", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		m.Target = strings.ReplaceAll(m.Target, "%E4%B8%AD", "%e4%b8%ad")
	}},
	{"path-other", "go/ntf-pay", func(c *diagnose.Case, m *intake.Message) {
		c.URLs = []diagnose.Known{{Value: "https://shop.example/notify", From: "notify_url"}}
		m.Target = "/else"
	}},
	{"path-operation", "go/rsp-success", func(_ *diagnose.Case, m *intake.Message) { m.Target = "/ams/api/v1/payments/capture" }},
	{"path-operation", "go/rsp-success-sandbox", func(_ *diagnose.Case, m *intake.Message) { m.Target = "" }},
	{"method", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Method = "PUT" }},
	{"client-id", "go/ntf-pay", func(c *diagnose.Case, m *intake.Message) {
		c.ClientIDs = []diagnose.Known{{Value: m.Header.Get("Client-Id"), From: `profile "sandbox"`}}
		m.Header.Set("Client-Id", "SANDBOX_1")
	}},
	{"client-id", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Header.Set("Client-Id", m.Header.Get("Client-Id")+" ") }},
	{"client-id", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("Client-Id", strings.TrimPrefix(m.Header.Get("Client-Id"), "SANDBOX_"))
	}},
	{"time-header", "go/rsp-success", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("Request-Time", m.Header.Get("Response-Time"))
		m.Header.Set("Response-Time", "2026-08-05T07:00:09Z")
	}},
	{"time-header", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("Response-Time", m.Header.Get("Request-Time"))
		m.Header.Set("Request-Time", "1785913209000")
	}},
	{"time-spelling", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Header.Set("Request-Time", "2026-08-05T07:00:00Z") }},
	{"time-spelling", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Header.Set("Request-Time", "2026-08-05T15:00:00 08:00") }},
	{"time-spelling", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Header.Set("Request-Time", "1785913200000") }},
	{"time-spelling", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("Request-Time", "1785913200000000000")
	}},
	{"time-spelling", "go/ntf-root", func(_ *diagnose.Case, m *intake.Message) {
		m.Header.Set("Request-Time", "2026-08-05T07:00:00.123Z")
	}},
	{"body-final-line-end", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = append(m.Body, '\n') }},
	{"body-final-line-end", "go/req-nl", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		m.Body = bytes.TrimSpace(m.Body)
	}},
	{"body-line-ends", "go/ntf-pretty", func(_ *diagnose.Case, m *intake.Message) { m.Body = edit(m.Body, "\n", "\r\n") }},
	{"body-line-ends", "go/req-crlf", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		m.Body = edit(m.Body, "\r\n", "\n")
	}},
	{"body-bom", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = append([]byte("\ufeff"), m.Body...) }},
	{"body-blanks", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = append([]byte("  "), m.Body...) }},
	{"body-brace", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = m.Body[1:] }},
	{"body-brace", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = m.Body[:len(m.Body)-1] }},
	{"body-quoted", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body, _ = json.Marshal(string(m.Body)) }},
	{"body-gzip", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = gzipped(m.Body) }},
	{"body-escapes", "go/ntf-unicode", func(_ *diagnose.Case, m *intake.Message) {
		m.Body = edit(m.Body, "支付成功 ✓", `\u652f\u4ed8\u6210\u529f \u2713`)
	}},
	{"body-escapes", "go/req-unicode-escaped", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		var text map[string]string
		_ = json.Unmarshal(m.Body, &text)
		m.Body = jsonText(text)
	}},
	{"body-escapes", "go/req-slash-escaped", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		m.Body = edit(m.Body, `\/`, `/`)
	}},
	{"body-escapes", "go/req-html-escaped", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		var text map[string]string
		_ = json.Unmarshal(m.Body, &text)
		m.Body = jsonText(text)
	}},
	{"body-spaces", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) { m.Body = indented(m.Body, "  ") }},
	{"body-spaces", "go/ntf-pretty", func(_ *diagnose.Case, m *intake.Message) {
		var b bytes.Buffer
		_ = json.Compact(&b, m.Body)
		m.Body = b.Bytes()
	}},
	{"body-key-order", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		var v any
		_ = json.Unmarshal(m.Body, &v)
		m.Body, _ = json.Marshal(v) // in the order of the alphabet
	}},
	{"body-key-order", "go/ntf-pretty", func(_ *diagnose.Case, m *intake.Message) {
		var v any
		_ = json.Unmarshal(m.Body, &v)
		m.Body, _ = json.Marshal(v)
	}},
	{"body-charset", "go/ntf-unicode", func(_ *diagnose.Case, m *intake.Message) {
		var wide []rune
		for _, b := range m.Body {
			wide = append(wide, rune(b))
		}
		m.Body = []byte(string(wide))
	}},

	{"path-prefix-lost+body-final-line-end", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) {
		m.Target = strings.TrimPrefix(m.Target, "/hooks")
		m.Body = append(m.Body, '\n')
	}},
	{"path-prefix-lost+body-final-line-end", "go/ntf-pretty", func(c *diagnose.Case, m *intake.Message) {
		c.URLs = []diagnose.Known{{Value: "https://shop.example/notify", From: "notify_url"}}
		m.Target, m.Body = "/", bytes.TrimSuffix(m.Body, []byte("\n"))
	}},
	{"path-trailing-slash+body-spaces", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		m.Target += "/"
		m.Body = indented(m.Body, "    ")
	}},
	{"key-environment+path-query-added", "go/ntf-pay", func(c *diagnose.Case, m *intake.Message) {
		c.Keys[0], c.Keys[2] = c.Keys[2], c.Keys[0]
		m.Target += "?a=1"
	}},
	{"signature-plus+time-spelling", "go/ntf-pay", func(_ *diagnose.Case, m *intake.Message) {
		header(m, func(h string) string { h, _ = url.QueryUnescape(h); return strings.ReplaceAll(h, "+", " ") })
		m.Header.Set("Request-Time", "2026-08-05T15:00:00 08:00")
	}},
	{"path-prefix-added+client-id", "go/ntf-query", func(_ *diagnose.Case, m *intake.Message) {
		m.Target = "/prod" + m.Target
		m.Header.Set("Client-Id", strings.ToLower(m.Header.Get("Client-Id")))
	}},
}

func jsonText(text map[string]string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text)
	return bytes.TrimSpace(b.Bytes())
}

// TestExplain_causes breaks good messages and wants the cause told.
func TestExplain_causes(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, test := range broken {
		m := genuine(t, test.vector)
		c := &diagnose.Case{Message: m, Keys: []diagnose.Key{antomKey(t), merchantKey(t), otherKey(t, false)}}
		m.Body = bytes.Clone(m.Body)
		test.breaks(c, m)
		if got := m.Verify(c.Keys[0].Public); got.Err == nil {
			t.Errorf("%s on %s: it still verifies", test.cause, test.vector)
		}
		f := diagnose.Explain(c)
		if f.ID() != test.cause {
			t.Errorf("%s on %s: found %q %v %v", test.cause, test.vector, f.ID(), f.Details, f.RuledOut)
		}
		if f.ID() != "" && (f.Remedy() == "" || f.Title() == "") {
			t.Errorf("%s: without remedy or title", test.cause)
		}
		for id := range strings.SplitSeq(test.cause, "+") {
			shown[id] = true
		}
	}
	for _, cause := range diagnose.Causes() {
		switch cause.ID {
		case "signature-scheme", "content-layout", "path-full-url", "key-rotated", "client-other":
			continue // see TestExplain_vectors, TestExplain_ownSigner, TestExplain_keyVersion and TestOtherClient
		}
		if !shown[cause.ID] {
			t.Errorf("no broken message shows %s", cause.ID)
		}
	}
}

// TestExplain_vectors: of the refused vectors each one is explained, or not, as
// its name says.
func TestExplain_vectors(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"h-double-encoded": "signature-encoded-twice", "h-bare": "signature-bare", "h-plus-to-space": "signature-plus",
		"h-dup-good-last": "signature-doubled", "h-dup-good-first": "signature-doubled", "h-junk-after-padding": "signature-junk", "h-junk-inside": "signature-junk",
		"n-body-reserialised": "body-spaces", "n-time-equivalent": "time-spelling", "n-client-case": "client-id", "n-path-query": "path-query-added",
		"n-path": "path-trailing-slash", "n-method": "method", "n-sig-short": "signature-cut", "n-sha1": "signature-scheme", "n-md5": "signature-scheme",
		"n-sha512": "signature-scheme", "n-pss": "signature-scheme", "n-ecdsa": "signature-scheme", "n-prehashed-twice": "signature-scheme",
		"n-space-for-nl": "content-layout", "n-crlf-content": "content-layout", "neg-unescaped": "body-escapes", "neg-escaped": "body-spaces",
		"neg-slash-unescaped": "body-escapes", "n-other-key": "key-environment",
		"rsp-n-path-case": "path-operation", "rsp-n-replayed-path": "path-operation",
	}
	for _, v := range testkit.Vectors(t) {
		if v.Expect == "valid" {
			continue
		}
		_, name, _ := strings.Cut(v.ID, "/")
		m := messageOf(v)
		c := &diagnose.Case{Message: m, Keys: []diagnose.Key{antomKey(t), merchantKey(t), otherKey(t, false)}}
		if m.Kind == intake.Request {
			c.Keys[0], c.Keys[1] = c.Keys[1], c.Keys[0]
		}
		expected := cmp.Or(want[name], want[strings.TrimPrefix(strings.TrimPrefix(name, "ntf-"), "rsp-")])
		if got := diagnose.Explain(c); got.ID() != expected {
			t.Errorf("%s: %q %v, want %q", v.ID, got.ID(), got.Details, expected)
		} else if expected == "" && len(got.RuledOut) == 0 && got.Noticed == "" && v.Signature != nil && strings.Contains(v.ID, "-n-body") {
			t.Errorf("%s: nothing found and nothing ruled out", v.ID)
		}
	}
}

// TestExplain_ownSigner: what a merchant's own signing may get wrong.
func TestExplain_ownSigner(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	m := genuine(t, "go/req-ascii-ms")
	content := m.Signed()
	content.Target = "https://open-sea-global.alipay.com" + content.Target
	signature, err := key.Sign(content, 1)
	if err != nil {
		t.Fatal(err)
	}
	m.Header.Set("Signature", signature)
	c := &diagnose.Case{Message: m, Keys: []diagnose.Key{{Name: "mine", Owner: diagnose.Merchant, Public: key.Public()}}}
	f := diagnose.Explain(c)
	want := []diagnose.Detail{{Label: "signed path", Value: `"` + content.Target + `"`}, {Label: "given path", Value: `"` + m.Target + `"`}}
	if diff := gocmp.Diff(want, f.Details); f.ID() != "path-full-url" || diff != "" {
		t.Errorf("%q (-want +got)\n%s", f.ID(), diff)
	}
}

// TestExplain_forgivenLineEnd: a line end that is forgiven anyhow is not told as
// a cause.
func TestExplain_forgivenLineEnd(t *testing.T) {
	t.Parallel()
	m := genuine(t, "go/ntf-pay")
	m.Exact, m.Target, m.Body = false, m.Target+"/", append(bytes.Clone(m.Body), '\n')
	if f := diagnose.Explain(caseOf(t, m)); f.ID() != "path-trailing-slash" {
		t.Errorf("found %q", f.ID())
	}
}

// TestExplain_difference shows where the bytes part.
func TestExplain_difference(t *testing.T) {
	t.Parallel()
	m := genuine(t, "go/ntf-pretty")
	m.Body = edit(bytes.Clone(m.Body), "\n", "\r\n")
	want := []diagnose.Detail{
		{Label: "first difference", Value: "byte 1 (line 1, column 2)"},
		{Label: "signed body", Value: `"{\n  \"notifyType\":"…`},
		{Label: "given body", Value: `"{\r\n  \"notifyType\""…`},
	}
	if diff := gocmp.Diff(want, diagnose.Explain(caseOf(t, m)).Details); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestExplain_nothing: what is tampered with is not explained, and it is said
// what was ruled out.
func TestExplain_nothing(t *testing.T) {
	t.Parallel()
	m := genuine(t, "go/ntf-pay")
	m.Body = edit(bytes.Clone(m.Body), "1000", "9000")
	f := diagnose.Explain(caseOf(t, m))
	if f.ID() != "" || !f.ContentChanged || len(f.Details) != 1 || !strings.HasPrefix(f.Details[0].Value, `is correct and the signature is complete: Antom's key of profile "sandbox"`) {
		t.Errorf("%q, ruled out %q", f.ID(), f.RuledOut)
	}
	c := &diagnose.Case{Message: m, Keys: []diagnose.Key{otherKey(t, true)}}
	f = diagnose.Explain(c)
	if f.ID() != "" || f.ContentChanged || !strings.Contains(strings.Join(f.RuledOut, "\n"), `not made with any of the known keys (Antom's key of profile "other")`) {
		t.Errorf("%q, ruled out %q", f.ID(), f.RuledOut)
	}
}

// TestExplain_noticed: that the key can't be Antom's is said, and is no cause: what
// the right key would say nobody knows.
func TestExplain_noticed(t *testing.T) {
	t.Parallel()
	own := merchantKey(t)
	configured := diagnose.Key{Name: "Antom's key, as configured", Owner: diagnose.Antom, Test: true, Public: own.Public}
	f := diagnose.Explain(&diagnose.Case{Message: genuine(t, "go/ntf-pay"), Keys: []diagnose.Key{configured, own}})
	if f.ID() != "" || !strings.Contains(f.Noticed, "the merchant's own public key") || f.Remedy() != f.Noticed {
		t.Errorf("cause %q, noticed %q", f.ID(), f.Noticed)
	}
	request := genuine(t, "go/req-ascii-ms")
	request.Body = append(bytes.Clone(request.Body), 'x')
	if f := diagnose.Explain(&diagnose.Case{Message: request, Keys: []diagnose.Key{own}}); f.Noticed != "" {
		t.Errorf("of a request: %q", f.Noticed)
	}
}

// TestExplain_quick: a body of 4 KB that nothing explains takes the longest.
func TestExplain_quick(t *testing.T) {
	m := genuine(t, "go/ntf-pay")
	m.Body = []byte(`{"notifyType":"PAYMENT_RESULT","url":"https://shop.example/支付","a":[` + strings.Repeat(`{"currency":"SGD","value":"4200"},`, 120) + `{}]}`)
	c := caseOf(t, m)
	for i := range 8 {
		c.Keys = append(c.Keys, otherKey(t, i%2 == 0))
		c.URLs = append(c.URLs, diagnose.Known{Value: fmt.Sprintf("https://shop%d.example/hooks/%d", i, i)})
	}
	best := time.Hour
	for range 3 {
		begin := cpuTime(t)
		if f := diagnose.Explain(c); f.ID() != "" {
			t.Fatalf("found %q", f.ID())
		}
		best = min(best, cpuTime(t)-begin)
	}
	t.Logf("%d bytes: %s", len(m.Body), best)
	if limit := 300 * time.Millisecond * slowdown; best > limit {
		t.Errorf("took %s, more than %s", best, limit)
	}
}

// TestCauses: the table is whole, every cause can be found, and its text says all
// that its page says.
func TestCauses(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range diagnose.Causes() {
		if seen[c.ID] || c.Title == "" || c.Remedy == "" || len(c.Shows) < 40 || strings.HasSuffix(c.Remedy, ".") {
			t.Errorf("%+v: doubled, or not whole", c)
		}
		seen[c.ID] = true
		if found, known := diagnose.LookupCause(c.ID); !known || found != c {
			t.Errorf("%s is not found", c.ID)
		}
		text, page := c.Text(), string(c.Markdown())
		for word := range strings.FieldsSeq(c.Title + " " + c.Shows + " " + c.More) {
			word = strings.ToLower(strings.Trim(word, "."))
			if !strings.HasPrefix(word, "```") && (!strings.Contains(strings.ToLower(text), word) || !strings.Contains(strings.ToLower(page), word)) {
				t.Errorf("%s: the text or the page lacks %q", c.ID, word)
			}
		}
		advice := c.Advice.Advice()
		if c.Advice != "" && len(advice) != 6 {
			t.Errorf("%s: advice %q names no frameworks", c.ID, c.Advice)
		}
		for _, a := range advice {
			if !strings.Contains(text, a.How) || !strings.Contains(page, a.How) {
				t.Errorf("%s does not say how %s does it", c.ID, a.Framework)
			}
		}
		if strings.Contains(text, "docs/") || !strings.HasSuffix(c.Command(), "--explain "+c.ID) {
			t.Errorf("%s points at a file: %s", c.ID, text)
		}
	}
	if _, known := diagnose.LookupCause("nosuch"); known || len(seen) < 40 {
		t.Errorf("%d causes", len(seen))
	}
}
