package emulator_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// savedAgain begins another emulator with what this one exports: it must be the
// same, and answer the same.
func (p *play) savedAgain(t *testing.T) {
	t.Helper()
	exported, err := p.e.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := newPlay(t, emulator.Options{})
	n, err := other.e.Begin(t.Context(), exported)
	if err != nil {
		t.Fatalf("begin with what was exported: %v\n%s", err, exported)
	}
	again, err := other.e.Export(t.Context())
	if err != nil || string(again) != string(exported) {
		t.Errorf("exported again: %v\n%s\nfirst:\n%s", err, again, exported)
	}
	orders, err := p.e.List(t.Context(), 0)
	if err != nil || len(orders) != n {
		t.Fatalf("%d orders of %d, %v", n, len(orders), err)
	}
	for _, o := range orders {
		want, err := p.e.Show(t.Context(), emulator.OrderOf(o.PaymentRequestID, o.ClientID))
		if err != nil {
			t.Fatal(err)
		}
		got, err := other.e.Show(t.Context(), emulator.OrderOf(o.PaymentRequestID, o.ClientID))
		if err != nil {
			t.Fatal(err)
		}
		want.Notifications, got.Notifications = nil, nil // what is past counts as acknowledged
		if left, right := toJSON(t, want), toJSON(t, got); left != right {
			t.Errorf("order %s was\n%s\nand is\n%s", o.PaymentRequestID, left, right)
		}
	}
	if due, err := other.e.DueDeliveries(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("%d notifications are due, %v", len(due), err)
	}
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// FuzzBegin: whatever a file says, it is taken or refused, and what was taken can
// be exported, taken again and called. What is refused leaves the state as it was.
func FuzzBegin(f *testing.F) {
	for _, text := range [...]string{
		`{"orders":[{"paymentRequestId":"a","amount":"42.00 SGD","manualCapture":true,"created":"-90m","payments":[{"card":"4054695723100768","captures":[{"requestId":"c","amount":"10.00 SGD"}],"refunds":[{"requestId":"r","amount":"4.00 SGD"}]}]}]}`,
		`{"clock":"2030-01-01T00:00:00Z","orders":[{"paymentRequestId":"a","amount":{"currency":"JPY","value":"42"},"payments":[{"final":"+2h"},{"code":"RISK_REJECT"}]}]}`,
		`{"orders":[{"paymentRequestId":"a","amount":"42.00 SGD","payments":[null,{}]}]}`, `{"orders":[null]}`, `{"orders":null}`, `{"orders":[{"sessions":[""]}]}`, `[]`, ``,
		`{"orders":[{"paymentRequestId":"a","amount":"42.00 SGD","manualCapture":true,"payments":[{"captures":[null]}]}]}`,
		`{"orders":[{"paymentRequestId":"a","amount":"42.00 SGD","payments":[{"refunds":[null]}]}]}`,
	} {
		f.Add(text)
	}
	p := newPlay(f, emulator.Options{Hold: true})
	f.Cleanup(func() { _ = p.e.Close() }) // the folder goes anyway
	f.Fuzz(func(t *testing.T, text string) {
		before, err := p.e.Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.e.Begin(t.Context(), []byte(text)); err != nil {
			if _, refused := errors.AsType[*emulator.Refusal](err); !refused {
				t.Errorf("not refused, but failed: %v", err)
			}
			if after, err := p.e.Export(t.Context()); err != nil || string(after) != string(before) {
				t.Errorf("a state that was refused changed something: %v\n%s\nwas\n%s", err, after, before)
			}
			return
		}
		exported, err := p.e.Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.e.Begin(t.Context(), exported); err != nil {
			t.Errorf("what was exported is refused: %v\n%s", err, exported)
		}
		orders, err := p.e.List(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			if o.PaymentID != "" {
				q := &play{tb: t, e: p.e, handler: p.handler, facts: p.facts, vars: map[string]string{}, counter: map[string]int{}}
				if err := q.call(string(antom.InquiryPayment), map[string]string{"paymentRequestId": o.PaymentRequestID}); err != nil || q.at("result.resultCode") == "SYSTEM_ERROR" {
					t.Errorf("inquire %q: %v, %v", o.PaymentRequestID, q.answer, err)
				}
			}
		}
	})
}
