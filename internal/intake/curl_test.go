package intake_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/testkit"
)

// quoted writes a text for a POSIX shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// dollarQuoted writes a text as browsers do where it holds more than ASCII.
func dollarQuoted(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteString("\\" + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r > '~' && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			b.WriteRune(r)
		}
	}
	return "$'" + b.String() + "'"
}

// cmdQuoted writes a text as Chrome's "Copy as cURL (cmd)" does.
func cmdQuoted(text string) string {
	text = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
	return `^"` + strings.NewReplacer(`"`, `^"`, `&`, `^&`, `<`, `^<`, `>`, `^>`, `%`, `^%`).Replace(text) + `^"`
}

func (v vector) curl(quote func(string) string, lineEnd, data string) string {
	words := []string{"curl " + quote("https://shop.example"+v.Path), "-X " + v.Method}
	for _, h := range v.headers() {
		words = append(words, "-H "+quote(h[0]+": "+h[1]))
	}
	words = append(words, data+" "+quote(string(v.Body)), "--compressed")
	return strings.Join(words, lineEnd) + "\n"
}

// TestRead_curl reads every true vector as the commands that browsers, Postman
// and people write.
func TestRead_curl(t *testing.T) {
	t.Parallel()
	all := keys(t)
	forms := []struct {
		name, lineEnd, data string
		quote               func(string) string
	}{
		{"one line", " ", "--data-raw", quoted},
		{"continued", " \\\n  ", "--data-binary", quoted},
		{"continued with CRLF", " \\\r\n  ", "-d", quoted},
		{"browser", " \\\n  ", "--data-raw", dollarQuoted},
		{"cmd", " ^\r\n  ", "--data-raw", cmdQuoted},
	}
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			tried := 0
			for _, v := range vectors(t) {
				if v.Class != "canonical" || !utf8.Valid(v.Body) || bytes.HasPrefix(v.Body, []byte("@")) || form.name == "cmd" && bytes.ContainsAny(v.Body, "\r\n^") {
					continue
				}
				m := readOne(t, v.curl(form.quote, form.lineEnd, form.data), intake.Defaults{Kind: intake.Kind(v.Kind)})
				if !bytes.Equal(m.Body, v.Body) || m.Target != v.Path || !m.Exact || m.Origin != "https://shop.example" {
					t.Errorf("%s: read %s %s exact=%t %q, want %q", v.ID, m.Method, m.Target, m.Exact, m.Body, v.Body)
				}
				if got := m.Verify(all[v.Key]); got.Err != nil {
					t.Errorf("%s: %v", v.ID, got.Err)
				}
				tried++
			}
			if tried < 20 {
				t.Errorf("tried %d vectors", tried)
			}
		})
	}
}

// TestRead_curlSpellings reads the options in the spellings that curl takes.
func TestRead_curlSpellings(t *testing.T) {
	t.Parallel()
	readFile := func(name string) ([]byte, error) {
		if name != "body.json" {
			return nil, fs.ErrNotExist
		}
		return []byte("{}\r\n"), nil
	}
	tests := []struct{ name, text, method, target, body string }{
		{"bare", "curl shop.example", "GET", "/", ""},
		{"prompt", "$ curl -sS -XPUT http://h/p?a=1#f -d '{}'", "PUT", "/p?a=1", "{}"},
		{"joined", `curl --request=PATCH --url=http://h/a%20b --data-raw="{\"a\":\"\$1\"}"`, "PATCH", "/a%20b", `{"a":"$1"}`},
		{"several data", "curl h/p -d a=1 -d b=2 --data-urlencode 'c=x y'", "POST", "/p", "a=1&b=2&c=x+y"},
		{"get", "curl -G h/p?x=0 -d a=1", "GET", "/p?x=0&a=1", ""},
		{"json", `curl h/p --json '{"a":' --json '1}'`, "POST", "/p", `{"a":1}`},
		{"raw at", "curl h/p --data-raw @body.json", "POST", "/p", "@body.json"},
		{"file to the byte", "curl h/p --data-binary @body.json", "POST", "/p", "{}\r\n"},
		{"file as text", "curl h/p -d @body.json", "POST", "/p", "{}"},
		{"escapes", `curl h/p --data-raw $'\x41\102\t\'\\\u00e9\U0001F600\ud83d\ude00\q'`, "POST", "/p", "AB\t'\\é😀😀\\q"},
		{"comment and pipe", "# saved today\n curl h/p -d x | jq . # done\n", "POST", "/p", "x"},
		{"cluster", "curl -skX DELETE -u me:secret -o out.txt h/p", "DELETE", "/p", ""},
		{"windows path", `curl.exe -X POST h/p`, "POST", "/p", ""},
	}
	for _, test := range tests {
		m := readOne(t, test.text, intake.Defaults{ReadFile: readFile})
		if diff := cmp.Diff([]string{test.method, test.target, test.body}, []string{m.Method, m.Target, string(m.Body)}); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
	for says, text := range map[string]string{
		"is the command cut off": "curl h/p -H 'a: b", "it has no URL": "curl -d x", "it sends a form": "curl h -F a=b",
		"no argument": "curl h -H", "which can't be read": "curl h -d @-", "does not exist": "curl h --data-binary @gone",
	} {
		messages, errs := read(t, text, intake.Defaults{ReadFile: readFile})
		if len(messages) > 0 || len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "file:1: curl command: ") || !strings.Contains(errs[0].Error(), says) {
			t.Errorf("%q: %d messages, %v; want %q", text, len(messages), errs, says)
		}
	}
}

