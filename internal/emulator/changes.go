package emulator

import (
	"net/http"
	"sync"
)

// changes tells whoever waits that something has changed.
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

func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Changed returns a channel that is closed at the next change: an exchange, a
// delivery, a call of the control API or of a page.
func (s *Server) Changed() <-chan struct{} { return s.changes.wait() }

// Ending returns a channel that is closed when the server begins to end: answers
// that are kept open end then.
func (s *Server) Ending() <-chan struct{} { return s.ending }

// Control is the control API without its guard, for who has shown in another way
// that it may: its paths begin with /_emulator/.
func (s *Server) Control() http.Handler { return s.controlMux() }

// Faults are the faults in place.
func (s *Server) Faults() []Fault { return s.faults.all() }
