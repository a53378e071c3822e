package proof_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"strconv"
	"strings"
)

// written are more ways in which people show a message: the encodings, line breaks and
// dumps that stand between a program's memory and a ticket.
func (s sample) written() map[string]string {
	raw := fmt.Sprintf("POST %s HTTP/1.1\nHost: shop.example\nclient-id: %s\nrequest-time: %s\nsignature: %s\n\n%s", s.path, s.client, s.time, s.signature, s.body)
	head := fmt.Sprintf("path=%s client-id=%s request-time=%s signature=%q", s.path, s.client, s.time, s.signature)
	body := []byte(s.body)
	bare := s.signature[strings.LastIndex(s.signature, "=")+1:]
	plain, err := url.PathUnescape(bare)
	if err != nil {
		panic(err) // it was just made
	}
	signed, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		panic(err) // it was just made
	}
	escaped := quoted(s.body)
	list := func(separator string, number func(byte) string) string {
		parts := make([]string, len(body))
		for i, b := range body {
			parts[i] = number(b)
		}
		return strings.Join(parts, separator)
	}
	decimal := func(b byte) string { return strconv.Itoa(int(b)) }
	crlf := strings.ReplaceAll(raw, "\n", "\r\n")
	return map[string]string{
		"body in base64 in a line":     head + " body=" + base64.StdEncoding.EncodeToString(body) + "\n",
		"body in base64url in a line":  head + " body=" + base64.RawURLEncoding.EncodeToString(body) + "\n",
		"body in hex in a line":        head + " body=" + hex.EncodeToString(body) + "\n",
		"body in hex with 0x":          head + " body=0x" + hex.EncodeToString(body) + "\n",
		"data URL":                     head + " body=data:application/json;base64," + base64.StdEncoding.EncodeToString(body) + "\n",
		"bytes in Go":                  head + " body=[" + list(" ", decimal) + "]\n",
		"bytes in Java":                head + " body=[" + list(", ", func(b byte) string { return strconv.Itoa(int(int8(b))) }) + "]\n",
		"bytes in C":                   head + " body={" + list(", ", func(b byte) string { return fmt.Sprintf("0x%02x", b) }) + "}\n",
		"bytes in Go syntax":           head + " body=[]byte{" + list(", ", func(b byte) string { return fmt.Sprintf("%#x", b) }) + "}\n",
		"a Buffer of Node.js":          head + " <Buffer " + list(" ", func(b byte) string { return fmt.Sprintf("%02x", b) }) + ">\n",
		"a Buffer as JSON":             head + ` {"type":"Buffer","data":[` + list(",", decimal) + "]}\n",
		"bytes with colons":            head + " body=" + list(":", func(b byte) string { return fmt.Sprintf("%02x", b) }) + "\n",
		"BitConverter":                 head + " body=" + list("-", func(b byte) string { return fmt.Sprintf("%02X", b) }) + "\n",
		"bytes as \\x":                 head + " body=b'" + list("", func(b byte) string { return fmt.Sprintf(`\x%02x`, b) }) + "'\n",
		"bytes in octal":               head + " body=" + list("", func(b byte) string { return fmt.Sprintf(`\%03o`, b) }) + "\n",
		"signature in hex":             fmt.Sprintf("path=%s client-id=%s request-time=%s signature=%s body=%s\n", s.path, s.client, s.time, hex.EncodeToString(signed), s.body),
		"signature in HEX":             fmt.Sprintf("path=%s client-id=%s request-time=%s signature: %s body=%s\n", s.path, s.client, s.time, strings.ToUpper(hex.EncodeToString(signed)), s.body),
		"signature alone":              fmt.Sprintf("POST %s\n%s\n%s\n%s\n%s\n", s.path, s.client, s.time, plain, s.body),
		"wrapped by a terminal at 80":  wrapped(raw, 80, "\n"),
		"wrapped by a terminal at 132": wrapped("2026-11-20T10:00:01Z INFO "+head+" body="+s.body, 132, "\n"),
		"wrapped by a mail at 76":      wrapped(raw, 76, "\r\n"),
		"wrapped and indented":         wrapped(head+" body="+s.body, 72, "\n    "),
		"quoted-printable":             quotedPrintable(raw),
		"literals joined with +":       literals(head+" body="+s.body+"\n", " +\n  "),
		"literals of the body with +":  head + "\n  body: " + pieces(escaped, "\" +\n    \""),
		"literals of Python":           head + "\nbody = (" + pieces(single(s.body), "'\n        '") + ")\n",
		"literals of PHP":              head + "\n$body = " + pieces(single(s.body), "' .\n    '") + ";\n",
		"literals of util.inspect":     head + "\n{ body: " + pieces(single(s.body), "' +\n    '") + " }\n",
		"a shell's line ends":          head + " \\\n" + pieces(escaped, "\\\n"),
		"PHP's single quotes":          head + "\n$body = '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s.body) + "';\n",
		"all in percents":              "payload=" + url.QueryEscape(raw) + "\n",
		"all in percents, twice":       "payload=" + url.QueryEscape(url.QueryEscape(raw)) + "\n",
		"a form's field":               head + " body=payload%3D" + url.QueryEscape(s.body) + "&x=100%",
		"path above the headers":       fmt.Sprintf("%s\n\nclient-id: %s\nrequest-time: %s\nsignature: %s\n\n%s\n", s.path, s.client, s.time, s.signature, s.body),
		"tcpdump of three packets":     packets(crlf, tcpdump),
		"hexdump of three packets":     packets(crlf, hexdump),
		"Wireshark, three packets":     packets(crlf, wireshark),
		"json-file of docker":          dockerFile(raw),
		"partial lines of a container": containerParts(raw),
		"json-file, body in two":       dockerFile(strings.Replace(raw, `"paymentId"`, "\x00\"paymentId\"", 1)),
		"markdown table":               fmt.Sprintf("| header | value |\n|---|---|\n| `client-id` | `%s` |\n| `request-time` | `%s` |\n| `signature` | `%s` |\n| path | `%s` |\n\n```json\n%s\n```\n", s.client, s.time, s.signature, s.path, s.body),
		"YAML":                         fmt.Sprintf("url: %s\nheaders:\n  client-id: %s\n  request-time: '%s'\n  signature: >-\n    %s\nbody: |\n  %s\n", s.path, s.client, s.time, s.signature, s.body),
		"XML":                          fmt.Sprintf("<n path='%s'><client-id>%s</client-id><request-time>%s</request-time><signature>%s</signature><body><![CDATA[%s]]></body></n>", s.path, s.client, s.time, s.signature, s.body),
		"Status Code blocks":           fmt.Sprintf("Request URL: https://shop.example%s\nRequest Method: POST\nStatus Code: 200 OK\nRemote Address: 127.0.0.1:443\n\nRequest Headers\nclient-id: %s\nrequest-time: %s\nsignature: %s\n\nRequest Payload\n%s\n", s.path, s.client, s.time, s.signature, s.body),
		"HTTPie":                       fmt.Sprintf("POST %s HTTP/1.1\nAccept: application/json\nClient-Id: %s\nRequest-Time: %s\nSignature: %s\n\n%s\n\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok\n\n", s.path, s.client, s.time, s.signature, s.body),
		"Burp":                         fmt.Sprintf("<items><item><method><![CDATA[POST]]></method><path><![CDATA[%s]]></path><request base64=\"true\"><![CDATA[%s]]></request></item></items>", s.path, base64.StdEncoding.EncodeToString([]byte(crlf))),
		"Elixir":                       fmt.Sprintf("%%{path: %q, headers: [{\"client-id\", %q}, {\"request-time\", %q}, {\"signature\", %q}], body: %s}", s.path, s.client, s.time, s.signature, escaped),
		"Rust":                         fmt.Sprintf("Request { uri: %s, headers: {\"client-id\": %q, \"request-time\": %q, \"signature\": %q}, body: b%s }", s.path, s.client, s.time, s.signature, escaped),
		"Java map":                     fmt.Sprintf("uri=%s headers={client-id=%s, request-time=%s, signature=%s} body=%s", s.path, s.client, s.time, s.signature, s.body),
		"ANSI colours":                 fmt.Sprintf("\x1b[36mPOST\x1b[0m \x1b[1m%s\x1b[0m\nclient-id\x1b[2m:\x1b[0m \x1b[32m%s\x1b[0m\nrequest-time: \x1b[32m%s\x1b[0m\nsignature: \x1b[32m%s\x1b[0m\n\n\x1b[33m%s\x1b[0m\n", s.path, s.client, s.time, s.signature, s.body),
		"fetch of a browser":           fmt.Sprintf("await fetch(\"https://shop.example%s\", {\n  \"headers\": {\"client-id\":%q,\"request-time\":%q,\"signature\":%q},\n  \"body\": %s,\n  \"method\": \"POST\"\n});\n", s.path, s.client, s.time, s.signature, escaped),
		"curl -v":                      fmt.Sprintf("* Connected to x\n> POST %s HTTP/1.1\r\n> Host:shop.example\r\n> client-id: %s\r\n> request-time: %s\r\n> signature: %s\r\n> \r\n%s", s.path, s.client, s.time, s.signature, s.body),
		"BOM and CRLF":                 "\ufeff" + strings.ReplaceAll("Notification:\n"+raw, "\n", "\r\n"),
	}
}

