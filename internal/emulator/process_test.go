package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// childDir makes the test binary a merchant that pays without end with the
// emulator in that folder, and says each answer.
const childDir = "EMULATOR_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := payForEver(os.Stdout, dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// payForEver creates and pays sessions until an answer is not S; it prints a
// line after each answer, and at the end the code.
func payForEver(out io.Writer, dir string) error {
	e, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		return err
	}
	client, err := newClient(e)
	if err != nil {
		return err
	}
	for i := range 100_000 {
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if _, _, err := client.Sessions.Create(context.Background(), sessionRequest(id)); err != nil {
			fmt.Fprintln(out, "refused", err)
			return nil
		}
		fmt.Fprintln(out, "session", id)
		if _, err := e.Pay(context.Background(), emulator.PayRequest{PaymentRequestID: id}); err == nil {
			fmt.Fprintln(out, "paid", id)
		}
	}
	return nil
}

func newClient(e *emulator.Emulator) (*antom.Client, error) {
	facts := e.Profile()
	return antom.NewClient(facts.ClientID, facts.MerchantKey, facts.AntomKey, antom.WithGatewayURL(facts.GatewayURL), antom.WithTransport(e.RoundTripper()))
}

func sessionRequest(id string) *antom.SessionRequest {
	amount := antom.Amount{Currency: "SGD", Value: 4200}
	return &antom.SessionRequest{
		ProductCode: antom.ProductCashierPayment, PaymentRequestID: id, PaymentAmount: amount, PaymentRedirectURL: "https://shop.example/paid",
		PaymentMethod: &antom.PaymentMethod{PaymentMethodType: "CARD"},
		Order:         &antom.Order{ReferenceOrderID: id, OrderDescription: "tea", OrderAmount: amount},
		PaymentFactor: &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true))},
	}
}

// answered are the lines of a child.
func answered(t *testing.T, dir, prefix string, enough int) (lines []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), "sh", "-c", prefix+` exec "$0"`, os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if lines = append(lines, scanner.Text()); len(lines) == enough {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = child.Wait() // it was killed, or says what is wrong in its lines
	return lines
}

// stands wants everything in the state that a child said was answered.
func stands(t *testing.T, dir string, lines []string) {
	t.Helper()
	e, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		what, id, _ := strings.Cut(line, " ")
		if what == "refused" {
			continue
		}
		details, err := e.Show(t.Context(), id)
		if err != nil {
			t.Errorf("%s, but: %v", line, err)
		}
		if what == "paid" && len(details.Payments) != 1 {
			t.Errorf("%s, but there is no payment", line)
		}
	}
}

// TestKilled kills a process at several moments of its work: what it was
// answered is in the state, and the state is sound.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, moment := range []int{1, 2, 7, 30, 61} {
		lines := answered(t, dir, "", moment)
		if len(lines) < moment || slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, "refused") }) {
			t.Fatalf("the child said %q", lines)
		}
		stands(t, dir, lines)
	}
}

