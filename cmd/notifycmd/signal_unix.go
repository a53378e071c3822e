//go:build unix

package notifycmd

import (
	"os/signal"
	"syscall"
)

// ignoreFileSizeLimit lets a write beyond the file size limit fail as on a full
// disk, where the signal would end the process.
func ignoreFileSizeLimit() { signal.Ignore(syscall.SIGXFSZ) }
