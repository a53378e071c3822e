package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFresh checks that the committed pages are those of the current table.
func TestFresh(t *testing.T) {
	t.Parallel()
	const folder = "../../../docs/causes"
	made := pages()
	for name, text := range made {
		committed, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(committed) != string(text) {
			t.Errorf("docs/causes/%s is out of date: go generate ./internal/diagnose", name)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if made[entry.Name()] == nil {
			t.Errorf("docs/causes/%s is no longer made: go generate ./internal/diagnose", entry.Name())
		}
	}
}
