package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/antom-cli/antom/pkg/antom"
)

// Limits of what is read.
const (
	longestLine   = 32 << 20 // of JSON lines, and of a message as a whole
	longestHeader = 64 << 10
	longestBody   = 16 << 20
)

// Unit is one saved message as it was cut out of its file. Where cutting is
// cheap and parsing is not, it is parsed by whoever asks for it: many can be
// parsed at a time.
type Unit struct {
	Name  string // of the file
	Line  int    // at which the message begins
	Pause bool   // no more of the input is at hand just now

	text    []byte // an envelope on a line, until more is read; nil if it was parsed already
	message *Message
	err     error
}

// Source is the message's place, file:line.
func (u *Unit) Source() string {
	if u.Line == 0 {
		return u.Name
	}
	var stack [256]byte
	return string(strconv.AppendInt(append(append(stack[:0], u.Name...), ':'), int64(u.Line), 10))
}

// Size is about how many bytes it holds.
func (u *Unit) Size() int {
	if u.message != nil {
		return len(u.message.Body)
	}
	return len(u.text)
}

// Keep appends the text of the message to what the caller holds, so that it can
// be parsed when more was read.
func (u *Unit) Keep(in []byte) []byte {
	if u.text == nil {
		return in
	}
	begin := len(in)
	in = append(in, u.text...)
	u.text = in[begin:len(in):len(in)]
	return in
}

// Read reads the messages of one file in order. What can't be read is yielded as
// an error that names its place; after a broken line of JSON lines, reading goes
// on. Only one message is held at a time, but for one that has no line ends.
func Read(r io.Reader, name string, d Defaults) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for u := range Units(r, name, d) {
			u.Keep(nil)
			if !yield(new(Parser).Parse(&u, d)) {
				return
			}
		}
	}
}

// Units cuts one file into its messages; see [Read]. One that is to outlive the
// next must be kept: see [Unit.Keep].
func Units(r io.Reader, name string, d Defaults) iter.Seq[Unit] {
	return func(yield func(Unit) bool) {
		if d.Search == nil || d.Signature != "" {
			f := &file{in: bufio.NewReaderSize(r, 64<<10), name: name, defaults: d, yield: yield}
			f.read(false)
			return
		}
		s := &searched{name: name, defaults: d, yield: yield}
		f := &file{in: bufio.NewReaderSize(io.TeeReader(r, s), 64<<10), name: name, defaults: d, yield: s.unit}
		f.read(false)
		s.end()
	}
}

// file is one input on its way through.
type file struct {
	in       *bufio.Reader
	name     string
	defaults Defaults
	yield    func(Unit) bool
	mended   string // what was done to the text before it could be read
}

func (f *file) parsed(line int, m *Message, err error) bool {
	if m != nil && f.mended != "" {
		m.Mended = append(m.Mended, f.mended)
	}
	return f.yield(Unit{Name: f.name, Line: line, Pause: f.in.Buffered() == 0, message: m, err: err})
}

func (f *file) fail(err error) { f.parsed(1, nil, fmt.Errorf("read %s: %w", f.name, err)) }

// read tells the form by how the content begins.
func (f *file) read(unpacked bool) {
	start, err := f.in.Peek(2048)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		f.fail(err)
		return
	}
	plain := bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	switch {
	case bytes.HasPrefix(start, gzipStart) && !unpacked:
		f.unpack()
	case f.mended == "" && utf16Of(start) != nil:
		f.in = bufio.NewReaderSize(&utf16Reader{in: f.in, order: utf16Of(start)}, 64<<10)
		f.mended = "the text is UTF-16, as PowerShell's > writes it: read as UTF-8"
		f.read(true)
	case len(plain) == 0 && len(start) < 2048:
		f.empty()
	case f.defaults.Signature != "":
		f.readSigned()
	case startsHTTP(plain):
		f.discardBOM()
		(&httpReader{file: f}).each()
	case startsHeader(plain):
		f.discardBOM()
		(&httpReader{file: f, headless: true}).each()
	case bytes.HasPrefix(plain, []byte("{")):
		f.readJSON()
	case startsCurl(plain):
		f.readCurl()
	default:
		f.readBody()
	}
}

