package receiver

import (
	"errors"
	"syscall"
)

var errLocked = errors.New("locked")

// sharingViolation is what Windows says of a file that another process holds.
const sharingViolation = syscall.Errno(32)

// lock opens a file that nobody else may open, which ends with the process too.
func lock(path string) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		if errors.Is(err, sharingViolation) {
			return nil, errLocked
		}
		return nil, err
	}
	return func() { _ = syscall.CloseHandle(handle) }, nil
}

// syncDir has nothing to do: Windows writes names with the file.
func syncDir(string) error { return nil }
