package emulator_test

import (
	"encoding/json"
	"io"
	"regexp"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// TestRefundReferences: a card refund that succeeded has the numbers by which the
// buyer's bank finds it, the same in the answer and in the notification; one that
// is under way has none.
func TestRefundReferences(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	prepare(t, p, "session sale", "pay", "refund async=true")
	inquire := func() (state antom.RefundState) {
		t.Helper()
		prepare(t, p, "inquireRefund")
		text, err := json.Marshal(p.answer)
		if err == nil {
			err = json.Unmarshal(text, &state)
		}
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	if state := inquire(); state.RefundStatus != antom.PaymentProcessing || state.ARN != "" || state.RRN != "" {
		t.Errorf("under way: %+v", state)
	}
	prepare(t, p, "advance 3s")
	state := inquire()
	if !regexp.MustCompile(`^7\d{22}$`).MatchString(state.ARN) || !regexp.MustCompile(`^\d{12}$`).MatchString(state.RRN) {
		t.Errorf("made: arn %q, rrn %q", state.ARN, state.RRN)
	}
	sent, err := p.e.Notifications(t.Context(), p.vars["paymentRequestId"])
	if err != nil || len(sent) != 2 {
		t.Fatalf("%d notifications, %v", len(sent), err)
	}
	body, err := io.ReadAll(sent[1].Body)
	if err != nil {
		t.Fatal(err)
	}
	var told antom.RefundNotification
	if err := json.Unmarshal(body, &told); err != nil || told.ARN != state.ARN {
		t.Errorf("notified of arn %q, %v; want %q", told.ARN, err, state.ARN)
	}
}
