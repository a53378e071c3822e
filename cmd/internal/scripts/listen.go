package scripts

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/cmd/cli"
)

// background is an `antom notify listen` that a script started.
type background struct {
	stop context.CancelFunc
	done chan struct{}
	code int
	out  bytes.Buffer // complete when done
	err  bytes.Buffer
}

// Listeners are the running listeners of all scripts, by script folder and name.
type Listeners struct {
	Run    func(ctx context.Context, args []string, env *cli.Env) int // antom, in this process
	byName sync.Map
}

func (l *Listeners) key(ts *testscript.TestScript, name string) string {
	return ts.Getenv("WORK") + "\x00" + name
}

// CmdListener starts `antom notify listen` on a free port within this process, waits until it
// is ready and sets NAME_URL to its URL and NAME_ADDRESS to host:port, with NAME in capitals:
//
//	listener NAME [flag]…
func (l *Listeners) CmdListener(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: listener NAME [flag]...")
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &background{stop: stop, done: make(chan struct{})}
	reader, writer := io.Pipe()
	ready := make(chan string, 1)
	var copying sync.WaitGroup
	copying.Go(func() { b.read(reader, ready) })
	environment := snapshot(ts)
	env := &cli.Env{
		Stdin: strings.NewReader(""), Stdout: writer, Stderr: &b.err, Now: time.Now, Dir: ts.MkAbs("."),
		Getenv: func(name string) string { return environment[name] },
	}
	go func() {
		b.code = l.Run(ctx, append([]string{"notify", "listen", "--listen", "127.0.0.1:0", "-o", "jsonl"}, args[1:]...), env)
		_ = writer.Close()
		copying.Wait()
		close(b.done)
	}()
	ts.Defer(func() {
		stop()
		<-b.done
	})
	l.byName.Store(l.key(ts, args[0]), b)
	select {
	case address := <-ready:
		ts.Setenv(strings.ToUpper(args[0])+"_URL", address)
		ts.Setenv(strings.ToUpper(args[0])+"_ADDRESS", strings.TrimPrefix(address, "http://"))
	case <-b.done:
		ts.Fatalf("the listener ended with %d: %s%s", b.code, &b.out, &b.err)
	}
}

// read records the listener's output and finds the URL in its first record.
func (b *background) read(from io.Reader, ready chan<- string) {
	lines := bufio.NewReader(from)
	for first := true; ; first = false {
		line, err := lines.ReadBytes('\n')
		b.out.Write(line)
		if err != nil {
			return
		}
		var record struct{ URL string }
		if first && json.Unmarshal(line, &record) == nil && record.URL != "" {
			ready <- record.URL
		}
	}
}

// snapshot returns the part of the script's environment that the listener sees.
func snapshot(ts *testscript.TestScript) map[string]string {
	seen := map[string]string{}
	for _, name := range [...]string{"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "ANTOM_PROFILE", "ANTOM_STATE_DIR", "ANTOM_CLIENT_ID", "ANTOM_PUBLIC_KEY", "ANTOM_PRIVATE_KEY_FILE", "TERM"} {
		seen[name] = ts.Getenv(name)
	}
	return seen
}

// CmdEnded waits until a listener ends by itself and checks its exit code. Its output is then
// in NAME.jsonl and NAME.err:
//
//	ended NAME CODE
//	stopped NAME CODE     interrupts it first
func (l *Listeners) CmdEnded(interrupt bool) func(*testscript.TestScript, []string) {
	return func(ts *testscript.TestScript, args []string) {
		if len(args) != 2 {
			ts.Fatalf("usage: ended NAME CODE")
		}
		value, found := l.byName.LoadAndDelete(l.key(ts, args[0]))
		if !found {
			ts.Fatalf("no listener %q", args[0])
		}
		b := value.(*background)
		if interrupt {
			b.stop()
		}
		<-b.done
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+".jsonl"), b.out.Bytes(), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+".err"), b.err.Bytes(), 0o600))
		if want, err := strconv.Atoi(args[1]); err != nil || b.code != want {
			ts.Fatalf("the listener ended with %d, want %s\n%s%s", b.code, args[1], &b.out, &b.err)
		}
	}
}
