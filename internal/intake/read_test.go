package intake_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

type vector struct{ testkit.Vector }

func (v vector) headers() [][2]string {
	headers := [][2]string{{"client-id", v.ClientID}, {v.TimeHeader(), v.Time}}
	if v.Signature != nil {
		headers = append(headers, [2]string{"signature", *v.Signature})
	}
	return headers
}

// raw is the message as a capture: a request, or a response's header and body.
func (v vector) raw(eol string, chunked bool) string {
	var b strings.Builder
	if v.Kind == "response" {
		b.WriteString("HTTP/1.1 200 OK" + eol)
	} else {
		b.WriteString(v.Method + " " + v.Path + " HTTP/1.1" + eol + "Host:shop.example" + eol)
	}
	for _, h := range v.headers() {
		fmt.Fprintf(&b, "%s: %s%s", h[0], h[1], eol)
	}
	if chunked {
		half := len(v.Body) / 2
		b.WriteString("Transfer-Encoding: chunked" + eol + eol)
		for _, part := range [][]byte{v.Body[:half], v.Body[half:]} {
			if len(part) > 0 {
				fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
			}
		}
		b.WriteString("0\r\n\r\n")
		return b.String()
	}
	fmt.Fprintf(&b, "Content-Length: %d%s%s%s", len(v.Body), eol, eol, v.Body)
	return b.String()
}

func (v vector) envelope(t *testing.T, withBase64 bool) string {
	t.Helper()
	e := map[string]any{"kind": v.Kind, "method": v.Method, "url": v.Path, "headers": v.headers()}
	if withBase64 {
		e["bodyBase64"] = base64.StdEncoding.EncodeToString(v.Body)
	} else {
		e["body"] = string(v.Body)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	var all []vector
	for _, v := range testkit.Vectors(tb) {
		all = append(all, vector{v})
	}
	return all
}

func keys(tb testing.TB) map[string]*sign.PublicKey {
	tb.Helper()
	return map[string]*sign.PublicKey{"merchant": testkit.PublicKey(tb, "merchant"), "antom": testkit.PublicKey(tb, "antom")}
}

func read(t *testing.T, text string, d intake.Defaults) ([]*intake.Message, []error) {
	t.Helper()
	var messages []*intake.Message
	var errs []error
	for m, err := range intake.Read(strings.NewReader(text), "file", d) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		messages = append(messages, m)
	}
	return messages, errs
}

// TestRead_vectors reads every vector in every form and verifies it.
func TestRead_vectors(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for _, v := range vectors(t) {
		forms := map[string]string{
			"envelope with bodyBase64": v.envelope(t, true),
		}
		if utf8.Valid(v.Body) { // JSON text holds no other bytes
			forms["envelope with body"] = v.envelope(t, false)
		}
		if !strings.ContainsAny(v.Path+v.Time, " \"") && !strings.Contains(v.Path, "支") {
			forms["raw CRLF"] = v.raw("\r\n", false)
			forms["raw LF"] = v.raw("\n", false)
			forms["raw chunked"] = v.raw("\r\n", true)
		}
		d := intake.Defaults{Kind: intake.Kind(v.Kind), URL: v.Path, Method: v.Method}
		want := v.Class == "canonical" || v.Class == "lenient"
		for form, text := range forms {
			messages, errs := read(t, text, d)
			if len(messages) != 1 || len(errs) > 0 {
				t.Errorf("%s as %s: %d messages, %v", v.ID, form, len(messages), errs)
				continue
			}
			if got := messages[0].Verify(all[v.Key]); (got.Err == nil) != want || got.TrailingLineEndIgnored {
				t.Errorf("%s as %s: %+v, want verified %t", v.ID, form, got, want)
			}
		}
	}
}

