package emulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
)

// TestCorpus plays every scene of testdata/corpus: a heading with ##, then one
// step a line and, after =>, what it must give. Where each ends can be exported.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/corpus/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		for i, scene := range strings.Split(string(text), "\n## ") {
			heading, steps, _ := strings.Cut(strings.TrimPrefix(scene, "## "), "\n")
			if i == 0 && strings.HasPrefix(heading, "#") {
				continue // the file's own comment
			}
			t.Run(name+"/"+heading, func(t *testing.T) {
				t.Parallel()
				playScene(t, steps)
			})
		}
	}
}

func playScene(t *testing.T, steps string) {
	t.Helper()
	p := newPlay(t, emulator.Options{Merchants: []emulator.Merchant{{ClientID: "SANDBOX_KEYLESS"}}})
	for text := range strings.SplitSeq(steps, "\n") {
		if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l := parseLine(text)
		if err := p.step(l.words); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := p.expect(l.wanted); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	p.savedAgain(t)
}
