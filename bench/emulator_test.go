package bench_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

const (
	// leastOfSigning is the fraction of the rate of RSA signing alone that a served emulator
	// must reach.
	leastOfSigning = 0.8
	// mostToReady is how long a start may take until the server is ready.
	mostToReady = 50 * time.Millisecond
	// The minimum number of calls or starts for a meaningful result.
	enoughCalls  = 2000
	enoughStarts = 20
)

// served is an emulator on loopback with a paid order, and a signed inquiry about it in wire
// format.
type served struct {
	host    string
	key     *sign.PrivateKey
	inquiry []byte
	stop    func()
}

func serveEmulator(b *testing.B, idle int) *served {
	b.Helper()
	gateway, err := emulator.OpenToServe(b.TempDir(), emulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	server, err := gateway.NewServer(emulator.ServeOptions{Hold: true, IdleConnections: idle})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address, err := server.Publish(listener)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	facts := gateway.Profile()
	client, err := antom.NewClient(facts.ClientID, facts.MerchantKey, facts.AntomKey, antom.WithGatewayURL(address.URL))
	if err != nil {
		b.Fatal(err)
	}
	s := &served{host: listener.Addr().String(), key: facts.MerchantKey, inquiry: wireInquiry(b, client)}
	s.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		server.Close()
		if err := gateway.Close(); err != nil {
			b.Error(err)
		}
	}
	if _, err := client.Do(b.Context(), antom.CreatePaymentSession, session("order-1")); err != nil {
		b.Fatal(err)
	}
	if _, err := gateway.Pay(b.Context(), emulator.PayRequest{PaymentRequestID: "order-1"}); err != nil {
		b.Fatal(err)
	}
	return s
}

func session(id string) []byte {
	return fmt.Appendf(nil, `{"productCode":"CASHIER_PAYMENT","paymentRequestId":%q,"order":{"referenceOrderId":%q,"orderDescription":"test order",
"orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"buyer"}},"paymentAmount":{"currency":"SGD","value":"4200"},
"paymentMethod":{"paymentMethodType":"CARD"},"paymentFactor":{"isAuthorization":true},"settlementStrategy":{"settlementCurrency":"SGD"},
"paymentRedirectUrl":"http://127.0.0.1:4242/paid"}`, id, id)
}

func wireInquiry(b *testing.B, client *antom.Client) []byte {
	b.Helper()
	request, err := client.NewRequest(b.Context(), antom.InquiryPayment.Endpoint(), []byte(`{"paymentRequestId":"order-1"}`))
	if err != nil {
		b.Fatal(err)
	}
	var wire bytes.Buffer
	if err := request.Write(&wire); err != nil {
		b.Fatal(err)
	}
	return wire.Bytes()
}

// caller is a connection that repeats the signed inquiry, so that the client takes almost no
// time.
type caller struct {
	connection net.Conn
	reader     *bufio.Reader
}

func (s *served) dial(ctx context.Context) (*caller, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.host)
	if err != nil {
		return nil, err
	}
	return &caller{connection, bufio.NewReader(connection)}, nil
}

func (c *caller) call(wire []byte) error {
	if _, err := c.connection.Write(wire); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && !bytes.Contains(body, []byte(`"SUCCESS"`)) {
		err = fmt.Errorf("answered %s", body)
	}
	return err
}

