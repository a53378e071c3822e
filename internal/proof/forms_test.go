package proof_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/proof"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// sample is a genuine notification in its parts.
type sample struct{ path, client, time, signature, body string }

func genuine(tb testing.TB, id string) sample {
	tb.Helper()
	return signed(tb, "/antom/notify", id)
}

// signed is a notification to a path.
func signed(tb testing.TB, path, id string) sample {
	tb.Helper()
	s := sample{path: path, client: "SANDBOX_5Y1112223334445", time: "2026-11-20T10:00:00+08:00"}
	s.body = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"it's \"done\""},"paymentRequestId":"` + id +
		`","paymentId":"2026112019401080010018812345678","paymentAmount":{"value":"4200","currency":"SGD"},"paymentTime":"2026-11-20T09:59:59+08:00"}`
	header, err := testkit.PrivateKey(tb, "antom").Sign(sign.Message{Method: "POST", Target: s.path, ClientID: s.client, Time: s.time, Body: []byte(s.body)}, 1)
	if err != nil {
		tb.Fatal(err)
	}
	s.signature = header
	return s
}

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(out)
}

func single(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// forms are how programs that people use show such a message.
func (s sample) forms() map[string]string {
	raw := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: shop.example\r\nclient-id: %s\r\nrequest-time: %s\r\nsignature: %s\r\nContent-Length: %d\r\n\r\n%s", s.path, s.client, s.time, s.signature, len(s.body), s.body)
	lines := strings.ReplaceAll(raw, "\r\n", "\n")
	headers := fmt.Sprintf(`{"client-id":%s,"request-time":%s,"signature":%s}`, quoted(s.client), quoted(s.time), quoted(s.signature))
	var pretty strings.Builder
	indented, err := json.MarshalIndent(json.RawMessage(s.body), "    ", "  ")
	if err != nil {
		panic(err) // the body is JSON
	}
	fmt.Fprintf(&pretty, "Notification received at %s\nheaders: %s\nbody: %s\n", s.path, headers, indented)
	withPrefix := func(prefix string) string {
		return prefix + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n"+prefix) + "\n"
	}
	dump := func(name, text string) string {
		return fmt.Sprintf("  [\"%s\"]=>\n  string(%d) \"%s\"\n", name, len(text), text)
	}
	slogText := fmt.Sprintf("time=2026-11-20T02:00:01.000Z level=INFO msg=notify method=POST path=%s client-id=%s request-time=%s signature=%q body=%s\n", s.path, s.client, s.time, s.signature, quoted(s.body))
	inner := fmt.Sprintf(`{"url":%s,"headers":%s,"rawBody":%s}`, quoted(s.path), headers, quoted(s.body))
	return map[string]string{
		"Spring":                 fmt.Sprintf("2026-11-20 10:00:01.123 DEBUG 1 --- [nio-8080-exec-1] o.s.w.f.CommonsRequestLoggingFilter : After request [POST %s, headers=[host:\"shop.example\", client-id:%q, request-time:%q, signature:%q], payload=%s]\n", s.path, s.client, s.time, s.signature, s.body),
		"Laravel":                fmt.Sprintf("[2026-11-20 10:00:01] local.INFO: Antom notify {\"path\":%s,\"headers\":{\"client-id\":[%s],\"request-time\":[%s],\"signature\":[%s]},\"content\":%s} \n", strings.ReplaceAll(quoted(s.path), "/", `\/`), quoted(s.client), quoted(s.time), strings.ReplaceAll(quoted(s.signature), "/", `\/`), strings.ReplaceAll(quoted(s.body), "/", `\/`)),
		"slog, text":             slogText,
		"logfmt":                 fmt.Sprintf("level=info path=%s client_id=%s request_time=%s signature=\"%s\" body=%q\n", s.path, s.client, s.time, s.signature, s.body),
		"pino, pretty":           fmt.Sprintf("[10:00:01.123] INFO (41): notify\n    req: {\n      \"method\": \"POST\",\n      \"url\": %s,\n      \"headers\": %s\n    }\n    body: %s\n", quoted(s.path), headers, quoted(s.body)),
		"Rails":                  fmt.Sprintf("Started POST \"%s\" for 127.0.0.1 at 2026-11-20 10:00:01 +0800\n  headers: {\"HTTP_CLIENT_ID\"=>%q, \"HTTP_REQUEST_TIME\"=>%q, \"HTTP_SIGNATURE\"=>%q}\n  raw_post: %s\n", s.path, s.client, s.time, s.signature, quoted(s.body)),
		"Django":                 fmt.Sprintf("INFO 2026-11-20 10:00:01,123 views notify {'Client-Id': '%s', 'Request-Time': '%s', 'Signature': '%s'} %s b%s\n", s.client, s.time, s.signature, s.path, single(s.body)),
		"nginx":                  fmt.Sprintf("127.0.0.1 - - [20/Nov/2026:10:00:01 +0800] \"POST %s HTTP/1.1\" 200 80 client_id=\"%s\" request_time=\"%s\" signature=\"%s\" body=\"%s\"\n", s.path, s.client, s.time, s.signature, strings.NewReplacer(`"`, `\x22`, `\`, `\x5C`).Replace(s.body)),
		"IIS":                    fmt.Sprintf("2026-11-20 02:00:01 127.0.0.1 POST %s - 443 - 127.0.0.1 client-id:+%s request-time:+%s signature:+%s %s\n", s.path, s.client, s.time, s.signature, url.PathEscape(s.body)),
		"$_SERVER":               fmt.Sprintf("Array\n(\n    [REQUEST_METHOD] => POST\n    [REQUEST_URI] => %s\n    [HTTP_CLIENT_ID] => %s\n    [HTTP_REQUEST_TIME] => %s\n    [HTTP_SIGNATURE] => %s\n)\n%s\n", s.path, s.client, s.time, s.signature, s.body),
		"var_dump":               "array(4) {\n" + dump("REQUEST_URI", s.path) + dump("HTTP_CLIENT_ID", s.client) + dump("HTTP_REQUEST_TIME", s.time) + dump("HTTP_SIGNATURE", s.signature) + "}\n" + fmt.Sprintf("string(%d) \"%s\"\n", len(s.body), s.body),
		"var_export":             fmt.Sprintf("array (\n  'REQUEST_URI' => %s,\n  'HTTP_CLIENT_ID' => %s,\n  'HTTP_REQUEST_TIME' => %s,\n  'HTTP_SIGNATURE' => %s,\n  'body' => %s,\n)\n", single(s.path), single(s.client), single(s.time), single(s.signature), single(s.body)),
		"WSGI environ":           fmt.Sprintf("{'PATH_INFO': '%s', 'QUERY_STRING': '', 'HTTP_CLIENT_ID': '%s', 'HTTP_REQUEST_TIME': '%s', 'HTTP_SIGNATURE': '%s'}\n%s\n", s.path, s.client, s.time, s.signature, single(s.body)),
		"CGI":                    fmt.Sprintf("REQUEST_METHOD=POST\nSCRIPT_NAME=/antom\nPATH_INFO=/notify\nHTTP_CLIENT_ID=%s\nHTTP_REQUEST_TIME=%s\nHTTP_SIGNATURE=%s\n\n%s", s.client, s.time, s.signature, s.body),
		"Python repr":            fmt.Sprintf("Request(method='POST', path='%s', headers=[(b'client-id', b'%s'), (b'request-time', b'%s'), (b'signature', b'%s')], body=b%s)", s.path, s.client, s.time, s.signature, single(s.body)),
		"Ruby inspect":           fmt.Sprintf("{:path=>%q, :headers=>{\"client-id\"=>%q, \"request-time\"=>%q, \"signature\"=>%q}, :body=>%s}", s.path, s.client, s.time, s.signature, quoted(s.body)),
		"JavaScript object":      fmt.Sprintf("{\n  path: %s,\n  headers: {\n    'client-id': %s,\n    'request-time': %s,\n    signature: %s\n  },\n  body: %s\n}\n", single(s.path), single(s.client), single(s.time), single(s.signature), single(s.body)),
		"fetch":                  fmt.Sprintf("const myHeaders = new Headers();\nmyHeaders.append(\"client-id\", %q);\nmyHeaders.append(\"request-time\", %q);\nmyHeaders.append(\"signature\", %q);\nconst raw = %s;\nfetch(\"https://shop.example%s\", {method: \"POST\", headers: myHeaders, body: raw});\n", s.client, s.time, s.signature, quoted(s.body), s.path),
		"PowerShell":             fmt.Sprintf("$headers = @{\n  \"client-id\" = \"%s\"\n  \"request-time\" = \"%s\"\n  \"signature\" = \"%s\"\n}\n$body = \"%s\"\nInvoke-RestMethod 'https://shop.example%s' -Method 'POST' -Headers $headers -Body $body\n", s.client, s.time, s.signature, strings.NewReplacer("`", "``", `"`, "`\"", "$", "`$").Replace(s.body), s.path),
		"C#":                     fmt.Sprintf("request.AddHeader(\"client-id\", %q);\nrequest.AddHeader(\"request-time\", %q);\nrequest.AddHeader(\"signature\", %q);\nvar body = @\"%s\";\nnew RestRequest(\"%s\", Method.Post);\n", s.client, s.time, s.signature, strings.ReplaceAll(s.body, `"`, `""`), s.path),
		"documentation":          fmt.Sprintf("Request URL: https://shop.example%s\nRequest Method: POST\n\nHeader          Value\nclient-id       %s\nrequest-time    %s\nsignature       %s\n\nBody\n%s\n", s.path, s.client, s.time, s.signature, s.body),
		"HTTP/2":                 fmt.Sprintf(":method: POST\n:authority: shop.example\n:scheme: https\n:path: %s\nclient-id: %s\nrequest-time: %s\nsignature: %s\n\n%s", s.path, s.client, s.time, s.signature, s.body),
		"docker compose":         withPrefix("app-1  | "),
		"kubectl":                withPrefix("[pod/shop-5d9c7b-x2x9z/app] "),
		"journalctl":             withPrefix("Nov 20 10:00:01 web1 shop[4242]: "),
		"journalctl, iso":        withPrefix("2026-11-20T10:00:01+0800 web1 shop[4242]: "),
		"docker logs -t":         withPrefix("2026-11-20T02:00:01.123456789Z "),
		"container log file":     withPrefix("2026-11-20T02:00:01.123456789Z stdout F "),
		"quoted mail":            withPrefix("> "),
		"pretty printed":         pretty.String(),
		"JSON in JSON in a line": "2026-11-20T02:00:01Z INFO " + fmt.Sprintf(`{"message":%s}`, quoted(inner)) + "\n",
		"twice in JSON":          fmt.Sprintf(`{"log":%s,"stream":"stdout"}`, quoted(fmt.Sprintf(`{"message":%s}`, quoted(inner)))),
		"HTML":                   fmt.Sprintf("<pre>POST %s\nclient-id: %s\nrequest-time: %s\nsignature: %s\n%s</pre>", s.path, s.client, s.time, s.signature, strings.NewReplacer("&", "&amp;", `"`, "&quot;", "'", "&#39;").Replace(s.body)),
		"CSV":                    fmt.Sprintf("path,client-id,request-time,signature,body\n%s,%s,%s,\"%s\",\"%s\"\n", s.path, s.client, s.time, s.signature, strings.ReplaceAll(s.body, `"`, `""`)),
		"xxd":                    xxd(raw),
		"hexdump -C":             hexdump(raw),
		"tcpdump -X":             tcpdump(raw),
		"Wireshark":              wireshark(raw),
		"plain hex":              hex.EncodeToString([]byte(raw)),
		"base64":                 base64.StdEncoding.EncodeToString([]byte(raw)),
		"base64 of JSON":         "payload: " + base64.StdEncoding.EncodeToString([]byte(inner)) + "\n",
		"body as base64":         fmt.Sprintf(`{"path":%s,"isBase64Encoded":true,"h":%s,"body":"%s"}`, quoted(s.path), headers, base64.StdEncoding.EncodeToString([]byte(s.body))),
		"epoch time before":      "1763604001123 " + slogText,
	}
}

// all are the forms of both tables.
func (s sample) all() map[string]string {
	forms := s.forms()
	maps.Copy(forms, s.written())
	return forms
}

func rows(raw string, row func(at int, chunk string) string) string {
	var b strings.Builder
	for at := 0; at < len(raw); at += 16 {
		b.WriteString(row(at, raw[at:min(at+16, len(raw))]) + "\n")
	}
	return b.String()
}

func printable(chunk string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, chunk)
}

