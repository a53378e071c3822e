// Package hearing receives notifications while a command does something else, such as waiting
// for a payment. It verifies, stores and acknowledges them as antom notify listen does, and
// passes them to the command.
package hearing

import (
	"cmp"
	"context"
	"net"
	"sync"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/serve"
)

// Path is the path of the notify URL that leads here.
const Path = "/antom/notify"

// Options say where notifications are received, and for whom.
type Options struct {
	Address  string // of --listen
	Public   string // the URL that Antom calls, if it is another one, as behind a tunnel
	Merchant *cli.Merchant
}

// Hearing receives notifications. A nil one receives none.
type Hearing struct {
	URL string // of the receiver

	listener net.Listener
	journal  *receiver.Journal
	receiver *receiver.Receiver
	warn     func(format string, args ...any)

	more   chan struct{}
	mu     sync.Mutex
	events []receiver.Event
}

// Open opens the address and the journal of the profile.
func Open(ctx context.Context, c *cli.CLI, p *output.Printer, o Options) (*Hearing, error) {
	dir, err := c.JournalDir(cmp.Or(o.Merchant.Profile.Name, cli.NamelessJournal))
	if err != nil {
		return nil, err
	}
	h := &Hearing{more: make(chan struct{}, 1), warn: p.Warn}
	options := receiver.Options{Key: o.Merchant.AntomKey, ClientID: o.Merchant.Profile.ClientID, Now: c.Now, Notify: h.add}
	if o.Public != "" {
		if options.Target, err = receiver.PublicTarget(o.Public); err != nil {
			return nil, cli.Usagef("--notify-url %s", err)
		}
	}
	if h.listener, err = c.Listen(ctx, o.Address); err != nil {
		return nil, err
	}
	if at, is := h.listener.Addr().(*net.TCPAddr); is && !at.IP.IsLoopback() {
		p.Warn("--listen %s: other machines can reach it", at)
	}
	var found *receiver.Found
	if h.journal, found, err = receiver.OpenJournal(dir); err != nil {
		h.listener.Close()
		return nil, err
	}
	for _, note := range found.Notes {
		p.Warn("%s", note)
	}
	options.Journal = h.journal
	h.receiver, h.URL = receiver.New(options), serve.URL(h.listener.Addr(), false)+Path
	return h, nil
}

// CheckAddress checks the value of --listen.
func CheckAddress(address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil && address != "" {
		return cli.Usagef("--listen %q: must be an address and a port", address).WithHint("such as 127.0.0.1:4242")
	}
	return nil
}

// Serve receives until the context ends.
func (h *Hearing) Serve(ctx context.Context) error {
	return receiver.Serve(ctx, h.listener, h.receiver)
}

// Close closes the address and the journal.
func (h *Hearing) Close() {
	_ = h.listener.Close()
	if err := h.journal.Close(); err != nil {
		h.warn("close the journal: %s", err)
	}
}

// add passes an event to the goroutine that takes it. It never blocks.
func (h *Hearing) add(e receiver.Event) {
	h.mu.Lock()
	h.events = append(h.events, e)
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// More returns a channel that has a value when something has come.
func (h *Hearing) More() <-chan struct{} {
	if h == nil {
		return nil
	}
	return h.more
}

// Take returns what has come since the last time.
func (h *Hearing) Take() []receiver.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	events := h.events
	h.events = nil
	return events
}
