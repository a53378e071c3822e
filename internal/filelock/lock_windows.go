package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock waits for the exclusive lock on a file, which ends with the process too.
func Lock(path string) (unlock func(), err error) {
	return lock(path, windows.LOCKFILE_EXCLUSIVE_LOCK)
}

// TryLock takes the exclusive lock on a file, or fails with [ErrLocked].
func TryLock(path string) (unlock func(), err error) {
	unlock, err = lock(path, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, ErrLocked
	}
	return unlock, err
}

func lock(path string, how uint32) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, new(windows.Overlapped)); err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return func() { Release(file) }, nil
}

// Release gives back the locks on a file by closing it.
func Release(file *os.File) { _ = file.Close() }
