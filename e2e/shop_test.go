package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// openShop runs examples/shop with its one command and returns its address.
func openShop(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	command := exec.Command("node", "emulator.js")
	command.Dir = "../examples/shop"
	command.Env = append(os.Environ(), "ANTOM="+path, "ANTOM_STATE_DIR="+state, "ANTOM_CONFIG_DIR="+state, "PORT=0")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done, address := make(chan struct{}), make(chan string, 1)
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, url, ok := strings.Cut(lines.Text(), "the shop is at "); ok {
				address <- url
			}
		}
	}()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-done
		_ = command.Wait()
	})
	select {
	case url := <-address:
		return url
	case <-done:
		t.Fatal("the shop ended before it was open")
	case <-time.After(patience):
		t.Fatal("the shop does not open")
	}
	return ""
}

// TestShop buys in the unchanged example shop by clicking.
func TestShop(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		act  func(b *tab)
		says string
	}{
		{"in a popup", func(b *tab) {
			b.page().click("#buy")
			b.choose("success")
			b.form().click("#pay")
		}, "Thank you!"},
		{"on the page, with the shop's own button", func(b *tab) {
			b.page().click("#buy-here")
			b.choose("success")
			b.page().click("#submit")
		}, "Thank you!"},
		{"with 3-D Secure", func(b *tab) {
			b.page().click("#three-ds")
			b.page().click("#buy")
			b.choose("success")
			b.form().click("#pay")
			b.challenge().click(`[data-outcome="pass"]`)
		}, "Thank you!"},
		{"with a declined card", func(b *tab) {
			b.page().click("#buy")
			b.choose("declined")
			b.form().click("#pay")
		}, "did not succeed (DO_NOT_HONOR)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, window{})
			b.navigate(openShop(t))
			row.act(b)
			b.page().wait("document.body.innerText.includes(" + quote(row.says) + ")")
			b.clean()
		})
	}
}
