package cli

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A port that only root may have wants another remedy than one that is taken.
func TestListenError_hint(t *testing.T) {
	t.Parallel()
	for errno, want := range map[syscall.Errno]string{syscall.EACCES: "setcap", syscall.EADDRINUSE: "127.0.0.1:0"} {
		err := &ListenError{"127.0.0.1:80", &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", errno)}}
		if !strings.Contains(err.Hint(), want) {
			t.Errorf("%v: hint %q, want %s in it", errno, err.Hint(), want)
		}
	}
}