// TestRead_curlSeveral: several commands in one file, each at its own line.
func TestRead_curlSeveral(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	one := v.curl(quoted, " \\\n  ", "--data-raw")
	messages, errs := read(t, "# first\n"+one+"\n"+one+"echo done; "+one+"curl -d x\n"+one, intake.Defaults{})
	var places []string
	for _, m := range messages {
		places = append(places, m.Source)
		if got := m.Verify(keys(t)["antom"]); got.Err != nil {
			t.Errorf("%s: %v", m.Source, got.Err)
		}
	}
	lines := strings.Count(one, "\n")
	want := []string{"file:2", place(3 + lines), place(3 + 2*lines), place(4 + 3*lines)}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("places (-want +got)\n%s", diff)
	}
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), place(3+3*lines)+": ") {
		t.Errorf("errors = %v", errs)
	}
}

func place(line int) string { return "file:" + strconv.Itoa(line) }

// TestRead_curlLikeShell compares with what a real shell makes of the words.
func TestRead_curlLikeShell(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`'a'"b"c\ d`, `"a\"b\\c\n\$d"`, `'it'\''s'`, "\"two\nlines\"", "a\\\nb", `""''x`, `"back\` + "\n" + `slash"`, `'#'no-comment#`, `"支付 é"`,
	} {
		command := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+body)
		want, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		if m := readOne(t, "curl h/p --data-raw "+body, intake.Defaults{}); string(m.Body) != string(want) {
			t.Errorf("%s: read %q, a shell reads %q", body, m.Body, want)
		}
	}
}