func groups(chunk string, size int) string {
	var parts []string
	for at := 0; at < len(chunk); at += size {
		parts = append(parts, hex.EncodeToString([]byte(chunk[at:min(at+size, len(chunk))])))
	}
	return strings.Join(parts, " ")
}

func xxd(raw string) string {
	return rows(raw, func(at int, chunk string) string {
		return fmt.Sprintf("%08x: %-39s  %s", at, groups(chunk, 2), printable(chunk))
	})
}

func hexdump(raw string) string {
	return rows(raw, func(at int, chunk string) string {
		return fmt.Sprintf("%08x  %-23s  %-23s  |%s|", at, groups(chunk[:min(8, len(chunk))], 1), groups(chunk[min(8, len(chunk)):], 1), printable(chunk))
	})
}

func tcpdump(raw string) string {
	return "10:00:01.123456 IP 10.0.0.1.443 > 10.0.0.2.8080: Flags [P.], length 900\n" + rows(raw, func(at int, chunk string) string {
		return fmt.Sprintf("\t0x%04x:  %-39s  %s", at, groups(chunk, 2), printable(chunk))
	})
}

func wireshark(raw string) string {
	return rows(raw, func(at int, chunk string) string {
		return fmt.Sprintf("%04x   %-47s   %s", at, groups(chunk, 1), printable(chunk))
	})
}

