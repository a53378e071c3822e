package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	pemBegin = "-----BEGIN "
	pemDash  = "-----"
)

// plainText converts a text to UTF-8 and removes the byte order mark.
func plainText(text []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		text = fromUTF16(text[2:], 0)
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		text = fromUTF16(text[2:], 1)
	case looksUTF16(text, 0):
		text = fromUTF16(text, 0)
	case looksUTF16(text, 1):
		text = fromUTF16(text, 1)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(bytes.Trim(text, "\"' \t\r\n")) == 0 {
		return nil, &KeyError{Reason: KeyEmpty}
	}
	return text, nil
}

// looksUTF16 reports whether text is ASCII in UTF-16 with its low bytes at even (0) or odd (1)
// offsets.
func looksUTF16(text []byte, low int) bool {
	const sample = 32
	if len(text) < sample || len(text)%2 != 0 {
		return false
	}
	for i := 0; i < sample; i += 2 {
		if text[i+low] == 0 || text[i+1-low] != 0 {
			return false
		}
	}
	return true
}

func fromUTF16(text []byte, low int) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = uint16(text[2*i+low]) | uint16(text[2*i+1-low])<<8
	}
	return []byte(string(utf16.Decode(units)))
}

// keyScan scans a text once and collects the keys in it.
type keyScan struct {
	text  []byte
	depth int // of nested base64
	finds []keyFind
}

// deepest limits how often nested base64 is decoded: a Kubernetes secret encodes text that may
// already be encoded.
const deepest = 2

// findKeys returns all keys in a text, and everything that looks like a key but can't be read.
func findKeys(text []byte) []keyFind {
	if refused := foreignStore(text); refused != nil {
		return []keyFind{{refused: refused, line: 1}}
	}
	if isBinary(text) {
		find := classify(text)
		find.line = 1
		return []keyFind{find}
	}
	s := &keyScan{text: unescaped(text)}
	s.run()
	return s.finds
}

// isBinary recognises DER, which begins with a SEQUENCE and is not text.
func isBinary(text []byte) bool {
	control := bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) })
	return text[0] == 0x30 && (control || !utf8.Valid(text))
}

// unescaped replaces the escapes of JSON, URLs and XML for base64 characters and line ends. It
// keeps the number of lines.
func unescaped(text []byte) []byte {
	if !bytes.ContainsAny(text, `\%&`) {
		return text
	}
	return []byte(strings.NewReplacer(
		`\u002b`, "+", `\u002B`, "+", `\u002f`, "/", `\u002F`, "/", `\u003d`, "=", `\u003D`, "=", `\u002d`, "-", `\u002D`, "-",
		`\u000a`, " ", `\u000A`, " ", `\u000d`, " ", `\u000D`, " ", `\/`, "/", `\=`, "=", `\:`, ":", `\"`, `"`,
		"%2B", "+", "%2b", "+", "%2F", "/", "%2f", "/", "%3D", "=", "%3d", "=", "%0A", " ", "%0a", " ", "%0D", " ", "%0d", " ", "%20", " ",
		"&#10;", " ", "&#13;", " ", "&#xA;", " ", "&#xD;", " ", "&#43;", "+", "&#47;", "/", "&#61;", "=", "&quot;", `"`,
	).Replace(string(text)))
}

func (s *keyScan) run() {
	s.jwks()
	for at := 0; at < len(s.text); {
		if bytes.HasPrefix(s.text[at:], []byte(pemBegin)) {
			at = s.pemBlock(at)
			continue
		}
		if !isBase64(s.text[at]) {
			at++
			continue
		}
		if at > 0 && s.text[at-1] == '\\' && strings.IndexByte("nrt", s.text[at]) >= 0 {
			at++ // part of an escape, not of the key
			continue
		}
		at = s.word(at)
	}
}

func (s *keyScan) add(at int, find keyFind) {
	find.line = 1 + bytes.Count(s.text[:at], []byte("\n"))
	find.name = nameBefore(s.text[:at])
	s.finds = append(s.finds, find)
}

// nameBefore returns the name of keyNames that ends a text, before an = or a colon.
func nameBefore(text []byte) string {
	text = bytes.TrimRight(text[max(0, len(text)-64):], " \t\r\n\"'`=:>|\\")
	for _, row := range keyNames {
		before, ends := bytes.CutSuffix(text, []byte(row.name))
		if ends && (len(before) == 0 || !isBase64(before[len(before)-1])) {
			return row.name
		}
	}
	return ""
}

