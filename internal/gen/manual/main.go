// Manual writes what is made from the command tree: the completion scripts in
// completions/, the command reference in docs/cli and the manual pages in
// docs/man. It is run by go generate at the top of the repository, writes the
// same bytes for the same tree, and removes pages of commands that are gone.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
)

// folders contain only generated files.
var folders = [...]string{"completions", "docs/cli", "docs/man"}

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// write updates the generated folders below top.
func write(top string) error {
	files, err := generate()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := os.RemoveAll(filepath.Join(top, folder)); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(top, folder), 0o755); err != nil { //nolint:gosec // published files
			return err
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(top, f.path), f.text, 0o644); err != nil { //nolint:gosec // published files
			return err
		}
	}
	return nil
}

// file is a generated file; its path is below the top, with slashes.
type file struct {
	path string
	text []byte
}

// scripts are the completion scripts with the names that shells look for.
var scripts = [...]struct{ shell, path string }{
	{"bash", "completions/antom.bash"},
	{"fish", "completions/antom.fish"},
	{"powershell", "completions/antom.ps1"},
	{"zsh", "completions/_antom"},
}

// generate makes all files.
func generate() ([]file, error) {
	var files []file
	for _, script := range scripts {
		text, err := printed("completion", script.shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{script.path, text})
	}
	root, topics := cmd.Reference()
	for _, command := range commands(root) {
		p := commandPage(command, topics)
		files = append(files, p.markdown(), p.man())
	}
	for _, topic := range topics {
		p := topicPage(topic)
		files = append(files, p.markdown(), p.man())
	}
	return files, nil
}

// printed returns what antom prints for a command line in an empty environment.
func printed(args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	code := cmd.Run(context.Background(), args, &cli.Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Writer(&complaint),
		Getenv: func(string) string { return "" },
	})
	if code != 0 {
		return nil, fmt.Errorf("antom %s: exit code %d: %s", strings.Join(args, " "), code, &complaint)
	}
	return out.Bytes(), nil
}

// commands returns cmd and its visible subcommands.
func commands(command *cobra.Command) []*cobra.Command {
	found := []*cobra.Command{command}
	for _, child := range command.Commands() {
		if !child.Hidden {
			found = append(found, commands(child)...)
		}
	}
	return found
}
