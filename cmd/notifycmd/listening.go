package notifycmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/pkg/antom"
)

// listening is one run of `antom notify listen`.
type listening struct {
	o         *notifyListen
	p         *output.Printer
	from      acceptedSender
	to        *url.URL
	hop       string // identifies this run, to detect loops
	dir       string
	journal   *receiver.Journal
	found     *receiver.Found
	forwarder *receiver.Forwarder
	listener  net.Listener
	handler   http.Handler
	saver     *saver

	events    chan receiver.Event
	quit      chan struct{} // closed when no more events are reported
	met       chan struct{} // closed when the goal is reached
	tally     listenTally
	diagnoses diagnoses
	wasDown   bool     // the merchant's server was down since the queue was last empty
	hinted    []string // causes whose hint has been printed
}

// open opens the journal and, with a server to forward to, the forwarder.
func (l *listening) open(from acceptedSender, to *url.URL) error {
	var err error
	l.from, l.to, l.hop = from, to, rand.Text()
	l.events, l.quit, l.met = make(chan receiver.Event, 1024), make(chan struct{}), make(chan struct{})
	if l.dir, err = l.o.c.JournalDir(from.profile); err != nil {
		return err
	}
	ignoreFileSizeLimit() // a full disk is an error to report, not a reason to be killed
	if l.journal, l.found, err = receiver.OpenJournal(l.dir); err != nil {
		return err
	}
	l.tally.Queue = l.found.Waiting()
	for _, note := range l.found.Notes {
		l.p.Warn("%s", note)
	}
	if to == nil {
		if n := l.found.Waiting(); n > 0 {
			l.p.Note("%d notifications are waiting to be forwarded: add --forward-to", n)
		}
		return nil
	}
	client, err := endpoint.Client(l.o.c, 0, 8)
	if err == nil {
		l.forwarder, err = receiver.NewForwarder(l.dir, l.journal, l.found, receiver.ForwardOptions{
			Target: to, Hop: l.hop, Header: l.o.headers, Resends: l.o.resends, Transport: client.Transport, Now: l.o.c.Now, Notify: l.notify,
		})
	}
	if err != nil {
		l.close()
	}
	return err
}

func (l *listening) close() {
	if l.journal != nil {
		if err := l.journal.Close(); err != nil {
			l.p.Warn("close the journal: %s", err)
		}
		l.journal = nil
	}
}

// notify passes an event to the goroutine that prints.
func (l *listening) notify(e receiver.Event) {
	select {
	case l.events <- e:
	case <-l.quit:
	}
}

var (
	errGoalMet       = errors.New("the goal is met")
	errListenTimeout = errors.New("listen timed out")
)

// serve runs until a signal, the goal, the timeout or an error.
func (l *listening) serve(parent context.Context) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	if l.o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, l.o.timeout, errListenTimeout)
		defer cancel()
	}
	if err := l.begin(); err != nil {
		_ = l.listener.Close()
		return err
	}
	var printing sync.WaitGroup
	printing.Go(func() { l.report(stop) })
	work, working := errgroup.WithContext(ctx)
	work.Go(func() error { return receiver.Serve(working, l.listener, l.handler) })
	if l.forwarder != nil {
		work.Go(func() error { return l.forwarder.Run(working) })
	}
	work.Go(func() error {
		l.awaitGoal(working, stop)
		return nil
	})
	err := work.Wait()
	close(l.quit)
	printing.Wait()
	return l.end(ctx, err)
}

