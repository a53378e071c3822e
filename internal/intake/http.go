package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// httpReader reads raw HTTP messages that stand one after another. It takes what
// tools save: CRLF or LF line ends, header lines without a blank after the
// colon, absolute request targets.
type httpReader struct {
	*file
	line     int  // of the input, counted from 1
	headless bool // the first line was not saved

	pace    *paced   // of the input, where answers are looked for
	asked   bool     // the first line of the message was that of a request
	request *Message // a call of the API that was read before
}

func (r *httpReader) each() {
	r.paces()
	for {
		more, err := r.skipBlank()
		if err != nil {
			r.fail(err)
			return
		}
		if !more {
			return
		}
		begin := r.line + 1
		m, err := r.message()
		if err == nil {
			r.exchange(m)
		}
		if !r.parsed(begin, m, err) || err != nil { // where a broken message ends is not known
			return
		}
	}
}

// skipBlank skips blank lines between messages and reports whether one follows.
func (r *httpReader) skipBlank() (bool, error) {
	for {
		c, err := r.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		case c == '\n':
			r.line++
		case c != '\r' && c != ' ' && c != '\t':
			return true, r.in.UnreadByte()
		}
	}
}

func (r *httpReader) message() (*Message, error) {
	source := fmt.Sprintf("%s:%d", r.name, r.line+1)
	m := &Message{Source: source, Header: http.Header{}}
	if !r.headless {
		start, err := r.headerLine()
		if err == nil {
			err = m.readStart(start)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
	}
	r.asked = m.Method != ""
	var err error
	if err := r.readHeader(m); err != nil {
		return nil, err
	}
	if m.Body, m.Exact, err = r.body(m.Header); err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	r.line += bytes.Count(m.Body, []byte("\n"))
	m.fill(r.defaults)
	m.decode()
	return m, nil
}

// readStart reads a request line, or a status line, which makes the message a
// response.
func (m *Message) readStart(line string) error {
	if strings.HasPrefix(line, "HTTP/") {
		m.Kind = Response
		return nil
	}
	parts := strings.Split(line, " ")
	if len(parts) != 3 || !strings.HasPrefix(parts[2], "HTTP/") {
		return fmt.Errorf("%s is not the first line of an HTTP message", redact.Quote(line))
	}
	m.Method = parts[0]
	m.setURL(parts[1])
	return nil
}

// headerLine reads one line without its line end.
func (r *httpReader) headerLine() (string, error) {
	line, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", fmt.Errorf("a header line is longer than %d KiB", longestHeader>>10)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return "", errors.New("the message ends within its header")
	}
	r.line++
	return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), nil
}

func (r *httpReader) readHeader(m *Message) error {
	size, last := 0, ""
	for {
		line, err := r.headerLine()
		if err != nil {
			return fmt.Errorf("%s:%d: %w", r.name, r.line, err)
		}
		if strings.Trim(line, " \t") == "" {
			return nil
		}
		name, value, found := strings.Cut(line, ":")
		switch {
		case found && name != "" && !strings.ContainsAny(name, " \t\"{"):
			last = http.CanonicalHeaderKey(name)
			m.Header.Add(name, strings.Trim(value, " \t"))
		case last != "" && continues(line):
			m.join(last, line)
		default:
			return &FormError{fmt.Sprintf("%s:%d", r.name, r.line), fmt.Sprintf("%s is not a header line", redact.Quote(line)),
				"write one header a line, name: value, and then a blank line and the body"}
		}
		if size += len(line); size > longestHeader {
			return fmt.Errorf("%s:%d: the header is longer than %d KiB", r.name, r.line, longestHeader>>10)
		}
	}
}

// continues reports whether a line continues the value of the line before: it begins with
// a blank, as older HTTP allows, or it is one word that is not a header, as editors and
// terminals wrap long lines.
func continues(line string) bool {
	return line[0] == ' ' || line[0] == '\t' || !strings.ContainsAny(line, " \t\"{:")
}

// join appends a continuation line to the last value of a header. No blank is inserted in
// a signature, which has none, or where a word was wrapped.
func (m *Message) join(name, line string) {
	values, blank := m.Header[name], ""
	if line[0] <= ' ' && name != antom.HeaderSignature {
		blank = " "
	}
	values[len(values)-1] += blank + strings.Trim(line, " \t")
	note := "the header " + strings.ToLower(name) + " was broken over lines: joined"
	if !slices.Contains(m.Mended, note) {
		m.Mended = append(m.Mended, note)
	}
}

// body reads exactly as many bytes as the header says, or else to the end of the input.
func (r *httpReader) body(header http.Header) (body []byte, exact bool, err error) {
	if strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		body, err = limited(httputil.NewChunkedReader(r.in))
		if err != nil {
			return nil, false, fmt.Errorf("the chunked body is damaged: %w", err)
		}
		r.skipTrailer()
		return body, true, nil
	}
	text := header.Get("Content-Length")
	if text == "" {
		body, err = limited(r.in)
		return r.upToNext(body), false, err
	}
	length, err := strconv.ParseInt(text, 10, 64)
	if err != nil || length < 0 || length > longestBody {
		return nil, false, fmt.Errorf("content-length %s: must be a number up to %d MiB", redact.Quote(text), longestBody>>20)
	}
	body = make([]byte, length)
	n, err := io.ReadFull(r.in, body)
	if err != nil {
		return nil, false, fmt.Errorf("the body is cut off: content-length says %d bytes, %d are missing", length, length-int64(n))
	}
	return body, true, nil
}

// skipTrailer skips the line that ends a chunked body.
func (r *httpReader) skipTrailer() {
	if line, err := r.in.Peek(2); err == nil && line[0] == '\r' && line[1] == '\n' {
		_, _ = r.in.Discard(2) // it was just seen
		r.line++
	}
}

func limited(in io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(in, longestBody+1))
	if err == nil && len(body) > longestBody {
		err = fmt.Errorf("the body is longer than %d MiB", longestBody>>20)
	}
	return body, err
}