// TestRead_gzip: a packed file is the file that was packed.
func TestRead_gzip(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	line := v.envelope(t, true) + "\n"
	for form, text := range map[string]string{
		"lines": line + line, "raw": v.raw("\r\n", false) + v.raw("\n", true), "curl": v.curl(quoted, " ", "-d") + v.curl(quoted, " ", "-d"),
	} {
		messages, errs := read(t, string(packed(t, []byte(text))), intake.Defaults{})
		if len(messages) != 2 || len(errs) > 0 {
			t.Fatalf("%s: %d messages, %v", form, len(messages), errs)
		}
		for _, m := range messages {
			if got := m.Verify(keys(t)["antom"]); got.Err != nil {
				t.Errorf("%s: %v", form, got.Err)
			}
		}
	}
	cut := packed(t, bytes.Repeat([]byte(line), 5000))
	_, errs := read(t, string(cut[:len(cut)-40]), intake.Defaults{})
	if len(errs) == 0 || !strings.Contains(errs[len(errs)-1].Error(), "unexpected EOF") {
		t.Errorf("cut gzip: errors %v", errs)
	}
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestVerify_contentEncoding: the signature covers the text, whatever a proxy
// packed it into; where it covers the packed bytes, that is said.
func TestVerify_contentEncoding(t *testing.T) {
	t.Parallel()
	v, key := genuine(t, "go/ntf-pay"), keys(t)["antom"]
	text := v.Body
	v.Body = packed(t, text)
	raw := strings.Replace(v.raw("\r\n", false), "Content-Length", "Content-Encoding: gzip\r\nContent-Length", 1)
	m := readOne(t, raw, intake.Defaults{})
	if got := m.Verify(key); got.Err != nil || got.CompressedSigned || !bytes.Equal(m.Body, text) {
		t.Errorf("packed on the way: %+v, body %q", got, m.Body)
	}
	if got := readOne(t, string(intake.RawHTTP(m)), intake.Defaults{}); !bytes.Equal(got.Compressed, v.Body) {
		t.Error("written again, the packed bytes are others")
	}
	v.Body = text
	unpackedAlready := strings.Replace(v.raw("\r\n", false), "Content-Length", "Content-Encoding: gzip\r\nContent-Length", 1)
	if got := readOne(t, unpackedAlready, intake.Defaults{}).Verify(key); got.Err != nil {
		t.Errorf("unpacked before it was saved: %v", got.Err)
	}
}

// TestRead_har reads an archive of an API call, of a notification and of what is
// not about Antom at all.
func TestRead_har(t *testing.T) {
	t.Parallel()
	request, answer, notification := genuine(t, "go/req-ascii-ms"), genuine(t, "go/rsp-success"), genuine(t, "go/ntf-query")
	entry := func(request, answer vector, encoding string) map[string]any {
		content := string(answer.Body)
		if encoding == "base64" {
			content = base64.StdEncoding.EncodeToString(answer.Body)
		}
		return map[string]any{
			"request":  map[string]any{"method": request.Method, "url": "https://h.example" + request.Path, "headers": harHeaders(request), "postData": map[string]any{"text": string(request.Body)}},
			"response": map[string]any{"status": 200, "headers": harHeaders(answer), "content": map[string]any{"text": content, "encoding": encoding}},
		}
	}
	archive := map[string]any{"log": map[string]any{"version": "1.2", "entries": []any{
		entry(vector{testkit.Vector{Method: "GET", Path: "/logo.png"}}, vector{}, ""),
		entry(request, answer, "base64"), entry(notification, vector{testkit.Vector{Body: []byte(`{"result":{}}`)}}, ""),
	}}}
	for indent := range 2 {
		text, err := json.MarshalIndent(archive, "", strings.Repeat(" ", indent))
		if err != nil {
			t.Fatal(err)
		}
		messages, errs := read(t, string(text), intake.Defaults{})
		var kinds []string
		for _, m := range messages {
			kinds = append(kinds, string(m.Kind))
			key := "antom"
			if m.Kind == intake.Request {
				key = "merchant"
			}
			if got := m.Verify(keys(t)[key]); got.Err != nil {
				t.Errorf("%s %s: %v", m.Source, m.Kind, got.Err)
			}
		}
		if diff := cmp.Diff([]string{"request", "response", "notification"}, kinds); diff != "" || len(errs) > 0 {
			t.Errorf("errors %v, kinds (-want +got)\n%s", errs, diff)
		}
		if lines := strings.Split(string(text), "\n"); len(messages) == 3 {
			_, number, _ := strings.Cut(messages[1].Source, ":")
			if at, err := strconv.Atoi(number); err != nil || strings.TrimSpace(lines[at-1])[:1] != "{" {
				t.Errorf("place %q is not where an entry begins", messages[1].Source)
			}
		}
	}
}

func harHeaders(v vector) []map[string]string {
	var list []map[string]string
	for _, h := range v.headers() {
		if h[1] != "" {
			list = append(list, map[string]string{"name": h[0], "value": h[1]})
		}
	}
	return list
}

// FuzzTell compares the scanner with encoding/json.
func FuzzTell(f *testing.F) {
	for _, seed := range []string{
		`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentId":"1"}`,
		`{"paymentId":"\ud83d\ude00\u00e9\/\b\f\n\r\t\"\\"}`, `{"paymentId":"\ud83d x \ude00"}`, `{"a":[1,-0.5e+3,true,false,null,{}]}`,
		`{"paymentId":7,"result":"x"}`, `[`, `{"a":01}`, `{"a":1.}`, `{"a":+1}`, `{"a":"` + "\x01" + `"}`, `{"a":"\x"}`, `{"a" 1}`, `{"a":1,}`, `nul`, `{} {}`, ` 7 `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := intake.Summarise(text)
		if want := json.Valid(text); got.IsJSON != want {
			t.Fatalf("%q: JSON %t, encoding/json says %t", text, got.IsJSON, want)
		}
		var want struct {
			PaymentID any `json:"paymentId"`
		}
		if !utf8.Valid(text) || json.Unmarshal(text, &want) != nil || bytes.Contains(bytes.ToLower(text), []byte("paymentid")) && bytes.Count(bytes.ToLower(text), []byte("id")) > 1 {
			return // names in other letter cases are other names here
		}
		if id, ok := want.PaymentID.(string); ok && bytes.Contains(text, []byte(`"paymentId"`)) && got.PaymentID != id {
			t.Fatalf("%q: paymentId %q, encoding/json says %q", text, got.PaymentID, id)
		}
	})
}

// FuzzRead_curl: whatever a command is, reading it ends and yields one thing.
func FuzzRead_curl(f *testing.F) {
	f.Add(`-X POST 'http://h/p' -H 'a: b' --data-raw $'\u00e9'`)
	f.Add(`"\` + "\n" + `" ^"x^" -d @x -F`)
	f.Fuzz(func(t *testing.T, words string) {
		for m, err := range intake.Read(strings.NewReader("curl "+words), "file", intake.Defaults{}) {
			if (m == nil) == (err == nil) {
				t.Fatalf("message %v, error %v", m, err)
			}
		}
	})
}
