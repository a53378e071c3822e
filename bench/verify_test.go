// Package bench_test compares antom with the floor beneath it: what the standard
// library takes for the part that can't be left out. Each benchmark measures
// both in one run and reports the ratio, which means the same on every machine.
package bench_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// logged is one line of the log, and what the floor needs of it.
type logged struct {
	line   []byte
	digest [sha256.Size]byte
	raw    []byte
}

// notification is a body as Antom sends one.
const notification = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
	`"paymentRequestId":"order-%d","paymentId":"2026080519401080010018836022000%06d","paymentAmount":{"currency":"SGD","value":"4200"},` +
	`"paymentCreateTime":"2026-08-05T15:00:00+08:00","paymentTime":"2026-08-05T15:00:04+08:00","paymentResultInfo":{"cardNo":"****1111","cardBrand":"VISA",` +
	`"issuingCountry":"SG","funding":"CREDIT","paymentMethodRegion":"GLOBAL","threeDSResult":{"eci":"05","threeDSVersion":"2.2.0"}},"acquirerReferenceNo":"20260805%06d"}`

// makeLog signs n notifications.
func makeLog(tb testing.TB, key *sign.PrivateKey, n int) []logged {
	tb.Helper()
	var all []logged
	for i := range n {
		body := fmt.Appendf(nil, notification, i, i, i)
		m := sign.Message{Method: http.MethodPost, Target: "/antom/notify", ClientID: "SANDBOX_5X00000000000000", Time: "2026-08-05T15:00:05+08:00", Body: body}
		header, err := key.Sign(m, 1)
		if err != nil {
			tb.Fatal(err)
		}
		line, err := json.Marshal(map[string]any{
			"kind": "notification", "method": m.Method, "url": m.Target, "body": string(body),
			"headers": map[string]string{"client-id": m.ClientID, "request-time": m.Time, "signature": header, "content-type": "application/json; charset=UTF-8", "user-agent": "Apache-HttpClient"},
		})
		if err != nil {
			tb.Fatal(err)
		}
		parsed, err := sign.ParseHeader(header)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, logged{line: append(line, '\n'), digest: sha256.Sum256(m.Content()), raw: parsed.Signature})
	}
	return all
}

// floor is how long the bare verification of so many signatures takes on all
// cores: no parsing, no hash, no output.
func floor(public *rsa.PublicKey, log []logged, times int) time.Duration {
	begin := time.Now()
	var workers sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		workers.Go(func() {
			for i := core; i < len(log)*times; i += cores {
				row := &log[i%len(log)]
				if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, row.digest[:], row.raw); err != nil {
					panic(err)
				}
			}
		})
	}
	workers.Wait()
	return time.Since(begin)
}

// endless repeats a log.
type endless struct {
	log         []byte
	times, read int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read >= e.times*len(e.log) {
		return 0, io.EOF
	}
	n := copy(p, e.log[e.read%len(e.log):])
	e.read += n
	return n, nil
}

// verifyLog is how long `antom notify verify -` takes for a log.
func verifyLog(tb testing.TB, keyFile string, log []byte, times int, format string) time.Duration {
	tb.Helper()
	var complaint bytes.Buffer
	env := &cmd.Env{
		Stdin: &endless{log: log, times: times}, Stdout: io.Discard, Stderr: &complaint,
		Getenv: func(string) string { return "" }, Now: time.Now, Dir: tb.TempDir(),
	}
	begin := time.Now()
	if code := cmd.Run(tb.Context(), []string{"notify", "verify", "--public-key-file", keyFile, "-o", format, "-"}, env); code != 0 {
		tb.Fatalf("exit code %d: %s", code, complaint.String())
	}
	return time.Since(begin)
}

// setUp makes a key, a log and the file with the public key.
func setUp(tb testing.TB, n int) (public *rsa.PublicKey, keyFile string, log []logged, text []byte) {
	tb.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		tb.Fatal(err)
	}
	keyFile = filepath.Join(tb.TempDir(), "antom.pub")
	if err := os.WriteFile(keyFile, key.Public().PEM(), 0o600); err != nil {
		tb.Fatal(err)
	}
	block, _ := pem.Decode(key.Public().PEM())
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	log = makeLog(tb, key, n)
	for _, row := range log {
		text = append(text, row.line...)
	}
	return parsed.(*rsa.PublicKey), keyFile, log, text
}

// BenchmarkVerifyLog measures `antom notify verify` on a log against bare
// verification. The two take turns, so that a busy machine slows both.
func BenchmarkVerifyLog(b *testing.B) {
	const messages, times = 512, 16
	public, keyFile, log, text := setUp(b, messages)
	for _, format := range []string{"jsonl", "csv", "text"} {
		b.Run(format, func(b *testing.B) {
			var bare, ours time.Duration
			for b.Loop() {
				bare += floor(public, log, times)
				ours += verifyLog(b, keyFile, text, times, format)
			}
			b.ReportMetric(100*bare.Seconds()/ours.Seconds(), "%floor")
			b.ReportMetric(float64(b.N*messages*times)/ours.Seconds(), "messages/s")
		})
	}
}

// BenchmarkReaders shows what the reader of the log's lines costs beside the
// standard library's.
func BenchmarkReaders(b *testing.B) {
	_, _, log, text := setUp(b, 16)
	b.Run("encoding-json", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			var envelope struct {
				Kind, Method, URL string
				Headers           map[string]string
				Body              string
			}
			var told struct {
				NotifyType, PaymentRequestID, PaymentID string
				Result                                  struct{ ResultStatus, ResultCode string }
			}
			if json.Unmarshal(log[i%len(log)].line, &envelope) != nil || json.Unmarshal([]byte(envelope.Body), &told) != nil {
				b.Fatal("unreadable")
			}
		}
	})
	b.Run("antom", func(b *testing.B) {
		next, stop := iter.Pull2(intake.Read(&endless{log: text, times: 1 << 30}, "log", intake.Defaults{}))
		defer stop()
		for b.Loop() {
			m, err, _ := next()
			if err != nil || !intake.Tell(m.Body).IsJSON {
				b.Fatal("unreadable")
			}
		}
	})
}
