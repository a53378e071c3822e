package output

import (
	"errors"
	"syscall"
)

// errorNoData is ERROR_NO_DATA, "the pipe is being closed", which package syscall does not
// define.
const errorNoData syscall.Errno = 232

// readerGone reports whether a write failed because the reader has gone.
func readerGone(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errorNoData)
}
