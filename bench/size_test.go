package bench

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// TestProgramSize detects an accidental dependency. A release is built in the same way: see
// docs/decisions/0007-a-release-is-the-plain-build.md.
func TestProgramSize(t *testing.T) {
	t.Parallel()
	const most = 18_000_000
	info, err := os.Stat(build(t).antom)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() > most {
		t.Errorf("the stripped program has %d bytes, more than %d", info.Size(), most)
	}
}

// TestInitialisers checks that no package does much before main: even "antom version" waits for
// all of them.
func TestInitialisers(t *testing.T) {
	t.Parallel()
	const most = 1 << 20 // bytes that one initialiser allocates
	command := exec.CommandContext(t.Context(), build(t).antom, "version")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	command.Stderr = &trace
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^init (\S+) .* (\d+) bytes, \d+ allocs$`).FindAllStringSubmatch(trace.String(), -1)
	if len(lines) < 20 {
		t.Fatalf("%d initialisers in the trace, want them all:\n%s", len(lines), &trace)
	}
	for _, line := range lines {
		allocated, err := strconv.Atoi(line[2])
		if err != nil {
			t.Fatal(err)
		}
		if allocated > most {
			t.Errorf("%s allocates %d bytes at every start, more than %d", line[1], allocated, most)
		}
	}
}
