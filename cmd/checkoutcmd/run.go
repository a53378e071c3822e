package checkoutcmd

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/hearing"
	"github.com/antom-cli/antom/cmd/sessionflags"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/emulator/browser"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// run is one run of antom checkout.
type run struct {
	o        *checkoutCmd
	p        *output.Printer
	m        *cli.Merchant
	client   *antom.Client
	emulated string // origin of the emulator's pages; empty: a real gateway
	listener net.Listener
	session  *openSession
	server   *checkout.Server
	events   queue
	watch    checkout.Watch
	asker    *asker
	report   reporter
	hearing  *hearing.Hearing    // of --listen; nil without it
	notified antom.PaymentStatus // result in PAYMENT_RESULT; empty until one came

	latest  wait.Watch // the newest answer about the payment
	claim   antom.PaymentStatus
	opened  bool // a page has been opened at least once
	leaving bool // the browser was redirected, so the page is expected to close
	expired bool // the session has expired during the run
	returns bool // paymentRedirectUrl is this command's own page

	work  []func(context.Context) error // runs beside the page
	stops []func()
}

func (r *run) close() {
	for _, stop := range r.stops {
		stop()
	}
}

// sent reports that there is no page to serve: --dry-run has printed the request.
func (r *run) sent() bool { return r.session == nil }

// prepare reads the keys, the session and the SDK, and opens the listeners. It does not serve
// requests yet.
func (r *run) prepare(ctx context.Context) error {
	var err error
	if r.m, r.client, err = r.o.c.Connect(r.p); err != nil {
		return err
	}
	if err := r.o.sdk.read(r.o.c, r.p); err != nil {
		return err
	}
	r.o.options.advise(r.p)
	if r.o.existing() {
		if err := r.o.c.ConfirmLive(r.m, "pay a session in the browser"); err != nil {
			return err
		}
	}
	if r.o.session.Write.DryRun == "" { // --dry-run shows no page and sends nothing
		if err := r.findPages(ctx); err != nil {
			return err
		}
	}
	if r.listener, err = r.o.c.Listen(ctx, r.o.address); err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = r.listener.Close() })
	r.defaultReturn()
	if err := r.listen(ctx); err != nil {
		return err
	}
	if r.session, err = r.obtain(ctx); err != nil || r.session == nil {
		return err
	}
	found, err := r.inspect(r.session)
	if err != nil {
		return err
	}
	r.makeServer(found)
	return nil
}

// findPages finds the emulator's pages, if the gateway is an emulator.
func (r *run) findPages(ctx context.Context) error {
	if r.m.Emulator != nil {
		return r.findEmulator(ctx)
	}
	return r.adoptEmulator(ctx)
}

// defaultReturn makes paymentRedirectUrl this command's own page where none is configured. On
// the built-in emulator it always does, as the default there is not a page.
func (r *run) defaultReturn() {
	if r.m.Emulator != nil || r.m.Profile.RedirectURL == "" {
		r.m.Profile.RedirectURL = r.ownReturn()
	}
}

// ownReturn is the URL of this command's page for returning buyers.
func (r *run) ownReturn() string {
	return "http://" + r.listener.Addr().String() + checkout.ReturnPath
}

// The environments of the SDK, which takes anything else for prod (JS).
const (
	sandbox    = "sandbox"
	production = "prod"
)

func (r *run) environment() string {
	if r.m.Profile.Live() {
		return production
	}
	return sandbox
}

