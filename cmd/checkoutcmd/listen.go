package checkoutcmd

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/pkg/antom"
)

// hearing receives the payment's notifications while the page is open (--listen).
type hearing struct {
	url    string // of the receiver
	mu     sync.Mutex
	events []receiver.Event
	more   chan struct{}
	result antom.PaymentStatus // what PAYMENT_RESULT said; empty: none came
}

// lateNotice is how long the final notification is waited for once inquiryPayment has
// told the end.
const lateNotice = 5 * time.Second

// listenPath is the path of the notify URL of sessions that name none.
const listenPath = "/antom/notify"

// listen opens the receiver, and has the session's notifications come to it.
func (r *run) listen(ctx context.Context) error {
	if r.o.listen == "" {
		return nil
	}
	if r.m.Emulator == nil && r.o.notifyURL == "" && !r.o.takes() {
		return cli.Usagef("--listen: Antom can't call this machine").WithHint("--notify-url names the URL of a tunnel that leads here: see antom help tunnels")
	}
	dir, err := r.o.c.JournalDir(r.profileName())
	if err != nil {
		return err
	}
	options := receiver.Options{Key: r.m.AntomKey, ClientID: r.m.Profile.ClientID, Now: r.o.c.Now, Notify: r.hearing.add}
	if r.o.notifyURL != "" {
		if options.Target, err = receiver.PublicTarget(r.o.notifyURL); err != nil {
			return cli.Usagef("--notify-url %s", err)
		}
	}
	listener, err := r.o.c.Listen(ctx, r.o.listen)
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = listener.Close() })
	if at, is := listener.Addr().(*net.TCPAddr); is && !at.IP.IsLoopback() {
		r.p.Warn("--listen %s: other machines can reach it", at)
	}
	journal, found, err := receiver.OpenJournal(dir)
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() {
		if err := journal.Close(); err != nil {
			r.p.Warn("close the journal: %s", err)
		}
	})
	for _, note := range found.Notes {
		r.p.Warn("%s", note)
	}
	options.Journal = journal
	r.hearing.url = serve.URL(listener.Addr(), false) + listenPath
	r.hearing.more = make(chan struct{}, 1)
	if r.o.notifyURL == "" {
		r.m.Profile.NotifyURL = r.hearing.url
	}
	r.work = append(r.work, func(ctx context.Context) error {
		return receiver.Serve(ctx, listener, http.Handler(receiver.New(options)))
	})
	return nil
}

// add hands an event to the goroutine that prints; it never waits.
func (h *hearing) add(e receiver.Event) {
	h.mu.Lock()
	h.events = append(h.events, e)
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
}

func (h *hearing) take() []receiver.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	events := h.events
	h.events = nil
	return events
}

// noticeRecord is a notification that was received, or one that was refused.
type noticeRecord struct {
	Type             string `json:"type"`
	Time             string `json:"time"`
	Genuine          bool   `json:"genuine"`
	Ours             bool   `json:"ours"` // about the payment of this run
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`
	Message          string `json:"message,omitempty"`
}

// noticed takes the notifications that have come.
func (r *run) noticed() error {
	for _, e := range r.hearing.take() {
		record := noticeRecord{Type: "notification", Time: r.tell.stamp(e.Time), Genuine: e.Type == receiver.Received}
		if e.Record != nil {
			record.NotifyType, record.PaymentRequestID = redact.Line(e.Record.NotifyType), redact.Line(e.Record.PaymentRequestID)
			record.ResultStatus, record.ResultCode = redact.Line(e.Record.ResultStatus), redact.Line(e.Record.ResultCode)
			record.Ours = e.Record.PaymentRequestID == r.session.PaymentRequestID
		}
		if e.Err != nil {
			record.Message = redact.Line(e.Err.Error())
		}
		if err := r.tell.notice(e.Time, record); err != nil {
			return err
		}
		if record.Genuine && record.Ours {
			r.believe(record)
		}
	}
	return nil
}

// believe takes in what a genuine notification says of the payment, and asks: it may
// have been overtaken.
func (r *run) believe(record noticeRecord) {
	if record.NotifyType == string(antom.NotifyPaymentResult) {
		r.hearing.result = map[string]antom.PaymentStatus{"S": antom.PaymentSuccess, "F": antom.PaymentFail}[record.ResultStatus]
	}
	r.asker.because(claimed)
}

// awaitNotice waits for the final notification, which may come after the answer.
func (r *run) awaitNotice(ctx context.Context) error {
	if r.hearing.url == "" {
		return nil
	}
	limit := time.After(lateNotice)
	for r.hearing.result == "" {
		select {
		case <-r.hearing.more:
			if err := r.noticed(); err != nil {
				return err
			}
		case <-limit:
			r.p.Warn("no PAYMENT_RESULT notification came within %s of the result", cli.Seconds(lateNotice))
			return nil
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// notice prints a notification.
func (t *teller) notice(at time.Time, n noticeRecord) error {
	text := t.clock(at) + "  " + column("notification") + "  "
	switch {
	case !n.Genuine:
		text += t.p.Styled("refused", output.Bad) + "  " + n.Message
	case !n.Ours:
		text += n.NotifyType + "  of another payment, " + n.PaymentRequestID + ": stored"
	default:
		text += n.NotifyType + "  " + n.ResultStatus + " " + n.ResultCode
	}
	return t.stream(n, text)
}