func finder(tb testing.TB) *proof.Finder {
	tb.Helper()
	key := testkit.PublicKey(tb, "antom")
	return &proof.Finder{Keys: map[intake.Kind]*sign.PublicKey{intake.Notification: key, intake.Response: key}}
}

func TestFind_forms(t *testing.T) {
	t.Parallel()
	s, f := genuine(t, "order-1"), finder(t)
	for name, text := range s.all() {
		found := f.Find([]byte(text), "in")
		if len(found) != 1 || !found[0].Proven {
			t.Errorf("%s: found %d, not proven", name, len(found))
			continue
		}
		m := found[0].Message
		if string(m.Body) != s.body || m.Target != s.path || m.ClientID() != s.client || m.Kind != intake.Notification {
			t.Errorf("%s: %s %s for %s: %s", name, m.Kind, m.Target, m.ClientID(), m.Body)
		}
	}
}

// No edit of what the signature covers verifies in any form.
func TestFind_edits(t *testing.T) {
	t.Parallel()
	s, f := genuine(t, "order-1"), finder(t)
	edits := [][2]string{{`"4200"`, `"4201"`}, {`"order-1"`, `"order-2"`}, {"T09:59:59", "T09:59:58"}, {`"S"`, `"F"`}, {"SGD", "SGB"}}
	for n, edit := range edits {
		edited := s
		edited.body = strings.Replace(s.body, edit[0], edit[1], 1)
		forms := edited.all()
		for i, name := range slices.Sorted(maps.Keys(forms)) {
			if i%len(edits) != n && (i+2)%len(edits) != n {
				continue // two edits of each form, all edits of all forms together
			}
			text := forms[name]
			for _, found := range f.Find([]byte(text), "in") {
				if found.Proven {
					t.Errorf("%s with %s: called genuine: %s", name, edit[1], found.Message.Body)
				}
			}
		}
	}
	other := s
	other.time, other.client, other.path = "2026-11-20T10:00:01+08:00", "SANDBOX_5Y1112223334446", "/antom/notify2"
	for name, text := range other.all() {
		for _, found := range f.Find([]byte(text), "in") {
			if found.Proven {
				t.Errorf("%s with another time: called genuine", name)
			}
		}
	}
}

