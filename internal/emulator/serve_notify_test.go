package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// attemptsOf are the times of the attempts to tell of a payment, counted from
// the first.
func (s *served) attemptsOf(id string) (offsets []string, verdicts []string) {
	s.t.Helper()
	details, err := s.gateway.Show(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	n := details.Notifications[0]
	for _, a := range n.Attempts {
		offsets = append(offsets, a.Time.Sub(n.Attempts[0].Time).Round(time.Second).String())
		verdicts = append(verdicts, a.Verdict)
	}
	return offsets, verdicts
}

// TestNotify_schedule moves the clock by two days at once and wants each attempt
// at its own time.
func TestNotify_schedule(t *testing.T) {
	t.Parallel()
	refuse := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"result":{"resultStatus":"F","resultCode":"PROCESS_FAIL","resultMessage":"no"}}`))
	}
	for _, row := range [...]struct {
		resend emulator.Resend
		want   []string
	}{
		{emulator.ResendProduction, []string{"0s", "2m0s", "12m0s", "22m0s", "1h22m0s", "3h22m0s", "9h22m0s", "24h22m0s"}},
		{emulator.ResendSandbox, []string{"0s"}},
	} {
		t.Run(string(row.resend), func(t *testing.T) {
			t.Parallel()
			s, shop := serveWithShop(t, refuse, emulator.Options{Resend: row.resend})
			s.paid("paid", shop.URL, manual)
			s.advance(48 * time.Hour)
			offsets, verdicts := s.attemptsOf("paid")
			if diff := cmp.Diff(row.want, offsets); diff != "" {
				t.Errorf("attempts (-want +got):\n%s", diff)
			}
			if got := len(shop.kinds()); got != len(row.want) {
				t.Errorf("%d came, want %d", got, len(row.want))
			}
			if !strings.Contains(verdicts[0], `resultStatus is "F"`) {
				t.Errorf("verdict %q", verdicts[0])
			}
		})
	}
}

// TestNotify_untilAcknowledged judges by the body, and stops at the first true
// acknowledgement.
func TestNotify_untilAcknowledged(t *testing.T) {
	t.Parallel()
	answers := []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte("success")) },
		func(w http.ResponseWriter) { w.Header().Set("Location", "/moved"); w.WriteHeader(http.StatusFound) },
		func(w http.ResponseWriter) { acknowledge(w, nil) },
	}
	var next atomic.Int64
	s, shop := serveWithShop(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/notify" {
			t.Errorf("a redirect was followed to %s", r.URL)
		}
		answers[min(int(next.Add(1)), len(answers))-1](w)
	}, emulator.Options{})
	s.paid("paid", shop.URL+"/notify", manual)
	s.advance(48 * time.Hour)
	_, verdicts := s.attemptsOf("paid")
	want := []string{"HTTP status 500, want 200", "the body is not JSON", "HTTP status 302, want 200", "acknowledged"}
	if diff := cmp.Diff(want, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	for _, h := range shop.got {
		if h.err != nil {
			t.Errorf("a notification does not verify: %s", h.err)
		}
	}
	if d := s.deliveries(); len(d) != 4 || d[3].Attempt != 4 || !*d[3].Acknowledged {
		t.Errorf("the log says %+v", d)
	}
}

// TestNotify_unreachable keeps an attempt that found nobody, and one that took
// too long.
func TestNotify_unreachable(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{NotifyTimeout: 50 * time.Millisecond}, emulator.Options{})
	hang := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(hang) })
	gone := httptest.NewServer(nil)
	gone.Close()
	if _, _, err := s.gateway.AdvanceClock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	s.paid("slow", slow.URL, manual)
	s.paid("gone", gone.URL, manual)
	s.advance(10 * time.Second)
	for id, want := range map[string]string{"slow": "no answer: timed out", "gone": "connection refused"} {
		if _, verdicts := s.attemptsOf(id); len(verdicts) != 1 || !strings.Contains(verdicts[0], want) {
			t.Errorf("%s: %q, want %q", id, verdicts, want)
		}
	}
}

// TestNotify_order lets an endpoint dawdle over its first message: those of other
// payments come meanwhile, no more than 16 at a time, and the two of each payment
// stay in their order.
func TestNotify_order(t *testing.T) {
	t.Parallel()
	const payments = 40
	var mu sync.Mutex
	var underWay, most, came int
	company := make(chan struct{})
	s, shop := serveWithShop(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		underWay++
		came++
		most = max(most, underWay)
		if came == 2 {
			close(company)
		}
		mu.Unlock()
		<-company // the first one dawdles until another one has come
		mu.Lock()
		underWay--
		mu.Unlock()
		acknowledge(w, r)
	}, emulator.Options{})
	for n := range payments {
		id := "order-" + string(rune('A'+n/26)) + string(rune('a'+n%26))
		s.create(id, shop.URL+"/?id="+id, automatic)
		if _, err := s.gateway.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: id}); err != nil {
			t.Fatal(err)
		}
	}
	s.advance(time.Minute)
	if most < 2 || most > 16 {
		t.Errorf("%d notifications at a time, want 2 to 16", most)
	}
	last := map[string]string{}
	for _, d := range s.deliveries() {
		if d.NotifyType == "CAPTURE_RESULT" && last[d.PaymentRequestID] != "PAYMENT_RESULT" {
			t.Errorf("%s: the capture's message came after %q", d.PaymentRequestID, last[d.PaymentRequestID])
		}
		last[d.PaymentRequestID] = string(d.NotifyType)
	}
	if len(last) != payments || len(shop.kinds()) != 2*payments {
		t.Errorf("%d payments and %d messages, want %d and %d", len(last), len(shop.kinds()), payments, 2*payments)
	}
}

// TestNotify_realClock wants a notification sent when its time has come, without
// anybody asking.
func TestNotify_realClock(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{}, emulator.Options{})
	shop := openShop(t, acknowledge)
	shop.antomKey = s.facts.AntomKey
	s.create("paid", shop.URL, manual)
	if _, err := s.gateway.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "paid", Processing: 30 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	s.settle() // wakes the courier, which finds nothing due yet and sleeps until it is
	eventually(t, func() bool { return slices.Contains(shop.kinds(), "PAYMENT_RESULT") })
}

// TestNotify_held leaves everything in the queue.
func TestNotify_held(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	shop := openShop(t, acknowledge)
	shop.antomKey = s.facts.AntomKey
	s.paid("paid", shop.URL, automatic)
	s.advance(48 * time.Hour)
	open, _, err := s.gateway.Undelivered(t.Context(), "paid")
	if err != nil || len(open) != 2 || len(shop.kinds()) != 0 {
		t.Errorf("%d in the queue, %d sent, %v; want 2 and none", len(open), len(shop.kinds()), err)
	}
}

// TestRecords_ids wants the record of a capture, and of its notification, to name
// it, and to tell the emulator's time beside the real one.
func TestRecords_ids(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, acknowledge, emulator.Options{})
	id := s.paid("paid", shop.URL, manual)
	s.advance(24 * time.Hour)
	if _, err := s.client.Do(t.Context(), antom.Capture, captureBody(id, "c1", "4200")); err != nil {
		t.Fatal(err)
	}
	s.settle()
	found := 0
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.records {
		if r.CaptureRequestID != "c1" || r.PaymentID != id || r.EmulatorTime.Sub(r.Time).Round(time.Hour) != 24*time.Hour {
			continue
		}
		if found++; r.Type == "delivery" && (r.PaymentRequestID != "paid" || !strings.HasSuffix(r.NotificationID, "-CAPTURE_RESULT")) {
			t.Errorf("the delivery's record is %+v", r)
		}
	}
	if found != 2 {
		t.Errorf("%d records of the capture, want the call and the notification: %+v", found, s.records)
	}
}
