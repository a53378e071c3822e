package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// Listen opens a port for a server.
func (c *CLI) Listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &ListenError{addr, err}
	}
	return listener, nil
}

// ListenError reports a port that can't be opened.
type ListenError struct {
	addr string
	err  error
}

func (e *ListenError) Error() string {
	cause := e.err
	if of, ok := errors.AsType[*net.OpError](cause); ok { // it names the address again
		cause = of.Err
	}
	if of, ok := errors.AsType[*os.SyscallError](cause); ok {
		cause = of.Err
	}
	return fmt.Sprintf("listen on %s: %s", e.addr, cause)
}

// Unwrap returns the error of the network.
func (e *ListenError) Unwrap() error { return e.err }

// Hint says how to get a free port, or a port reserved for root: Antom's Python SDK only calls
// 443.
func (e *ListenError) Hint() string {
	if errors.Is(e.err, fs.ErrPermission) {
		return `a port below 1024 is kept for root; on Linux this lets antom have it: sudo setcap cap_net_bind_service=+ep "$(command -v antom)"`
	}
	return "--listen 127.0.0.1:0 takes a free port"
}

var _ Hinter = (*ListenError)(nil)