// makeServer makes the server of the page.
func (r *run) makeServer(found *rules.SessionData) {
	settings := r.o.options.settings(r.environment())
	settings.SessionData, settings.SDKURL, settings.Integrity = r.session.Data, r.o.sdk.source(), r.o.sdk.integrity
	settings.Amount, settings.Order = r.session.Amount, r.session.PaymentRequestID
	settings.Gateway = cmp.Or(map[string]string{production: "production"}[r.environment()], sandbox)
	if r.emulated != "" {
		settings.Gateway = "emulator"
		r.useEmulator(&settings)
	}
	policy := checkout.Policy{SDK: settings.SDKURL, Emulator: r.emulated, Scripts: found.Hosts, NoAnalytics: r.o.options.noAnalytics, NoDevice: r.o.options.noDevice}
	r.server = checkout.New(checkout.Options{
		Address: r.listener.Addr(), Settings: settings, Policy: policy, SDK: r.o.sdk.text, Observe: r.events.add, Now: r.o.c.Now,
	})
	r.watch.Emulated = r.emulated != ""
	r.asker = newAsker(wait.Payments{Client: r.client}, wait.Target{PaymentRequestID: r.session.PaymentRequestID}, r.o.interval)
	r.report = reporter{c: r.o.c, p: r.p, verbose: r.o.verbose, emulated: r.emulated != ""}
}

// useEmulator shows the emulator's form with its stand-in for the SDK. If the user names a
// source, it is shown with that SDK, through undocumented options of 1.47.2 (JS).
func (r *run) useEmulator(s *checkout.Settings) {
	if !r.o.sdk.named() {
		s.SDKURL = r.emulated + browser.SDKPath
		return
	}
	if r.o.options.element {
		s.Params["debugProps"] = map[string]any{"isDebug": true, "localLink": r.emulated + "/component/element.html", "local_mock": true}
		return
	}
	s.Fragment = "LOCAL_MOCK=1"
	s.Params["elementProps"] = map[string]any{"elementLink": r.emulated + "/component/card.html"}
}

// queue passes events from the server's goroutines to the one that prints. Adding an event
// never blocks.
type queue struct {
	mu     sync.Mutex
	events []checkout.Event
	more   chan struct{}
}

func (q *queue) add(e checkout.Event) {
	q.mu.Lock()
	q.events = append(q.events, e)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *queue) take() []checkout.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := q.events
	q.events = nil
	return events
}

var errFinal = errors.New("the payment is final")

// serve shows the page until the payment is final, the time limit passes or a signal arrives.
func (r *run) serve(parent context.Context) error {
	ctx, cancel := context.WithTimeoutCause(parent, r.o.timeout, cli.ErrWaitTimeout)
	defer cancel()
	working, stop := context.WithCancel(context.WithoutCancel(ctx)) // the page shows the result before its server stops
	defer stop()
	r.events.more = make(chan struct{}, 1)
	r.keep(r.session)
	group, working := errgroup.WithContext(working)
	pages := &serve.Server{Handler: r.server, Limits: checkout.Limits(), Log: func(line string) { r.o.c.Logger().Debug("http", "line", line) }}
	group.Go(func() error { return pages.Serve(working, r.listener) })
	for _, work := range r.work {
		group.Go(func() error { return work(working) })
	}
	asking, askNoMore := context.WithCancel(working)
	defer askNoMore()
	group.Go(func() error { r.asker.run(asking); return nil })
	err := r.begin()
	if err == nil {
		err = r.follow(ctx, working)
	}
	askNoMore()
	err = r.conclude(ctx, err)
	r.server.Close()
	stop()
	return errors.Join(err, group.Wait())
}

// begin prints the link and opens the browser.
func (r *run) begin() error {
	link := r.server.Link()
	if r.o.readyFile != "" {
		if err := serve.WriteReady(r.o.c.Abs(r.o.readyFile), link); err != nil {
			return err
		}
		r.stops = append(r.stops, func() { os.Remove(r.o.c.Abs(r.o.readyFile)) })
	}
	opens := !r.o.noOpen && r.o.c.Interactive()
	opened := opens && openBrowser(r.o.c, link)
	if opened {
		r.watch.Opening(r.o.c.Now())
	}
	return r.report.ready(r, link, opened, opens && !opened)
}

