package serve

import (
	"net"
	"sync"
)

// limitedListener accepts a connection only while a slot is free.
type limitedListener struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
}

func limit(l net.Listener, n int) net.Listener {
	return &limitedListener{l, make(chan struct{}, n), make(chan struct{})}
}

// Accept waits for a free slot, then for a connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

// Close also ends an Accept that waits for a slot.
func (l *limitedListener) Close() error {
	close(l.closed)
	return l.Listener.Close()
}

// limitedConn is a connection that releases its slot when closed.
type limitedConn struct {
	net.Conn
	release func()
}

// Close releases the slot once.
func (p *limitedConn) Close() error {
	defer p.release()
	return p.Conn.Close()
}
