package scripts

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// Patience limits every process that the helper runs; a script that takes longer hangs.
const Patience = 30 * time.Second

// exitHarness is the helper's own exit code: what it was waiting for did not happen.
const exitHarness = 124

// CmdExits runs a command and checks for exactly one exit code, where "!" would accept any
// failure.
func CmdExits(ts *testscript.TestScript, args []string) {
	if len(args) > 1 && args[1] == "exec" {
		args = append(args[:1:1], args[2:]...)
	}
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [argument]...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exits: %q is not an exit code", args[0])
	}
	wantExit(ts, want, args[1], args[2:]...)
}

// wantExit runs a program and stops the script unless it ends with this exit code.
func wantExit(ts *testscript.TestScript, want int, name string, args ...string) {
	got, err := 0, ts.Exec(name, args...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = ExitStatus(exit.ProcessState)
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// ExitStatus returns the exit code as a shell reports it.
func ExitStatus(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// HarnessMain is the main function of the helper process. It is a separate process because only
// testscript knows the environment of a script, and passes it to the commands that it runs.
func HarnessMain(args []string) int {
	code, err := exitHarness, fmt.Errorf("no such helper: %q", args)
	if len(args) > 0 {
		switch args[0] {
		case "tty":
			code, err = runTTY(args[1:])
		case "interrupts":
			code, err = interrupt(args[1:])
		case "memory":
			code, err = runMemory(args[1:])
		case "tmux":
			code, err = pasteInTmux(args[1:])
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		return exitHarness
	}
	return code
}

// ttyRun is a command on its own terminal: a pseudo-terminal on all three streams that never
// answers queries about itself. What it shows becomes the script's stdout, with LF instead of
// CRLF and, unless -styled, without colours and weights. All other escape sequences are kept.
//
// The lines of the input file are typed: without -expect all at once; with -expect line by
// line, each after its expression was seen following the previous match; after the last
// expression, all remaining lines. A line written as a Go string ("\x04") is unquoted and typed
// without a line end.
type ttyRun struct {
	exit   int
	input  string
	expect []*regexp.Regexp
	styled bool
	width  uint16
	argv   []string
}

func parseTTY(args []string) (*ttyRun, error) {
	r := &ttyRun{}
	flags := quietFlags("tty")
	flags.IntVar(&r.exit, "exit", 0, "")
	flags.StringVar(&r.input, "input", "", "")
	flags.BoolVar(&r.styled, "styled", false, "")
	flags.Func("expect", "", func(s string) error {
		re, err := regexp.Compile("(?m)" + s)
		r.expect = append(r.expect, re)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() < 2 {
		return nil, errors.New("usage: tty [-exit CODE] [-input FILE] [-expect RE]... [-styled] WIDTH command [argument]")
	}
	width, err := strconv.ParseUint(flags.Arg(0), 10, 16)
	if err != nil {
		return nil, fmt.Errorf("tty: %q is not a width", flags.Arg(0))
	}
	r.width, r.argv = uint16(width), flags.Args()[1:]
	return r, nil
}

func quietFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// CmdTTY runs a command on its own terminal; see ttyRun.
func CmdTTY(ts *testscript.TestScript, args []string) {
	r, err := parseTTY(args)
	ts.Check(err)
	wantExit(ts, r.exit, "harness", append([]string{"tty"}, args...)...)
}

// runTTY runs the command of a tty line and returns its exit code.
func runTTY(args []string) (int, error) {
	r, err := parseTTY(args)
	if err != nil {
		return 0, err
	}
	lines, err := r.lines()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	command := exec.CommandContext(ctx, r.argv[0], r.argv[1:]...)
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: r.width})
	if err != nil {
		return 0, err
	}
	defer terminal.Close()

	// Typing needs its own goroutine: a terminal whose output is not read does not accept
	// input.
	keys := make(chan string, len(lines)+1)
	var typist sync.WaitGroup
	typist.Go(func() {
		for text := range keys {
			if _, err := io.WriteString(terminal, text); err != nil {
				return
			}
		}
	})
	screen, unseen := r.watch(terminal, lines, keys)
	close(keys)
	err = command.Wait()
	typist.Wait()
	if _, writeErr := os.Stdout.Write(r.readable(screen)); writeErr != nil {
		return 0, writeErr
	}
	switch {
	case ctx.Err() != nil:
		return 0, fmt.Errorf("%q still ran after %s", r.argv, Patience)
	case unseen != nil:
		return 0, fmt.Errorf("never seen on the terminal: %s", unseen)
	}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 0, err
	}
	return ExitStatus(command.ProcessState), nil
}

// watch reads the terminal to its end and sends the lines to type when it is their turn. It
// returns what was shown and the first expression that was never seen.
func (r *ttyRun) watch(terminal io.Reader, lines []string, keys chan<- string) (screen []byte, unseen *regexp.Regexp) {
	expect := r.expect
	if len(expect) == 0 {
		keys <- strings.Join(lines, "")
	}
	chunk, seen := make([]byte, 4096), 0
	for {
		n, err := terminal.Read(chunk)
		screen = append(screen, chunk[:n]...)
		for len(expect) > 0 {
			at := expect[0].FindIndex(screen[seen:])
			if at == nil {
				break
			}
			seen += at[1]
			expect = expect[1:]
			now := min(1, len(lines))
			if len(expect) == 0 {
				now = len(lines)
			}
			keys <- strings.Join(lines[:now], "")
			lines = lines[now:]
		}
		if err != nil { // EIO or EOF: the other end is closed
			break
		}
	}
	if len(expect) > 0 {
		unseen = expect[0]
	}
	return screen, unseen
}

// readable returns what was shown, in the form that scripts match.
func (r *ttyRun) readable(screen []byte) []byte {
	screen = bytes.ReplaceAll(screen, []byte("\r\n"), []byte("\n"))
	if r.styled {
		return screen
	}
	return regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAll(screen, nil)
}

// lines returns the lines to type.
func (r *ttyRun) lines() ([]string, error) {
	if r.input == "" {
		return nil, nil
	}
	text, err := os.ReadFile(r.input)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if keys, err := strconv.Unquote(strings.TrimSuffix(line, "\n")); err == nil {
			line = keys
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// interruptRun is a command that gets a signal after it has printed something.
type interruptRun struct {
	signal os.Signal
	exit   int
	after  *regexp.Regexp
	argv   []string
}

func parseInterrupt(args []string) (*interruptRun, error) {
	if len(args) < 3 {
		return nil, errors.New("usage: interrupts SIGNAL CODE [-after RE] command [argument]")
	}
	r := &interruptRun{after: regexp.MustCompile(`(?s).`)}
	for _, row := range [...]struct {
		name   string
		signal os.Signal
	}{{"HUP", syscall.SIGHUP}, {"INT", syscall.SIGINT}, {"KILL", syscall.SIGKILL}, {"QUIT", syscall.SIGQUIT}, {"TERM", syscall.SIGTERM}} {
		if args[0] == row.name {
			r.signal = row.signal
		}
	}
	var err error
	if r.exit, err = strconv.Atoi(args[1]); r.signal == nil || err != nil {
		return nil, fmt.Errorf("interrupts: %q is not a signal, or %q is not an exit code", args[0], args[1])
	}
	flags := quietFlags("interrupts")
	flags.Func("after", "", func(s string) (err error) {
		r.after, err = regexp.Compile("(?m)" + s)
		return err
	})
	if err := flags.Parse(args[2:]); err != nil {
		return nil, err
	}
	if r.argv = flags.Args(); len(r.argv) == 0 {
		return nil, errors.New("interrupts: no command")
	}
	return r, nil
}

// CmdInterrupts runs a command, sends it a signal and checks its exit code.
func CmdInterrupts(ts *testscript.TestScript, args []string) {
	r, err := parseInterrupt(args)
	ts.Check(err)
	wantExit(ts, r.exit, "harness", append([]string{"interrupts"}, args...)...)
}

// interrupt runs the command of an interrupts line and returns its exit code.
func interrupt(args []string) (int, error) {
	r, err := parseInterrupt(args)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	printed := make(chan struct{})
	notify := sync.OnceFunc(func() { close(printed) })
	command := exec.CommandContext(ctx, r.argv[0], r.argv[1:]...)
	command.Stdin = os.Stdin
	command.Stdout = &watcher{out: os.Stdout, want: r.after, notify: notify}
	command.Stderr = &watcher{out: os.Stderr, want: r.after, notify: notify}
	if err := command.Start(); err != nil {
		return 0, err
	}
	var failed error // error of Wait; the exit code is in the process state
	ended := make(chan struct{})
	go func() {
		failed = command.Wait()
		close(ended)
	}()
	select {
	case <-printed:
	case <-ended:
		return 0, fmt.Errorf("ended (%w) before it printed %s", failed, r.after)
	}
	if err := command.Process.Signal(r.signal); err != nil {
		return 0, err
	}
	<-ended
	if ctx.Err() != nil {
		return 0, fmt.Errorf("%q still ran after %s", r.argv, Patience)
	}
	return ExitStatus(command.ProcessState), nil
}

// watcher copies a stream and calls notify once it matches.
type watcher struct {
	out    io.Writer
	want   *regexp.Regexp
	notify func()
	seen   []byte
}

func (w *watcher) Write(p []byte) (int, error) {
	w.seen = append(w.seen, p...)
	if w.want.Match(w.seen) {
		w.notify()
	}
	return w.out.Write(p)
}

// CmdMemory runs a command, checks its exit code, and that its maximum resident memory was at
// most this many megabytes.
func CmdMemory(ts *testscript.TestScript, args []string) {
	if len(args) < 4 || args[1] != "exits" {
		ts.Fatalf("usage: memory MEGABYTES exits CODE command [argument]...")
	}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	wantExit(ts, want, "harness", append([]string{"memory", args[0]}, args[3:]...)...)
}

// longest limits a command whose memory is measured: a long log takes time.
const longest = 10 * time.Minute

// runMemory runs the command of a memory line and returns its exit code.
func runMemory(args []string) (int, error) {
	limit, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	command := exec.CommandContext(ctx, args[1], args[2:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = command.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 0, err
	}
	if took := residentBytes(command.ProcessState); took > limit<<20*memoryFactor {
		return 0, fmt.Errorf("%q took %d MB, more than %d", args[1:], took>>20, limit)
	}
	return ExitStatus(command.ProcessState), nil
}
