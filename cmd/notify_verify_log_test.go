package cmd_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// messages is how many messages TestVerify_log verifies; the nightly run sets -messages
// 1000000.
var messages = flag.Int("messages", 10_000, "how many messages of a log to verify")

// longLog is a log that is generated while it is read. Signing takes forty times as long as
// verifying, so a few messages are repeated. Every thousandth line is broken.
type longLog struct {
	lines   [][]byte
	at, n   int
	pending []byte
}

const (
	mostSigned  = 4096
	sentAgain   = 20 // at least
	brokenEvery = 1000
)

func (l *longLog) broken(line int) bool { return line%brokenEvery == brokenEvery/2 }

func (l *longLog) Read(p []byte) (int, error) {
	if len(l.pending) == 0 {
		if l.at == l.n {
			return 0, io.EOF
		}
		l.at++
		if l.pending = l.lines[l.at%len(l.lines)]; l.broken(l.at) {
			l.pending = []byte("{\"headers\":{\n")
		}
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	return n, nil
}

// signedLine returns the notification with a number as a line of a log.
func signedLine(key *sign.PrivateKey, i int) ([]byte, error) {
	body := fmt.Appendf(nil, `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentRequestId":"order-%d","paymentId":"P%[1]d"}`, i)
	m := sign.Message{Method: http.MethodPost, Target: "/antom/notify", ClientID: "SANDBOX_5X0000000001", Time: "2026-08-05T15:00:05+08:00", Body: body}
	signature, err := key.Sign(m, 1)
	if err != nil {
		return nil, err
	}
	line, err := intake.Envelope(&intake.Message{
		Kind: intake.Notification, Method: m.Method, Target: m.Target, Body: body,
		Header: http.Header{"Client-Id": {m.ClientID}, "Request-Time": {m.Time}, "Signature": {signature}},
	})
	return append(line, '\n'), err
}

// TestVerify_log verifies a long log in a separate process: a verdict for each line, in order,
// in constant memory.
func TestVerify_log(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	log := &longLog{lines: make([][]byte, min(1+*messages/sentAgain, mostSigned)), n: *messages}
	for i := range log.lines {
		var err error
		if log.lines[i], err = signedLine(h.key, i); err != nil {
			t.Fatal(err)
		}
	}
	var complaint bytes.Buffer
	command := exec.CommandContext(t.Context(), "harness", "memory", "64", "antom", "notify", "verify", "--public-key-file", filepath.Join(h.dir, "antom.pub"), "-o", "jsonl", "-")
	command.Stdin, command.Stderr = log, &complaint
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	broken := checkVerdicts(t, stdout, log)
	_ = command.Wait() // the exit code says more
	if code := command.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	good := *messages - broken
	again := good - len(log.lines)
	want := fmt.Sprintf("note: %d messages: %d verified, 0 failed, %d unreadable, %d duplicates", *messages, good, broken, again)
	if !strings.Contains(complaint.String(), want) {
		t.Errorf("want %q, got %s", want, complaint.String())
	}
	t.Log(want)
}

// checkVerdicts checks that there is a verdict for each line of a log, in order, and returns
// how many lines could not be read.
func checkVerdicts(t *testing.T, verdicts io.Reader, log *longLog) (broken int) {
	t.Helper()
	rows, line := bufio.NewScanner(verdicts), 0
	for rows.Scan() {
		line++
		want := `"kind":"notification","verified":true`
		if log.broken(line) {
			broken++
			want = `"kind":"","verified":false,"keyVersion":"","reason":"unreadable"`
		}
		if want = fmt.Sprintf(`{"source":"stdin:%d",%s`, line, want); !strings.HasPrefix(rows.Text(), want) {
			t.Fatalf("row %d is %s, want %s", line, rows.Text(), want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if line != log.n {
		t.Fatalf("%d rows, want %d", line, log.n)
	}
	return broken
}
