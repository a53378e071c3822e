//go:build unix

package output

import (
	"errors"
	"syscall"
)

// readerGone reports whether a write failed because the reader has gone.
func readerGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
