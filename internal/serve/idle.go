package serve

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// idlePool limits the connections that wait for another request.
type idlePool struct {
	most  int
	mu    sync.Mutex
	order list.List // of net.Conn, the longest idle first
	at    map[net.Conn]*list.Element
}

// change is an http.Server's ConnState hook. It closes the longest idle connection if there are
// too many.
func (p *idlePool) change(connection net.Conn, state http.ConnState) {
	if oldest := p.note(connection, state); oldest != nil {
		oldest.Close()
	}
}

// note updates the order and returns the connection to close, if any.
func (p *idlePool) note(connection net.Conn, state http.ConnState) net.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil {
		p.at = map[net.Conn]*list.Element{}
	}
	if element, known := p.at[connection]; known {
		p.order.Remove(element)
		delete(p.at, connection)
	}
	if state != http.StateIdle {
		return nil
	}
	p.at[connection] = p.order.PushBack(connection)
	if p.order.Len() <= p.most {
		return nil
	}
	oldest, _ := p.order.Remove(p.order.Front()).(net.Conn)
	delete(p.at, oldest)
	return oldest
}
