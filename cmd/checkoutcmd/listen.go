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

// lateNotice is how long the final notification is waited for once inquiryPayment has reported
// a final status.
const lateNotice = 5 * time.Second

// listen opens the receiver and sets the session's notification URL to it.
func (r *run) listen(ctx context.Context) (err error) {
	if r.o.listen == "" {
		return nil
	}
	if r.m.Emulator == nil && r.o.notifyURL == "" && !r.o.existing() {
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

// notifyAddress is the URL of --listen; empty without it.
func (r *run) notifyAddress() string {
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

// handleNotices handles the notifications that have arrived.
func (r *run) handleNotices() error {
	for _, e := range r.hearing.Take() {
		record := noticeRecord{Type: "notification", Time: r.report.stamp(e.Time), Genuine: e.Type == receiver.Received}
		if e.Record != nil {
			record.NotifyType, record.PaymentRequestID = redact.Line(e.Record.NotifyType), redact.Line(e.Record.PaymentRequestID)
			record.ResultStatus, record.ResultCode = redact.Line(e.Record.ResultStatus), redact.Line(e.Record.ResultCode)
			record.Ours = e.Record.PaymentRequestID == r.session.PaymentRequestID
		}
		if e.Err != nil {
			record.Message = redact.Line(e.Err.Error())
		}
		if err := r.report.notice(e.Time, record); err != nil {
			return err
		}
		if record.Genuine && record.Ours {
			r.applyNotice(record)
		}
	}
	return nil
}

// applyNotice records the result in a genuine notification, and asks inquiryPayment: the state
// may have changed since.
func (r *run) applyNotice(record noticeRecord) {
	if record.NotifyType == string(antom.NotifyPaymentResult) {
		r.notified = map[string]antom.PaymentStatus{"S": antom.PaymentSuccess, "F": antom.PaymentFail}[record.ResultStatus]
	}
	r.asker.wake(claimed)
}

// awaitNotification waits for the final notification, which may arrive after the answer of
// inquiryPayment.
func (r *run) awaitNotification(ctx context.Context) error {
	if r.hearing == nil {
		return nil
	}
	limit := time.After(lateNotice)
	for r.notified == "" {
		select {
		case <-r.hearing.More():
			if err := r.handleNotices(); err != nil {
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
func (t *reporter) notice(at time.Time, n noticeRecord) error {
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
