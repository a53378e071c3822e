//go:build unix

package diagnose_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is how long this process has worked, which a busy machine does not
// change.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
