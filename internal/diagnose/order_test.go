package diagnose_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// paid is a payment's notification as the emulator sends it, with objects in it.
const paid = `{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},` +
	`"paymentRequestId":"order-1","paymentId":"2026112519401080010018888","paymentAmount":{"currency":"SGD","value":"4200"},` +
	`"paymentCreateTime":"2026-11-25T01:48:38Z","paymentTime":"2026-11-25T01:48:38Z","paymentResultInfo":{"cardNo":"405469******0768",` +
	`"cardBrand":"VISA","issuingCountry":"SG","funding":"CREDIT","paymentMethodRegion":"GLOBAL","issuerName":"BANK <支付>","cardBin":"405469",` +
	`"threeDSResult":{"threeDSVersion":"2.2.0","eci":"07","cavv":"x"},"cvvResultRaw":"M","rrn":"802751758289"},` +
	`"authExpiryTime":"2026-12-02T01:48:38Z","paymentMethodType":"CARD"}`

// inquired is the answer of an inquiry as the emulator sends it.
const inquired = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},"paymentStatus":"SUCCESS","paymentResultCode":"SUCCESS",` +
	`"paymentResultMessage":"success.","paymentRequestId":"order-1","paymentId":"20261125","paymentAmount":{"currency":"SGD","value":"4200"},` +
	`"paymentCreateTime":"2026-11-25T01:48:38Z","paymentTime":"2026-11-25T01:48:38Z","paymentMethodType":"CARD","paymentResultInfo":{"cardNo":"405469******0768",` +
	`"cardBrand":"VISA"},"transactions":[{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"c-1",` +
	`"transactionAmount":{"currency":"SGD","value":"4200"},"transactionTime":"2026-11-25T01:48:39Z","transactionId":"1",` +
	`"transactionResult":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."}}]}`

// signed is a message with a body, signed with a key of its own.
func signed(t *testing.T, body string, keyVersion int) (*intake.Message, diagnose.Key) {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	m := genuine(t, "go/ntf-pay")
	m.Body = []byte(body)
	signature, err := key.Sign(m.Signed(), keyVersion)
	if err != nil {
		t.Fatal(err)
	}
	m.Header.Set("Signature", signature)
	return m, diagnose.Key{Name: "the key", Owner: diagnose.Antom, Test: true, Public: key.Public()}
}

// again is a body that Go parsed and wrote again, which sorts all members.
func again(t *testing.T, body string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// within puts a member of a sorted body back as it was in the body.
func within(t *testing.T, sorted []byte, body, member string) []byte {
	t.Helper()
	var before, after map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &before) != nil || json.Unmarshal(sorted, &after) != nil || before[member] == nil {
		t.Fatalf("no %s in %s", member, body)
	}
	return edit([]byte(body), string(before[member]), string(after[member]))
}

// TestExplain_nestedOrder: a body whose objects were sorted, at whatever depth,
// finds its documented order again, also with other spaces, escapes or path.
func TestExplain_nestedOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body, cause string
		breaks            func(m *intake.Message)
	}{
		{"everything", paid, "body-key-order", func(m *intake.Message) { m.Body = again(t, paid) }},
		{"one object only", paid, "body-key-order", func(m *intake.Message) { m.Body = within(t, again(t, paid), paid, "paymentResultInfo") }},
		{"an answer with transactions", inquired, "body-key-order", func(m *intake.Message) { m.Body = again(t, inquired) }},
		{"indented", paid, "body-key-order", func(m *intake.Message) { m.Body = indented(again(t, paid), "    ") }},
		{"spaced and escaped as by Python", paid, "body-key-order", func(m *intake.Message) {
			text := strings.ReplaceAll(strings.ReplaceAll(string(again(t, paid)), `":`, `": `), `,"`, `, "`)
			m.Body = []byte(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", "支付", `\u652f\u4ed8`).Replace(text))
		}},
		{"and the path", strings.NewReplacer("<", "", ">", "").Replace(paid), "path-prefix-lost+body-key-order", func(m *intake.Message) {
			m.Body, m.Target = again(t, string(m.Body)), strings.TrimPrefix(m.Target, "/notify")+"/"
			m.Header.Set("X-Forwarded-Uri", "/notify")
		}},
	} {
		m, key := signed(t, test.body, 1)
		test.breaks(m)
		f := diagnose.Explain(&diagnose.Case{Message: m, Keys: []diagnose.Key{key}})
		if f.ID() != test.cause {
			t.Errorf("%s: %q, ruled out %q, details %v", test.name, f.ID(), f.RuledOut, f.Details)
		}
	}
}

// TestExplain_unknownOrder: where the order can't be known, nobody says that it
// was ruled out or that the content was changed.
func TestExplain_unknownOrder(t *testing.T) {
	t.Parallel()
	body := edit([]byte(paid), `"cardNo":`, `"zone":"z","brandNew":1,"cardNo":`)
	m, key := signed(t, string(body), 1)
	m.Body = again(t, string(body))
	f := diagnose.Explain(&diagnose.Case{Message: m, Keys: []diagnose.Key{key}})
	said := strings.Join(f.RuledOut, "\n")
	if f.ID() != "" || f.ContentChanged || strings.Contains(said, "affects the meaning") || !strings.Contains(f.Noticed, "alphabetical order") {
		t.Errorf("cause %q, noticed %q, ruled out %q", f.ID(), f.Noticed, said)
	}
	if len(f.Details) != 2 || f.Details[1].Label != "not ruled out" || !strings.Contains(f.Details[1].Value, `"brandNew", "zone"`) {
		t.Errorf("details %v", f.Details)
	}
}

// TestExplain_missing: without a part of what is signed, nothing is ruled out.
func TestExplain_missing(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(m *intake.Message){
		"the time":      func(m *intake.Message) { m.Header.Del("Request-Time") },
		"the client id": func(m *intake.Message) { m.Header.Del("Client-Id") },
		"the URL":       func(m *intake.Message) { m.Target = "" },
		"the body":      func(m *intake.Message) { m.Body = nil },
	} {
		m, key := signed(t, paid, 1)
		m.Target = "/some/where/else"
		m.Body = edit(m.Body, "4200", "9200")
		breaks(m)
		f := diagnose.Explain(&diagnose.Case{Message: m, Keys: []diagnose.Key{key}})
		if f.ID() != "" || f.ContentChanged || len(f.RuledOut) > 0 || len(f.Details) != 2 || f.Details[1].Value != name+": so no cause can be excluded" {
			t.Errorf("%s: %q, ruled out %q, details %v", name, f.ID(), f.RuledOut, f.Details)
		}
	}
}

// TestExplain_keyVersion: a header that names a later key, none of which is
// known, says so first; each known key is named once.
func TestExplain_keyVersion(t *testing.T) {
	t.Parallel()
	m, _ := signed(t, paid, 2)
	key := antomKey(t)
	f := diagnose.Explain(&diagnose.Case{Message: m, Keys: []diagnose.Key{key, key, otherKey(t, true)}})
	if !strings.HasPrefix(f.Noticed, `its header has key version "2"`) || len(f.See) != 1 || f.See[0].ID != "key-rotated" || f.ID() != "" {
		t.Errorf("cause %q, noticed %q, see %v", f.ID(), f.Noticed, f.See)
	}
	if n := strings.Count(strings.Join(f.RuledOut, "\n"), key.Name); n != 1 {
		t.Errorf("the key is named %d times: %q", n, f.RuledOut)
	}
	first, _ := signed(t, paid, 1)
	if f := diagnose.Explain(&diagnose.Case{Message: first, Keys: []diagnose.Key{key}}); f.Noticed != "" {
		t.Errorf("of version 1: %q", f.Noticed)
	}
}

// TestOtherClient: a profile that has the client id is named.
func TestOtherClient(t *testing.T) {
	t.Parallel()
	known := []diagnose.Known{{Value: "B", From: `profile "b"`}}
	if f := diagnose.OtherClient("B", "A", known); f.ID() != "client-other" || !strings.Contains(f.Remedy(), `profile "b"`) || f.Details[0].Value != `"B" (profile "b")` {
		t.Errorf("%q: %q %v", f.ID(), f.Remedy(), f.Details)
	}
	if f := diagnose.OtherClient("C", "A", known); strings.Contains(f.Remedy(), "profile \"b\"") || !bytes.Contains([]byte(f.Remedy()), []byte("do not act on it")) {
		t.Errorf("%q", f.Remedy())
	}
}
