//go:build !unix

package checkoutcmd

import "os/exec"

// detach has nothing to do: a console's Ctrl-C reaches programs without a window only.
func detach(*exec.Cmd) {}
