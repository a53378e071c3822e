package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A long text is searched in pieces. They overlap, so that each message is complete in one
// of them.
const (
	searchedPiece = 1 << 20
	sharedPiece   = 128 << 10 // more than a search looks around a signature
)

// log searches a text of any length.
type log struct {
	file   *file
	text   []byte          // the piece
	line   int             // lines before it
	last   map[string]bool // signatures that were found in the piece before
	any    bool            // a message was yielded
	failed *Unit           // the first signature that belongs to nothing known
}

// readLog searches the rest of the input for messages, in constant memory. It begins with
// what was read before.
func (f *file) readLog(read []byte) {
	in := io.MultiReader(bytes.NewReader(read), f.in)
	l := &log{file: f, text: make([]byte, 0, searchedPiece+sharedPiece)}
	for {
		n, err := io.ReadFull(in, l.text[len(l.text):cap(l.text)])
		l.text = l.text[:len(l.text)+n]
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			f.parsed(l.line+1, nil, fmt.Errorf("read %s: %w", f.name, err))
			return
		}
		if !l.search(end) {
			return
		}
		if end {
			l.end()
			return
		}
	}
}

// search yields the messages of the piece, except for those near its end, which the next
// piece contains completely. Then it drops the searched text.
func (l *log) search(last bool) bool {
	done, now := len(l.text), map[string]bool{}
	if !last {
		done -= sharedPiece / 2
	}
	for _, found := range l.file.defaults.Search(l.text, l.file.name) {
		signature := string(signatureOf(found.Message))
		if found.At >= done || l.last[signature] {
			continue
		}
		if now[signature] = true; !l.take(found) {
			return false
		}
	}
	keep := max(0, done-sharedPiece/2)
	l.line += bytes.Count(l.text[:keep], []byte("\n"))
	l.last, l.text = now, l.text[:copy(l.text, l.text[keep:])]
	return true
}

// take yields a message. One that is neither proven nor a notification is kept for the end,
// because logs contain other signatures too.
func (l *log) take(found Found) bool {
	u := Unit{Name: l.file.name, Line: l.line + found.Line, message: found.Message}
	u.message.Source = u.Source()
	if !found.Proven && Summarise(u.message.Body).NotifyType == "" {
		if l.failed == nil {
			l.failed = &u
		}
		return true
	}
	l.any = true
	return l.file.yield(u)
}

// end reports the result if there was no message.
func (l *log) end() {
	switch {
	case l.any:
	case l.failed != nil:
		l.file.yield(*l.failed)
	default:
		l.file.parsed(1, nil, &FormError{l.file.name, "no message was found in it", formsTaken})
	}
}

// isLog reports whether a text is a log: it is longer than what is read at once, and not a
// JSON list.
func (f *file) isLog(read []byte) bool {
	return f.defaults.Search != nil && len(read) > mostSearched && !bytes.HasPrefix(bytes.TrimSpace(read), []byte("["))
}

// scattered reports whether a text is a JSON log in which no line is a message by itself, so
// that messages are spread over lines. It puts back what it reads.
func (f *file) scattered(first []byte) bool {
	if f.defaults.Search == nil || !f.isPart(first) {
		return false
	}
	parts := true
	err := f.ahead(func(line []byte) bool {
		parts = len(bytes.TrimSpace(line)) == 0 || f.isPart(line)
		return parts
	})
	return err == nil && parts
}

// isPart reports whether a line is an object with a line of text, and not a message.
func (f *file) isPart(line []byte) bool {
	var m members
	if json.Unmarshal(line, &m) != nil {
		return false
	}
	_, has := m.text(collected[:]...)
	return has && asEnvelope(line) == nil && !f.isForeignLine(line)
}
