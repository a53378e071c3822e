package cmd_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
)

// Every page of help fits a terminal of 80 columns.
func TestHelp_fits(t *testing.T) {
	t.Parallel()
	root, topics := cmd.Reference()
	pages := [][]string{{}}
	for _, topic := range topics {
		pages = append(pages, []string{topic.Name})
	}
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		for _, child := range command.Commands() {
			if child.Name() != "help" {
				pages = append(pages, strings.Fields(child.CommandPath())[1:])
			}
			walk(child)
		}
	}
	walk(root)
	if len(pages) < 40 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	for _, page := range pages {
		var out bytes.Buffer
		env := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
		if code := cmd.Run(t.Context(), append([]string{"help"}, page...), env); code != 0 {
			t.Fatalf("help %v: exit %d: %s", page, code, out.String())
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("help %s: %d columns: %s", strings.Join(page, " "), utf8.RuneCountInString(line), line)
			}
		}
	}
}
