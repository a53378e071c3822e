package checkout

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"sync"
	"time"
)

// page is one page that was opened by a link.
type page struct {
	server  *Server
	number  int
	token   string
	order   *orderer
	reads   bool // its stream is open; guarded by the server's mu
	says    chan command
	cleared chan struct{} // closed once the page has taken the SDK away
	clear   func()
	gone    chan struct{} // closed once another page is open in its place
	leave   func()
}

// command is an instruction to the page, sent over its stream.
type command struct {
	Do      string   `json:"do"` // finish
	Outcome *Outcome `json:"outcome,omitempty"`
}

func newPage(s *Server, number int) *page {
	p := &page{server: s, number: number, token: rand.Text(), says: make(chan command, 8), cleared: make(chan struct{}), gone: make(chan struct{})}
	p.clear = sync.OnceFunc(func() { close(p.cleared) })
	p.leave = sync.OnceFunc(func() { close(p.gone) })
	p.order = &orderer{deliver: p.deliver}
	return p
}

// say sends a command to the page. It does not wait for a page that does not read.
func (p *page) say(c command) {
	select {
	case p.says <- c:
	default:
	}
}

// sameToken compares in constant time. An empty token equals none.
func sameToken(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// report is one event as the page sends it.
type report struct {
	Seq  int             `json:"seq"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

func (p *page) deliver(r report) {
	e := newEvent(r)
	e.Page = p.number
	p.server.tell(e)
}

// patience is how long a missing report is waited for, as requests that a browser sends at the
// same time arrive in any order.
const patience = 200 * time.Millisecond

// longestGap bounds the reports that wait for an earlier one.
const longestGap = 256

// orderer puts reports into the order of their numbers, which start at 0.
type orderer struct {
	deliver func(report)

	mu      sync.Mutex
	next    int
	waiting map[int]report
	timer   *time.Timer
}

// take accepts a report. A duplicate, or one whose turn was skipped, is dropped.
func (o *orderer) take(r report) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.Seq < o.next {
		return
	}
	if o.waiting == nil {
		o.waiting = map[int]report{}
	}
	o.waiting[r.Seq] = r
	o.advance()
	if len(o.waiting) > longestGap {
		o.skip()
	}
	if len(o.waiting) > 0 && o.timer == nil {
		o.timer = time.AfterFunc(patience, o.flush)
	}
}

// advance delivers what is next.
func (o *orderer) advance() {
	for {
		r, here := o.waiting[o.next]
		if !here {
			return
		}
		delete(o.waiting, o.next)
		o.next++
		o.deliver(r)
	}
}

// skip gives up the missing reports and delivers those that follow.
func (o *orderer) skip() {
	for len(o.waiting) > 0 {
		first := -1
		for seq := range o.waiting {
			if first < 0 || seq < first {
				first = seq
			}
		}
		o.next = first
		o.advance()
	}
}

// flush delivers all reports that have arrived, whatever is missing.
func (o *orderer) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	o.skip()
}
