// Command emulatorstates writes the page of the emulator's states and codes from
// the emulator's tables: run it with go generate ./internal/emulator.
package main

import (
	"fmt"
	"os"

	"github.com/antom-cli/antom/internal/emulator"
)

func main() {
	if err := run("testdata/provocations.txt", "../../docs/emulator-states.md"); err != nil {
		panic(fmt.Sprintf("emulatorstates: %s", err))
	}
}

func run(provocations, page string) error {
	text, err := os.ReadFile(provocations)
	if err != nil {
		return err
	}
	rows, err := emulator.ParseProvocations(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(page, emulator.StatesPage(rows), 0o600)
}
