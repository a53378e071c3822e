// Command causes writes the pages of docs/causes from the table of causes: run it
// with go generate ./internal/diagnose.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/antom-cli/antom/internal/diagnose"
)

func main() {
	if err := write("../../docs/causes"); err != nil {
		panic(fmt.Sprintf("causes: %s", err))
	}
}

// write writes all pages and removes old ones that are no longer generated.
func write(folder string) error {
	made := pages()
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if made[entry.Name()] != nil {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	for name, text := range made {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pages returns the files of the folder by name.
func pages() map[string][]byte {
	made := map[string][]byte{"README.md": diagnose.Index()}
	for _, c := range diagnose.Causes() {
		made[c.ID+".md"] = c.Markdown()
	}
	return made
}
