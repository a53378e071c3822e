package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// top is the top of the repository.
const top = "../../.."

// TestFresh checks that the committed files are those of the current command tree.
func TestFresh(t *testing.T) {
	t.Parallel()
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for _, f := range files {
		wanted[f.path] = true
		committed, err := os.ReadFile(filepath.Join(top, f.path))
		if err != nil || !bytes.Equal(committed, f.text) {
			t.Errorf("%s is out of date: go generate", f.path)
		}
	}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(top, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(top, path)
			if !wanted[filepath.ToSlash(name)] {
				t.Errorf("%s is no longer made: go generate", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestScriptSize limits the size of the completion scripts, because a shell reads its script at
// every start.
func TestScriptSize(t *testing.T) {
	t.Parallel()
	const most = 17_000
	for _, script := range scripts {
		text, err := printed("completion", script.shell)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > most {
			t.Errorf("%s has %d bytes, more than %d", script.path, len(text), most)
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	got := blocks("A paragraph\nof two lines.\n\nForms:\n  one   first\n  two   second\n\n  three third\n\nHEAD\nmore")
	want := []block{
		{lines: []string{"A paragraph", "of two lines."}},
		{lines: []string{"Forms:"}},
		{lines: []string{"  one   first", "  two   second", "", "  three third"}, kept: true},
		{lines: []string{"HEAD", "more"}},
	}
	if len(got) != len(want) {
		t.Fatalf("%d blocks, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i].kept != want[i].kept || len(got[i].lines) != len(want[i].lines) {
			t.Errorf("block %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if !got[3].heading() || got[0].heading() {
		t.Error("the heading is not told from the paragraph")
	}
}

func TestRoff(t *testing.T) {
	t.Parallel()
	if got, want := roff(".TH is \\ and -f"), `\&.TH is \e and \-f`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
