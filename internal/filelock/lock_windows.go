package filelock

import (
	"os"

	"golang.org/x/sys/windows"
)

// Lock waits for the exclusive lock on a file, which ends with the process too.
func Lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped)); err != nil {
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