// begin prints that we are listening.
func (l *listening) begin() error {
	if host, _, err := net.SplitHostPort(l.listener.Addr().String()); err == nil {
		if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
			l.p.Warn("listening on %s: other machines can reach it", l.listener.Addr())
		}
	}
	address := serve.URL(l.listener.Addr(), false)
	if l.o.goal.until != "" {
		if err := l.searchPast(); err != nil {
			return err
		}
	}
	ready := listenEvent{
		Type: "ready", Time: stamp(l.o.c.Now()), URL: address, Address: l.listener.Addr().String(), Profile: l.from.profile, ClientID: l.from.clientID,
		ForwardTo: l.o.forwardTo, Journal: l.dir, Queue: new(l.found.Waiting()),
	}
	if l.o.readyFile != "" {
		if err := serve.WriteReady(l.o.c.Abs(l.o.readyFile), address); err != nil {
			return err
		}
	}
	if err := l.p.Event(cli.Encode(ready), l.p.Styled("ready", output.OK)+"  "+address); err != nil {
		return err
	}
	l.p.Note("accepting notifications for %s on any path of it; Ctrl-C ends", cmp.Or(l.from.clientID, "any client id"))
	return nil
}

// searchPast checks whether the payment's final notification is already in the journal.
func (l *listening) searchPast() error {
	for record, err := range receiver.Records(l.dir) {
		if err != nil {
			continue // reported when the journal was opened
		}
		if l.o.goal.final(record) {
			l.p.Note("%s of %s is already in the journal: %s", record.NotifyType, l.o.goal.until, record.ID)
			l.o.goal.reached = true
			close(l.met)
			return nil
		}
	}
	return nil
}

// awaitGoal ends the run once the goal is reached and all records are forwarded, unless the
// merchant's server is down.
func (l *listening) awaitGoal(ctx context.Context, stop context.CancelCauseFunc) {
	select {
	case <-l.met:
	case <-ctx.Done():
		return
	}
	if l.forwarder != nil {
		select {
		case <-l.forwarder.Settled():
		case <-ctx.Done():
			return
		}
	}
	stop(errGoalMet)
}

// report prints events one after another until no more are reported. If printing fails, the run
// ends, and the remaining events are discarded so that nobody blocks.
func (l *listening) report(stop context.CancelCauseFunc) {
	var failed error
	take := func(e receiver.Event) {
		if failed != nil {
			return
		}
		if failed = l.show(e); failed != nil {
			stop(failed)
		}
	}
	for {
		select {
		case e := <-l.events:
			take(e)
			continue
		case <-l.quit:
		}
		for len(l.events) > 0 {
			take(<-l.events)
		}
		return
	}
}

// end returns the command's error for the reason of the end.
func (l *listening) end(ctx context.Context, err error) error {
	if l.o.readyFile != "" {
		_ = os.Remove(l.o.c.Abs(l.o.readyFile))
	}
	if err != nil {
		return err
	}
	if l.forwarder != nil {
		l.tally.Queue = l.forwarder.Waiting()
	}
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errListenTimeout):
		err = cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("--timeout %s passed%s", l.o.timeout, l.o.goal.missing(l.tally))}
	case errors.Is(cause, errGoalMet), errors.Is(cause, context.Canceled), cli.Is[cli.StoppedError](cause):
	default:
		err = cause
	}
	result := l.tally.event(stamp(l.o.c.Now()), cli.ExitCode(err))
	if failed := l.p.Event(cli.Encode(result), ""); err == nil {
		err = failed
	}
	l.p.Note("%s", l.tally)
	return err
}

// listenGoal is the condition for ending a run.
type listenGoal struct {
	until   string // one of a payment's ids
	count   int
	reached bool
}

// final reports whether a record is the final notification of the payment.
func (g *listenGoal) final(r *receiver.Record) bool {
	return g.until != "" && r.NotifyType == string(antom.NotifyPaymentResult) && (r.PaymentRequestID == g.until || r.PaymentID == g.until)
}

// met reports whether a record reaches the goal for the first time; different is the number of
// different ones so far.
func (g *listenGoal) met(r *receiver.Record, different int) bool {
	reached := g.final(r) || g.count > 0 && different >= g.count
	first := reached && !g.reached
	g.reached = g.reached || reached
	return first
}

// missing describes what is missing to reach the goal.
func (g *listenGoal) missing(t listenTally) string {
	switch {
	case g.until != "":
		return fmt.Sprintf(": no %s of %s received", antom.NotifyPaymentResult, g.until)
	case g.count > 0:
		return fmt.Sprintf(": %d of %d notifications received", t.Different, g.count)
	}
	return ""
}
