package proof

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits of what is made of a text.
const (
	mostLayers    = 24
	largestLayers = 16 << 20 // all together
	leastBlob     = 200      // characters of base64 or digits of hex: a message has more
)

// layersOf are a text and what it becomes when one form of writing after another
// is taken off: prefixes of log lines, escapes, base64, hex dumps.
func layersOf(text []byte) [][]byte {
	layers, total := [][]byte{text}, len(text)
	seen := map[string]bool{string(text): true}
	for i := 0; i < len(layers); i++ {
		for _, layer := range next(layers[i]) {
			if len(layer) == 0 || seen[string(layer)] {
				continue
			}
			if total += len(layer); len(layers) == mostLayers || total > largestLayers {
				return layers
			}
			seen[string(layer)] = true
			layers = append(layers, layer)
		}
	}
	return layers
}

// next takes each form of writing off a text that has it.
func next(text []byte) [][]byte {
	return append(blobs(text), hexDump(text), withoutPrefixes(text), unescaped(text), unbackquoted(text), unpercented(text), unhtml(text), undoubled(text))
}

// prefixes are what programs put before each line that they collect.
var prefixes = sync.OnceValue(func() []*regexp.Regexp {
	var compiled []*regexp.Regexp
	for _, text := range [...]string{
		`^[\w./-]+ +\| ?`,  // docker compose logs
		`^\[pod/[^\]]+\] `, // kubectl logs --prefix
		`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? std(?:out|err) [FP] ?`,            // containers' log files
		`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? [\w.-]+ [\w./@-]+(?:\[\d+\])?: ?`, // journalctl -o short-iso
		`^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? [\w.-]+ [^\s:]+(?:\[\d+\])?: ?`,             // syslog, journalctl
		`^<\d+>1 \S+ \S+ \S+ \S+ \S+ \S+ ?`,                                                   // RFC 5424
		`^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]? ?`, // docker logs -t
		`^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? ?`,
		`^\d+[:-] ?`,       // grep -n
		`^[\w./-]+:\d+: ?`, // grep -rn
		`^[<>*|#] ?`,       // curl -v, quoted mail, comments
		`^// ?`,
	} {
		compiled = append(compiled, regexp.MustCompile(text))
	}
	return compiled
})

// withoutPrefixes takes off a prefix that most of the lines have.
func withoutPrefixes(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	if len(lines) < 4 {
		return nil
	}
	for _, prefix := range prefixes() {
		have, all := 0, 0
		for _, line := range lines {
			if len(bytes.TrimSpace(line)) > 0 {
				all++
				if prefix.Match(line) {
					have++
				}
			}
		}
		if have*4 < all*3 {
			continue
		}
		bare := make([][]byte, len(lines))
		for i, line := range lines {
			bare[i] = prefix.ReplaceAll(line, nil)
		}
		return bytes.Join(bare, []byte("\n"))
	}
	return nil
}

// unescaped takes one level of backslashes off, as a string literal of JSON, Python,
// Ruby, PHP or JavaScript has them, or a line of nginx.
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

// unbackquoted takes the backquotes of PowerShell off.
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

func unpercented(text []byte) []byte {
	if !bytes.Contains(text, []byte("%7B")) && !bytes.Contains(text, []byte("%7b")) {
		return nil
	}
	plain, err := url.PathUnescape(string(text))
	if err != nil {
		plain, err = url.QueryUnescape(string(text))
	}
	if err != nil {
		return nil
	}
	return []byte(plain)
}

func unhtml(text []byte) []byte {
	if !bytes.Contains(text, []byte("&quot;")) && !bytes.Contains(text, []byte("&#34;")) && !bytes.Contains(text, []byte("&#x22;")) {
		return nil
	}
	return []byte(html.UnescapeString(string(text)))
}

// undoubled takes off the doubled quotes of CSV and SQL.
func undoubled(text []byte) []byte {
	if !bytes.Contains(text, []byte(`{""`)) {
		return nil
	}
	return bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
}

// packed is what gzip packed; nil for other texts.
func packed(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("\x1f\x8b")) {
		return nil
	}
	in, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(in, largestLayers))
	if err != nil {
		return nil
	}
	return plain
}

// blobs are the texts that stand in a text as base64 or as plain hexadecimal.
func blobs(text []byte) [][]byte {
	var found [][]byte
	for at := 0; at < len(text); {
		if !isBase64(text[at]) {
			at++
			continue
		}
		run, end := joined(text, at)
		if at = end; len(run) < leastBlob {
			continue
		}
		if plain := decoded(run); holdsMessage(plain) {
			found = append(found, plain)
		}
	}
	return found
}

// joined reads characters of base64 over the ends of lines of one length.
func joined(text []byte, at int) (run []byte, end int) {
	width := -1
	for {
		begin := at
		for at < len(text) && isBase64(text[at]) {
			at++
		}
		run = append(run, text[begin:at]...)
		length := at - begin
		rest := bytes.TrimPrefix(text[at:], []byte("\r"))
		if width < 0 {
			width = length
		}
		if length < 16 || length < width || !bytes.HasPrefix(rest, []byte("\n")) || len(rest) < 2 || !isBase64(rest[1]) {
			return run, at
		}
		at = len(text) - len(rest) + 1
	}
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}

// decoded decodes base64, base64url or hexadecimal; nil if a run is neither.
func decoded(run []byte) []byte {
	if plain, err := hex.DecodeString(string(run)); err == nil {
		return plain
	}
	usual := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(string(run)), "=")
	plain, err := base64.RawStdEncoding.DecodeString(usual)
	if err != nil {
		return nil
	}
	return plain
}

// holdsMessage tells text with a piece of JSON, or a packed one, from what only
// decodes by chance: a signature and a key do, too.
func holdsMessage(plain []byte) bool {
	if bytes.HasPrefix(plain, []byte("\x1f\x8b")) {
		return true
	}
	return bytes.IndexByte(plain, '{') >= 0 && bytes.IndexByte(plain, '"') >= 0 && utf8.Valid(plain)
}

// hexLine begins a line of a hex dump: an offset, and what follows are bytes.
var hexLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:0x)?[0-9a-fA-F]{4,8}:?[ \t]+((?:[0-9a-fA-F]{2}){1,2}[ \t].*)$`)
})

// hexDump reads a dump as xxd, hexdump -C, tcpdump -X and Wireshark write it; nil if
// the text holds none.
func hexDump(text []byte) []byte {
	lines := hexLine().FindAllSubmatch(text, -1)
	if len(lines) < leastBlob/16 {
		return nil
	}
	var out []byte
	for _, line := range lines {
		out = append(out, hexBytes(string(line[1]))...)
	}
	return out
}

// hexBytes are the bytes of one line, at most sixteen: what follows is the same in
// characters.
func hexBytes(line string) []byte {
	if bar := strings.IndexByte(line, '|'); bar >= 0 {
		line = line[:bar]
	} else if gap := strings.Index(line, "   "); gap >= 0 {
		line = line[:gap]
	} else if gap := strings.Index(line, "  "); gap >= 0 && len(strings.Fields(line[:gap])) != 8 {
		line = line[:gap]
	} else if gap >= 0 && len(strings.Fields(line[:gap])[0]) == 4 {
		line = line[:gap]
	}
	var out []byte
	for group := range strings.FieldsSeq(line) {
		plain, err := hex.DecodeString(group)
		if err != nil || len(plain) > 2 || len(out) >= 16 {
			break
		}
		out = append(out, plain...)
	}
	return slices.Clip(out)
}
