package emulator_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// otherClient is a second client of the emulators of these tests.
const otherClient = "SANDBOX_5YOTHER"

// shared is an emulator with two clients that use the same ids.
type shared struct {
	t       *testing.T
	e       *emulator.Emulator
	own     *antom.Client
	other   *antom.Client
	ownID   string
	clients [2]*antom.Client
}

// openShared opens the emulator of a folder for two clients that sign with the
// same key.
func openShared(t *testing.T, dir string, options emulator.Options) *shared {
	t.Helper()
	first, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	facts := first.Profile()
	options.Merchants = []emulator.Merchant{{ClientID: otherClient, Key: facts.MerchantKey.Public()}}
	s := &shared{t: t, ownID: facts.ClientID}
	if s.e, err = emulator.Open(dir, options); err != nil {
		t.Fatal(err)
	}
	for i, id := range [...]string{facts.ClientID, otherClient} {
		s.clients[i], err = antom.NewClient(id, facts.MerchantKey, facts.AntomKey, antom.WithGatewayURL(facts.GatewayURL), antom.WithTransport(s.e.RoundTripper()))
		if err != nil {
			t.Fatal(err)
		}
	}
	s.own, s.other = s.clients[0], s.clients[1]
	return s
}

// call makes a call and says how it ended, in a word.
func (s *shared) call(client *antom.Client, op antom.Operation, body []byte) string {
	s.t.Helper()
	_, err := client.Do(s.t.Context(), op, body)
	return verdict(err)
}

func (s *shared) pay(id, client string) string {
	s.t.Helper()
	paid, err := s.e.Pay(s.t.Context(), emulator.PayRequest{PaymentRequestID: id, ClientID: client})
	if err != nil {
		s.t.Fatal(err)
	}
	return paid.PaymentID
}

func refundBody(paymentID, requestID, value string) []byte {
	return fmt.Appendf(nil, `{"paymentId":%q,"refundRequestId":%q,"refundAmount":{"currency":"SGD","value":%q}}`, paymentID, requestID, value)
}

// TestClients_sameIDs lets two clients use the same ids for all that a merchant
// names itself, each with payments of its own.
func TestClients_sameIDs(t *testing.T) {
	t.Parallel()
	s := openShared(t, folder(t), emulator.Options{})
	var payments [2]string
	for i, client := range s.clients {
		if got := s.call(client, antom.CreatePaymentSession, sessionBody("same", "http://127.0.0.1:1/n", manual)); got != "ok" {
			t.Fatalf("session of client %d: %s", i, got)
		}
		payments[i] = s.pay("same", [...]string{s.ownID, otherClient}[i])
	}
	for i, client := range s.clients {
		value := [...]string{"1000", "2000"}[i]
		for range 2 { // the repeat is the same capture, whatever the other client asked for
			if got := s.call(client, antom.Capture, captureBody(payments[i], "c1", value)); got != "ok" {
				t.Errorf("capture of client %d: %s", i, got)
			}
			if got := s.call(client, antom.Refund, refundBody(payments[i], "r1", value)); got != "ok" {
				t.Errorf("refund of client %d: %s", i, got)
			}
		}
		payment, _, err := client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "same"})
		if err != nil || payment.PaymentID != payments[i] || len(payment.Transactions) != 2 || strconv.FormatInt(payment.Transactions[0].TransactionAmount.Value, 10) != value {
			t.Errorf("client %d sees %+v, %v", i, payment, err)
		}
	}
	due, err := s.e.DueDeliveries(t.Context())
	count := map[string]int{}
	for _, d := range due {
		count[d.ClientID]++
	}
	if diff := cmp.Diff(map[string]int{s.ownID: 3, otherClient: 3}, count); err != nil || diff != "" {
		t.Errorf("due notifications, %v (-want +got):\n%s", err, diff)
	}
}

// TestClients_strangers lets a client ask for everything of another's: nothing
// of it exists to it.
func TestClients_strangers(t *testing.T) {
	t.Parallel()
	s := openShared(t, folder(t), emulator.Options{})
	if got := s.call(s.own, antom.CreatePaymentSession, sessionBody("mine", "http://127.0.0.1:1/n", manual)); got != "ok" {
		t.Fatal(got)
	}
	id := s.pay("mine", "")
	for _, got := range []string{
		s.call(s.own, antom.Capture, captureBody(id, "c1", "1000")), s.call(s.own, antom.Refund, refundBody(id, "r1", "100")),
	} {
		if got != "ok" {
			t.Fatal(got)
		}
	}
	payment, _, err := s.own.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	refundID := payment.Transactions[1].TransactionID
	token := strings.Replace(string(sessionBody("theirs", "http://127.0.0.1:1/n", manual)), `"CARD"`, fmt.Sprintf(`"CARD","paymentMethodId":%q`, payment.PaymentResultInfo.CardToken), 1)
	for _, row := range [...]struct {
		op         antom.Operation
		body       []byte
		want, mine string
	}{
		{antom.InquiryPayment, inquiry("mine"), "ORDER_NOT_EXIST F", "ok"},
		{antom.InquiryPayment, fmt.Appendf(nil, `{"paymentId":%q}`, id), "ORDER_NOT_EXIST F", "ok"},
		{antom.Capture, captureBody(id, "c1", "1000"), "AUTH_NOT_FOUND F", "ok"},
		{antom.Refund, refundBody(id, "r1", "100"), "ORDER_NOT_EXIST F", "ok"},
		{antom.Cancel, inquiry("mine"), "ORDER_NOT_EXIST F", "PROCESS_FAIL F"},
		{antom.InquiryRefund, []byte(`{"refundRequestId":"r1"}`), "ORDER_NOT_EXIST F", "ok"},
		{antom.InquiryRefund, fmt.Appendf(nil, `{"refundId":%q}`, refundID), "ORDER_NOT_EXIST F", "ok"},
		{antom.CreatePaymentSession, []byte(token), "PARAM_ILLEGAL F", "ok"},
	} {
		if got := s.call(s.other, row.op, row.body); got != row.want {
			t.Errorf("%s %s by another client: %s, want %s", row.op, row.body, got, row.want)
		}
		if got := s.call(s.own, row.op, row.body); got != row.mine {
			t.Errorf("%s %s by its own client: %s, want %s", row.op, row.body, got, row.mine)
		}
	}
}

