//go:build unix

package notifycmd

import (
	"os/signal"
	"syscall"
)

// ignoreFileSizeLimit makes a write beyond the file size limit fail, as on a full disk, instead
// of letting the signal end the process.
func ignoreFileSizeLimit() { signal.Ignore(syscall.SIGXFSZ) }
