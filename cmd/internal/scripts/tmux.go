package scripts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// CmdTmux runs a command in a window of a real tmux, pastes a file into it once an expression
// was shown, types Ctrl-D (with -enter, Enter first), and checks the exit code. What the window
// showed becomes the script's stdout.
func CmdTmux(ts *testscript.TestScript, args []string) {
	enter := len(args) > 0 && args[0] == "-enter"
	if enter {
		args = args[1:]
	}
	if len(args) < 4 {
		ts.Fatalf("usage: tmux [-enter] CODE FILE RE command [argument]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	keys := "C-d"
	if enter {
		keys = "Enter C-d"
	}
	wantExit(ts, want, "harness", append([]string{"tmux", keys}, args[1:]...)...)
}

// tmuxRun is a command in a window of its own tmux server.
type tmuxRun struct {
	ctx    context.Context
	socket string
	shown  *os.File
	seen   []byte
}

// pasteInTmux runs the command of a tmux line, types keys after the paste and returns the exit
// code.
func pasteInTmux(args []string) (code int, err error) {
	keys, args := strings.Fields(args[0]), args[1:]
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	dir, err := os.MkdirTemp("", "tmux") // the path of a socket must be short
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	t := &tmuxRun{ctx: ctx, socket: filepath.Join(dir, "s")}
	if err := t.start(dir, args[2:]); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.tmux("kill-server"), t.shown.Close()) }()
	if _, err := t.until(args[1]); err != nil {
		return 0, err
	}
	for _, step := range [][]string{{"load-buffer", args[0]}, {"paste-buffer", "-p", "-t", "0"}, append([]string{"send-keys", "-t", "0"}, keys...)} {
		if err := t.tmux(step...); err != nil {
			return 0, err
		}
	}
	ended, err := t.until(`exit=(\d+);`)
	if err != nil {
		return 0, err
	}
	text := regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]").ReplaceAll(bytes.ReplaceAll(t.seen, []byte("\r\n"), []byte("\n")), nil)
	if _, err := os.Stdout.Write(text); err != nil {
		return 0, err
	}
	return strconv.Atoi(string(ended[1]))
}

// start opens a window whose command waits until everything that it shows is recorded.
func (t *tmuxRun) start(dir string, argv []string) error {
	record := filepath.Join(dir, "shown")
	if out, err := exec.CommandContext(t.ctx, "mkfifo", record).CombinedOutput(); err != nil {
		return fmt.Errorf("mkfifo: %w: %s", err, out)
	}
	var quoted []string
	for _, word := range argv {
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	script := "tmux wait-for go; " + strings.Join(quoted, " ") + `; echo "exit=$?;"; tmux wait-for never`
	for _, step := range [][]string{
		{"-f", os.DevNull, "new-session", "-d", "-x", "300", "-y", "50", script},
		{"pipe-pane", "-t", "0", "exec cat > '" + record + "'"},
	} {
		if err := t.tmux(step...); err != nil {
			return err
		}
	}
	var err error
	if t.shown, err = os.Open(record); err != nil {
		return err
	}
	return t.tmux("wait-for", "-S", "go")
}

func (t *tmuxRun) tmux(args ...string) error {
	if out, err := exec.CommandContext(t.ctx, "tmux", append([]string{"-S", t.socket}, args...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("tmux %q: %w: %s", args, err, out)
	}
	return nil
}

// until reads what the window shows until it matches an expression.
func (t *tmuxRun) until(expression string) ([][]byte, error) {
	want, chunk := regexp.MustCompile(expression), make([]byte, 4096)
	stop := context.AfterFunc(t.ctx, func() { _ = t.tmux("kill-server") })
	defer stop()
	for {
		if found := want.FindSubmatch(t.seen); found != nil {
			return found, nil
		}
		n, err := t.shown.Read(chunk)
		if t.seen = append(t.seen, chunk[:n]...); err != nil {
			return nil, fmt.Errorf("never seen in the window: %s, but %q", want, t.seen)
		}
	}
}
