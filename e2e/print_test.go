package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckout_printed runs the page and the server that --print prints: they sell and
// ask the gateway as they stand there.
func TestCheckout_printed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		flags []string
		act   func(*tab)
	}{
		{"in a popup", nil, func(b *tab) {
			b.choose("success")
			b.form().click("#pay")
		}},
		{"on the page", []string{"--embedded"}, func(b *tab) {
			b.choose("success")
			b.page().click("#pay")
		}},
		{"with the Payment Element", []string{"--element"}, func(b *tab) {
			b.choose("success")
			b.page().click("#pay")
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := serve(t)
			b := open(t, window{})
			b.navigate(servePrinted(t, e, row.flags))
			row.act(b)
			b.page().wait(`document.querySelector('#result')?.innerText === 'SUCCESS'`)
		})
	}
}

// servePrinted prints page and server into a folder, starts the server with Node and
// returns its address.
func servePrinted(t *testing.T, e *emulator, flags []string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []struct{ form, name string }{{"html", "index.html"}, {"node", "server.mjs"}} {
		text := e.antom(append([]string{"checkout", "--profile", "emulator", "--print", file.form, "--amount", "42.00", "--currency", "SGD"}, flags...)...)
		if err := os.WriteFile(filepath.Join(dir, file.name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("node", "server.mjs")
	command.Dir, command.Stderr = dir, os.Stderr
	command.Env = append(os.Environ(), "ANTOM_GATEWAY_URL="+e.URL, "PORT=0")
	for line := range strings.Lines(e.antom("emulator", "keys", "--format", "dotenv")) {
		command.Env = append(command.Env, strings.TrimSpace(line))
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	address := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // empty if it ended
		address <- strings.TrimSpace(line)
	}()
	select {
	case url := <-address:
		if url == "" {
			t.Fatal("the server ended before it was ready")
		}
		return url
	case <-time.After(patience):
		t.Fatal("the server is not ready")
	}
	return ""
}