// TestRead_bodyAlone reads bodies as shells and editors save them.
func TestRead_bodyAlone(t *testing.T) {
	t.Parallel()
	all := keys(t)
	tried := 0
	for _, v := range vectors(t) {
		if v.Class != "canonical" || v.Kind != "notification" || len(bytes.TrimSpace(v.Body)) == 0 || bytes.HasSuffix(v.Body, []byte("\n")) {
			continue
		}
		d := intake.Defaults{Kind: intake.Notification, Method: v.Method, URL: v.Path, ClientID: v.ClientID, Time: v.Time, Signature: *v.Signature}
		for ending, ignored := range map[string]bool{"": false, "\n": true, "\r\n": true} {
			messages, errs := read(t, string(v.Body)+ending, d)
			if len(messages) != 1 || len(errs) > 0 {
				t.Fatalf("%s: %d messages, %v", v.ID, len(messages), errs)
			}
			if got := messages[0].Verify(all[v.Key]); got.Err != nil || got.TrailingLineEndIgnored != ignored {
				t.Errorf("%s with ending %q: %+v", v.ID, ending, got)
			}
		}
		messages, _ := read(t, string(v.Body)+"\n\n", d)
		if got := messages[0].Verify(all[v.Key]); got.Err == nil {
			t.Errorf("%s with two line ends verifies", v.ID)
		}
		tried++
	}
	if tried < 10 {
		t.Errorf("tried %d vectors", tried)
	}
}

func TestRead_several(t *testing.T) {
	t.Parallel()
	var canonical []vector
	for _, v := range vectors(t) {
		if v.Class == "canonical" && v.Kind == "notification" && json.Valid(v.Body) && len(canonical) < 3 {
			canonical = append(canonical, v)
		}
	}
	raw := canonical[0].raw("\r\n", false) + canonical[1].raw("\r\n", true) + "\r\n" + canonical[2].raw("\n", false)
	messages, errs := read(t, raw, intake.Defaults{})
	if len(messages) != 3 || len(errs) > 0 {
		t.Fatalf("raw: %d messages, %v", len(messages), errs)
	}
	lines := canonical[0].envelope(t, true) + "\n\n{broken\n" + canonical[1].envelope(t, false) + "\r\n[]\n" + canonical[2].envelope(t, true)
	messages, errs = read(t, lines, intake.Defaults{})
	var places []string
	for _, m := range messages {
		places = append(places, m.Source)
	}
	if diff := cmp.Diff([]string{"file:1", "file:4", "file:6"}, places); diff != "" {
		t.Errorf("lines: (-want +got)\n%s", diff)
	}
	if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), "file:3: ") || !strings.HasPrefix(errs[1].Error(), "file:5: ") {
		t.Errorf("errors = %v", errs)
	}
	messages, errs = read(t, "{broken\n"+canonical[0].envelope(t, true)+"\n", intake.Defaults{})
	if len(messages) != 1 || len(errs) != 1 {
		t.Errorf("broken first line: %d messages, %v", len(messages), errs)
	}
}

// TestRead_brokenBegin: of a log that begins with broken lines, of whatever
// sort, each is an error with its place, and the log is read on, however long.
func TestRead_brokenBegin(t *testing.T) {
	t.Parallel()
	envelope := `{"url":"/notify","headers":{},"body":"{}"}` + "\n"
	long := `{"url":"/notify","headers":{},"body":"` + strings.Repeat("x", 9<<20) + "\"}\n"
	tests := []struct {
		name, text string
		places     []string // of the errors
		messages   int
	}{
		{"words", "started at noon\n" + envelope + envelope, []string{"file:1: "}, 2},
		{"cut off before", `S"}}","headers":{}}` + "\n" + envelope, []string{"file:1: "}, 1},
		{"cut off behind", `{"url":"/notify","hea` + "\n" + envelope, []string{"file:1: "}, 1},
		{"several", "a\n\n{b\n[]\n" + envelope, []string{"file:1: ", "file:3: ", "file:4: "}, 1},
		{"longer than a message may be", "{a\n" + long + long + long + long, []string{"file:1: "}, 4},
		{"no log", "started at noon\nended at one\n", []string{"file:1: "}, 0},
		{"lines of other sorts", `{"msg":"started"}` + "\n" + `{"notifyType":"X"}` + "\n", []string{"file:1: "}, 1},
	}
	for _, test := range tests {
		messages, errs := read(t, test.text, intake.Defaults{})
		if len(messages) != test.messages || len(errs) != len(test.places) {
			t.Errorf("%s: %d messages, errors %v", test.name, len(messages), errs)
			continue
		}
		for i, err := range errs {
			if !strings.HasPrefix(err.Error(), test.places[i]) {
				t.Errorf("%s: error %q, want one at %s", test.name, err, test.places[i])
			}
		}
	}
}

