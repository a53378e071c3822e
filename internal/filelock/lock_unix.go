//go:build unix

package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Lock waits for the exclusive lock on a file, which ends with the process too.
func Lock(path string) (unlock func(), err error) { return lock(path, unix.LOCK_EX) }

// TryLock takes the exclusive lock on a file, or fails with [ErrLocked].
func TryLock(path string) (unlock func(), err error) {
	unlock, err = lock(path, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return unlock, err
}

func lock(path string, how int) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), how); err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return func() { Release(file) }, nil
}

// Release gives back the lock on a file and closes it. Closing alone is not enough
// where the file is mapped, or where a process that is being started just now has
// it open too, until it becomes another program.
func Release(file *os.File) {
	_ = unix.Flock(int(file.Fd()), unix.LOCK_UN)
	_ = file.Close()
}