// TestClients_named wants a person to say whose payment is meant where two
// clients have it, and only there.
func TestClients_named(t *testing.T) {
	t.Parallel()
	s := openShared(t, folder(t), emulator.Options{})
	for _, client := range s.clients {
		s.call(client, antom.CreatePaymentSession, sessionBody("same", "http://127.0.0.1:1/n", manual))
	}
	s.call(s.other, antom.CreatePaymentSession, sessionBody("theirs", "http://127.0.0.1:1/n", manual))
	for _, row := range [...]struct{ id, client, want string }{
		{"same", "", `2 clients have a session "same": SANDBOX_5XEMULATOR00001, SANDBOX_5YOTHER; --client-id SANDBOX_5XEMULATOR00001 selects one`},
		{"same", otherClient, otherClient},
		{"same", s.ownID, s.ownID},
		{"theirs", "", otherClient},
		{"theirs", s.ownID, `the emulator has no session "theirs" of client SANDBOX_5XEMULATOR00001; antom session create`},
		{"sam", "", `the emulator has no session "sam"; antom session create`},
	} {
		details, err := s.e.Show(t.Context(), emulator.OrderOf(row.id, row.client))
		got := details.ClientID
		if refused, ok := errors.AsType[*emulator.Refusal](err); ok {
			got = refused.Error() + "; " + refused.Hint()
		}
		if !strings.HasPrefix(got, row.want) {
			t.Errorf("%s of %q: %q (%v), want %q", row.id, row.client, got, err, row.want)
		}
		if _, _, err := s.e.Undelivered(t.Context(), emulator.OrderOf(row.id, row.client)); (err == nil) != (details.ClientID != "") {
			t.Errorf("undelivered of %s of %q: %v", row.id, row.client, err)
		}
	}
}

// TestClients_earlierState reads a state of the time when clients shared their
// orders: each client finds what it made, and nothing of the other's.
func TestClients_earlierState(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	unpack(t, "testdata/state-shared.db.gz", filepath.Join(dir, "state.db"))
	s := openShared(t, dir, emulator.Options{})
	for i, row := range [...]struct{ name, paymentID, token string }{
		{"own", "20300101194010800100188831900029523", "EMULATOR0c7a2d8c37409a66b5ff29e3ef829cab"},
		{"theirs", "20300101194010800100188843320507762", "EMULATORa1bb2d816124f96107cbf57f502d906a"},
	} {
		mine, stranger := s.clients[i], s.clients[1-i]
		for _, call := range [...]struct {
			op          antom.Operation
			body        []byte
			want, alien string
		}{
			{antom.InquiryPayment, inquiry(row.name), "ok", "ORDER_NOT_EXIST F"},
			{antom.InquiryPayment, fmt.Appendf(nil, `{"paymentId":%q}`, row.paymentID), "ok", "ORDER_NOT_EXIST F"},
			{antom.Capture, captureBody(row.paymentID, row.name+"-c", "1000"), "ok", "AUTH_NOT_FOUND F"},
			{antom.Capture, captureBody(row.paymentID, row.name+"-c", "1001"), "REPEAT_REQ_INCONSISTENT F", "AUTH_NOT_FOUND F"},
			{antom.InquiryRefund, fmt.Appendf(nil, `{"refundRequestId":%q}`, row.name+"-r"), "ok", "ORDER_NOT_EXIST F"},
			{antom.CreatePaymentSession, sessionBody(row.name, "", manual), "ORDER_IS_CLOSED F", "ok"},
			{antom.CreatePaymentSession, sessionBody(row.name+"-open", "", manual), "ok", "ok"},
		} {
			if got := s.call(stranger, call.op, call.body); got != call.alien {
				t.Errorf("%s %s by another client: %s, want %s", call.op, call.body, got, call.alien)
			}
			if got := s.call(mine, call.op, call.body); got != call.want {
				t.Errorf("%s %s: %s, want %s", call.op, call.body, got, call.want)
			}
		}
		s.pay(row.name+"-open", [...]string{s.ownID, otherClient}[i])
		if got := s.call(mine, antom.InquiryPayment, inquiry(row.name+"-open")); got != "ok" {
			t.Errorf("the session of before, paid now: %s", got)
		}
	}
	list, err := s.e.List(t.Context(), 0)
	if err != nil || len(list) != 8 {
		t.Errorf("%d orders, %v; want the 4 of before and 4 of now", len(list), err)
	}
	if _, events, err := s.e.AdvanceClock(t.Context(), 8*24*time.Hour); err != nil || len(events) == 0 {
		t.Errorf("what is to come: %v, %v", events, err)
	}
}

// unpack writes a file that is kept compressed.
func unpack(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