func TestRead_errors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, says string }{
		{"cut body", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n{}", "8 are missing"},
		{"bad length", "POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n{}", `content-length "ten"`},
		{"bad header", "POST / HTTP/1.1\r\nno colon here\r\n\r\n", "is not a header line"},
		{"cut header", "POST / HTTP/1.1\r\nHost: x\r\n", "ends within its header"},
		{"bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunked body is damaged"},
		{"bad kind", `{"kind":"letter","headers":{},"body":""}`, `kind "letter"`},
		{"two bodies", `{"headers":{},"body":"","bodyBase64":""}`, "both body and bodyBase64"},
		{"bad base64", `{"headers":{},"bodyBase64":"%"}`, "bodyBase64"},
		{"bad headers", `{"headers":"x","body":""}`, "headers must be"},
		{"bad header value", `{"headers":{"a":1},"body":""}`, `header "a"`},
	}
	for _, test := range tests {
		messages, errs := read(t, test.text, intake.Defaults{})
		if len(messages) > 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), test.says) || !strings.HasPrefix(errs[0].Error(), "file:") {
			t.Errorf("%s: %d messages, %v; want %q", test.name, len(messages), errs, test.says)
		}
	}
	for _, nothing := range []string{"", "\n", " \r\n\t", strings.Repeat("\n", 4096)} {
		messages, errs := read(t, nothing, intake.Defaults{})
		if len(messages) > 0 || len(errs) != 1 || !strings.HasSuffix(errs[0].Error(), ": it is empty") {
			t.Errorf("%.10q: %d messages, %v, want that it is empty", nothing, len(messages), errs)
		}
	}
}

func TestVerify_refusals(t *testing.T) {
	t.Parallel()
	key := keys(t)["antom"]
	m := &intake.Message{Kind: intake.Notification, Method: "POST", Header: http.Header{"Signature": {"signature=AAAA"}}}
	if got := m.Verify(key); !errors.Is(got.Err, intake.ErrNoTarget) {
		t.Errorf("no target: %v", got.Err)
	}
	m.Target, m.Header["Signature"] = "/", []string{"signature=AAAA", "signature=BBBB"}
	if got := m.Verify(key); !errors.Is(got.Err, &sign.Error{Reason: sign.SignatureMalformed}) {
		t.Errorf("doubled header: %v", got.Err)
	}
}

func TestBodyProblem(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"notify-capture-success.txt", "notify-capture-failed.txt"} {
		body, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := intake.BodyProblem(body); !strings.Contains(got, "lost its first brace") {
			t.Errorf("%s: %q", name, got)
		}
	}
	for body, want := range map[string]string{`{"a":1}`: "", "": "empty", `{"a":1`: "last brace", "\xff": "UTF-8", "hello": "cut off"} {
		if got := intake.BodyProblem([]byte(body)); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

// TestWrite_readsBack writes messages in both forms and reads them again.
func TestWrite_readsBack(t *testing.T) {
	t.Parallel()
	m := &intake.Message{
		Source: "file:1", Kind: intake.Notification, Method: "POST", Target: "/notify?a=%2F",
		Header: http.Header{"Signature": {"x"}, "Client-Id": {"1"}}, Body: []byte("{\"a\":\"\xff<\"}\r\n"), Exact: true,
	}
	line, err := intake.Envelope(m)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"envelope": string(line), "raw": string(intake.RawHTTP(m))} {
		messages, errs := read(t, text, intake.Defaults{})
		if len(messages) != 1 || len(errs) > 0 {
			t.Fatalf("%s: %v", form, errs)
		}
		got := messages[0]
		got.Header.Del("Content-Length")
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", form, diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\r\n{}\r\n0\r\n\r\n"))
	f.Add([]byte(`{"headers":{"a":["b"]},"body":"x"}` + "\n{"))
	f.Add([]byte("\ufeff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for m, err := range intake.Read(bytes.NewReader(text), "file", intake.Defaults{}) {
			if (m == nil) == (err == nil) {
				t.Fatalf("message %v, error %v", m, err)
			}
			if m != nil {
				if _, err := intake.Envelope(m); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
