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

// waiter runs a program and prints its maximum memory. It is small, because a process is
// charged with the memory of the one that started it.
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

// TestMemory limits the memory of the short commands.
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
		if runtime.GOOS != "darwin" { // bytes there, kilobytes elsewhere
			held <<= 10
		}
		t.Logf("%s: %.1f MB", line.name, float64(held)/(1<<20))
		if held > most {
			t.Errorf("antom %s used %d bytes, more than %d", line.name, held, most)
		}
	}
}
