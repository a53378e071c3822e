// Antom is the command line for Antom card payments: it creates payment
// sessions, waits for their results, lists captures and verifies
// notifications. See package cmd for the commands and docs/ for the manual.
package main

//go:generate go run ./internal/gen/manual

import (
	"os"

	"github.com/antom-cli/antom/cmd"
)

func main() {
	os.Exit(cmd.Main())
}