// BenchmarkEmulatorServed compares the calls per second of a served emulator with the
// signatures per second of the machine: every answer needs one. Both use all processors and
// alternate. The fastest quarter of the rounds counts, because other work makes them longer,
// never shorter.
func BenchmarkEmulatorServed(b *testing.B) {
	const round = 50
	s := serveEmulator(b, 256)
	defer s.stop()
	workers := runtime.GOMAXPROCS(0)
	var callers []*caller
	for range 2 * workers {
		c, err := s.dial(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer c.connection.Close()
		callers = append(callers, c)
	}
	message := sign.Message{Method: "POST", Target: "/ams/sandbox/api/v1/payments/inquiryPayment", ClientID: "x", Time: "2026-11-24T09:00:00Z", Body: make([]byte, 1024)}
	var calls, signs []time.Duration
	for done := 0; done < b.N; done += round {
		calls = append(calls, timed(b, round, len(callers), func(worker int) error { return callers[worker].call(s.inquiry) }))
		signs = append(signs, timed(b, round, workers, func(int) error {
			_, err := s.key.Sign(message, 1)
			return err
		}))
	}
	call, signing := quick(calls)/round, quick(signs)/round
	ratio := float64(signing) / float64(call)
	b.ReportMetric(float64(time.Second)/float64(call), "calls/s")
	b.ReportMetric(float64(time.Second)/float64(signing), "signs/s")
	b.ReportMetric(ratio, "of-signing")
	b.ReportMetric(0, "ns/op")
	if b.N >= enoughCalls && ratio < leastOfSigning {
		b.Errorf("%.2f of what signing allows, want %.2f", ratio, leastOfSigning)
	}
}

// timed returns how long this many turns take, distributed among workers.
func timed(b *testing.B, turns, workers int, do func(worker int) error) time.Duration {
	b.Helper()
	var work sync.WaitGroup
	next := make(chan struct{}, turns)
	for range turns {
		next <- struct{}{}
	}
	close(next)
	began := time.Now()
	for worker := range workers {
		work.Go(func() {
			for range next {
				if err := do(worker); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	return time.Since(began)
}

// quick returns the mean of the fastest quarter.
func quick(times []time.Duration) time.Duration {
	slices.Sort(times)
	times = times[:max(1, len(times)/4)]
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	return sum / time.Duration(len(times))
}

// BenchmarkEmulatorReady measures the time from the start of the program until it prints its
// address: with a new state folder each time, so that keys, certificate authority and state are
// created, and with an existing state.
func BenchmarkEmulatorReady(b *testing.B) {
	program := filepath.Join(b.TempDir(), "antom")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", program, "..")
	if text, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%s: %s", err, text)
	}
	start := func(home string) time.Duration {
		command := exec.CommandContext(b.Context(), program, "emulator", "serve", "--https", "-q")
		command.Env = []string{"HOME=" + home}
		out, err := command.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := command.Start(); err != nil {
			b.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		took := time.Since(began)
		if err != nil || !strings.HasPrefix(line, "https://") {
			b.Errorf("%q, %v", line, err)
		}
		_ = command.Process.Signal(os.Interrupt)
		if err := command.Wait(); err != nil {
			b.Error(err)
		}
		return took
	}
	used := b.TempDir()
	start(used)
	var fresh, later []time.Duration
	for range b.N {
		fresh = append(fresh, start(b.TempDir()))
		later = append(later, start(used))
	}
	for _, starts := range []struct {
		of    string
		times []time.Duration
	}{{"first", fresh}, {"later", later}} {
		slices.Sort(starts.times)
		median := starts.times[len(starts.times)/2]
		b.ReportMetric(float64(median.Microseconds())/1000, starts.of+"-ms")
		b.ReportMetric(float64(starts.times[len(starts.times)-1].Microseconds())/1000, starts.of+"-longest-ms")
		if b.N >= enoughStarts && median > mostToReady {
			b.Errorf("%s start: ready after %s, want at most %s", starts.of, median, mostToReady)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkEmulatorGrowth makes signed calls, every tenth on a new connection that is left
// open, and checks that there are no more goroutines afterwards than the limit of idle
// connections allows.
func BenchmarkEmulatorGrowth(b *testing.B) {
	const idle = 16
	s := serveEmulator(b, idle)
	defer s.stop()
	before := runtime.NumGoroutine()
	var open []*caller
	for n := range b.N {
		if n%10 == 0 {
			c, err := s.dial(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			open = append(open, c)
		}
		if len(open) > 10 {
			open[0].connection.Close()
			open = open[1:]
		}
		if err := open[len(open)-1].call(s.inquiry); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range open {
		c.connection.Close()
	}
	after := runtime.NumGoroutine()
	b.ReportMetric(float64(after-before), "goroutines")
	if after > before+2*idle {
		b.Errorf("%d goroutines after %d calls, %d before", after, b.N, before)
	}
}
