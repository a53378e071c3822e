//go:build unix

package bench

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// waiter runs a program and prints the most memory that it held. It is small,
// since a process is charged with what the one that started it held.
const waiter = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	command := exec.Command(os.Args[1], os.Args[2:]...)
	_ = command.Run()
	fmt.Println(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
`

// TestMemory holds down what the short commands take.
func TestMemory(t *testing.T) {
	t.Parallel()
	const most = 12 << 20
	p := build(t)
	program := filepath.Join(t.TempDir(), "waiter")
	if err := buildSource(program, waiter); err != nil {
		t.Fatal(err)
	}
	for _, line := range commandLines {
		out, err := exec.CommandContext(t.Context(), program, append([]string{p.antom + linked}, line.args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		held, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "darwin" { // there it is bytes already
			held <<= 10
		}
		t.Logf("%s: %.1f MB", line.name, float64(held)/(1<<20))
		if held > most {
			t.Errorf("antom %s held %d bytes, more than %d", line.name, held, most)
		}
	}
}
