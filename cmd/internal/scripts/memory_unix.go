//go:build unix

package scripts

import (
	"os"
	"runtime"
	"syscall"
)

// residentBytes returns the maximum resident memory of a process.
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
