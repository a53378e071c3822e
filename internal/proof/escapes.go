package proof

import (
	"bytes"
	"encoding/hex"
	"html"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// unescaped removes one level of backslash escapes, as in string literals of JSON, Python,
// Ruby, PHP and JavaScript and in lines of nginx. A backslash at the end of a line joins it
// to the next one, as in a shell.
func unescaped(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return nil
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '\n':
		case '0', '1', '2', '3':
			b, size := octal(text[i:])
			out = append(out, b)
			i += size - 1
		case 'u':
			r, size := rune4(text[i+1:])
			i += size
			out = utf8.AppendRune(out, r)
		case 'x':
			if b, err := hex.DecodeString(string(text[i+1 : min(i+3, len(text))])); err == nil && len(b) == 1 {
				out = append(out, b[0])
				i += 2
				continue
			}
			out = append(out, '\\', c)
		default:
			out = append(out, c)
		}
	}
	return out
}

// unbackquoted removes the escapes of PowerShell.
func unbackquoted(text []byte) []byte {
	if !bytes.Contains(text, []byte("`\"")) {
		return nil
	}
	return []byte(strings.NewReplacer("``", "`", "`\"", `"`, "`$", "$").Replace(string(text)))
}

// rune4 reads the four digits of a \u escape, and the other half of a pair.
func rune4(text []byte) (r rune, size int) {
	unit := func(at int) (rune, bool) {
		if len(text) < at+4 {
			return 0, false
		}
		b, err := hex.DecodeString(string(text[at : at+4]))
		if err != nil {
			return 0, false
		}
		return rune(b[0])<<8 | rune(b[1]), true
	}
	r, ok := unit(0)
	if !ok {
		return 'u', 0
	}
	const high, low, end = 0xd800, 0xdc00, 0xe000
	if r >= high && r < low && bytes.HasPrefix(text[4:], []byte(`\u`)) {
		if second, ok := unit(6); ok && second >= low && second < end {
			return (r-high)<<10 | (second - low) + 0x10000, 10
		}
	}
	return r, 4
}

// octal reads an escape of three octal digits. Fewer digits are ordinary characters.
func octal(text []byte) (b byte, size int) {
	for size < 3 && size < len(text) && text[size] >= '0' && text[size] <= '7' {
		b = b<<3 | (text[size] - '0')
		size++
	}
	if size < 3 {
		return text[0], 1
	}
	return b, size
}

// unpercented decodes percent escapes, once as in a form, where a plus is a blank, and once
// as in a path. Other percent signs stay.
func unpercented(text []byte) [][]byte {
	const brace, escaped = "%7B", "%257B"
	if upper := bytes.ToUpper(text); !bytes.Contains(upper, []byte(brace)) && !bytes.Contains(upper, []byte(escaped)) {
		return nil
	}
	plain := hexEscapes(text, '%')
	if bytes.IndexByte(text, '+') < 0 {
		return [][]byte{plain}
	}
	return [][]byte{hexEscapes(bytes.ReplaceAll(text, []byte("+"), []byte(" ")), '%'), plain}
}

// hexEscapes replaces a mark followed by two hexadecimal digits with that byte.
func hexEscapes(text []byte, mark byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == mark && i+2 < len(text) {
			if b, err := hex.DecodeString(string(text[i+1 : i+3])); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}

// softEnd matches a soft line break of quoted-printable.
var softEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`=[ \t]*\r?\n`) })

// unquotedPrintable decodes quoted-printable, an encoding of mails.
func unquotedPrintable(text []byte) []byte {
	if !bytes.Contains(text, []byte("=3D")) {
		return nil
	}
	return hexEscapes(softEnd().ReplaceAll(text, nil), '=')
}

// colours matches the control sequences of terminals, such as colours.
var colours = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`) })

func uncoloured(text []byte) []byte {
	if bytes.IndexByte(text, '\x1b') < 0 {
		return nil
	}
	return colours().ReplaceAll(text, nil)
}

func unhtml(text []byte) []byte {
	if !bytes.Contains(text, []byte("&quot;")) && !bytes.Contains(text, []byte("&#34;")) && !bytes.Contains(text, []byte("&#x22;")) {
		return nil
	}
	return []byte(html.UnescapeString(string(text)))
}

// undoubled replaces the doubled quotes of CSV and SQL.
func undoubled(text []byte) []byte {
	if !bytes.Contains(text, []byte(`{""`)) {
		return nil
	}
	return bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
}
