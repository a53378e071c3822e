//go:build unix

package emulator

import (
	"os"

	"golang.org/x/sys/unix"
)

// release gives up bbolt's lock on a file and closes it. Closing alone is not enough while the
// file is mapped: the mapping keeps the lock.
func release(file *os.File) {
	_ = unix.Flock(int(file.Fd()), unix.LOCK_UN) // the file is given up in any case
	_ = file.Close()
}