// TestFullDisk lets the state file grow no further: the answer is SYSTEM_ERROR,
// the file is sound, and what was answered before is in it.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	lines := answered(t, dir, "ulimit -f 160;", 10_000)
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "refused createPaymentSession: refused by the gateway: SYSTEM_ERROR (F)") {
		t.Errorf("at the end the child said %q, want SYSTEM_ERROR", last)
	}
	stands(t, dir, lines)
	p := &play{tb: t, vars: map[string]string{}, counter: map[string]int{}}
	e, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.e, p.handler, p.facts = e, e, e.Profile()
	prepare(t, p, "session id=after")
	if err := p.expect([]string{"S SUCCESS"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestManyClients has 64 clients take payments through their steps at once, with
// a state file that is opened for each call and with one that is held.
func TestManyClients(t *testing.T) {
	t.Parallel()
	for _, hold := range []bool{false, true} {
		t.Run(fmt.Sprintf("hold=%v", hold), func(t *testing.T) {
			t.Parallel()
			e, err := emulator.Open(folder(t), emulator.Options{Hold: hold})
			if err != nil {
				t.Fatal(err)
			}
			client, err := newClient(e)
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for i := range 64 {
				group.Go(func() { takePayment(t, e, client, fmt.Sprintf("order-%d", i)) })
			}
			group.Wait()
			list, err := e.List(t.Context(), 0)
			if err != nil || len(list) != 64 {
				t.Errorf("%d orders, %v; want 64", len(list), err)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func takePayment(t *testing.T, e *emulator.Emulator, client *antom.Client, id string) {
	t.Helper()
	if _, _, err := client.Sessions.Create(t.Context(), sessionRequest(id)); err != nil {
		t.Error(err)
		return
	}
	if _, err := e.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: id}); err != nil {
		t.Error(err)
	}
	payment, _, err := client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: id})
	if err != nil || payment.PaymentStatus != antom.PaymentSuccess {
		t.Errorf("%s: %+v, %v", id, payment, err)
	}
}

// TestOneSubmission has 16 buyers submit one form at once: one is paid.
func TestOneSubmission(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	prepare(t, p, "session id=one")
	var paid, refused sync.Map
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			_, err := p.e.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "one"})
			if _, is := errors.AsType[*emulator.Refusal](err); is {
				refused.Store(i, true)
			} else if err == nil {
				paid.Store(i, true)
			}
		})
	}
	group.Wait()
	if count(&paid) != 1 || count(&refused) != 15 {
		t.Errorf("%d paid and %d refused, want 1 and 15", count(&paid), count(&refused))
	}
}

func count(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

// TestHold keeps a second one out.
func TestHold(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first, err := emulator.Open(dir, emulator.Options{Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.List(t.Context(), 0); err != nil {
		t.Error(err)
	}
	_, err = emulator.Open(dir, emulator.Options{Hold: true})
	if refused, is := errors.AsType[*emulator.Refusal](err); !is || !strings.Contains(refused.Error(), "in use by another process") {
		t.Errorf("a second holder: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := emulator.Open(dir, emulator.Options{Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// TestRealClock goes by the real clock, which is fake here: states change while
// nothing but time happens.
func TestRealClock(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	synctest.Test(t, func(t *testing.T) {
		<-time.After(30 * 365 * 24 * time.Hour) // fake time begins in 2000, when epoch milliseconds had 12 digits
		e, err := emulator.Open(dir, emulator.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		client, err := newClient(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := client.Sessions.Create(t.Context(), sessionRequest("order-1")); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "order-1", Processing: 3 * time.Second}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []antom.PaymentStatus{antom.PaymentProcessing, antom.PaymentSuccess} {
			payment, _, err := client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "order-1"})
			if err != nil || payment.PaymentStatus != want {
				t.Fatalf("%+v, %v; want %s", payment, err, want)
			}
			<-time.After(3 * time.Second) // of fake time
		}
	})
}

// TestNoCardNumbers looks for whole card numbers in all that is stored.
func TestNoCardNumbers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	e, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &play{tb: t, e: e, handler: e, facts: e.Profile(), vars: map[string]string{}, counter: map[string]int{}}
	numbers := []string{"4054695723100768", "4054692760174822", "4054695723100769", "4111111111111111", "378282246310005"}
	for _, number := range numbers {
		prepare(t, p, "session", "pay card="+number, "inquire")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(dir + "/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range numbers {
			if strings.Contains(string(text), number) {
				t.Errorf("%s holds the card number %s", file.Name(), number)
			}
		}
	}
}

// TestSeed makes the same story twice from one seed, and another from another.
func TestSeed(t *testing.T) {
	t.Parallel()
	story := func(seed uint64) string {
		p := newPlay(t, emulator.Options{})
		if err := p.e.Seed(t.Context(), seed); err != nil {
			t.Fatal(err)
		}
		prepare(t, p, "session sale", "pay", "refund amount=100", "session", "pay processing=3s", "advance 1m")
		var b strings.Builder
		for _, id := range []string{"o1", "o2"} {
			details, err := p.e.Show(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(details)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
			requests, err := p.e.Notifications(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range requests {
				b.WriteString(r.Header.Get("Request-Time"))
			}
		}
		return b.String()
	}
	first := story(7)
	if story(7) != first {
		t.Error("the same seed gives another story")
	}
	if story(8) == first {
		t.Error("another seed gives the same story")
	}
}
