package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// genuine is the vector with an id, which must verify.
func genuine(t *testing.T, id string) vector {
	t.Helper()
	for _, v := range vectors(t) {
		if v.ID == id && v.Class == "canonical" {
			return v
		}
	}
	t.Fatalf("no canonical vector %q", id)
	return vector{}
}

func (v vector) defaults() intake.Defaults {
	return intake.Defaults{Kind: intake.Kind(v.Kind), Method: v.Method, URL: v.Path}
}

// alone are the defaults that a body alone needs.
func (v vector) alone() intake.Defaults {
	d := v.defaults()
	d.ClientID, d.Time = v.ClientID, v.Time
	if v.Signature != nil {
		d.Signature = *v.Signature
	}
	return d
}

// readOne reads what must be one message.
func readOne(t *testing.T, text string, d intake.Defaults) *intake.Message {
	t.Helper()
	messages, errs := read(t, text, d)
	if len(messages) != 1 || len(errs) > 0 {
		t.Fatalf("read %d messages and %v, want one message, from %.200q", len(messages), errs, text)
	}
	return messages[0]
}

// TestRead_everyVectorWithoutLength reads the vectors in the forms that do not
// tell the length of the body, refused ones too.
func TestRead_everyVectorWithoutLength(t *testing.T) {
	t.Parallel()
	all := keys(t)
	forms := []struct {
		name    string
		ending  string
		headers bool
	}{
		{name: "raw to the end", headers: true},
		{name: "raw to the end and LF", headers: true, ending: "\n"},
		{name: "body alone"},
		{name: "body alone and LF", ending: "\n"},
		{name: "body alone and CRLF", ending: "\r\n"},
	}
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			for _, v := range vectors(t) {
				text, d := string(v.Body), v.alone()
				if form.headers {
					text, d = strings.Replace(v.raw("\r\n", false), "Content-Length: ", "X-Length: ", 1), v.defaults()
				} else if text == "" {
					continue // nothing to save
				}
				m := readOne(t, text+form.ending, d)
				if m.Exact {
					t.Errorf("%s: exact, though nothing tells its length", v.ID)
				}
				want := v.Class == "canonical" || v.Class == "lenient"
				got := m.Verify(all[v.Key])
				if (got.Err == nil) != want || got.TrailingLineEndIgnored != (want && form.ending != "") {
					t.Errorf("%s: %+v, want verified %t", v.ID, got, want)
				}
			}
		})
	}
}

// TestVerify_exactBody: where the length is told, a line end more is a change.
func TestVerify_exactBody(t *testing.T) {
	t.Parallel()
	key, v := keys(t)["antom"], genuine(t, "go/ntf-pay")
	v.Body = append(bytes.Clone(v.Body), '\n')
	for form, text := range map[string]string{
		"raw": v.raw("\r\n", false), "chunked": v.raw("\r\n", true), "bodyBase64": v.envelope(t, true),
	} {
		m := readOne(t, text, intake.Defaults{})
		got := m.Verify(key)
		if !m.Exact || !errors.Is(got.Err, &sign.Error{Reason: sign.Mismatch}) || got.TrailingLineEndIgnored {
			t.Errorf("%s: exact=%t, %+v; want a mismatch", form, m.Exact, got)
		}
	}
	if got := readOne(t, v.envelope(t, false), intake.Defaults{}).Verify(key); got.Err != nil || !got.TrailingLineEndIgnored {
		t.Errorf("body: %+v, want the line end ignored", got)
	}
}

