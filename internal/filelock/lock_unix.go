//go:build unix

package filelock

import (
	"os"

	"golang.org/x/sys/unix"
)

// Lock waits for the exclusive lock on a file, which ends with the process too.
func Lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
