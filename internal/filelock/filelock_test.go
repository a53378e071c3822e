package filelock_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/antom-cli/antom/internal/filelock"
)

func TestTryLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := filelock.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filelock.TryLock(path); !errors.Is(err, filelock.ErrLocked) {
		t.Errorf("a second lock: %v, want ErrLocked", err)
	}
	unlock()
	again, err := filelock.TryLock(path)
	if err != nil {
		t.Fatalf("after the lock was given back: %v", err)
	}
	again()
	if _, err := filelock.Lock(filepath.Join(path, "below")); err == nil {
		t.Error("a lock below a file")
	}
}
