//go:build unix

package scripts

import (
	"os"
	"runtime"
	"syscall"
)

// residentBytes is the most memory that a process had resident at a time.
func residentBytes(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss // bytes there, kilobytes elsewhere
	}
	return usage.Maxrss << 10
}