// word checks whether a key begins at an offset, and returns the offset where to continue.
func (s *keyScan) word(at int) int {
	if next := s.hexKey(at); next > at {
		return next
	}
	if next := s.base64Key(at); next > at {
		return next
	}
	if next := s.wrapped(at); next > at {
		return next
	}
	return at + max(1, wordLength(s.text[at:]))
}

// leastOfKey is the minimum number of characters of an incomplete key. Anything shorter is
// probably a word that happens to look like one.
const leastOfKey = 40

// base64Key reads DER encoded in base64 at an offset. DER contains its own length, so what
// follows is never read as part of it.
func (s *keyScan) base64Key(at int) int {
	head, _ := gather(s.text, at, 8)
	start, err := decodeChars(head)
	if err != nil || s.text[at] != 'M' {
		return at
	}
	total := derLength(start)
	need := (total*8 + 5) / 6
	switch length := wordLength(s.text[at:]); {
	case total == 0:
		return at
	case total < 0x80 && length != need: // an elliptic-curve key, or a word
		return at
	}
	chars, next := gather(s.text, at, need)
	switch {
	case len(chars) < min(need, leastOfKey):
		return at
	case len(chars) < need:
		s.add(at, keyFind{refused: cutOff(len(chars)*6/8, total)})
		return at + max(1, wordLength(s.text[at:]))
	}
	der, err := decodeChars(chars)
	if err != nil {
		return at
	}
	find := classify(der)
	s.add(at, find)
	if find.refused != nil && find.refused.Reason == KeyUnreadable {
		return at + wordLength(s.text[at:]) // the beginning of one key and a part of another
	}
	return next
}

// wrappings are the first characters of base64 that contains a PEM, base64 of a PEM, or base64
// of DER.
var wrappings = [...]string{"LS0tLS1CRUdJT", "TFMwdExTMUNSVWRKV", "TUl"}

// wrapped reads base64 of PEM, and base64 of base64, the forms in which Kubernetes and CI
// systems store keys.
func (s *keyScan) wrapped(at int) int {
	begins := func(start string) bool { return bytes.HasPrefix(s.text[at:], []byte(start)) }
	if s.depth == deepest || !slices.ContainsFunc(wrappings[:], begins) {
		return at
	}
	chars, next := gather(s.text, at, math.MaxInt)
	if len(chars) < leastOfKey {
		return at
	}
	if len(chars)%4 == 1 {
		chars = chars[:len(chars)-1] // belongs to the next word
	}
	inner, err := decodeChars(chars)
	if err != nil {
		return at
	}
	below := &keyScan{text: unescaped(inner), depth: s.depth + 1}
	below.run()
	for _, find := range below.finds {
		s.add(at, find)
	}
	return next
}

