// Package checkout is the page of `antom checkout`: a server on loopback whose one page
// mounts the web SDK with a session, and tells what it hears from the SDK, in the order
// in which it heard it.
//
// The page is opened by a link that works once: its token stands in the fragment, which
// no request, no Referer and no report of the SDK has, and is exchanged for a token of
// the page's own. There are no cookies, since browsers send them to every port of this
// machine, and no query strings, since the SDK takes settings from them. The page is
// given the session, which is a bearer for one payment, and no other secret.
package checkout

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Settings are what the page receives when it is opened.
type Settings struct {
	Class       string         `json:"class"`              // of the SDK: AMSCashierPayment or AMSElement
	Popup       bool           `json:"popup"`              // createComponent instead of mountComponent
	SDKURL      string         `json:"sdkUrl"`             // of the script
	Integrity   string         `json:"integrity,omitzero"` // hash of the script, as in HTML
	SessionData string         `json:"sessionData"`
	Options     map[string]any `json:"options"`           // of the constructor, but for the callbacks
	Params      map[string]any `json:"params"`            // of createComponent, mountComponent or mount
	Submit      map[string]any `json:"submit,omitempty"`  // argument of submit()
	OwnButton   bool           `json:"ownButton"`         // the page has a button that calls submit()
	Fragment    string         `json:"fragment,omitzero"` // that the page's URL has while the SDK runs
	Amount      string         `json:"amount,omitzero"`   // to be shown
	Order       string         `json:"order,omitzero"`    // to be shown: the paymentRequestId
	Gateway     string         `json:"gateway"`           // to be shown: emulator, sandbox or production
}

// Options are the options of a server.
type Options struct {
	Address  net.Addr // of the listener; requests for any other host are refused
	Settings Settings
	Policy   Policy
	SDK      []byte      // the script served at SDKPath; nil: none
	Observe  func(Event) // receives all events in order, from one goroutine at a time; must not call the server
	Now      func() time.Time
}

// SDKPath is where the script of a file is served.
const SDKPath = "/vendor/ams-checkout.js"

// ReturnPath is the page to which buyers come back.
const ReturnPath = "/return"

// Server is the page's server, an [http.Handler].
type Server struct {
	o      Options
	origin string
	policy string

	mu      sync.Mutex
	seq     int           // of the newest event
	pages   int           // opened so far
	link    string        // the token of the unused link; empty if there is none
	used    string        // the token that was used last
	page    *page         // the one that is open; nil: none
	done    chan struct{} // closed by Close
	closing func()
}

// Outcome is what the page shows at the end.
type Outcome struct {
	Good  bool   `json:"good"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// New makes a server. Its page can be opened after a call of Link.
func New(o Options) *Server {
	s := &Server{o: o, origin: "http://" + o.Address.String(), policy: o.Policy.String(), done: make(chan struct{})}
	s.closing = sync.OnceFunc(func() { close(s.done) })
	return s
}

// Link makes a new link that works once, and invalidates an earlier one.
func (s *Server) Link() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link = rand.Text()
	return s.origin + "/#" + s.link
}

// Close ends the streams of all pages.
func (s *Server) Close() { s.closing() }

// Finish shows the outcome on the open page and waits, at most for the given time, until the
// page has removed the SDK and the browser has cleared its storage. Without an open page it
// does nothing.
func (s *Server) Finish(outcome Outcome, atMost time.Duration) {
	s.mu.Lock()
	p := s.page
	reads := p != nil && p.reads
	s.mu.Unlock()
	if !reads {
		return
	}
	p.say(command{Do: "finish", Outcome: &outcome})
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-p.cleared:
	case <-p.gone:
	case <-timer.C:
	case <-s.done:
	}
}

var (
	errNoToken   = errors.New("this page is opened by the link in the terminal: without its end it does nothing")
	errUsedToken = errors.New("this link was used already: it works once, and the terminal has a new one if there is no other page")
	errBadToken  = errors.New("this link is not one of this run of antom checkout")
)

// exchange redeems the token of a link and makes the page that it opens.
func (s *Server) exchange(token string) (*page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case token == "":
		return nil, errNoToken
	case sameToken(token, s.used):
		return nil, errUsedToken
	case !sameToken(token, s.link):
		return nil, errBadToken
	}
	s.used, s.link = s.link, ""
	if s.page != nil {
		s.page.leave()
	}
	s.pages++
	s.page = newPage(s, s.pages)
	return s.page, nil
}

// at is the open page if the token is its own, otherwise nil.
func (s *Server) at(token string) *page {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.page == nil || !sameToken(token, s.page.token) {
		return nil
	}
	return s.page
}

// tell numbers an event and passes it to the observer.
func (s *Server) tell(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	e.Seq, e.Time = s.seq, s.o.Now()
	s.o.Observe(e)
}

// reading notes that the stream of a page is open.
func (s *Server) reading(p *page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.reads = true
}

// left is called when the stream of a page has ended.
func (s *Server) left(p *page) {
	s.mu.Lock()
	current := s.page == p
	if current {
		s.page = nil
	}
	s.mu.Unlock()
	if current {
		p.order.flush()
		s.tell(Event{Kind: PageGone, Page: p.number})
	}
}

// bootstrap is the answer to the token of a link.
type bootstrap struct {
	Settings
	EventToken string `json:"eventToken"`
}

func (s *Server) encode(p *page) ([]byte, error) {
	return json.Marshal(bootstrap{s.o.Settings, p.token})
}

var _ http.Handler = (*Server)(nil)

// Settings returns the settings that the page receives.
func (s *Server) Settings() Settings { return s.o.Settings }
