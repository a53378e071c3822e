// Package serve runs a server of the program's own: the emulator's gateway, the
// receiver of notifications. It puts limits on connections, tells those who wait
// where the server listens and whether it is up, and lets the answers on their
// way leave before it ends.
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

// ShutdownTimeout is how long answers on their way may take once the end has
// come; then their connections are cut.
const ShutdownTimeout = 5 * time.Second

// Limits bound connections. Zero is no limit, but for HeaderBytes, where it is
// net/http's own.
type Limits struct {
	Header time.Duration // until the head of a request has come
	Read   time.Duration // until a whole request has come
	Write  time.Duration // from the head of the request to the end of the answer
	Idle   time.Duration // between two requests of a connection

	HeaderBytes     int // of the head of a request
	Connections     int // at a time; who comes then waits for a place
	IdleConnections int // between two requests; of more, the one idle for longest is closed
}

// Server says what is served.
type Server struct {
	Handler http.Handler
	Limits  Limits
	TLS     *tls.Config       // https; nil for http
	Log     func(line string) // is told what is wrong with connections; may be nil
}

// Serve answers what comes through a listener until ctx ends, then waits for the
// answers on their way, at most [ShutdownTimeout], and returns nil.
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
			return server.Close() // an answer that takes longer is cut off
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

// lineWriter passes on the lines of net/http's own log.
type lineWriter struct{ tell func(string) }

func (w lineWriter) Write(line []byte) (int, error) {
	if w.tell != nil {
		w.tell(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}
