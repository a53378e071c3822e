package checkoutcmd

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
)

// openers are the programs that open a URL on each system. Those that start the user's default
// browser come first.
var openers = [...]struct {
	system  string
	command []string
}{
	{"darwin", []string{"open"}},
	{"windows", []string{"rundll32", "url.dll,FileProtocolHandler"}},
	{"", []string{"xdg-open"}},
	{"", []string{"x-www-browser"}},
	{"", []string{"firefox"}},
	{"", []string{"google-chrome"}},
	{"", []string{"chromium"}},
	{"", []string{"chromium-browser"}},
	{"", []string{"microsoft-edge"}},
	{"", []string{"wslview"}},
}

// browserCommands are the commands to try: those that BROWSER names (separated as in
// PATH, %s stands for the URL), or else those of the system.
func browserCommands(named, system string) [][]string {
	var commands [][]string
	separator := ":"
	if system == "windows" {
		separator = ";"
	}
	for command := range strings.SplitSeq(named, separator) {
		if fields := strings.Fields(command); len(fields) > 0 {
			commands = append(commands, fields)
		}
	}
	if len(commands) > 0 {
		return commands
	}
	for _, row := range openers {
		if row.system == system || row.system == "" && system != "darwin" && system != "windows" {
			commands = append(commands, row.command)
		}
	}
	return commands
}

// quickFailure is how long a started browser is watched. One that fails within it, such as
// xdg-open without a screen, has opened nothing.
const quickFailure = 1500 * time.Millisecond

// openBrowser starts the first browser found and reports whether one started. It does not wait
// for it, as a browser outlives the command, and keeps Ctrl-C from it.
func openBrowser(c *cli.CLI, url string) bool {
	for _, command := range browserCommands(c.Getenv("BROWSER"), runtime.GOOS) {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		browser := exec.CommandContext(context.Background(), path, arguments(command[1:], url)...)
		detach(browser)
		if browser.Start() == nil && started(browser) {
			return true
		}
	}
	return false
}

// arguments replaces %s by the URL, or appends the URL if there is no %s.
func arguments(words []string, url string) []string {
	list, placed := []string{}, false
	for _, word := range words {
		placed = placed || strings.Contains(word, "%s")
		list = append(list, strings.ReplaceAll(word, "%s", url))
	}
	if !placed {
		list = append(list, url)
	}
	return list
}

// started reports that a browser did not fail at once.
func started(browser *exec.Cmd) bool {
	ended := make(chan error, 1)
	go func() { ended <- browser.Wait() }()
	select {
	case err := <-ended:
		return err == nil
	case <-time.After(quickFailure):
		return true
	}
}