// Several messages in one text are told apart, each with its line.
func TestFind_several(t *testing.T) {
	t.Parallel()
	f := finder(t)
	var text strings.Builder
	for i := range 40 {
		text.WriteString("INFO something else happens here\n" + genuine(t, "order-"+strconv.Itoa(i)).forms()["slog, text"])
	}
	found := f.Find([]byte(text.String()), "app.log")
	if len(found) != 40 {
		t.Fatalf("found %d messages, want 40", len(found))
	}
	for i, one := range found {
		if want := "app.log:" + strconv.Itoa(2*i+2); one.Message.Source != want || !one.Proven || !strings.Contains(string(one.Message.Body), "order-"+strconv.Itoa(i)) {
			t.Errorf("message %d: %s, want %s", i, one.Message.Source, want)
		}
	}
}

// An answer, as curl -v shows it: the name of its time tells it from a notification.
func TestFind_answer(t *testing.T) {
	t.Parallel()
	s := genuine(t, "order-1")
	text := fmt.Sprintf("* Trying 1.2.3.4:443...\n> POST %s HTTP/2\n> signature: x\n* Connection state changed\n> accept: */*\n> \n} [9 bytes data]\n* We are sent off\n< HTTP/2 200 \n< response-time: %s\n< client-id: %s\n< signature: %s\n< content-length: 9999\n< \n{ [99 bytes data]\n%s\n* Connection #0 to host x left intact\n",
		s.path, s.time, s.client, s.signature, s.body)
	if found := finder(t).Find([]byte(text), "in"); len(found) != 1 || !found[0].Proven || found[0].Message.Kind != intake.Response || found[0].Message.Target != s.path {
		t.Errorf("found %+v", found)
	}
}