// unpack reads a gzip file as the file that was packed into it.
func (f *file) unpack() {
	in, err := gzip.NewReader(f.in)
	if err != nil {
		f.fail(err)
		return
	}
	f.in = bufio.NewReaderSize(in, 64<<10)
	f.read(true)
}

// httpStart matches a request line or a status line.
var httpStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:[A-Z]{3,10} \S+ HTTP/(?:1\.[01]|[23])|HTTP/(?:1\.[01]|[23]) \d{3})`)
})

func startsHTTP(start []byte) bool { return httpStart().Match(start) }

// headerStart matches header lines without the line that stands before them, if
// a signature is among them: else it may be any text.
var headerStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:[a-z][a-z0-9-]*:[^\n]*\n)*(?i:signature):[^\n]*\n`)
})

func startsHeader(start []byte) bool { return headerStart().Match(start) }

func (f *file) discardBOM() {
	if bom, err := f.in.Peek(3); err == nil && bytes.Equal(bom, []byte("\ufeff")) {
		_, _ = f.in.Discard(3) // it was just seen
	}
}

// readJSON reads what begins with a brace: JSON lines if the first line is an
// envelope by itself, else one envelope, else HAR, else a body alone.
func (f *file) readJSON() {
	first, err := readLine(f.in)
	first = bytes.Clone(first)
	if err != nil && !errors.Is(err, io.EOF) {
		f.parsed(1, nil, fmt.Errorf("%s:1: %w", f.name, err))
		return
	}
	if asEnvelope(first) != nil || f.isForeignLine(first) {
		f.readLines(first)
		return
	}
	if f.scattered(first) {
		f.readLog(first)
		return
	}
	follow := isJSON(first) && f.more() // a first line that is no message
	if !follow {
		if follow, err = f.linesFollow(); err != nil {
			f.fail(err)
			return
		}
	}
	if follow { // or one that is broken
		f.readLines(first)
		return
	}
	whole, err := readRest(f.in, first)
	if err != nil {
		f.fail(err)
		return
	}
	if e := asEnvelope(whole); e != nil {
		m, err := e.message(new(Parser), f.name+":1", f.defaults)
		f.parsed(1, m, err)
		return
	}
	if entries, ok := harEntries(whole); ok {
		f.readHAR(whole, entries)
		return
	}
	f.other(whole)
}

// more says whether anything but blanks follows.
func (f *file) more() bool {
	ahead, _ := f.in.Peek(64) // an error shows when it is read
	return len(bytes.TrimSpace(ahead)) > 0
}

// isForeignLine says whether a line is a message by itself, in the form of
// another program; a HAR file on one line is not.
func (f *file) isForeignLine(line []byte) bool {
	if bytes.Contains(line, []byte(`"entries"`)) {
		return false
	}
	messages, err := foreignMessages(line, f.name, f.defaults)
	return len(messages) == 1 && err == nil && messages[0].first(antom.HeaderSignature) != ""
}

// other reads a whole text in none of the forms so far: a request as another
// program writes it in JSON, else a body alone.
func (f *file) other(text []byte) {
	source := f.name + ":1"
	messages, err := foreignMessages(text, source, f.defaults)
	for _, m := range messages {
		if !f.parsed(1, m, nil) {
			return
		}
	}
	switch {
	case err != nil:
		f.parsed(1, nil, err)
	case len(messages) == 0:
		m, err := readAlone(text, source, f.defaults)
		f.parsed(1, m, err)
	}
}

