package proof

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"sync"
)

// Limits of the decoded forms of a text.
const (
	mostLayers    = 24
	largestLayers = 16 << 20 // all together
	leastBlob     = 200      // characters of base64 or digits of hex: a message has more
)

// layersOf returns a text and its decoded forms: without the prefixes of log lines, without
// escapes, from base64, from hex dumps, and combinations of these.
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

// writings each decode one form of writing, if the text has it.
var writings = [...]func([]byte) [][]byte{
	blobs, lists, dumps, containerLog, collected, one(withoutPrefixes), one(uncoloured), wrapped, one(literals),
	one(unescaped), one(unbackquoted), unpercented, one(unhtml), one(undoubled), one(unquotedPrintable), one(packed),
}

// one adapts a function that returns one text or nil.
func one(writing func([]byte) []byte) func([]byte) [][]byte {
	return func(text []byte) [][]byte { return [][]byte{writing(text)} }
}

// next returns the text decoded from each form of writing that it has.
func next(text []byte) [][]byte {
	var found [][]byte
	for _, writing := range writings {
		found = append(found, writing(text)...)
	}
	return found
}

// prefixes match what programs put before each collected line.
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

// withoutPrefixes removes a prefix that most of the lines have.
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

// packed decompresses gzip; nil for other texts.
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
