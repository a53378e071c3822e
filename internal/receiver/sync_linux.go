package receiver

import (
	"errors"
	"os"
	"syscall"
)

// datasync waits until the bytes of a file are on the disk.
func datasync(file *os.File) error {
	for {
		err := syscall.Fdatasync(int(file.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
