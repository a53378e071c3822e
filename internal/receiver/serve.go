package receiver

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/antom-cli/antom/internal/serve"
)

// limits of connections: Antom sends a few kilobytes at once, so a slower client only blocks a
// connection.
func limits() serve.Limits {
	return serve.Limits{
		Header: 5 * time.Second, Read: 15 * time.Second, Idle: time.Minute,
		Write:       30 * time.Second, // the disk may be slow
		HeaderBytes: 32 << 10, Connections: 1024,
	}
}

// Serve answers the connections of a listener until ctx ends, then waits for the answers in
// progress and returns nil. Errors of single connections are not reported.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := serve.Server{Handler: handler, Limits: limits()}
	return server.Serve(ctx, listener)
}
