package archtest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestProjectSpeaksOfItselfAlone looks for paths of a particular machine in published files.
func TestProjectSpeaksOfItselfAlone(t *testing.T) {
	t.Parallel()
	// Written in two halves, so that this file does not contain them.
	places := [...]string{"/wo" + "rk/", "/fa" + "rm/", "/tmp/ba" + "sh_jobs", "../sha" + "red", "/ro" + "ot/", "/ho" + "me/user/"}
	files, err := publishedFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, file))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		for number, line := range bytes.Split(text, []byte("\n")) {
			for _, place := range places {
				if bytes.Contains(line, []byte(place)) {
					t.Errorf("%s:%d names %q", file, number+1, place)
				}
			}
		}
	}
}

// publishedFiles returns the files in git or, without git (in a source archive), all files.
func publishedFiles(ctx context.Context) ([]string, error) {
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		return everyFile()
	}
	command := exec.CommandContext(ctx, "git", "ls-files", "-z")
	command.Dir = root
	listing, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var files []string
	for name := range bytes.SplitSeq(bytes.TrimSuffix(listing, []byte{0}), []byte{0}) {
		files = append(files, string(name))
	}
	return files, nil
}

func everyFile() ([]string, error) {
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		files = append(files, name)
		return err
	})
	return files, err
}
