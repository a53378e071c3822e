package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// releasedSystems are the systems that antom is released for: each links
// modules of its own.
func releasedSystems() []string { return []string{"darwin", "linux", "windows"} }

// licences are the allowed licences, each identified by one of its sentences. All of them allow
// distribution under Apache-2.0.
func licences() []struct{ name, sentence string } {
	return []struct{ name, sentence string }{
		{"Apache-2.0", "apache license, version 2.0"},
		{"Apache-2.0", "apache license version 2.0, january 2004"},
		{"BSD-2-Clause or BSD-3-Clause", "redistribution and use in source and binary forms"},
		{"MIT", "permission is hereby granted, free of charge, to any person"},
	}
}

// licencesOf returns the licences in a text.
func licencesOf(text []byte) []string {
	words := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
	var found []string
	for _, l := range licences() {
		if strings.Contains(words, l.sentence) && !slices.Contains(found, l.name) {
			found = append(found, l.name)
		}
	}
	return found
}

// linkedModules are the folders of the modules that the program links on a
// system, by module path.
func linkedModules(t *testing.T, system string) map[string]string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Module", ".")
	command.Dir, command.Env = root, append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	listing, err := command.Output()
	if err != nil {
		t.Fatalf("go list for %s: %v", system, err)
	}
	found := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(listing)); ; {
		var p struct {
			Module *struct {
				Path, Dir string
				Main      bool
			}
		}
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return found
		case err != nil:
			t.Fatal(err)
		}
		if p.Module != nil && !p.Module.Main {
			found[p.Module.Path] = p.Module.Dir
		}
	}
}

// licenceRow is a module's row in the table of licences.
func licenceRow(t *testing.T, module, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s: no licence file (%v)", module, err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, licencesOf(text)...)
	}
	if len(names) == 0 {
		t.Errorf("%s: its licence is none of those that may be in the program", module)
	}
	slices.Sort(names)
	return "| `" + module + "` | " + strings.Join(slices.Compact(names), ", ") + " |\n"
}

// TestLicences compares docs/licences.md with what the program links.
func TestLicences(t *testing.T) {
	t.Parallel()
	linked := map[string]string{}
	for _, system := range releasedSystems() {
		maps.Copy(linked, linkedModules(t, system))
	}
	var want strings.Builder
	for _, module := range slices.Sorted(maps.Keys(linked)) {
		want.WriteString(licenceRow(t, module, linked[module]))
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "licences.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, rows, _ := strings.Cut(string(page), "|---|---|\n"); rows != want.String() {
		t.Errorf("docs/licences.md: its rows are to be\n%s", want.String())
	}
}

func TestLicencesOf_unknown(t *testing.T) {
	t.Parallel()
	if found := licencesOf([]byte("GNU General Public License, version 3")); len(found) > 0 {
		t.Errorf("a licence that may not be in the program is taken for %v", found)
	}
}
