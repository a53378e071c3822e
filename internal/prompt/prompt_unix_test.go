//go:build unix

package prompt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// screen is the user's side of a terminal.
type screen struct {
	t        *testing.T
	terminal *os.File // what a program reads from and writes to
	keyboard *os.File
	shown    chan []byte
	seen     []byte
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, terminal: terminal, keyboard: keyboard, shown: make(chan []byte, 1024)}
	t.Cleanup(func() {
		if err := errors.Join(terminal.Close(), keyboard.Close()); err != nil {
			t.Error(err)
		}
	})
	go func() {
		defer close(s.shown)
		for {
			chunk := make([]byte, 4096)
			n, err := keyboard.Read(chunk)
			if s.shown <- chunk[:n]; err != nil {
				return
			}
		}
	}()
	return s
}

func (s *screen) ask() Terminal { return Terminal{In: s.terminal, Out: s.terminal} }

func (s *screen) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keyboard, keys); err != nil {
		s.t.Error(err)
	}
}

// sees waits until the terminal has shown a text.
func (s *screen) sees(text string) {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	for !bytes.Contains(s.seen, []byte(text)) {
		select {
		case chunk, ok := <-s.shown:
			if s.seen = append(s.seen, chunk...); !ok {
				s.t.Fatalf("the terminal showed %q, want %q in it", s.seen, text)
			}
		case <-deadline:
			s.t.Fatalf("the terminal shows %q, want %q in it", s.seen, text)
		}
	}
}