func (f *file) readLines(line []byte) {
	for number := 1; ; number++ {
		if len(bytes.TrimSpace(line)) > 0 {
			if !f.line(number, line) {
				return
			}
		}
		var err error
		line, err = readLine(f.in)
		if err != nil && !errors.Is(err, io.EOF) {
			f.parsed(number+1, nil, fmt.Errorf("%s:%d: %w", f.name, number+1, err))
			return
		}
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return
		}
	}
}

// line yields a line of JSON lines; it is parsed later, unless something is to be
// said of it.
func (f *file) line(number int, text []byte) bool {
	u := Unit{Name: f.name, Line: number, Pause: f.in.Buffered() == 0, text: text}
	if f.mended == "" {
		return f.yield(u)
	}
	m, err := new(Parser).Parse(&u, f.defaults)
	return f.parsed(number, m, err)
}

// readLine reads up to and with the next line end; at the end of the input it
// returns what is left and io.EOF. The line is the reader's until more is read.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return longLine(in, line)
	}
	return line, err
}

// longLine reads the rest of a line that is longer than the buffer.
func longLine(in *bufio.Reader, part []byte) ([]byte, error) {
	line := bytes.Clone(part)
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

// readRest appends what is left of the input to its beginning. A long text gets
// all the room that it may take at once: what is never written to takes no
// memory, and growing would hold the text twice.
func readRest(in io.Reader, text []byte) ([]byte, error) {
	const long = 1 << 20
	for {
		switch free := cap(text) - len(text); {
		case len(text) > longestLine:
			return nil, fmt.Errorf("longer than %d MiB", longestLine>>20)
		case free == 0 && len(text) >= long:
			text = slices.Grow(text, longestLine+1-len(text))
		case free == 0:
			text = slices.Grow(text, 4<<10+len(text))
		}
		n, err := in.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, err
		}
	}
}

// A stretch of broken lines before the first envelope is seen as such up to here.
const (
	mostAhead  = 16 // lines
	bytesAhead = 1 << 20
)

// linesFollow says whether one of the next lines is an envelope by itself: then
// what stands before it are broken lines of JSON lines, and not the beginning of
// something else.
func (f *file) linesFollow() (follow bool, err error) {
	err = f.ahead(func(line []byte) bool {
		follow = follow || asEnvelope(line) != nil
		return !follow
	})
	return follow, err
}

// ahead shows the next lines while more are wanted, and puts them back.
func (f *file) ahead(more func(line []byte) bool) error {
	in, ahead := f.in, []byte(nil)
	defer func() { f.in = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(ahead), in), 64<<10) }()
	for n := 0; n < mostAhead && len(ahead) < bytesAhead; n++ {
		line, err := readLine(in)
		ahead = append(ahead, line...)
		switch {
		case len(line) > 0 && !more(line), errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

func (f *file) readBody() {
	first, err := readLine(f.in)
	first = bytes.Clone(first)
	follow := false
	if err == nil {
		follow, err = f.linesFollow()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		f.fail(err)
		return
	}
	if follow {
		f.readLines(first)
		return
	}
	whole, err := readRest(io.LimitReader(f.in, mostSearched), first)
	if err == nil && f.isLog(whole) {
		f.readLog(whole)
		return
	}
	if err == nil {
		whole, err = readRest(f.in, whole)
	}
	if err != nil {
		f.fail(err)
		return
	}
	f.other(whole)
}

// readSigned reads the body that a signature was given for. It is that whatever it
// looks like: who sends a body may put an old genuine message into it, headers and
// all.
func (f *file) readSigned() {
	whole, err := readRest(f.in, nil)
	if err != nil {
		f.fail(err)
		return
	}
	if plain := bytes.TrimSpace(whole); startsHTTP(plain) || startsCurl(plain) || asEnvelope(whole) != nil {
		f.mended = "taken for the body that --signature is of, though it looks like a whole message: without --signature it is read as one"
	}
	f.parsed(1, bodyAlone(whole, f.name+":1", f.defaults), nil)
}

// Broken is the unit of a file that can't be read at all.
func Broken(name string, err error) Unit { return Unit{Name: name, err: err} }
