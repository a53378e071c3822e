package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/antom-cli/antom/cmd"
)

// notOurs are lines of the README about the Go tool, not about antom: they need a clone or the
// network. Sorted by line.
var notOurs = [...]string{"go install github.com/antom-cli/antom@latest", "go test ./..."}

// TestReadme runs the shell blocks of the README as printed, in a shop where antom is
// installed.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```sh\n(.*?)\n```\n").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 4 {
		t.Fatalf("%d shell blocks in the README, want the start, the set-up, the steps and the release check", len(blocks))
	}
	model := openShop(t)
	passed := regexp.MustCompile(`(?m)^release check passed$`)
	checks := 0
	for _, block := range blocks {
		script := block[1]
		isCheck := strings.HasPrefix(script, "#!/bin/sh\n")
		if isCheck {
			checks++
		}
		name, _, _ := strings.Cut(script, "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := model.copy(t)
			if strings.Contains(script, "profile add sandbox") {
				s.run(t, "antom profile remove sandbox --yes")
			}
			code, said := s.sh(t.Context(), readmeScript(script))
			if code != 0 {
				t.Errorf("exit code %d\n%s%s", code, &said.out, &said.err)
			}
			if isCheck && !passed.Match(said.out.Bytes()) {
				t.Errorf("the release check did not say that it passed:\n%s%s", &said.out, &said.err)
			}
		})
	}
	if checks != 1 {
		t.Errorf("%d release checks in the README, want one", checks)
	}
}

// readmeScript returns a block with the installed command, which stops at the first line that
// fails. A script is left unchanged.
func readmeScript(block string) string {
	if strings.HasPrefix(block, "#!") {
		return block
	}
	lines := []string{"set -e"}
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		code, _, _ := strings.Cut(line, " #")
		for _, other := range notOurs {
			if strings.TrimSpace(code) == other {
				line = ""
			}
		}
		if rest, ok := strings.CutPrefix(line, "go run . "); ok {
			line = "antom " + rest
		}
		lines = append(lines, withIDs(line))
	}
	return strings.Join(lines, "\n")
}

// TestReadme_commands checks that every command named in code in the README and the changelog
// exists.
func TestReadme_commands(t *testing.T) {
	t.Parallel()
	root, _ := cmd.Reference()
	for _, name := range [...]string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range regexp.MustCompile("`antom [^`]*`").FindAllString(string(text), -1) {
			checkCommandsNamed(t, root, name, strings.Trim(code, "`"), true)
		}
	}
}