// follow handles events one at a time until the end.
func (r *run) follow(ctx, working context.Context) error {
	expired := r.expires()
	for {
		silence := r.silenceDue()
		select {
		case <-r.events.more:
			for _, e := range r.events.take() {
				if err := r.handleEvent(e); err != nil {
					return err
				}
			}
		case w := <-r.asker.news:
			if err := r.handleAnswer(w); err != nil {
				return err
			}
		case <-r.hearing.More():
			if err := r.handleNotices(); err != nil {
				return err
			}
		case <-silence:
			if err := r.alarm(); err != nil {
				return err
			}
		case <-expired:
			r.asker.wake(possible)
			r.expired = true
			r.forget()
			if err := r.report.expired(); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-working.Done():
			return errors.New("the page's server has ended")
		}
	}
}

// expires fires when the session expires by this machine's clock; nil if the time is not known.
func (r *run) expires() <-chan time.Time {
	at, err := r.session.Expires.Time()
	left := at.Sub(r.o.c.Now())
	if err != nil || left <= 0 || left > sessionflags.LongestSession { // the gateway's clock is not ours
		return nil
	}
	return time.After(left)
}

// silenceDue fires when the SDK has been silent for too long; nil if no event is expected.
func (r *run) silenceDue() <-chan time.Time {
	due, expected := r.watch.Due()
	if !expected {
		return nil
	}
	return time.After(due.Sub(r.o.c.Now()))
}

// handleEvent prints an event of the page and asks for the payment's state if the event
// suggests that it changed.
func (r *run) handleEvent(e checkout.Event) error {
	r.watch.Hear(e)
	if err := r.report.event(e); err != nil {
		return err
	}
	if status, claims := checkout.Claim(e.Code); claims {
		r.claim = status
	}
	if row, known := antom.LookupSDKEvent(e.Code); known && row.Inquire {
		r.asker.wake(reasonOf(row))
	}
	switch e.Kind {
	case checkout.PageOpened:
		r.opened, r.leaving = true, false
	case checkout.PageReturned:
		r.leaving = false
		r.asker.wake(possible)
	case checkout.PageHidden:
		r.asker.wake(possible)
	case checkout.Submitted:
		r.asker.wake(claimed)
	case checkout.PageGone:
		return r.pageGone()
	}
	if checkout.Leaves(e.Code) {
		r.leaving = true
	}
	return nil
}

// awaitReturn waits for a browser that is redirected back to this command's page.
func (r *run) awaitReturn(ctx context.Context) error {
	limit := time.After(pageGrace)
	for r.leaving && r.returns {
		select {
		case <-r.events.more:
			for _, e := range r.events.take() {
				if err := r.handleEvent(e); err != nil {
					return err
				}
			}
		case <-limit:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// reasonOf says how likely an event makes it that there is a payment.
func reasonOf(row antom.SDKEvent) reason {
	if row.Kind == antom.SDKResult && row.Code != "SDK_PAYMENT_CANCEL" || row.Code == "SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL" {
		return claimed
	}
	return possible
}

// pageGone prints another link, as the session is still open, unless the browser was redirected
// elsewhere.
func (r *run) pageGone() error {
	r.asker.wake(possible)
	if r.leaving {
		return nil
	}
	return r.report.link(r.server.Link())
}

// handleAnswer handles an answer to inquiryPayment.
func (r *run) handleAnswer(w wait.Watch) error {
	before := r.latest
	r.latest = w
	if err := r.report.status(before, w); err != nil {
		return err
	}
	switch w.End {
	case wait.Final:
		return errFinal
	case wait.Refused:
		return w.Err
	}
	return nil
}

// alarm reports that the SDK is silent, with a possible cause.
func (r *run) alarm() error {
	if due, expected := r.watch.Due(); !expected || r.o.c.Now().Before(due) {
		return nil
	}
	a := r.watch.Alarm()
	if a.Submit {
		r.asker.wake(possible)
	}
	return r.report.silence(a)
}
