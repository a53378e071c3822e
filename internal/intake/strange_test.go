package intake_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// asText is a text as JSON.
func asText(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// asUTF16 is a text as PowerShell's > writes it.
func asUTF16(text string, order binary.AppendByteOrder, mark bool) string {
	if mark {
		text = "\ufeff" + text
	}
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// foreignForms are a genuine message as other programs save it.
func foreignForms(t *testing.T, v vector) map[string]string {
	t.Helper()
	headers := fmt.Sprintf(`{"client-id":%q,"request-time":%q,"signature":%q}`, v.ClientID, v.Time, *v.Signature)
	pairs := fmt.Sprintf(`[{"KEY":"client-id","VALUE":%q},{"KEY":"request-time","VALUE":%q},{"KEY":"signature","VALUE":%q}]`, v.ClientID, v.Time, *v.Signature)
	pairs = strings.NewReplacer("KEY", "key", "VALUE", "value").Replace(pairs)
	body, packed, raw := asText(t, string(v.Body)), base64.StdEncoding.EncodeToString(v.Body), v.raw("\r\n", false)
	var numbers []string
	for _, b := range v.Body {
		numbers = append(numbers, strconv.Itoa(int(b)))
	}
	buffer := `{"type":"Buffer","data":[` + strings.Join(numbers, ",") + `]}`
	event := `{"httpMethod":"POST","path":"` + v.Path + `","headers":` + headers + `,"body":"` + packed + `","isBase64Encoded":true}`
	return map[string]string{
		"API Gateway":            event,
		"API Gateway with stage": strings.Replace(event, `"path":"`+v.Path, `"requestContext":{"path":"`+v.Path+`"},"path":"/wrong`, 1),
		"API Gateway, format 2":  `{"version":"2.0","rawPath":"` + v.Path + `","rawQueryString":"","requestContext":{"http":{"method":"POST"}},"headers":` + headers + `,"body":"` + packed + `","isBase64Encoded":true}`,
		"function URL, plain":    `{"version":"2.0","rawPath":"` + v.Path + `","requestContext":{"http":{"method":"POST"}},"headers":` + headers + `,"body":` + body + `,"isBase64Encoded":false}`,
		"Express, parsed too":    `{"originalUrl":"` + v.Path + `","headers":` + headers + `,"body":` + string(v.Body) + `,"rawBody":` + body + `}`,
		"Express, a Buffer":      `{"originalUrl":"` + v.Path + `","headers":` + headers + `,"rawBody":` + buffer + `}`,
		"Express":                `{"req":{"method":"POST","originalUrl":"` + v.Path + `","url":"/wrong","headers":` + headers + `,"body":` + body + `}}`,
		"pino, body beside":      `{"level":30,"req":{"id":1,"method":"POST","url":"` + v.Path + `","headers":` + headers + `},"body":` + body + `,"msg":"x"}`,
		"CloudWatch":             `{"events":[{"message":` + asText(t, `{"req":{"url":"`+v.Path+`","headers":`+headers+`,"rawBody":`+body+`}}`) + `}]}`,
		"nginx":                  fmt.Sprintf(`{"request":"POST %s HTTP/1.1","http_client_id":%q,"http_request_time":%q,"http_signature":%q,"request_body":%s}`, v.Path, v.ClientID, v.Time, *v.Signature, body),
		"ngrok":                  `{"requests":[{"uri":"/x","request":{"method":"POST","headers":{"Host":["x"]},"raw":"` + base64.StdEncoding.EncodeToString([]byte(raw)) + `"}}]}`,
		"Sentry":                 `{"event_id":"1","request":{"method":"POST","url":"https://x` + v.Path + `","headers":[["Client-Id","` + v.ClientID + `"],["Request-Time","` + v.Time + `"],["Signature","` + *v.Signature + `"]],"data":` + body + `}}`,
		"Postman":                `{"info":{},"item":[{"item":[{"request":{"method":"POST","header":` + pairs + `,"body":{"mode":"raw","raw":` + body + `},"url":{"raw":"https://x` + v.Path + `"}}}]}]}`,
		"Insomnia":               `{"resources":[{"_type":"request","method":"POST","url":"https://x` + v.Path + `","headers":` + strings.ReplaceAll(pairs, `"key"`, `"name"`) + `,"body":{"mimeType":"application/json","text":` + body + `}}]}`,
		"list of envelopes":      "[" + v.envelope(t, true) + "]",
		"UTF-16":                 asUTF16(raw, binary.LittleEndian, true),
		"UTF-16, big-endian":     asUTF16(v.envelope(t, false), binary.BigEndian, true),
		"UTF-16 without mark":    asUTF16(v.envelope(t, true)+"\n", binary.LittleEndian, false),
	}
}

// TestRead_foreign reads what other programs save, and notices a change.
func TestRead_foreign(t *testing.T) {
	t.Parallel()
	v, key := genuine(t, "go/ntf-pay"), keys(t)["antom"]
	for form, text := range foreignForms(t, v) {
		m := readOne(t, text, intake.Defaults{URL: "/default"})
		if got := m.Verify(key); got.Err != nil || m.Source != "file:1" || m.Target != v.Path || m.Method != http.MethodPost {
			t.Errorf("%s: %s %s at %s: %+v", form, m.Method, m.Target, m.Source, got)
		}
		if utf := strings.HasPrefix(form, "UTF-16"); utf != (len(m.Mended) > 0) {
			t.Errorf("%s: mended %q", form, m.Mended)
		}
	}
	v.Body = []byte(strings.Replace(string(v.Body), "SUCCESS", "SUCCES5", 1))
	for form, text := range foreignForms(t, v) {
		if got := readOne(t, text, intake.Defaults{}).Verify(key); !errors.Is(got.Err, &sign.Error{Reason: sign.Mismatch}) {
			t.Errorf("%s, tampered with: %+v", form, got)
		}
	}
}

// TestRead_foreignLines reads a log of another program line by line.
func TestRead_foreignLines(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	line := foreignForms(t, v)["nginx"] + "\n"
	for _, first := range []string{line, `{"msg":"started"}` + "\n", `{"paymentId":"1","req":{"headers":{"a":"b"}}}` + "\n"} {
		if messages, _ := read(t, first+strings.Repeat(line, 9), intake.Defaults{}); len(messages) < 9 {
			t.Errorf("behind %.30q: %d messages, want all", first, len(messages))
		}
	}
	messages, errs := read(t, line+`{"msg":"started"}`+"\n"+line, intake.Defaults{})
	if len(messages) != 2 || messages[1].Source != "file:3" || len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "file:2: ") {
		t.Errorf("%d messages, %v; want two, and an error at file:2", len(messages), errs)
	}
}

// TestRead_foreignWithin: a genuine message within another one says nothing of
// that, wherever its sender put it; and what is given as a signed body is a body.
func TestRead_foreignWithin(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	inner := v.envelope(t, false)
	text := asText(t, inner)
	for name, text := range map[string]string{
		"member of a body":      `{"notifyType":"PAYMENT_RESULT","metadata":` + text + `}`,
		"body of a log":         `{"msg":"unsigned","body":` + text + `}`,
		"unsigned request":      `{"req":{"url":"/n","headers":{"a":"b"},"body":` + inner + `}}`,
		"beside a request":      `{"payload":` + inner + `,"req":{"url":"/n","headers":{"a":"b"},"body":"{}"}}`,
		"text beside a request": `{"message":` + text + `,"req":{"url":"/n","headers":{"a":"b"}}}`,
		"browser":               `{"request":"POST /n HTTP/1.1","status":"200","request_body":"{}","http_signature":"","http_user_agent":` + text + `}`,
		"browser, no headers":   `{"request":"POST /n HTTP/1.1","status":"200","http_referer":` + text + `}`,
		"agent of a log":        `{"status":"200","agent":` + text + `}`,
		"query, format 2":       `{"version":"2.0","rawPath":"/n","headers":{"host":"shop.example"},"queryStringParameters":{"q":` + text + `},"requestContext":{"http":{"method":"GET"}}}`,
		"query":                 `{"path":"/n","httpMethod":"POST","headers":{"host":"shop.example"},"queryStringParameters":{"q":` + text + `},"body":null}`,
		"parsed body":           `{"method":"POST","url":"/n","headers":{"host":"shop.example"},"requestBody":` + inner + `}`,
		"parsed, no headers":    `{"method":"POST","url":"/n","payload":` + inner + `}`,
	} {
		messages, _ := read(t, text, intake.Defaults{})
		for _, m := range messages {
			if m.Header.Get("Signature") != "" {
				t.Errorf("%s: the inner message is taken for it", name)
			}
		}
	}
	for _, body := range []string{`{"metadata":` + inner + `}`, inner, v.raw("\n", false)} {
		if with := readOne(t, body, intake.Defaults{Signature: "s"}); !with.Alone || string(with.Body) != body {
			t.Errorf("the inner message is taken for a body whose signature is given: %.40q", body)
		}
	}
}

// TestRead_foreignBodies: of two bodies that differ in meaning, the one that was
// signed is not the one that the reader of a log sees.
func TestRead_foreignBodies(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	other := strings.Replace(string(v.Body), "SUCCESS", "FAILED", 1)
	for name, text := range foreignForms(t, v) {
		changed := strings.Replace(text, `"headers"`, `"data":`+asText(t, other)+`,"headers"`, 1)
		if changed == text {
			continue // it has no such member
		}
		messages, errs := read(t, changed, intake.Defaults{})
		for _, m := range messages {
			if m.Header.Get("Signature") != "" && string(m.Body) == string(v.Body) && name != "ngrok" && name != "Sentry" { // the one has all in raw, the other's body is its data
				t.Errorf("%s: the body beside is passed over", name)
			}
		}
		if strings.HasPrefix(name, "Express,") && (len(errs) != 1 || !strings.Contains(errs[0].Error(), "several bodies that differ")) {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

// TestRead_brokenHeader joins values that stand on several lines; the signature
// tells whether that was right.
func TestRead_brokenHeader(t *testing.T) {
	t.Parallel()
	v, key := genuine(t, "go/ntf-pay"), keys(t)["antom"]
	raw := v.raw("\n", false)
	at := strings.Index(raw, *v.Signature) + 120
	client := strings.Index(raw, v.ClientID) + 4
	for name, text := range map[string]string{
		"folded":          raw[:at] + "\n   " + raw[at:],
		"wrapped":         raw[:at] + "\n" + raw[at:at+60] + "\n" + raw[at+60:],
		"client id":       raw[:client] + "\n" + raw[client:],
		"CRLF, by a tab":  strings.ReplaceAll(raw[:at]+"\n\t"+raw[at:], "\n", "\r\n"),
		"blank separator": strings.Replace(raw, "\n\n", "\n  \n", 1),
	} {
		m := readOne(t, text, v.defaults())
		if got := m.Verify(key); got.Err != nil || (len(m.Mended) == 0) != (name == "blank separator") {
			t.Errorf("%s: mended %q, %+v", name, m.Mended, got)
		}
	}
	tampered := readOne(t, raw[:at]+"\nAAAA\n"+raw[at:], v.defaults())
	if got := tampered.Verify(key); got.Err == nil {
		t.Error("a signature with a line more verifies")
	}
	_, errs := read(t, strings.Replace(raw, "\n\n", "\n", 1), v.defaults())
	form, ok := errors.AsType[*intake.FormError](errors.Join(errs...))
	if !ok || !strings.Contains(form.Hint(), "blank line") {
		t.Errorf("without the blank line before the body: %v", errs)
	}
}

// TestRead_strange: what is no message is called what it is, never a message
// without a signature.
func TestRead_strange(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"hello world\n":                        `begins with "hello world"`,
		"\x89PNG\r\n\x1a\n\x00\x00":            "a picture",
		"\x00\x01\x02\x00\x00\x00":             "binary data",
		"PK\x03\x04\x14\x00":                   "ZIP",
		"\xd4\xc3\xb2\xa1\x02\x00":             "packet capture",
		"3514:9:websocket;0:~8:response;\xff":  "mitmproxy",
		"Invoke-WebRequest -Uri \"https://x\"": "PowerShell",
		"{'method': 'POST'}":                   "Python dict",
		"Array\n(\n    [signature] => x\n)":    "PHP array",
		"<!DOCTYPE html><html>":                "HTML",
		"-----BEGIN PUBLIC KEY-----\nMII":      "a key",
		`1.2.3.4 - - [25/Nov/2026:01:48:40 +0000] "POST /n HTTP/1.1" 200 9` + "\n":                    "access log",
		`https 2026-11-25T01:48:40.1Z app/lb/1 1.2.3.4:1 10.0.0.1:80 "POST https://x:443/n HTTP/1.1"`: "access log",
		"12:00:00.1 IP a.1 > b.80: Flags [P.]\nE..@.POST /n HTTP/1.1\r\nHost: x\r\n":                  "something before it",
		"Started POST \"/n\" for 1.2.3.4\n  Parameters: {\"notifyType\"=>\"X\"}\n":                    "that a program printed",
		"notifyType=PAYMENT_RESULT&paymentId=1":                                                       "but not its bytes",
		"{\n  host: 'x',\n  signature: 'y'\n}\n":                                                      "console.log",
		"[2026-11-25 01:48:40] local.INFO: webhook {\"headers\":{}} []\n":                             "JSON behind other words",
		"[25/Nov/2026 01:48:40] \"POST /n HTTP/1.1\" 403 95\n":                                        "access log",
		"received signature: algorithm=RSA256\n":                                                      "headers in a form that is not known",
		`{"notifyType":"PAYMENT_RESULT","resu`:                                                        "begins like JSON",
		`{"proxy":{"method":"POST","path":"/n"}}`:                                                     "neither holds headers",
		`{"a":1}` + "\n": "neither holds headers",
		`{"req":{"url":"/n","headers":{"signature":"x"}}}`: "without its body",
		"fetch(url, options)":                              "a fetch call",
	} {
		messages, errs := read(t, text, intake.Defaults{})
		form, ok := errors.AsType[*intake.FormError](errors.Join(errs...))
		if len(messages) > 0 || !ok || !strings.Contains(form.Error(), says) || form.Hint() == "" {
			t.Errorf("%q: %d messages, %v; want it to say %q", text, len(messages), errs, says)
		}
	}
}
