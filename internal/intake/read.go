package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"sync"
)

// Limits of what is read.
const (
	longestLine   = 32 << 20 // of JSON lines, and of a message as a whole
	longestHeader = 64 << 10
	longestBody   = 16 << 20
)

// Read reads the messages of one file in order. What can't be read is yielded as
// an error that names its place; after a broken line of JSON lines, reading goes
// on. Only one message is held at a time, but for one that has no line ends.
func Read(r io.Reader, name string, d Defaults) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		start, err := in.Peek(2048)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			yield(nil, fmt.Errorf("read %s: %w", name, err))
			return
		}
		plain := bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
		switch {
		case len(plain) == 0 && len(start) < 2048:
			return // nothing there
		case startsHTTP(plain):
			discardBOM(in)
			(&httpReader{in: in, name: name, defaults: d}).each(yield)
		case bytes.HasPrefix(plain, []byte("{")):
			readJSON(in, name, d, yield)
		default:
			readBody(in, name, d, yield)
		}
	}
}

// httpStart matches a request line or a status line.
var httpStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:[A-Z]{3,10} \S+ HTTP/1\.[01]|HTTP/1\.[01] \d{3})`)
})

func startsHTTP(start []byte) bool { return httpStart().Match(start) }

func discardBOM(in *bufio.Reader) {
	if bom, err := in.Peek(3); err == nil && bytes.Equal(bom, []byte("\ufeff")) {
		_, _ = in.Discard(3) // it was just seen
	}
}

// readJSON reads what begins with a brace: JSON lines if the first line is an
// envelope by itself, else one envelope, else a body alone.
func readJSON(in *bufio.Reader, name string, d Defaults, yield func(*Message, error) bool) {
	first, err := readLine(in)
	if err != nil && !errors.Is(err, io.EOF) {
		yield(nil, fmt.Errorf("%s:1: %w", name, err))
		return
	}
	if e := asEnvelope(first); e != nil {
		readLines(in, first, name, d, yield)
		return
	}
	rest, err := readRest(in)
	if err != nil {
		yield(nil, fmt.Errorf("read %s: %w", name, err))
		return
	}
	whole := slices.Concat(first, rest)
	if e := asEnvelope(whole); e != nil {
		yield(e.message(name+":1", d))
		return
	}
	if second, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte("\n")); asEnvelope(second) != nil { // a first line that is broken
		readLines(bufio.NewReader(bytes.NewReader(rest)), first, name, d, yield)
		return
	}
	yield(bodyAlone(whole, name+":1", d), nil)
}

// asEnvelope is nil for anything that is no envelope.
func asEnvelope(text []byte) *envelope {
	e := new(envelope)
	if json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), e) != nil || !e.isEnvelope() {
		return nil
	}
	return e
}

func readLines(in *bufio.Reader, line []byte, name string, d Defaults, yield func(*Message, error) bool) {
	for number := 1; ; number++ {
		if len(bytes.TrimSpace(line)) > 0 {
			if !yield(readEnvelope(line, fmt.Sprintf("%s:%d", name, number), d)) {
				return
			}
		}
		var err error
		line, err = readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, fmt.Errorf("%s:%d: %w", name, number+1, err))
			return
		}
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return
		}
	}
}

func readEnvelope(line []byte, source string, d Defaults) (*Message, error) {
	e := new(envelope)
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("\ufeff")), e); err != nil {
		return nil, fmt.Errorf("%s: not a saved message: %w", source, err)
	}
	if !e.isEnvelope() {
		return nil, fmt.Errorf("%s: not a saved message: headers or body missing", source)
	}
	return e.message(source, d)
}

// readLine reads up to and with the next line end; at the end of the input it
// returns what is left and io.EOF.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longestLine:
			return nil, fmt.Errorf("line is longer than %d MiB", longestLine>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		}
		return line, err
	}
}

func readRest(in *bufio.Reader) ([]byte, error) {
	rest, err := io.ReadAll(io.LimitReader(in, longestLine+1))
	if err == nil && len(rest) > longestLine {
		err = fmt.Errorf("longer than %d MiB", longestLine>>20)
	}
	return rest, err
}

func readBody(in *bufio.Reader, name string, d Defaults, yield func(*Message, error) bool) {
	body, err := readRest(in)
	if err != nil {
		yield(nil, fmt.Errorf("read %s: %w", name, err))
		return
	}
	yield(bodyAlone(body, name+":1", d), nil)
}