// TestRead_capture reads what nc saved: headers in every spelling, a blank or
// none after the colon, a body that ends in a line end of its own.
func TestRead_capture(t *testing.T) {
	t.Parallel()
	capture, err := os.ReadFile("testdata/capture-nc.http")
	if err != nil {
		t.Fatal(err)
	}
	v := genuine(t, "go/ntf-pretty")
	asLF, _, _ := strings.Cut(string(capture), "\r\n\r\n")
	texts := map[string]string{
		"as it is":           string(capture),
		"HTTP/1.0":           strings.Replace(string(capture), "HTTP/1.1", "HTTP/1.0", 1),
		"HTTP/2":             strings.Replace(string(capture), "HTTP/1.1", "HTTP/2", 1),
		"LF line ends":       strings.ReplaceAll(asLF, "\r\n", "\n") + "\n\n" + string(v.Body),
		"byte order mark":    "\ufeff" + string(capture),
		"blank lines around": "\r\n\n" + string(capture) + "\n\n",
		"full URL":           strings.Replace(string(capture), "POST /", "POST http://127.0.0.1:8080/", 1),
	}
	for name, text := range texts {
		m := readOne(t, text, intake.Defaults{})
		if m.Target != v.Path || !m.Exact || !bytes.Equal(m.Body, v.Body) {
			t.Errorf("%s: target %q exact=%t body %q", name, m.Target, m.Exact, m.Body)
		}
		if got := m.Verify(keys(t)["antom"]); got.Err != nil || got.Header.KeyVersion != "1" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for m, err := range intake.Read(iotest.OneByteReader(bytes.NewReader(capture)), "slow", intake.Defaults{}) {
		if err != nil || m.Source != "slow:1" || m.Verify(keys(t)["antom"]).Err != nil {
			t.Errorf("one byte at a time: %+v, %v", m, err)
		}
	}
}

// TestRead_headless reads headers and body whose first line was not saved; the
// URL is a flag then.
func TestRead_headless(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	_, text, _ := strings.Cut(v.raw("\r\n", false), "\r\n")
	for name, text := range map[string]string{"CRLF": text, "mark": "\ufeff" + text, "LF": strings.ReplaceAll(text, "\r\n", "\n")} {
		m := readOne(t, text, intake.Defaults{URL: v.Path})
		if got := m.Verify(keys(t)["antom"]); got.Err != nil || !m.Exact {
			t.Errorf("%s: exact=%t %+v", name, m.Exact, got)
		}
	}
	for _, body := range []string{"a: b\n\n{}", "signature", "note: the signature: is\n"} {
		if m := readOne(t, body, intake.Defaults{Signature: "s"}); string(m.Body) != body {
			t.Errorf("%q: body %q, want all of it", body, m.Body)
		}
	}
}

// TestRead_byteOrderMark: before a message in a form it belongs to the file, in
// a body alone to the body.
func TestRead_byteOrderMark(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	const mark = "\ufeff"
	for form, text := range map[string]string{
		"line": v.envelope(t, true), "lines": v.envelope(t, true) + "\n",
	} {
		m := readOne(t, mark+text, intake.Defaults{})
		if got := m.Verify(keys(t)["antom"]); got.Err != nil {
			t.Errorf("%s: %v", form, got.Err)
		}
	}
	for _, body := range []string{string(v.Body), "a=b"} {
		if m := readOne(t, mark+body, v.alone()); string(m.Body) != mark+body {
			t.Errorf("body = %q, want it to begin with the mark", m.Body)
		}
	}
	if messages, errs := read(t, mark, intake.Defaults{}); len(messages) > 0 || len(errs) != 1 {
		t.Errorf("a mark alone: %v, %v, want that it is empty", messages, errs)
	}
}

// TestRead_prettyEnvelope reads an envelope of several lines, which is how
// people write and tools print them.
func TestRead_prettyEnvelope(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	text := fmt.Sprintf(`{
  "kind": "notification",
  "method": "POST",
  "url": %q,
  "comment": {"unknown": ["members", "are", "left", "alone"]},
  "headers": {
    "CLIENT-ID": %q,
    "Request-Time": [%q],
    "signature": %q
  },
  "body": %q
}
`, v.Path, v.ClientID, v.Time, *v.Signature, v.Body)
	for _, lineEnd := range []string{"\n", "\r\n"} {
		m := readOne(t, strings.ReplaceAll(text, "\n", lineEnd), intake.Defaults{})
		if got := m.Verify(keys(t)["antom"]); got.Err != nil || m.Source != "file:1" || m.Exact {
			t.Errorf("%q: %s exact=%t %+v", lineEnd, m.Source, m.Exact, got)
		}
	}
}

// TestRead_bodyThatIsJSON: JSON without headers is a body, whatever it holds.
func TestRead_bodyThatIsJSON(t *testing.T) {
	t.Parallel()
	d := intake.Defaults{Kind: intake.Request, Method: "PUT", URL: "https://shop.example/a?b=1", ClientID: "id", Time: "1", Signature: "s"}
	for _, body := range []string{
		`{"notifyType":"PAYMENT_RESULT"}`, "{\n  \"a\": 1\n}\n", `[{"headers":{},"body":""}]`, `{"body":"x"}`, `{"headers":{}}`, "null",
		string(mustRead(t, "notify-payment-success.json")), string(mustRead(t, "notify-capture-success.txt")),
	} {
		m := readOne(t, body, d)
		if string(m.Body) != body || m.Exact || m.Kind != intake.Request || m.Method != http.MethodPut || m.Target != "/a?b=1" {
			t.Errorf("%q: read %+v", body, m)
		}
		want := map[string][]string{"Client-Id": {"id"}, "Request-Time": {"1"}, "Signature": {"s"}}
		if diff := cmp.Diff(want, map[string][]string(m.Header)); diff != "" {
			t.Errorf("%q: header (-want +got)\n%s", body, diff)
		}
	}
}

// TestRead_bodyWithoutQuotes reads an envelope whose body was written as JSON:
// as it stands, which is what was signed if the logger left it alone.
func TestRead_bodyWithoutQuotes(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	text := fmt.Sprintf(`{"url":%q,"headers":{"client-id":%q,"request-time":%q,"signature":%q},"body": %s }`, v.Path, v.ClientID, v.Time, *v.Signature, v.Body)
	m := readOne(t, text, intake.Defaults{})
	if got := m.Verify(keys(t)["antom"]); got.Err != nil || m.Exact {
		t.Errorf("exact=%t %+v", m.Exact, got)
	}
	for _, twice := range []string{`"body":"x"`, `"headers":{}`, `"bodyBase64":""`} {
		messages, errs := read(t, strings.TrimSuffix(text, "}")+","+twice+"}\n"+text, intake.Defaults{})
		if len(messages) != 1 || len(errs) != 1 {
			t.Errorf("%s twice: %d messages, %v; which one is meant?", twice, len(messages), errs)
		}
	}
}

func mustRead(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestRead_defaults: what a message says itself wins over the defaults.
func TestRead_defaults(t *testing.T) {
	t.Parallel()
	d := intake.Defaults{Kind: intake.Response, Method: "PUT", URL: "/default"}
	tests := []struct {
		name, text                   string
		kind                         intake.Kind
		method, target, responseTime string
	}{
		{"raw request", "POST /said HTTP/1.1\nContent-Length: 0\n\n", intake.Response, "POST", "/said", ""},
		{"raw response", "HTTP/1.1 200 OK\nResponse-Time: 7\nContent-Length: 0\n\n", intake.Response, "PUT", "/default", "7"},
		{"response without a reason", "HTTP/1.0 200\nContent-Length: 0\n\n", intake.Response, "PUT", "/default", ""},
		{"bare envelope", `{"headers":{},"body":""}`, intake.Response, "PUT", "/default", ""},
		{"full envelope", `{"kind":"request","method":"GET","url":"/said?a","headers":{},"body":""}`, intake.Request, "GET", "/said?a", ""},
	}
	for _, test := range tests {
		m := readOne(t, test.text, d)
		got := []string{string(m.Kind), m.Method, m.Target, m.Header.Get("Response-Time")}
		if diff := cmp.Diff([]string{string(test.kind), test.method, test.target, test.responseTime}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
	if m := readOne(t, `{"notifyType":""}`, intake.Defaults{Signature: "s"}); m.Kind != intake.Notification || m.Method != http.MethodPost {
		t.Errorf("without defaults: %s %s, want a POST notification", m.Kind, m.Method)
	}
}

// TestRead_responseTime: a response is verified by its own time header.
func TestRead_responseTime(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/rsp-success")
	text := strings.Replace(v.raw("\r\n", false), "response-time", "request-time", 1)
	got := readOne(t, text, v.defaults()).Verify(keys(t)["antom"])
	if !errors.Is(got.Err, &sign.Error{Reason: sign.TimeMissing}) {
		t.Errorf("with request-time: %v, want %s", got.Err, sign.TimeMissing)
	}
}

// TestVerify_doubledHeader: which of two signatures was checked would be a guess.
func TestVerify_doubledHeader(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	line := "signature: " + *v.Signature + "\r\n"
	texts := map[string]string{
		"raw":   strings.Replace(v.raw("\r\n", false), line, line+strings.ToUpper(line[:9])+line[9:], 1),
		"list":  fmt.Sprintf(`{"url":%q,"headers":{"signature":[%q,%q]},"body":""}`, v.Path, *v.Signature, *v.Signature),
		"names": fmt.Sprintf(`{"url":%q,"headers":{"signature":%q,"Signature":%q},"body":""}`, v.Path, *v.Signature, *v.Signature),
		"pairs": fmt.Sprintf(`{"url":%q,"headers":[["signature",%q],["signature",%q]],"body":""}`, v.Path, *v.Signature, *v.Signature),
	}
	for name, text := range texts {
		got := readOne(t, text, intake.Defaults{}).Verify(keys(t)["antom"])
		if !errors.Is(got.Err, &sign.Error{Reason: sign.SignatureMalformed}) {
			t.Errorf("%s: %v, want %s", name, got.Err, sign.SignatureMalformed)
		}
	}
}

// TestRead_limits: nothing grows without end, and each refusal names its limit.
func TestRead_limits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text io.Reader
		says string
	}{
		{"header line", strings.NewReader("POST / HTTP/1.1\r\nA: " + strings.Repeat("a", 70<<10)), "64 KiB"},
		{"header", strings.NewReader("POST / HTTP/1.1\r\n" + strings.Repeat("A: aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 4<<10)), "64 KiB"},
		{"told length", strings.NewReader("POST / HTTP/1.1\r\nContent-Length: 16777217\r\n\r\n"), "16 MiB"},
		{"endless length", strings.NewReader("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"), "16 MiB"},
		{"negative length", strings.NewReader("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), `content-length "-1"`},
		{"body to the end", io.MultiReader(strings.NewReader("POST / HTTP/1.1\r\n\r\n"), endless('x')), "16 MiB"},
		{"chunks", io.MultiReader(strings.NewReader("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"), endless('x')), "16 MiB"},
		{"line", io.MultiReader(strings.NewReader(`{"headers":{},"body":"`), endless('x')), "32 MiB"},
		{"body alone", endless('x'), "32 MiB"},
	}
	for _, test := range tests {
		var errs []string
		for m, err := range intake.Read(test.text, "file", intake.Defaults{}) {
			if err == nil {
				t.Errorf("%s: read a message with a body of %d bytes", test.name, len(m.Body))
				continue
			}
			errs = append(errs, err.Error())
		}
		if len(errs) != 1 || !strings.Contains(errs[0], test.says) || !strings.Contains(errs[0], "file") {
			t.Errorf("%s: errors %q, want one that says %q", test.name, errs, test.says)
		}
	}
}

// endless is a reader of one byte, over and over.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// TestRead_streams reads lines without an end: each message comes before much of
// the input after it was read, and a reader that has had enough stops the input.
func TestRead_streams(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	for form, text := range map[string]string{
		"lines": v.envelope(t, true) + "\n", "raw": v.raw("\r\n", false), "chunked": v.raw("\r\n", true),
	} {
		in := &repeated{text: []byte(text)}
		read := 0
		for m, err := range intake.Read(in, "stream", intake.Defaults{}) {
			if err != nil || !bytes.Equal(m.Body, v.Body) {
				t.Fatalf("%s: message %d: %+v, %v", form, read, m, err)
			}
			if read++; in.read > read*len(text)+(128<<10) {
				t.Fatalf("%s: %d bytes were read for %d messages of %d bytes", form, in.read, read, len(text))
			}
			if read == 2000 {
				break
			}
		}
		if read != 2000 {
			t.Errorf("%s: read %d messages, want 2000", form, read)
		}
	}
}

// repeated is a reader of one text, over and over.
type repeated struct {
	text []byte
	read int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.read%len(r.text):])
	r.read += n
	return n, nil
}

// TestRead_places: the place of a message counts the lines of those before it.
func TestRead_places(t *testing.T) {
	t.Parallel()
	one := "POST /1 HTTP/1.1\r\nContent-Length: 4\r\n\r\n{\n\n}"
	messages, errs := read(t, one+"\r\n"+one+"\nPOST /3 HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}", intake.Defaults{})
	if len(messages) != 2 || messages[0].Source != "file:1" || messages[1].Source != "file:7" {
		t.Errorf("messages = %+v, want them at lines 1 and 7", messages)
	}
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "file:13: ") || !strings.Contains(errs[0].Error(), "7 are missing") {
		t.Errorf("errors = %v, want one at line 13 that says 7 are missing", errs)
	}
}

// TestRead_failingInput: a disk that fails is not the end of the file.
func TestRead_failingInput(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	v := genuine(t, "go/ntf-pay")
	for _, start := range []string{
		"", "{", "x", "POST / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n\r\n{}", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
		strings.Repeat(v.envelope(t, true)+"\n", 4), v.envelope(t, true) + "\n{",
	} {
		var last error
		for _, err := range intake.Read(io.MultiReader(strings.NewReader(start), iotest.ErrReader(broken)), "file", intake.Defaults{}) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("after %.40q: last error = %v, want %v", start, last, broken)
		}
	}
}

// FuzzRead_forms: whatever a message is, written in either form it reads back as
// the same message.
func FuzzRead_forms(f *testing.F) {
	f.Add("/notify?a=%2F", "SANDBOX_1", "algorithm=RSA256, keyVersion=1, signature=AA%3D%3D", []byte("{}\r\n"))
	f.Add("/", "", "", []byte(nil))
	f.Add("/支付", " id ", "\"quoted\"", []byte("\x00\xff\ufeff<&>\u2028"))
	f.Fuzz(func(t *testing.T, target, clientID, signature string, body []byte) {
		if !plain(target) || !strings.HasPrefix(target, "/") || strings.Contains(target, " ") || strings.Contains(target, "://") || !plain(clientID) || !plain(signature) {
			return // not what a header can hold
		}
		want := &intake.Message{
			Source: "file:1", Kind: intake.Notification, Method: "POST", Target: target, Body: body, Exact: true,
			Header: map[string][]string{"Client-Id": {strings.Trim(clientID, " \t")}, "Signature": {strings.Trim(signature, " \t")}},
		}
		line, err := intake.Envelope(want)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsRune(line, '\n') {
			t.Errorf("the envelope has several lines: %q", line)
		}
		for form, text := range map[string][]byte{"envelope": line, "raw": intake.RawHTTP(want)} {
			got := readOne(t, string(text), intake.Defaults{})
			got.Header.Del("Content-Length")
			if len(got.Body) == 0 {
				got.Body = body
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", form, diff)
			}
		}
	})
}

// plain reports whether s can stand in a header: valid UTF-8 without controls.
func plain(s string) bool {
	return strings.ToValidUTF8(s, "") == s && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