// hexStart matches the first bytes of DER in hexadecimal, with or without colons or blanks.
var hexStart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?i:0x)?30[: ]?8[12]`) })

func (s *keyScan) hexKey(at int) int {
	begin := hexStart().FindIndex(s.text[at:min(len(s.text), at+8)])
	if begin == nil {
		return at
	}
	digits, ends := gatherHex(s.text, at)
	der, err := hex.DecodeString(string(digits[:len(digits)&^1]))
	if err != nil || len(der) < leastOfKey {
		return at
	}
	switch total := derLength(der); {
	case total == 0:
		return at
	case len(der) < total:
		s.add(at, keyFind{refused: cutOff(len(der), total)})
		return ends[len(ends)-1]
	default:
		s.add(at, classify(der[:total]))
		return ends[2*total-1]
	}
}

// gatherHex returns the digits at an offset, and the end of each.
func gatherHex(text []byte, at int) (digits []byte, ends []int) {
	if len(text) > at+1 && text[at] == '0' && text[at+1]|0x20 == 'x' {
		at += 2
	}
	for at < len(text) {
		switch c := text[at]; {
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f':
			digits, ends = append(digits, c), append(ends, at+1)
			at++
			continue
		case c == ':':
			at++
			continue
		}
		next := skipSeparators(text, at)
		if next == at {
			break
		}
		at = next
	}
	return digits, ends
}

// leastJoined is the shortest word that is joined to the previous one, except for the last word
// of a key. Shorter words are words of a sentence.
const leastJoined = 16

// gather joins base64 words from an offset on until it has the needed number of characters. It
// converts them to the standard alphabet, and returns where it ended.
func gather(text []byte, at, need int) (chars []byte, next int) {
	for {
		length := min(wordLength(text[at:]), need-len(chars))
		for _, c := range text[at : at+length] {
			chars = append(chars, usualAlphabet(c))
		}
		at += length
		if len(chars) == need {
			return chars, at
		}
		word := skipSeparators(text, at)
		length = wordLength(text[word:])
		short := length < leastJoined && len(chars)+length < need && need != math.MaxInt
		if word == at || length == 0 || short || !standsAlone(text[word+length:]) {
			return chars, at
		}
		at = word
	}
}

// standsAlone reports whether a base64 word ends where the rest begins. A name before an = or a
// colon is not such a word.
func standsAlone(rest []byte) bool {
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("=")), []byte("="))
	return len(rest) == 0 || rest[0] != ':' && rest[0] != '=' && !isBase64(rest[0])
}

// wordLength returns how many characters of base64 or base64url a text begins with.
func wordLength(text []byte) int {
	for i, c := range text {
		if !isBase64(c) || c == '-' && bytes.HasPrefix(text[i:], []byte(pemDash)) {
			return i
		}
	}
	return len(text)
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

func usualAlphabet(c byte) byte {
	switch c {
	case '-':
		return '+'
	case '_':
		return '/'
	}
	return c
}

// joint matches the end of a string literal and the beginning of the next one, concatenated in
// source code.
var joint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^[\"'`]\\s*[+.&]?\\s*\\\\?\\s*[\"'`]") })

// skipSeparators skips what may separate two parts of one key: white space, escaped line ends,
// the joints of string literals, and the > of quoted mail.
func skipSeparators(text []byte, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		switch {
		case unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b':
			at += size
		case r == '\\':
			past := at + len(text[at:]) - len(bytes.TrimLeft(text[at:], `\`))
			if past == len(text) || strings.IndexByte("nrt\r\n", text[past]) < 0 {
				return at
			}
			at = past + 1
		case r == '>' && at > 0 && text[at-1] == '\n':
			at++
		default:
			end := joint().FindIndex(text[at:min(len(text), at+40)])
			if end == nil {
				return at
			}
			at += end[1]
		}
	}
	return at
}

// decodeChars decodes the standard alphabet without padding.
func decodeChars(chars []byte) ([]byte, error) {
	return base64.RawStdEncoding.AppendDecode(nil, chars)
}

func dropSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

// pemBlock reads the PEM block at an offset. If its last line is missing, it is still read if
// the key is complete.
func (s *keyScan) pemBlock(at int) int {
	begun := s.text[at+len(pemBegin):]
	kind, body, headed := bytes.Cut(begun, []byte(pemDash))
	if !headed || len(kind) > 64 {
		return at + len(pemBegin)
	}
	begin := len(s.text) - len(body)
	length := bytes.Index(body, []byte(pemDash))
	if length < 0 {
		length = len(body)
	}
	body = body[:length]
	if find, known := s.pemFind(string(kind), body); known {
		s.add(at, find)
	}
	next := begin + length
	if bytes.HasPrefix(s.text[next:], []byte("-----END ")) {
		next += len("-----END ")
	}
	return next
}

// pemFind identifies the content of a PEM block. known is false if the block is not about a
// key.
func (s *keyScan) pemFind(kind string, body []byte) (find keyFind, known bool) {
	if strings.HasSuffix(kind, " PARAMETERS") {
		return keyFind{}, false // openssl writes curve parameters before the key
	}
	for _, row := range pemKinds {
		if strings.Contains(kind, row.kind) || row.header != "" && bytes.Contains(body, []byte(row.header)) {
			return keyFind{refused: &KeyError{Reason: row.reason}}, true
		}
	}
	at := skipSeparators(body, 0)
	chars, next := gather(body, at, math.MaxInt)
	rest := bytes.TrimLeft(body[next:], "=")
	der, err := decodeChars(chars)
	if err != nil || skipSeparators(rest, 0) < len(rest) {
		return keyFind{refused: &KeyError{Reason: KeyUnreadable, detail: "damaged PEM"}}, true
	}
	return classify(der), true
}
