//go:build unix

package receiver_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/antom-cli/antom/internal/receiver"
)

// TestOpenJournal_inherited: a closed journal can be opened again even if a child process that
// is being started still holds the lock file open. Two scripts failed because of this with
// "another receiver of this profile is running".
func TestOpenJournal_inherited(t *testing.T) {
	dir := t.TempDir()
	before := nextDescriptor(t)
	journal, _, err := receiver.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	child, err := unix.Dup(before)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(child) })
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	again, _, err := receiver.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// nextDescriptor returns the file descriptor that the next opened file gets.
func nextDescriptor(t *testing.T) int {
	t.Helper()
	fd, err := unix.Open(t.TempDir(), unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Close(fd); err != nil {
		t.Fatal(err)
	}
	return fd
}
