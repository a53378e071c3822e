package emulator

import (
	"net/http"
	"sync"
)

// changes notifies waiters that something has changed.
type changes struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed at the next change.
func (c *changes) wait() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) notify() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Changed returns a channel that is closed at the next change: an exchange, a delivery, or a
// call from a page or to the control API.
func (s *Server) Changed() <-chan struct{} { return s.changes.wait() }

// Ending returns a channel that is closed when the server starts to shut down, so that
// long-lived answers end.
func (s *Server) Ending() <-chan struct{} { return s.ending }

// Control is the control API without the token check, for callers that were authorised in
// another way. Its paths begin with /_emulator/.
func (s *Server) Control() http.Handler { return s.controlMux() }

// Faults returns the active faults.
func (s *Server) Faults() []Fault { return s.faults.all() }
