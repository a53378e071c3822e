package output

import (
	"errors"
	"syscall"
)

// errorNoData is ERROR_NO_DATA, "the pipe is being closed", which package
// syscall does not name.
const errorNoData syscall.Errno = 232

// readerGone says whether a write failed because nobody reads any more.
func readerGone(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errorNoData)
}
