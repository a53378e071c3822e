package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// wire is what is seen of one message on the wire, where faults show.
type wire struct {
	err    error // no answer came
	status int
	header http.Header
	body   []byte
	cut    bool // the body ended too early
	took   time.Duration
	done   bool // the call was carried out
	times  int  // so often a notification came
	late   bool // it came after the next one
	target string
	method string
}

// verifies reports whether the signature is that of a body.
func (w *wire) verifies(key *sign.PublicKey, time string, body []byte) bool {
	_, err := key.Verify(sign.Message{
		Method: w.method, Target: w.target, ClientID: w.header.Get("Client-Id"), Time: w.header.Get(time), Body: body,
	}, w.header.Get("Signature"))
	return err == nil
}

// pairArgument keeps the arguments of a pair short and apart.
var pairArgument = [...]struct{ kind, argument string }{
	{"cut-body", ":100000"}, {"late-answer", ":15ms"}, {"latency", ":15ms"}, {"unknown-done", ":SYSTEM_ERROR"},
}

func pairFault(operation, kind string) string {
	for _, row := range pairArgument {
		if row.kind == kind {
			return operation + ":1=" + kind + row.argument
		}
	}
	return operation + ":1=" + kind
}

// traces tell by the wire whether a fault of a kind did what it does.
func traces(s *served, clientTime string) map[string]func(*wire) bool {
	says := func(code string) func(*wire) bool {
		return func(w *wire) bool { return bytes.Contains(w.body, []byte(`"`+code+`"`)) }
	}
	slow := func(w *wire) bool { return w.took >= 15*time.Millisecond }
	has := func(w *wire, name string) bool { return len(w.header.Values(name)) > 0 }
	return map[string]func(*wire) bool{
		"cut-body":         func(w *wire) bool { return w.cut },
		"html":             func(w *wire) bool { return bytes.Contains(w.body, []byte("<!doctype")) && !w.done },
		"late-answer":      slow,
		"latency":          slow,
		"lost-answer":      func(w *wire) bool { return w.err != nil && w.done },
		"reset":            func(w *wire) bool { return w.err != nil && !w.done },
		"status":           func(w *wire) bool { return w.status == 503 && !w.done },
		"key-rotation":     func(w *wire) bool { return strings.Contains(w.header.Get("Signature"), "keyVersion=2") },
		"no-response-time": func(w *wire) bool { return w.err == nil && !has(w, clientTime) },
		"no-signature":     func(w *wire) bool { return w.err == nil && !has(w, "Signature") },
		"unsigned":         func(w *wire) bool { return w.err == nil && !has(w, "Signature") && !has(w, clientTime) },
		"wrong-client-id":  func(w *wire) bool { return w.header.Get("Client-Id") == "SANDBOX_5XSOMEONEELSE1" },
		"wrong-signature": func(w *wire) bool {
			if !has(w, "Signature") {
				return false
			}
			rotated, err := s.gateway.RotatedKey()
			if err != nil {
				s.t.Fatal(err)
			}
			return !w.verifies(s.facts.AntomKey, clientTime, w.body) && (rotated == nil || !w.verifies(rotated, clientTime, w.body))
		},
		"stale-time": func(w *wire) bool {
			at, err := sign.ParseTime(w.header.Get(clientTime))
			return err == nil && time.Since(at) > 5*time.Minute
		},
		"late-failure": func(w *wire) bool { return says("UNKNOWN_EXCEPTION")(w) && !w.done },
		"rate-limit":   func(w *wire) bool { return says("REQUEST_TRAFFIC_EXCEED_LIMIT")(w) && !w.done },
		"unknown":      func(w *wire) bool { return says("UNKNOWN_EXCEPTION")(w) && !w.done },
		"unknown-done": func(w *wire) bool { return says("SYSTEM_ERROR")(w) && w.done },
		"notify-first": func(w *wire) bool { return w.done },
		"never":        func(w *wire) bool { return w.times == 0 },
		"twice":        func(w *wire) bool { return w.times == 2 },
		"out-of-order": func(w *wire) bool { return w.late },
	}
}

// kindsFor are the kinds of faults of calls, or of notifications.
func kindsFor(wanted func(emulator.FaultKind) bool) []string {
	var kinds []string
	for _, kind := range emulator.FaultKinds() {
		if wanted(kind) {
			kinds = append(kinds, kind.Name)
		}
	}
	return kinds
}