func (s *screen) mode() unix.Termios {
	s.t.Helper()
	mode, err := unix.IoctlGetTermios(int(s.terminal.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	return *mode
}

func TestLine(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.types("  first answer \nsecond\n")
	for i, want := range []string{"first answer", "second"} {
		if got, err := s.ask().Line("Question " + string(rune('A'+i))); err != nil || got != want {
			t.Errorf("answer %q, %v; want %q", got, err, want)
		}
	}
	s.sees("Question A: ")
	s.sees("Question B: ")
	s.types("\x04")
	if got, err := s.ask().Line("Question C"); !errors.Is(err, ErrNoAnswer) || got != "" {
		t.Errorf("after the end: %q, %v; want %v", got, err, ErrNoAnswer)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	for answer, want := range map[string]bool{"y": true, "Yes": true, " YES ": true, "": false, "n": false, "yep": false, "ja": false} {
		s.types(answer + "\n")
		if got, err := s.ask().Confirm("Really?"); err != nil || got != want {
			t.Errorf("%q: %t, %v; want %t", answer, got, err, want)
		}
	}
	s.sees("Really? [y/N]: ")
	s.types("\x04")
	if yes, err := s.ask().Confirm("Really?"); err != nil || yes {
		t.Errorf("without an answer: %t, %v", yes, err)
	}
}

// paste pastes a text and returns what Paste read.
func paste(t *testing.T, terminal Terminal, s *screen, keys string) (string, error) {
	t.Helper()
	type result struct {
		text io.Reader
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := terminal.Paste(t.Context())
		done <- result{text, err}
	}()
	s.sees("press Ctrl-D")
	go s.types(keys) // may block until it is read
	r := <-done
	if r.err != nil {
		return "", r.err
	}
	text, err := io.ReadAll(r.text)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

func TestPaste(t *testing.T) {
	t.Parallel()
	long := `{"a":"` + strings.Repeat("0123456789abcdef", 512) + `"}`
	tests := []struct{ name, keys, want string }{
		{"typed", "{}\x04", "{}"},
		{"bracketed", "\x1b[200~{}\x1b[201~\x04", "{}"},
		{"Ctrl-D within", "\x1b[200~a\x04b\x1b[201~c\x04", "a\x04bc"},
		{"a line longer than a canonical one", "\x1b[200~" + long + "\x1b[201~\x04", long},
		{"carriage returns", "\x1b[200~{\r  \"a\": 1\r}\r\x1b[201~\x04", "{\n  \"a\": 1\n}\n"},
		{"pairs of them", "\x1b[200~POST / HTTP/1.1\r\rHost: h\r\r\r\r{}\x1b[201~\x04", "POST / HTTP/1.1\r\nHost: h\r\n\r\n{}"},
		{"one blank line", "\x1b[200~POST / HTTP/1.1\rHost: h\r\r{}\x1b[201~\x04", "POST / HTTP/1.1\nHost: h\n\n{}"},
		{"line feeds", "\x1b[200~a\r\nb\nc\x1b[201~\x04", "a\r\nb\nc"},
		{"tildes", "\x1b[200~a~[201~b\x1b[201~\x04", "a~[201~b"},
		{"beyond ASCII and control", "\x1b[200~支付\t\x11\x13\x00\x1b[201~\x04", "支付\t\x11\x13\x00"},
		{"nothing", "\x04", ""},
		{"pairs, then Enter", "\x1b[200~a: b\r\r\r\r{}\x1b[201~\r\x04", "a: b\r\n\r\n{}"},
		{"a line end, then Enter twice", "\x1b[200~a\rb\r\x1b[201~\r\r\x04", "a\nb\n"},
		{"Enter, then pairs", "\r\x1b[200~a: b\r\r\r\r{}\x1b[201~\x04", "\na: b\r\n\r\n{}"},
		{"two pastes", "\x1b[200~a: b\r\r\r\r\x1b[201~\x1b[200~{}\x1b[201~\r\x04", "a: b\r\n\r\n{}"},
		{"not bracketed, pairs, then Enter", "a: b\r\r\r\r{}\r\x04", "a: b\r\n\r\n{}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			before := s.mode()
			got, err := paste(t, s.ask(), s, test.keys)
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
			s.sees(disablePasting)
			if strings.Contains(string(s.seen), "0123456789abcdef") {
				t.Error("the paste was shown")
			}
			if diff := cmp.Diff(before, s.mode()); diff != "" {
				t.Errorf("the terminal's mode was not restored (-want +got)\n%s", diff)
			}
		})
	}
}

func TestPaste_tooLong(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	before := s.mode()
	terminal := s.ask()
	terminal.Longest = 64
	if _, err := paste(t, terminal, s, strings.Repeat("x", 65)+"\x04"); err == nil || !strings.Contains(err.Error(), "longer than 64 bytes") {
		t.Errorf("error = %v", err)
	}
	if diff := cmp.Diff(before, s.mode()); diff != "" {
		t.Errorf("the terminal's mode was not restored (-want +got)\n%s", diff)
	}
	other := newScreen(t)
	terminal = other.ask()
	terminal.Longest = 64
	if got, err := paste(t, terminal, other, strings.Repeat("x", 64)+"\x04"); err != nil || len(got) != 64 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestPaste_interrupted: an interrupt restores the terminal's mode, even within a paste.
func TestPaste_interrupted(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	before := s.mode()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.ask().Paste(ctx)
		done <- err
	}()
	s.sees("press Ctrl-D")
	if during := s.mode(); during.Lflag&unix.ICANON != 0 || during.Lflag&unix.ECHO != 0 || during.Lflag&unix.ISIG == 0 {
		t.Errorf("the local mode during the paste is %#x", during.Lflag)
	}
	s.types("\x1b[200~half of it")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	s.sees(disablePasting)
	if diff := cmp.Diff(before, s.mode()); diff != "" {
		t.Errorf("the terminal's mode was not restored (-want +got)\n%s", diff)
	}
}

func TestPaste_noTerminal(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	for _, in := range []io.Reader{strings.NewReader("x"), reader} {
		if _, err := (Terminal{In: in, Out: io.Discard}).Paste(t.Context()); err == nil {
			t.Errorf("%T accepted as a terminal", in)
		}
	}
}
