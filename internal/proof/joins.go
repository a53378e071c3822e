package proof

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// leastWidth is the shortest line that may have been wrapped.
const leastWidth = 40

// wrapped joins lines that a terminal or a mail program wrapped at one width, with and
// without the indent of the next line.
func wrapped(text []byte) [][]byte {
	lines := bytes.Split(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"))
	width := commonWidth(lines)
	if width == 0 {
		return nil
	}
	var kept, trimmed []byte
	for i, line := range lines {
		bare := bytes.TrimLeft(line, " \t")
		if i > 0 && isWidth(lines[i-1], width) {
			kept, trimmed = append(kept, line...), append(trimmed, bare...)
			continue
		}
		kept, trimmed = append(append(kept, '\n'), line...), append(append(trimmed, '\n'), line...)
	}
	if bytes.Equal(kept, trimmed) {
		return [][]byte{kept}
	}
	return [][]byte{kept, trimmed}
}

// commonWidth returns the most frequent width of lines that may be wrapped; 0 if no two
// lines have the same.
func commonWidth(lines [][]byte) int {
	counts := map[int]int{}
	for _, line := range lines {
		if width := widthOf(line); width >= leastWidth {
			counts[width]++
		}
	}
	common := 0
	for width, count := range counts {
		if count > 1 && cmp.Or(cmp.Compare(count, counts[common]), cmp.Compare(width, common)) > 0 {
			common = width
		}
	}
	return common
}

func widthOf(line []byte) int { return utf8.RuneCount(bytes.TrimLeft(line, " \t")) }

func isWidth(line []byte, width int) bool {
	return widthOf(line) == width || utf8.RuneCount(line) == width
}

// joint matches the place where string literals are concatenated.
var joint = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`["'](?:\s*[+.&]\s*|[ \t]*\\?\r?\n\s*)[bru]?["']`)
})

// literals joins concatenated string literals, as in code and in util.inspect.
func literals(text []byte) []byte {
	for _, begin := range [...]string{`" `, `' `, `"+`, `'+`, `".`, `'.`, "\"\n", "'\n", "\"\r", "'\r"} {
		if bytes.Contains(text, []byte(begin)) {
			return joint().ReplaceAll(text, nil)
		}
	}
	return nil
}

// partLine matches a line of a container's log: P marks a line that continues.
var partLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) std(?:out|err) ([FP])(?: (.*))?$`)
})

// containerLog joins the partial lines of a container's log.
func containerLog(text []byte) [][]byte {
	if !bytes.Contains(text, []byte(" P ")) {
		return nil
	}
	var out []byte
	for _, line := range partLine().FindAllSubmatch(text, -1) {
		if out = append(out, line[2]...); line[1][0] == 'F' {
			out = append(out, '\n')
		}
	}
	return [][]byte{out}
}

// collectors are the members under which collectors of logs keep a line.
var collectors = [...]string{"log", "message", "msg", "line", "@message", "MESSAGE", "textPayload"}

// collected returns the lines of a log in which each line is an object. Docker keeps the
// line ends, and omits them where it splits a line.
func collected(text []byte) [][]byte {
	var lines []string
	others := 0
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if inner, ok := collectedLine(line); ok {
			lines = append(lines, inner)
		} else if others++; others > 2+len(lines) {
			return nil
		}
	}
	if len(lines) < 2 {
		return nil
	}
	between := "\n"
	for _, line := range lines {
		if strings.HasSuffix(line, "\n") {
			between = ""
		}
	}
	return [][]byte{[]byte(strings.Join(lines, between))}
}

// collectedLine returns the line in an object.
func collectedLine(line []byte) (string, bool) {
	if line[0] != '{' {
		return "", false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil {
		return "", false
	}
	for _, name := range collectors {
		var inner string
		if raw := members[name]; len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &inner) == nil {
			return inner, true
		}
	}
	return "", false
}
