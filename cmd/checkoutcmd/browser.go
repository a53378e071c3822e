package checkoutcmd

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
)

// openers are the programs that open a URL, by system, the one that knows the user's
// own browser first.
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

// quickFailure is how long a browser is watched: one that has failed by then, as
// xdg-open without a screen, has opened nothing.
const quickFailure = 1500 * time.Millisecond

// openBrowser starts the first browser that there is and reports whether there was
// one. It is not waited for: a browser outlives the command, and a Ctrl-C is not meant
// for it.
func openBrowser(c *cli.CLI, url string) bool {
	for _, command := range browserCommands(c.Getenv("BROWSER"), runtime.GOOS) {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		browser := exec.CommandContext(context.Background(), path, arguments(command[1:], url)...)
		detach(browser)
		if browser.Start() == nil && lives(browser) {
			return true
		}
	}
	return false
}

// arguments puts the URL where %s stands, or else at the end.
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

// lives reports that a browser has not failed at once.
func lives(browser *exec.Cmd) bool {
	ended := make(chan error, 1)
	go func() { ended <- browser.Wait() }()
	select {
	case err := <-ended:
		return err == nil
	case <-time.After(quickFailure):
		return true
	}
}
