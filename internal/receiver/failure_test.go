package receiver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJournal_failedWrite: a write that fails leaves the journal as it was: the
// record has no id, and is no duplicate when it comes again.
func TestJournal_failedWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journal, _, err := OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	record := func() *Record { return &Record{Text: new("{}"), Identity: strings.Repeat("ab", 16)} }
	path := filepath.Join(dir, journalFile)
	good := journal.file
	if journal.file, err = os.Open(path); err != nil { // it can't be written through this one
		t.Fatal(err)
	}
	for range 2 {
		r := record()
		if err := journal.Append(r); err == nil || r.ID != "" || r.DuplicateOf != "" {
			t.Errorf("appended to a file that can't be written: %+v, %v", r, err)
		}
	}
	_ = journal.file.Close()
	journal.file = good
	r := record()
	if err := journal.Append(r); err != nil || r.ID != "n1" || r.DuplicateOf != "" {
		t.Errorf("after the failure: %+v, %v", r, err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("journal = %q, %v", text, err)
	}
}