// A message that was changed is told of among others that verify.
func TestFind_failedAmongOthers(t *testing.T) {
	t.Parallel()
	for _, form := range [...]string{"slog, text", "Spring", "nginx", "Rails", "bytes in Go"} {
		one, two, three := genuine(t, "order-1"), genuine(t, "order-2"), genuine(t, "order-3")
		two.body = strings.Replace(two.body, `"4200"`, `"4201"`, 1)
		text := "start\n" + one.all()[form] + two.all()[form] + three.all()[form]
		found := finder(t).Find([]byte(text), "app.log")
		if len(found) != 3 {
			t.Errorf("%s: found %d messages, want 3", form, len(found))
			continue
		}
		for i, want := range [...]bool{true, false, true} {
			if found[i].Proven != want || !strings.Contains(string(found[i].Message.Body), "order-"+strconv.Itoa(i+1)) {
				t.Errorf("%s, message %d: proven %t: %s", form, i+1, found[i].Proven, found[i].Message.Body)
			}
		}
	}
}

// IIS logs the query in a column of its own.
func TestFind_queryColumn(t *testing.T) {
	t.Parallel()
	s := signed(t, "/antom/notify?shop=7&lang=en", "order-1")
	text := fmt.Sprintf("2026-11-20 02:00:01 10.0.0.1 POST /antom/notify shop=7&lang=en 443 - 10.0.0.9 client-id:+%s request-time:+%s signature:+%s %s\n", s.client, s.time, s.signature, url.PathEscape(s.body))
	if found := finder(t).Find([]byte(text), "in"); len(found) != 1 || !found[0].Proven || found[0].Message.Target != s.path {
		t.Errorf("found %+v", found)
	}
}

// The times and ids of a text can't be shifted over the joints of what is signed.
func TestFind_split(t *testing.T) {
	t.Parallel()
	f := finder(t)
	s := genuine(t, "order-1")
	split := sample{path: s.path, client: s.client + "." + s.time[:4], time: s.time[5:], signature: s.signature, body: s.body}
	text := fmt.Sprintf("path=%s client-id=%s request-time=%s signature=%s body=%s", split.path, split.client, split.time, split.signature, split.body)
	for _, found := range f.Find([]byte(text), "in") {
		if found.Proven && found.Message.ClientID() != s.client {
			t.Errorf("another client id was proven: %s", found.Message.ClientID())
		}
	}
}

// Texts that are made to cost much are read within bounds.
func TestFind_hostile(t *testing.T) {
	t.Parallel()
	f := finder(t)
	signature := "signature=" + strings.Repeat("A", 342) + " "
	for _, piece := range []string{"{", `{"`, `{"a":{`, `\`, `\"`, "%7B", "&quot;", "A", "0000: 4141 ", "/a ", "2026-11-20T10:00:00Z ", "SANDBOX_5Y1112223334445 ", "\n> ", "POST /a\n"} {
		for _, begin := range []string{"", signature} {
			text := []byte(begin + strings.Repeat(piece, 20_000/len(piece)))
			for _, found := range f.Find(text, "in") {
				if found.Proven {
					t.Errorf("%q: proven", piece)
				}
			}
		}
	}
}
