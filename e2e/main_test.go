package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// nobody is a notify URL without a listener.
const nobody = "http://127.0.0.1:1/notify"

// patience is the time limit for everything that a test waits for.
const patience = 90 * time.Second

// program is antom, built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "antom-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "antom")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // what stays is a temporary file
	}
	os.Exit(code)
}

// emulator is a separate `antom emulator serve` for each test.
type emulator struct {
	t      *testing.T
	state  string
	URL    string
	Unlock string // one-time link of the inspector
}

// serve starts an emulator and ends it with the test.
func serve(t *testing.T, flags ...string) *emulator {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	e := &emulator{t: t, state: t.TempDir()}
	command := exec.Command(path, append([]string{"emulator", "serve", "-o", "jsonl"}, flags...)...)
	command.Env = e.env()
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-done
		_ = command.Wait()
	})
	ready := make(chan struct{})
	go func() {
		defer close(done)
		for lines.Scan() {
			var record struct{ Type, URL, Inspector string }
			if json.Unmarshal(lines.Bytes(), &record) == nil && record.Type == "ready" {
				e.URL, e.Unlock = record.URL, record.Inspector
				close(ready)
			}
		}
	}()
	select {
	case <-ready:
	case <-done:
		t.Fatal("the emulator ended before it was ready")
	case <-time.After(patience):
		t.Fatal("the emulator is not ready")
	}
	return e
}

func (e *emulator) env() []string {
	return append(os.Environ(), "ANTOM_STATE_DIR="+e.state, "ANTOM_CONFIG_DIR="+e.state, "NO_COLOR=1")
}

// antom runs a command against this emulator and returns what it prints.
func (e *emulator) antom(args ...string) string {
	e.t.Helper()
	path, err := program()
	if err != nil {
		e.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, path, args...)
	command.Env = e.env()
	out, err := command.Output()
	if err != nil {
		var complaint []byte
		if failed, ok := err.(*exec.ExitError); ok {
			complaint = failed.Stderr
		}
		e.t.Fatalf("antom %q: %v\n%s", args, err, complaint)
	}
	return string(out)
}

// refused runs a command that must fail and returns its output.
func (e *emulator) refused(args ...string) string {
	e.t.Helper()
	path, err := program()
	if err != nil {
		e.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, path, args...)
	command.Env = e.env()
	out, err := command.CombinedOutput()
	if err == nil {
		e.t.Errorf("antom %q: done", args)
	}
	return string(out)
}

// session is what createPaymentSession answered.
type session struct {
	PaymentRequestID   string `json:"paymentRequestId"`
	PaymentSessionData string `json:"paymentSessionData"`
	NormalURL          string `json:"normalUrl"`
}

// session creates one over 42.00 SGD.
func (e *emulator) session(flags ...string) session {
	e.t.Helper()
	var s session
	args := append([]string{"session", "create", "--profile", "emulator", "--amount", "42.00", "--currency", "SGD", "--notify-url", nobody, "-o", "json"}, flags...)
	if err := json.Unmarshal([]byte(e.antom(args...)), &s); err != nil {
		e.t.Fatal(err)
	}
	return s
}

// status returns the paymentStatus of inquiryPayment.
func (e *emulator) status(paymentRequestID string) string {
	e.t.Helper()
	var answer struct{ PaymentStatus string }
	if err := json.Unmarshal([]byte(e.antom("payment", "inquire", "--profile", "emulator", paymentRequestID, "-o", "json")), &answer); err != nil {
		e.t.Fatal(err)
	}
	return answer.PaymentStatus
}
