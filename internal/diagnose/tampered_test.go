package diagnose_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
)

// tampers change what a message means.
var tampers = [...]struct {
	name   string
	tamper func(m *intake.Message)
}{
	{"amount", func(m *intake.Message) { m.Body = edit(m.Body, `"1000"`, `"9000"`) }},
	{"amount by a factor", func(m *intake.Message) { m.Body = edit(m.Body, `"1000"`, `"10000"`) }},
	{"amount as a number", func(m *intake.Message) { m.Body = edit(m.Body, `"1000"`, `1000`) }},
	{"amount with a fraction", func(m *intake.Message) { m.Body = edit(m.Body, `"1000"`, `"1000.00"`) }},
	{"amount with a zero before", func(m *intake.Message) { m.Body = edit(m.Body, `"1000"`, `"01000"`) }},
	{"currency", func(m *intake.Message) { m.Body = edit(m.Body, `"USD"`, `"JPY"`) }},
	{"currency in small letters", func(m *intake.Message) { m.Body = edit(m.Body, `"USD"`, `"usd"`) }},
	{"request id", func(m *intake.Message) { m.Body = edit(m.Body, `"req-1"`, `"req-2"`) }},
	{"request id with a blank", func(m *intake.Message) { m.Body = edit(m.Body, `"req-1"`, `"req-1 "`) }},
	{"payment id", func(m *intake.Message) { m.Body = edit(m.Body, `000001"`, `000002"`) }},
	{"status", func(m *intake.Message) { m.Body = edit(m.Body, `"resultStatus":"S"`, `"resultStatus":"F"`) }},
	{"code", func(m *intake.Message) { m.Body = edit(m.Body, `"SUCCESS"`, `"PROCESS_FAIL"`) }},
	{"type", func(m *intake.Message) { m.Body = edit(m.Body, `PAYMENT_RESULT`, `PAYMENT_PENDING`) }},
	{"a member more", func(m *intake.Message) { m.Body = edit(m.Body, `"paymentAmount"`, `"a":1,"paymentAmount"`) }},
	{"a member twice", func(m *intake.Message) {
		m.Body = edit(m.Body, `"paymentRequestId":"req-1"`, `"paymentRequestId":"req-1","paymentRequestId":"req-2"`)
	}},
	{"a member less", func(m *intake.Message) { m.Body = edit(m.Body, `"paymentRequestId":"req-1",`, ``) }},
	{"values changed round", func(m *intake.Message) {
		m.Body = edit(m.Body, `"currency":"USD","value":"1000"`, `"currency":"1000","value":"USD"`)
	}},
	{"time by a second", func(m *intake.Message) { m.Header.Set("Request-Time", "2026-08-05T15:00:01+08:00") }},
	{"time by its zone", func(m *intake.Message) { m.Header.Set("Request-Time", "2026-08-05T15:00:00Z") }},
	{"time by a zone turned round", func(m *intake.Message) { m.Header.Set("Request-Time", "2026-08-05T15:00:00-08:00") }},
	{"time by a millisecond", func(m *intake.Message) { m.Header.Set("Request-Time", "1785913200001") }},
	{"client", func(m *intake.Message) { m.Header.Set("Client-Id", "5YEL6Y2ZT0GX00001") }},
	{"path", func(m *intake.Message) { m.Target = "/notifx" }},
}

// twists are honest mistakes that may come on top.
var twists = [...]func(m *intake.Message){
	func(*intake.Message) {},
	func(m *intake.Message) { m.Target = "/prod" + m.Target },
	func(m *intake.Message) { m.Body = append(m.Body, '\n') },
	func(m *intake.Message) { m.Body = indented(m.Body, "  ") },
	func(m *intake.Message) {
		header(m, func(h string) string { return strings.ReplaceAll(h, "%", "%25") })
	},
	func(m *intake.Message) { m.Method = "GET" },
}

