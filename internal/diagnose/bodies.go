package diagnose

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// largestUnpacked limits the size of a decompressed body.
const largestUnpacked = 16 << 20

// bodies makes a change for each body that differs from the given one.
func (c *Case) bodies(all ...[]byte) []change {
	var changes []change
	for _, body := range all {
		if !bytes.Equal(body, c.Message.Body) {
			changes = append(changes, change{part: partBody, body: body})
		}
	}
	return changes
}

func appended(body []byte, tail string) []byte {
	return append(bytes.Clone(body), tail...)
}

func finalLineEnd(c *Case) []change {
	body := c.Message.Body
	shorter := bytes.TrimSuffix(bytes.TrimSuffix(body, []byte("\n")), []byte("\r"))
	return c.bodies(shorter, bytes.TrimRight(body, "\r\n"), appended(body, "\n"), appended(body, "\r\n"), appended(shorter, "\r\n"), appended(shorter, "\n"))
}

func lineEnds(c *Case) []change {
	body := c.Message.Body
	lf := bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	crlf := bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))
	trimmed := bytes.TrimRight(lf, "\n")
	return c.bodies(lf, crlf, bytes.ReplaceAll(trimmed, []byte("\n"), []byte("\r\n")), bytes.ReplaceAll(lf, []byte("\n"), nil), trimmed)
}

func byteOrderMark(c *Case) []change {
	const mark = "\ufeff"
	if bare, found := bytes.CutPrefix(c.Message.Body, []byte(mark)); found {
		return c.bodies(bare)
	}
	return c.bodies(append([]byte(mark), c.Message.Body...))
}

func blanksAround(c *Case) []change {
	body := c.Message.Body
	return c.bodies(bytes.TrimSpace(body), appended(body, " "), append([]byte("\n"), body...), append([]byte(" "), body...), appended(body, "\n\n"))
}

func lostBrace(c *Case) []change {
	body := c.Message.Body
	if json.Valid(body) {
		return nil
	}
	all := c.bodies(append([]byte("{"), body...), append([]byte("{\n"), body...), appended(body, "}"), appended(body, "\n}"))
	for i := range all {
		all[i].alone = !json.Valid(all[i].body)
	}
	return all
}

// quotedBody unquotes {"a":1} that was logged as "{\"a\":1}".
func quotedBody(c *Case) []change {
	body := bytes.TrimSpace(c.Message.Body)
	var text string
	if json.Unmarshal(body, &text) == nil {
		return c.bodies([]byte(text))
	}
	if json.Unmarshal([]byte(`"`+string(body)+`"`), &text) == nil && bytes.HasPrefix(body, []byte("{")) {
		return c.bodies([]byte(text)) // quotes escaped, and the outer ones left out
	}
	return nil
}

func packedBody(c *Case) []change {
	if c.Message.Compressed != nil {
		return c.bodies(c.Message.Compressed)
	}
	in, err := gzip.NewReader(bytes.NewReader(c.Message.Body))
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(in, largestUnpacked))
	if err != nil {
		return nil
	}
	return c.bodies(text)
}

// windows1252 are the characters of the bytes 0x80 to 0x9f (WHATWG Encoding
// Standard, index-windows-1252); in ISO 8859-1 they are control characters.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

// otherCharset tries both directions of a wrong conversion: UTF-8 read as a Western
// charset and written as UTF-8, and the reverse.
func otherCharset(c *Case) []change {
	body := c.Message.Body
	if isASCII(body) {
		return nil
	}
	var all [][]byte
	for _, table := range [...]bool{false, true} {
		if undone, ok := narrowed(body, table); ok {
			all = append(all, undone)
		}
	}
	widened := make([]byte, 0, 2*len(body))
	for _, b := range body {
		widened = utf8.AppendRune(widened, rune(b))
	}
	return c.bodies(append(all, widened)...)
}

// narrowed writes each character as its single byte in the charset.
func narrowed(body []byte, windows bool) ([]byte, bool) {
	table := []rune(windows1252)
	out := make([]byte, 0, len(body))
next:
	for _, r := range string(body) {
		if windows {
			for i, other := range table {
				if r == other {
					out = append(out, byte(0x80+i))
					continue next
				}
			}
		}
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r)) //nolint:gosec // it is below 0x100
	}
	return out, true
}

func isASCII(body []byte) bool {
	for _, b := range body {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
