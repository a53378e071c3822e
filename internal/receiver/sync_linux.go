package receiver

import (
	"os"
	"syscall"
)

// datasync waits until the bytes of a file are on the disk.
func datasync(file *os.File) error {
	for {
		err := syscall.Fdatasync(int(file.Fd()))
		if err != syscall.EINTR { //nolint:errorlint // a system call's own error is never wrapped
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
