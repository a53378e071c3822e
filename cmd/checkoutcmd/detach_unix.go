//go:build unix

package checkoutcmd

import (
	"os/exec"
	"syscall"
)

// detach gives a program a process group of its own: the terminal's Ctrl-C goes to the
// whole group of the command.
func detach(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
