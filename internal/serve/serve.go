// Package serve runs this program's servers: the emulator's gateway and the receiver of
// notifications. It limits connections, publishes where the server listens and whether it is
// up, and lets answers in progress finish before it stops.
package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// ShutdownTimeout is how long answers in progress may take after the server was stopped; then
// their connections are closed.
const ShutdownTimeout = 5 * time.Second

// Limits of connections. Zero means no limit, except for HeaderBytes, where it means the
// default of net/http.
type Limits struct {
	Header time.Duration // to receive the header of a request
	Read   time.Duration // to receive a whole request
	Write  time.Duration // from the end of the request's header to the end of the answer
	Idle   time.Duration // between two requests on a connection

	HeaderBytes     int // in the header of a request
	Connections     int // at a time; further ones wait
	IdleConnections int // between two requests; beyond that the longest idle one is closed
}

// Server is a handler with its limits and TLS configuration.
type Server struct {
	Handler http.Handler
	Limits  Limits
	TLS     *tls.Config       // https; nil for http
	Log     func(line string) // called with errors of connections; may be nil
}

// Serve answers the connections of a listener until ctx ends, then waits for the answers in
// progress, at most [ShutdownTimeout], and returns nil.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := s.server()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if s.Limits.Connections > 0 {
			listener = limit(listener, s.Limits.Connections)
		}
		if s.TLS != nil {
			listener = tls.NewListener(listener, s.TLS)
		}
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", listener.Addr(), err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), ShutdownTimeout)
		defer cancel()
		if server.Shutdown(last) != nil {
			return server.Close() // cuts off answers that take longer
		}
		return nil
	})
	return group.Wait()
}

func (s *Server) server() *http.Server {
	server := &http.Server{
		Handler: s.Handler, ReadHeaderTimeout: s.Limits.Header, ReadTimeout: s.Limits.Read, WriteTimeout: s.Limits.Write, IdleTimeout: s.Limits.Idle,
		MaxHeaderBytes: s.Limits.HeaderBytes, ErrorLog: log.New(lineWriter{s.Log}, "", 0),
	}
	if s.Limits.IdleConnections > 0 {
		pool := &idlePool{most: s.Limits.IdleConnections}
		server.ConnState = pool.change
	}
	return server
}

// lineWriter forwards the lines of net/http's log.
type lineWriter struct{ log func(string) }

func (w lineWriter) Write(line []byte) (int, error) {
	if w.log != nil {
		w.log(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}
