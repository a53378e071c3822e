package receiver

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Limits of a connection. Antom sends a few kilobytes at once; who needs longer
// only holds a place.
const (
	headerTime      = 5 * time.Second
	readTime        = 15 * time.Second
	writeTime       = 30 * time.Second // the disk may be slow
	idleTime        = 60 * time.Second
	shutdownTime    = 5 * time.Second
	longestHeader   = 32 << 10
	mostConnections = 1024
)

// Serve answers what comes through a listener until ctx ends; then it waits for
// the answers on their way and returns nil.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ErrorLog: log.New(io.Discard, "", 0), // broken clients are no news
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: longestHeader,
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(limit(listener, mostConnections)); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := server.Shutdown(patience); err != nil {
			return server.Close() // who has not answered by now was not acknowledged
		}
		return nil
	})
	return group.Wait()
}

// limited accepts a connection only while there is a place.
type limited struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
}

func limit(l net.Listener, n int) net.Listener {
	return &limited{l, make(chan struct{}, n), make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placed{Conn: conn, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close also ends an Accept that waits for a place.
func (l *limited) Close() error {
	close(l.closed)
	return l.Listener.Close()
}

// placed is a connection that gives its place back.
type placed struct {
	net.Conn
	leave func()
}

// Close gives the place back once.
func (p *placed) Close() error {
	defer p.leave()
	return p.Conn.Close()
}
