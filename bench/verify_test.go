// Package bench_test compares antom with its lower bound: the time that the standard library
// takes for the unavoidable part. Each benchmark measures both in one run and reports the
// ratio, which means the same on every machine.
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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// logged is what bare verification needs of one line of the log: only the verification itself
// remains.
type logged struct {
	digest [sha256.Size]byte
	raw    []byte
}

// notification is a body as sent by Antom.
const notification = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
	`"paymentRequestId":"order-%d","paymentId":"2026080519401080010018836022000%06d","paymentAmount":{"currency":"SGD","value":"4200"},` +
	`"paymentCreateTime":"2026-08-05T15:00:00+08:00","paymentTime":"2026-08-05T15:00:04+08:00","paymentResultInfo":{"cardNo":"****1111","cardBrand":"VISA",` +
	`"issuingCountry":"SG","funding":"CREDIT","paymentMethodRegion":"GLOBAL","threeDSResult":{"eci":"05","threeDSVersion":"2.2.0"}},"acquirerReferenceNo":"20260805%06d"}`

// makeLog signs n notifications on all cores and also returns them as lines.
func makeLog(tb testing.TB, key *sign.PrivateKey, n int) (log []logged, lines [][]byte) {
	tb.Helper()
	log, lines = make([]logged, n), make([][]byte, n)
	onAllCores(n, func(i int) {
		var err error
		if log[i], lines[i], err = signed(key, i); err != nil {
			panic(err)
		}
	})
	return log, lines
}

// signed returns the notification with a number.
func signed(key *sign.PrivateKey, i int) (row logged, line []byte, err error) {
	body := fmt.Appendf(nil, notification, i, i, i)
	m := sign.Message{Method: http.MethodPost, Target: "/antom/notify", ClientID: "SANDBOX_5X00000000000000", Time: "2026-08-05T15:00:05+08:00", Body: body}
	header, err := key.Sign(m, 1)
	if err != nil {
		return row, nil, err
	}
	parsed, err := sign.ParseHeader(header)
	if err != nil {
		return row, nil, err
	}
	line, err = json.Marshal(map[string]any{
		"kind": "notification", "method": m.Method, "url": m.Target, "body": string(body),
		"headers": map[string]string{"client-id": m.ClientID, "request-time": m.Time, "signature": header, "content-type": "application/json; charset=UTF-8", "user-agent": "Apache-HttpClient"},
	})
	return logged{digest: sha256.Sum256(m.Content()), raw: parsed.Signature}, append(line, '\n'), err
}

// onAllCores calls do n times.
func onAllCores(n int, do func(i int)) {
	var workers sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		workers.Go(func() {
			for i := core; i < n; i += cores {
				do(i)
			}
		})
	}
	workers.Wait()
}

// floor returns how long bare verification of these signatures takes on all cores, with a
// parsed key: no reading, no hash, no output.
func floor(public *rsa.PublicKey, log []logged, n int) time.Duration {
	begin := time.Now()
	onAllCores(n, func(i int) {
		row := &log[i%len(log)]
		if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, row.digest[:], row.raw); err != nil {
			panic(err)
		}
	})
	return time.Since(begin)
}

// verifyLog returns how long `antom notify verify FILE` takes for a log.
func verifyLog(tb testing.TB, s *logSetup, format string) time.Duration {
	tb.Helper()
	var complaint bytes.Buffer
	env := &cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &complaint,
		Getenv: func(string) string { return "" }, Now: time.Now, Dir: tb.TempDir(),
	}
	begin := time.Now()
	if code := cmd.Run(tb.Context(), []string{"notify", "verify", "--public-key-file", s.keyFile, "-o", format, s.file}, env); code != 0 {
		tb.Fatalf("exit code %d: %s", code, complaint.String())
	}
	return time.Since(begin)
}

// logSetup is a key and a log signed with it, both as files.
type logSetup struct {
	public        *rsa.PublicKey
	keyFile, file string
	log           []logged
	messages      int // in the file
}

// setUpLog signs this many notifications and writes them to a file, one per line, as often as
// requested: the file is read like a user's, not held in memory.
func setUpLog(tb testing.TB, distinct, times int) *logSetup {
	tb.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		tb.Fatal(err)
	}
	block, _ := pem.Decode(key.Public().PEM())
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	s := &logSetup{public: public.(*rsa.PublicKey), keyFile: filepath.Join(dir, "antom.pub"), file: filepath.Join(dir, "log.jsonl"), messages: distinct * times}
	log, lines := makeLog(tb, key, distinct)
	s.log = log
	if err := os.WriteFile(s.keyFile, key.Public().PEM(), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(s.file, bytes.Repeat(bytes.Join(lines, nil), times), 0o600); err != nil {
		tb.Fatal(err)
	}
	return s
}

// The required percentage of the speed of bare verification, if the benchmark ran often enough.
const (
	leastOfFloor = 80
	enoughLogs   = 20
)

// BenchmarkVerifyLog compares `antom notify verify` on a log with bare verification. The two
// alternate, and the fastest runs of each are compared, so that a busy machine slows down both.
// Each notification occurs twice, because Antom repeats unacknowledged ones.
func BenchmarkVerifyLog(b *testing.B) {
	s := setUpLog(b, 8192, 2)
	for _, format := range []string{"jsonl", "csv", "text"} {
		b.Run(format, func(b *testing.B) {
			var bare, ours []time.Duration
			for b.Loop() {
				bare = append(bare, floor(s.public, s.log, s.messages))
				ours = append(ours, verifyLog(b, s, format))
			}
			reached := 100 * quick(bare).Seconds() / quick(ours).Seconds()
			if b.N >= enoughLogs && reached < leastOfFloor {
				b.Errorf("%.1f %% of bare verification, want %d", reached, leastOfFloor)
			}
			b.ReportMetric(reached, "%floor")
			b.ReportMetric(float64(s.messages)/quick(ours).Seconds(), "messages/s")
		})
	}
}

// endless repeats a log forever.
type endless struct {
	log []byte
	at  int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.log[e.at:])
	e.at = (e.at + n) % len(e.log)
	return n, nil
}

// BenchmarkReaders compares the cost of our reader of log lines with that of the standard
// library.
func BenchmarkReaders(b *testing.B) {
	key, err := sign.GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	_, lines := makeLog(b, key, 16)
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
			if json.Unmarshal(lines[i%len(lines)], &envelope) != nil || json.Unmarshal([]byte(envelope.Body), &told) != nil {
				b.Fatal("unreadable")
			}
		}
	})
	b.Run("antom", func(b *testing.B) {
		next, stop := iter.Pull2(intake.Read(&endless{log: bytes.Join(lines, nil)}, "log", intake.Defaults{}))
		defer stop()
		for b.Loop() {
			m, err, _ := next()
			if err != nil || !intake.Summarise(m.Body).IsJSON {
				b.Fatal("unreadable")
			}
		}
	})
}
