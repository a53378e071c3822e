package checkoutcmd

import (
	"context"
	"os/exec"
	"runtime"
	"strings"

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

// browserCommands are the commands to try: those that BROWSER names (separated by
// colons, %s stands for the URL), or else those of the system.
func browserCommands(named, system string) [][]string {
	var commands [][]string
	for command := range strings.SplitSeq(named, ":") {
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

// openBrowser starts the first browser that there is and reports whether there was
// one. It is not waited for: a browser outlives the command.
func openBrowser(c *cli.CLI, url string) bool {
	for _, command := range browserCommands(c.Getenv("BROWSER"), runtime.GOOS) {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		arguments, placed := []string{}, false
		for _, word := range command[1:] {
			placed = placed || strings.Contains(word, "%s")
			arguments = append(arguments, strings.ReplaceAll(word, "%s", url))
		}
		if !placed {
			arguments = append(arguments, url)
		}
		browser := exec.CommandContext(context.Background(), path, arguments...)
		if browser.Start() == nil {
			go func() { _ = browser.Wait() }() // so that it leaves nothing behind; how it ends is its own affair
			return true
		}
	}
	return false
}
