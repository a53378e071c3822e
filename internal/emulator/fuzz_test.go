package emulator_test

import (
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// FuzzOperation sends any body to each operation: the answer is always a result
// with HTTP 200, signed as the SDKs read it, and never SYSTEM_ERROR.
func FuzzOperation(f *testing.F) {
	for i, body := range []string{
		`{"paymentRequestId":"o1"}`, `{"paymentId":"1","captureRequestId":"c","captureAmount":{"currency":"SGD","value":"1"}}`,
		`{"refundRequestId":"r","paymentId":"1","refundAmount":{"currency":"SGD","value":"1"},"isAsyncRefund":"true"}`,
		`{"productCode":"CASHIER_PAYMENT","paymentRequestId":"free","paymentAmount":{"currency":"SGD","value":"4200"},"paymentRedirectUrl":"https://shop.example/","paymentMethod":{"paymentMethodType":"CARD"},"order":{"referenceOrderId":"1","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"4200"}}}`,
		`{}`, `null`, `[]`, ``, `{"paymentMethod":7,"paymentRequestId":"\u0000"}`,
	} {
		f.Add(uint8(i), []byte(body))
	}
	p := newPlay(f, emulator.Options{Hold: true})
	f.Cleanup(func() { _ = p.e.Close() }) // the folder goes anyway
	f.Fuzz(func(t *testing.T, op uint8, body []byte) {
		names := antom.Operations()
		q := &play{tb: t, e: p.e, handler: p.handler, facts: p.facts, vars: map[string]string{}, counter: map[string]int{}}
		if err := q.send(request{path: "/ams/api/v1/payments/" + string(names[int(op)%len(names)]), body: body}); err != nil {
			t.Fatal(err)
		}
		if q.at("result.resultCode") == "SYSTEM_ERROR" || q.at("result.resultStatus") == nil {
			t.Errorf("answer %v", q.answer)
		}
	})
}
