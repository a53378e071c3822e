package cmd

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/antom-cli/antom/cmd/cli"
)

func systemEnv() *cli.Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return &cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Environ: os.Environ, Now: time.Now, Dir: dir,
		Term: terminalFacts(),
	}
}

func terminalFacts() cli.Terminal {
	t := cli.Terminal{
		In:  term.IsTerminal(int(os.Stdin.Fd())),
		Out: term.IsTerminal(int(os.Stdout.Fd())),
		Err: term.IsTerminal(int(os.Stderr.Fd())),
	}
	for _, stream := range [...]*os.File{os.Stdout, os.Stderr} {
		if width, _, err := term.GetSize(int(stream.Fd())); err == nil && width > 0 {
			t.Width = width
			break
		}
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); t.Width == 0 && err == nil {
		t.Width = columns
	}
	return t
}