// TestExplain_tampered: no hypothesis ever calls a tampered message explainable,
// whatever honest mistake stands beside it.
func TestExplain_tampered(t *testing.T) {
	t.Parallel()
	good := genuine(t, "go/ntf-pay")
	keys := []diagnose.Key{antomKey(t), merchantKey(t), otherKey(t, false)}
	for _, tamper := range tampers {
		for i, twist := range twists {
			m := *good
			m.Header, m.Body = good.Header.Clone(), bytes.Clone(good.Body)
			tamper.tamper(&m)
			twist(&m)
			c := &diagnose.Case{
				Message: &m, Keys: keys,
				URLs:      []diagnose.Known{{Value: "https://shop.example/api" + m.Target, From: "notify_url"}},
				ClientIDs: []diagnose.Known{{Value: m.Header.Get("Client-Id"), From: "profile"}},
			}
			if f := diagnose.Explain(c); f.ID() != "" {
				t.Errorf("%s with twist %d is called %s: %v", tamper.name, i, f.ID(), f.Details)
			}
		}
	}
}

// TestExplain_tamperedAnyhow changes any one digit or letter of an amount, an id,
// a status or the time into any other, beside an honest mistake: no cause is found.
func TestExplain_tamperedAnyhow(t *testing.T) {
	t.Parallel()
	good := genuine(t, "go/ntf-pay")
	keys := []diagnose.Key{antomKey(t), merchantKey(t)}
	const digits, letters = "0123456789", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	random := rand.New(rand.NewPCG(1, 2)) // the same in every run
	other := func(text, alphabet string) string {
		for {
			at := random.IntN(len(text))
			put := alphabet[random.IntN(len(alphabet))]
			if strings.IndexByte(alphabet, text[at]) >= 0 && text[at] != put {
				return text[:at] + string(put) + text[at+1:]
			}
		}
	}
	for range 100 {
		m := *good
		m.Header, m.Body = good.Header.Clone(), bytes.Clone(good.Body)
		twists[random.IntN(len(twists))](&m)
		var from, to string
		switch random.IntN(5) {
		case 0:
			from, to = "1000", other("1000", digits)
		case 1:
			from = []string{"req-1", "2026080519401080010018836022000000001"}[random.IntN(2)]
			to = other(from, letters)
		case 2:
			from, to = `"S"`, other(`"S"`, letters)
		case 3:
			from = []string{"USD", `"SUCCESS"`, "PAYMENT_RESULT"}[random.IntN(3)]
			to = other(from, letters)
		default:
			from = m.Header.Get("Request-Time")
			to = other(from, digits)
			m.Header.Set("Request-Time", to)
		}
		if from != good.Header.Get("Request-Time") {
			m.Body = edit(m.Body, from, to)
		}
		if f := diagnose.Explain(&diagnose.Case{Message: &m, Keys: keys}); f.ID() != "" {
			t.Errorf("%s in place of %s is called %s: %v", to, from, f.ID(), f.Details)
		}
	}
}

// meaning is what a body says, read without any care for how it is written.
func meaning(t *testing.T, body []byte) intake.Summary {
	t.Helper()
	return intake.Summarise(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff")))
}

// FuzzExplain_tampered changes any bytes of a good body. If that finds an
// explanation, the change did not touch what the message says.
func FuzzExplain_tampered(f *testing.F) {
	good := genuine(f, "go/ntf-pay")
	key := antomKey(f)
	f.Add(uint16(10), uint8(3), []byte("x"))
	f.Add(uint16(0), uint8(0), []byte("\ufeff"))
	f.Add(uint16(240), uint8(0), []byte("\r\n"))
	f.Add(uint16(229), uint8(4), []byte("9000"))
	f.Add(uint16(1), uint8(0), []byte(" \n"))
	f.Add(uint16(231), uint8(1), []byte(`\u0031`))
	f.Fuzz(func(t *testing.T, at uint16, length uint8, put []byte) {
		begin := min(int(at), len(good.Body))
		end := min(begin+int(length), len(good.Body))
		m := *good
		m.Body = append(append(bytes.Clone(good.Body[:begin]), put...), good.Body[end:]...)
		found := diagnose.Explain(&diagnose.Case{Message: &m, Keys: []diagnose.Key{key}})
		if found.ID() == "" || !meaning(t, m.Body).IsJSON || strings.Contains(found.ID(), "body-quoted") {
			return // what can't be read says nothing else either
		}
		if got, want := meaning(t, m.Body), meaning(t, good.Body); got != want {
			t.Errorf("%s explains a body that says %+v, signed was %+v", found.ID(), got, want)
		}
	})
}
