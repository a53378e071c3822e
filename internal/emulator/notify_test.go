package emulator_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
)

// sends are the times, after the event, at which a notification is sent that is
// never acknowledged.
func sends(t *testing.T, mode emulator.Resend, acknowledge int) []string {
	t.Helper()
	p := newPlay(t, emulator.Options{Resend: mode})
	prepare(t, p, "session capture=MANUAL", "pay processing=3s", "advance 3s")
	var times []string
	for range 20 {
		due, err := p.e.DueDeliveries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range due {
			if d.Attempt != len(times)+1 || d.Type != "PAYMENT_RESULT" {
				t.Errorf("delivery %+v is attempt %d", d, len(times)+1)
			}
			times = append(times, d.Due.Sub(start().Add(3*time.Second)).String())
			ok := len(times) == acknowledge
			if err := p.e.RecordAttempt(t.Context(), d.ID, emulator.Attempt{HTTPStatus: 200, Acknowledged: ok, Verdict: "resultStatus missing"}); err != nil {
				t.Fatal(err)
			}
		}
		next, planned, err := p.e.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !planned {
			return times
		}
		if _, _, err := p.e.SetClock(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
	return times
}

func TestResend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		mode        emulator.Resend
		acknowledge int
		want        []string
	}{
		{"production", emulator.ResendProduction, 0, []string{"0s", "2m0s", "12m0s", "22m0s", "1h22m0s", "3h22m0s", "9h22m0s", "24h22m0s"}},
		{"acknowledged", emulator.ResendProduction, 3, []string{"0s", "2m0s", "12m0s"}},
		{"sandbox", emulator.ResendSandbox, 0, []string{"0s"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := sends(t, test.mode, test.acknowledge)
			if len(got) != len(test.want) {
				t.Fatalf("sent after %v, want %v", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("send %d after %s, want %s", i+1, got[i], test.want[i])
				}
			}
		})
	}
}

// TestDeliveries are in the order of their times, over all payments, and go when
// a payment is cancelled before it ends.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	prepare(t, p, "session id=a", "pay id=a processing=5s", "session id=b", "pay id=b processing=3s", "session id=c", "pay id=c processing=4s", "cancel id=c")
	if next, planned, err := p.e.NextDue(t.Context()); err != nil || !planned || !next.Equal(start().Add(3*time.Second)) {
		t.Errorf("next due: %s %v %v", next, planned, err)
	}
	if due, err := p.e.DueDeliveries(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("due before time: %+v, %v", due, err)
	}
	prepare(t, p, "advance 1h")
	due, err := p.e.DueDeliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range due {
		got = append(got, d.PaymentRequestID+" "+string(d.Type))
	}
	want := []string{"b PAYMENT_RESULT", "b CAPTURE_RESULT", "a PAYMENT_RESULT", "a CAPTURE_RESULT"}
	if len(got) != len(want) {
		t.Fatalf("due: %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("due: %v, want %v", got, want)
		}
	}
	details, err := p.e.Show(t.Context(), "b")
	if err != nil || details.Notifications[0].State != "queued" || details.Notifications[0].ID != due[0].ID {
		t.Errorf("show: %+v, %v", details.Notifications, err)
	}
	if err := p.e.RecordAttempt(t.Context(), "nosuch-PAYMENT_RESULT", emulator.Attempt{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("attempt at nothing: %v", err)
	}
	if err := p.e.RecordAttempt(t.Context(), due[0].ID+"X", emulator.Attempt{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("attempt at nothing: %v", err)
	}
}

// TestRefundNotifyURL prefers the refund's own URL.
func TestRefundNotifyURL(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	prepare(t, p, "session sale", "pay", "refund amount=100", "refund amount=200 notify=https://shop.example/refunds")
	open, acknowledged, err := p.e.Undelivered(t.Context(), "o1")
	if err != nil || acknowledged != 0 || len(open) != 3 {
		t.Fatalf("%+v, %d, %v", open, acknowledged, err)
	}
	if open[1].URL != "https://shop.example/notify" || open[2].URL != "https://shop.example/refunds" {
		t.Errorf("sent to %s and %s", open[1].URL, open[2].URL)
	}
	if err := p.e.RecordAttempt(t.Context(), open[2].ID, emulator.Attempt{Acknowledged: true}); err != nil {
		t.Fatal(err)
	}
	if open, acknowledged, err = p.e.Undelivered(t.Context(), "o1"); err != nil || acknowledged != 1 || len(open) != 2 {
		t.Errorf("%+v, %d, %v", open, acknowledged, err)
	}
}
