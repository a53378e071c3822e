// Package prompt asks questions on a terminal. Every question has a flag that answers it, and
// callers ask only if there is a terminal.
package prompt

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Terminal asks questions on Out and reads the answers from In.
type Terminal struct {
	In  io.Reader
	Out io.Writer

	// Longest limits a paste, in bytes; 0 means 16 MiB.
	Longest int
}

// ErrNoAnswer is returned if the input ends before an answer.
var ErrNoAnswer = errors.New("no answer: the input ended")

// Line asks for one line.
func (t Terminal) Line(question string) (string, error) {
	fmt.Fprintf(t.Out, "%s: ", question)
	line, err := readLine(t.In)
	if err != nil && line == "" {
		fmt.Fprintln(t.Out)
		return "", ErrNoAnswer
	}
	return strings.TrimSpace(line), nil
}

// Confirm asks a yes-or-no question. Any answer but yes means no, and so does the end of the
// input.
func (t Terminal) Confirm(question string) (bool, error) {
	answer, err := t.Line(question + " [y/N]")
	if err != nil && !errors.Is(err, ErrNoAnswer) {
		return false, err
	}
	return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes"), nil
}

// readLine reads up to the line end and not a byte further, so that the next question gets its
// own answer.
func readLine(in io.Reader) (string, error) {
	var line strings.Builder
	one := make([]byte, 1)
	for {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			return line.String(), nil
		}
		line.Write(one[:n])
		if err != nil {
			return line.String(), err
		}
	}
}

// Keys and escape sequences for pasting.
const (
	endOfInput     = 0x04 // Ctrl-D
	startOfPaste   = "\x1b[200~"
	endOfPaste     = "\x1b[201~"
	enablePasting  = "\x1b[?2004h"
	disablePasting = "\x1b[?2004l"
	longestPaste   = 16 << 20
)

// Paste reads a pasted message that ends with Ctrl-D. It turns off canonical mode, which cuts
// lines at 4096 bytes and turns CRLF into two line ends, and turns on bracketed paste, so that
// a Ctrl-D inside the paste does not end it. Interrupt keys keep working. Terminals send each
// line end of a paste as a carriage return, and CRLF as two; lineEnds undoes that.
func (t Terminal) Paste(ctx context.Context) (io.Reader, error) {
	file, ok := t.In.(*os.File)
	if !ok {
		return nil, errors.New("paste: the input is not a terminal")
	}
	restore, err := rawInput(file)
	if err != nil {
		return nil, fmt.Errorf("paste: %w", err)
	}
	defer restore()
	fmt.Fprint(t.Out, enablePasting, "Paste the message, then press Ctrl-D.\n")
	defer fmt.Fprint(t.Out, disablePasting)

	pasted := make(chan pasteResult, 1)
	longest := t.Longest
	if longest == 0 {
		longest = longestPaste
	}
	go func() { pasted <- readPaste(bufio.NewReader(file), longest) }()
	select {
	case <-ctx.Done(): // a blocked read can't be cancelled: the reader ends with the process
		return nil, ctx.Err()
	case result := <-pasted:
		if result.err != nil {
			return nil, result.err
		}
		fmt.Fprintf(t.Out, "%d bytes received.\n", len(result.text))
		return bytes.NewReader(result.text), nil
	}
}

type pasteResult struct {
	text []byte
	err  error
}

// readPaste reads up to a Ctrl-D outside of a bracketed paste, or to the end of the input. Line
// ends typed after a paste are not part of it.
func readPaste(in io.ByteReader, longest int) pasteResult {
	var text []byte
	begin, end, inside := 0, -1, false // of the last bracketed paste
	for {
		c, err := in.ReadByte()
		switch {
		case errors.Is(err, io.EOF), err == nil && c == endOfInput && !inside:
			if end >= 0 && len(bytes.Trim(text[end:], "\r\n")) == 0 {
				text = text[:end]
			}
			return pasteResult{text: lineEnds(text)}
		case err != nil:
			return pasteResult{err: fmt.Errorf("paste: %w", err)}
		case len(text) >= longest:
			return pasteResult{err: fmt.Errorf("paste: longer than %d bytes", longest)}
		}
		text = append(text, c)
		if c != '~' {
			continue
		}
		if before, found := bytes.CutSuffix(text, []byte(startOfPaste)); found {
			text, begin, inside = before, len(before), true
		} else if before, found := bytes.CutSuffix(text, []byte(endOfPaste)); found {
			text, inside = append(before[:begin], lineEnds(before[begin:])...), false
			end = len(text)
		}
	}
}

// lineEnds converts the carriage returns that a terminal sends into line feeds. A terminal
// sends two for CRLF: if all of them come in pairs, and there are several pairs, the text had
// CRLF. A single one at the end is then the Enter key.
func lineEnds(text []byte) []byte {
	pairs, all := bytes.Count(text, []byte("\r\r")), bytes.Count(text, []byte("\r"))
	if entered := bytes.HasSuffix(text, []byte("\r")) && all == pairs*2+1; pairs > 1 && (all == pairs*2 || entered) && !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r\r"), []byte("\r\n"))
	}
	out := text[:0]
	for i, c := range text {
		if c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			c = '\n'
		}
		out = append(out, c)
	}
	return out
}
