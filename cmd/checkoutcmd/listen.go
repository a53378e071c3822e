package checkoutcmd

import (
	"context"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/hearing"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// lateNotice is how long the final notification is waited for once inquiryPayment has
// told the end.
const lateNotice = 5 * time.Second

// listen opens the receiver, and has the session's notifications come to it.
func (r *run) listen(ctx context.Context) (err error) {
	if r.o.listen == "" {
		return nil
	}
	if r.m.Emulator == nil && r.o.notifyURL == "" && !r.o.takes() {
		return cli.Usagef("--listen: Antom can't call this machine").WithHint("--notify-url names the URL of a tunnel that leads here: see antom help tunnels")
	}
	if r.hearing, err = hearing.Open(ctx, r.o.c, r.p, hearing.Options{Address: r.o.listen, Public: r.o.notifyURL, Merchant: r.m}); err != nil {
		return err
	}
	r.stops = append(r.stops, r.hearing.Close)
	if r.o.notifyURL == "" {
		r.m.Profile.NotifyURL = r.hearing.URL
	}
	r.work = append(r.work, r.hearing.Serve)
	return nil
}

// hearsAt is the URL of --listen; empty without it.
func (r *run) hearsAt() string {
	if r.hearing == nil {
		return ""
	}
	return r.hearing.URL
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
	for _, e := range r.hearing.Take() {
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
		r.notified = map[string]antom.PaymentStatus{"S": antom.PaymentSuccess, "F": antom.PaymentFail}[record.ResultStatus]
	}
	r.asker.because(claimed)
}

// awaitNotice waits for the final notification, which may come after the answer.
func (r *run) awaitNotice(ctx context.Context) error {
	if r.hearing == nil {
		return nil
	}
	limit := time.After(lateNotice)
	for r.notified == "" {
		select {
		case <-r.hearing.More():
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
