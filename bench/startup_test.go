package bench

import (
	"os/exec"
	"slices"
	"testing"
	"time"
)

// commandLines are commands that must be instant: they do nothing expensive before the command
// is known.
var commandLines = [...]struct {
	name string
	args []string
	exit int
}{
	{"version", []string{"version"}, 0},
	{"help", []string{"--help"}, 0},
	{"usage-error", []string{"session", "create", "--nosuch"}, 2},
	{"completion", []string{"__complete", "session", "create", "--currency", "S"}, 0},
}

// mostOverStub is how much longer a trivial command may take than a program with the same
// imports that does nothing.
const mostOverStub = 1.15

// BenchmarkStartup alternates antom, the stub and the empty program, and reports how antom
// compares with them.
func BenchmarkStartup(b *testing.B) {
	p := build(b)
	for _, line := range commandLines {
		b.Run(line.name, func(b *testing.B) {
			var antom, stub, empty []time.Duration
			for b.Loop() {
				empty = append(empty, runTime(b, 0, p.empty))
				stub = append(stub, runTime(b, 0, p.stub))
				antom = append(antom, runTime(b, line.exit, p.antom, line.args...))
			}
			ratio := quick(antom) / quick(stub)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ratio, "x-stub")
			b.ReportMetric(quick(antom)/quick(empty), "x-empty")
			b.ReportMetric(quick(antom)*1e3, "ms")
			if b.N >= 50 && ratio > mostOverStub {
				b.Errorf("%.2f× the stub, more than %.2f×: %.2f ms, %.2f ms", ratio, mostOverStub, quick(antom)*1e3, quick(stub)*1e3)
			}
		})
	}
}

// quick returns the mean time of the fastest tenth, in seconds: other work on the machine makes
// times longer, never shorter.
func quick(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)/10].Seconds()
}

func runTime(b *testing.B, exit int, program string, args ...string) time.Duration {
	b.Helper()
	command := exec.CommandContext(b.Context(), program, args...)
	command.Env = []string{"HOME=" + b.TempDir(), "TERM=dumb"}
	start := time.Now()
	err := command.Run()
	took := time.Since(start)
	if command.ProcessState == nil || command.ProcessState.ExitCode() != exit {
		b.Fatalf("%s %q: %v", program, args, err)
	}
	return took
}