// wrapped breaks each line that is longer than a width.
func wrapped(text string, width int, end string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for ; len(line) > width; line = line[width:] {
			b.WriteString(line[:width] + end)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func quotedPrintable(text string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err) // a builder takes everything
	}
	if err := w.Close(); err != nil {
		panic(err) // a builder takes everything
	}
	return b.String()
}

// pieces puts a joint into a literal at every sixty characters, but not into an escape.
func pieces(literal, joint string) string {
	var b strings.Builder
	for n, r := range literal {
		if n > 0 && n%60 == 0 && literal[n-1] != '\\' {
			b.WriteString(joint)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// literals writes a text as string literals that are added up.
func literals(text, joint string) string {
	var parts []string
	for at := 0; at < len(text); at += 70 {
		parts = append(parts, quoted(text[at:min(at+70, len(text))]))
	}
	return strings.Join(parts, joint)
}

// packets are the segments of a connection as a dump shows them, IP and TCP headers
// before each.
func packets(raw string, dump func(string) string) string {
	var b strings.Builder
	for i := range 3 {
		segment := raw[i*len(raw)/3 : (i+1)*len(raw)/3]
		ip := []byte{0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 0x40, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
		ip[2], ip[3] = byte((40+len(segment))>>8), byte(40+len(segment))
		tcp := []byte{0x1f, 0x90, 0xd2, 0x04, 0, 0, 0, byte(i), 0, 0, 0, 1, 0x50, 0x18, 1, 0, 0, 0, 0, 0}
		b.WriteString(dump(string(ip)+string(tcp)+segment) + "\n")
	}
	return b.String()
}

// dockerFile is a text as docker keeps it: an object a line.
func dockerFile(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for part := range strings.SplitSeq(line, "\x00") {
			fmt.Fprintf(&b, "{\"log\":%s,\"stream\":\"stdout\",\"time\":\"2026-11-20T02:00:01.123456789Z\"}\n", quoted(part))
		}
	}
	return b.String()
}

// containerParts is a text as containerd keeps it, long lines in parts.
func containerParts(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for ; len(line) > 100; line = line[100:] {
			b.WriteString("2026-11-20T02:00:01.123456789Z stdout P " + line[:100] + "\n")
		}
		b.WriteString("2026-11-20T02:00:01.123456789Z stdout F " + line + "\n")
	}
	return b.String()
}