// checkPair wants every fault that counts as struck to show, at least one of them
// to, and the record to name just those.
func checkPair(t *testing.T, s *served, w *wire, traces map[string]func(*wire) bool) {
	t.Helper()
	var injected, placed []string
	for _, f := range s.server.Faults() {
		placed = append(placed, f.Kind)
		if f.Seen != 1 {
			t.Errorf("%s was seen %d times", f, f.Seen)
		}
		if f.Injected == 1 {
			injected = append(injected, f.Kind)
			if !traces[f.Kind](w) {
				t.Errorf("%q: %s counts as struck, and does not show in %+v", placed, f, w)
			}
		}
	}
	if len(injected) == 0 {
		t.Errorf("%q: none struck", placed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	told := slices.Clone(s.records[0].Faults)
	slices.Sort(told)
	slices.Sort(injected)
	if !slices.Equal(slices.Compact(injected), told) {
		t.Errorf("%q: the record names %q, and %q struck", placed, told, injected)
	}
}

// TestFaults_pairsOfCalls lets every two kinds of faults strike one call: what is
// counted is what shows on the wire.
func TestFaults_pairsOfCalls(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	kinds, seen := kindsFor(func(k emulator.FaultKind) bool { return k.Calls && k.Name != "answer-of-another" }), traces(s, "Response-Time")
	for i, first := range kinds {
		for j, second := range kinds {
			s.server.ClearFaults()
			s.fault(pairFault("createPaymentSession", first))
			s.fault(pairFault("createPaymentSession", second))
			w := s.call(fmt.Sprintf("pair-%d-%d", i, j))
			checkPair(t, s, w, seen)
		}
	}
}

// call makes a session with a bare client and tells what came of it.
func (s *served) call(id string) *wire {
	s.t.Helper()
	s.mu.Lock()
	s.records = nil
	s.mu.Unlock()
	request, err := s.client.NewRequest(s.t.Context(), antom.CreatePaymentSession.Endpoint(), sessionBody(id, "", automatic))
	if err != nil {
		s.t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	w := &wire{method: request.Method, target: request.URL.RequestURI()}
	start := time.Now()
	answer, err := client.Do(request)
	w.err = err
	if err == nil {
		w.status, w.header = answer.StatusCode, answer.Header
		w.body, err = io.ReadAll(answer.Body)
		answer.Body.Close()
		if w.cut = errors.Is(err, io.ErrUnexpectedEOF); w.cut {
			w.body = append(w.body, '}') // the one byte that was cut off
		}
	}
	w.took = time.Since(start)
	_, err = s.gateway.Show(s.t.Context(), id)
	w.done = err == nil
	eventually(s.t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.records) > 0
	})
	return w
}

// TestFaults_pairsOfNotifications does the same with the sends of a notification.
func TestFaults_pairsOfNotifications(t *testing.T) {
	t.Parallel()
	var ways []*wire
	s := serveIt(t, emulator.ServeOptions{}, emulator.Options{Resend: emulator.ResendSandbox})
	if _, _, err := s.gateway.AdvanceClock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	shop := openShop(t, acknowledge)
	shop.antomKey = s.facts.AntomKey
	shop.tap = func(r *http.Request, body []byte) {
		ways = append(ways, &wire{method: r.Method, target: r.RequestURI, header: r.Header, body: body})
	}
	kinds, seen := kindsFor(func(k emulator.FaultKind) bool { return k.Notifies }), traces(s, "Request-Time")
	for i, first := range kinds {
		for j, second := range kinds {
			s.server.ClearFaults()
			s.fault(pairFault("notifyPayment", first))
			s.fault(pairFault("notifyPayment", second))
			s.mu.Lock()
			s.records = nil
			s.mu.Unlock()
			ways = nil
			start := time.Now()
			s.paid(fmt.Sprintf("pair-%d-%d", i, j), shop.URL, automatic)
			s.advance(time.Minute)
			w := &wire{took: time.Since(start)}
			for n, way := range ways {
				if bytes.Contains(way.body, []byte(`"PAYMENT_RESULT"`)) {
					w.method, w.target, w.header, w.body, w.late = way.method, way.target, way.header, way.body, w.late || n > 0 && w.times == 0
					w.times++
				}
			}
			s.records = slices.DeleteFunc(s.records, func(r emulator.Record) bool { return r.NotifyType != antom.NotifyPaymentResult })
			checkPair(t, s, w, seen)
		}
	}
}
