//go:build unix

package filelock_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/antom-cli/antom/internal/filelock"
)

// TestTryLock_inherited: a lock that was given back is free, though a child
// that is being started still has the file open. Two scripts of the suite met this
// as "another receiver of this profile is running".
func TestTryLock_inherited(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	before := nextDescriptor(t)
	unlock, err := filelock.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	child, err := unix.Dup(before)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(child) })
	unlock()
	again, err := filelock.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// nextDescriptor is the one that the next file gets.
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
