package receiver

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestJournal_failedWrite: a failed write leaves the journal unchanged: the record has no id,
// and is not a duplicate when it comes again.
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
	if journal.file, err = os.Open(path); err != nil { // opened read-only: writing fails
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

// TestJournal_failedRemoval: if the remains of a failed write can't be removed, nothing is
// stored until they can: shorter lines written over longer ones would leave records that nobody
// was notified of.
func TestJournal_failedRemoval(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journal, _, err := OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	record := func(id byte) *Record {
		return &Record{Text: new("{}"), Identity: strings.Repeat(string(id), 32)}
	}
	if err := journal.Append(record('a')); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, journalFile)
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	good := journal.file
	if journal.file, err = os.Open(path); err != nil { // opened read-only: neither write nor truncate works
		t.Fatal(err)
	}
	if err := journal.Append(record('b')); err == nil {
		t.Fatal("appended to a file that can't be written")
	}
	left := append(slices.Clone(stored), strings.Repeat(strings.Replace(string(stored), "n1", "n2", 1), 3)...) // as if a write had failed late
	if err := os.WriteFile(path, left, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := journal.Append(record('c')); err == nil || !strings.Contains(err.Error(), "remove what a failed write has left") {
		t.Errorf("appended behind what was left: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != string(left) {
		t.Errorf("journal = %q, %v", text, err)
	}

	_ = journal.file.Close()
	journal.file = good
	r := record('d')
	if err := journal.Append(r); err != nil || r.ID != "n2" {
		t.Errorf("once it can be removed: %+v, %v", r, err)
	}
	text, err := os.ReadFile(path)
	if lines := strings.SplitAfter(string(text), "\n"); err != nil || len(lines) != 3 || lines[0] != string(stored) || !strings.Contains(lines[1], strings.Repeat("d", 32)) {
		t.Errorf("journal = %q, %v", text, err)
	}
}
