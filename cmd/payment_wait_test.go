package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// counted is a gateway that gives the same answer to every inquiry, and counts them.
type counted struct {
	server      *httptest.Server
	connections atomic.Int64

	mu    sync.Mutex
	asked map[string]int // inquiries by paymentRequestId
}

// startCounted starts a gateway whose payments are PROCESSING until the finalAt-th inquiry.
func startCounted(t *testing.T, finalAt int) *counted {
	t.Helper()
	key := testkit.PrivateKey(t, "antom")
	g := &counted{asked: map[string]int{}}
	g.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, n := g.count(r)
		status := "PROCESSING"
		if n >= finalAt {
			status = "SUCCESS"
		}
		body := fmt.Appendf(nil, `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},"paymentStatus":%q,"paymentResultCode":%q,"paymentRequestId":%q}`, status, status, id)
		at := time.Now().UTC().Format(time.RFC3339)
		signature, err := key.Sign(sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: testClientID, Time: at, Body: body}, 1)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Client-Id", testClientID)
		w.Header().Set("Response-Time", at)
		w.Header().Set("Signature", signature)
		_, _ = w.Write(body)
	}))
	g.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			g.connections.Add(1)
		}
	}
	g.server.Start()
	t.Cleanup(g.server.Close)
	return g
}

// count records an inquiry and returns its payment, and how many there were for it.
func (g *counted) count(r *http.Request) (id string, n int) {
	var inquiry struct {
		PaymentRequestID string `json:"paymentRequestId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&inquiry) // what can't be read is counted under ""
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[inquiry.PaymentRequestID]++
	return inquiry.PaymentRequestID, g.asked[inquiry.PaymentRequestID]
}

const testClientID = "SANDBOX_5X00000000000000"

// run runs a command line in this process, with a gateway and an empty home.
func run(t *testing.T, gateway string, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	keys := testkit.KeyFolder(t)
	environment := map[string]string{
		"HOME": t.TempDir(), "ANTOM_CLIENT_ID": testClientID, "ANTOM_GATEWAY_URL": gateway,
		"ANTOM_PRIVATE_KEY_FILE": filepath.Join(keys, "merchant.pem"), "ANTOM_PUBLIC_KEY_FILE": filepath.Join(keys, "antom.pub"),
	}
	var out, complaint bytes.Buffer
	code = cmd.Run(t.Context(), args, &cli.Env{
		Stdin: stdin, Stdout: &out, Stderr: &complaint, Now: time.Now, Dir: t.TempDir(),
		Getenv: func(name string) string { return environment[name] },
	})
	return code, out.String(), complaint.String()
}

// A wait with a hundred polls uses a single connection.
func TestPaymentWait_oneConnection(t *testing.T) {
	t.Parallel()
	g := startCounted(t, 100)
	code, stdout, stderr := run(t, g.server.URL, nil, "payment", "wait", "order-1", "--interval", "1ms", "--rate", "1000", "-q")
	if code != 0 || stdout != "SUCCESS\n" {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if g.asked["order-1"] != 100 {
		t.Errorf("%d inquiries, want 100", g.asked["order-1"])
	}
	if n := g.connections.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

// A wait for a thousand payments uses only a few connections.
func TestPaymentWait_thousand(t *testing.T) {
	t.Parallel()
	g := startCounted(t, 1)
	var ids strings.Builder
	ids.WriteString("# a list as people keep them\n\n")
	for i := range 1000 {
		fmt.Fprintf(&ids, "order-%d # pair %d\n", i, i)
	}
	code, stdout, stderr := run(t, g.server.URL, strings.NewReader(ids.String()), "payment", "wait", "-f", "-", "--rate", "1000", "-o", "csv")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if lines := strings.Count(stdout, "\n"); lines != 1001 {
		t.Errorf("%d lines, want a header and 1000", lines)
	}
	if len(g.asked) != 1000 || g.asked["order-999"] != 1 {
		t.Errorf("%d payments were inquired about, the last one %d times", len(g.asked), g.asked["order-999"])
	}
	// One for each of the 16 concurrent inquiries, plus those dialled while another one became
	// free: never more than the client's limit.
	if n := g.connections.Load(); n > 64 {
		t.Errorf("%d connections, want about 16 and at most 64", n)
	}
}

// An interrupt ends the reading of a list that never arrives.
func TestPaymentWait_interruptedRead(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	silent, keep := io.Pipe()
	defer keep.Close()
	var complaint bytes.Buffer
	env := &cli.Env{
		Stdin: cancelling{silent, cancel}, Stdout: io.Discard, Stderr: &complaint, Now: time.Now, Dir: t.TempDir(),
		Getenv: func(name string) string {
			if name == "ANTOM_STATE_DIR" {
				return filepath.Join(t.TempDir(), "state")
			}
			return ""
		},
	}
	if code := cmd.Run(ctx, []string{"payment", "wait", "-p", "emulator", "-f", "-"}, env); code != 130 {
		t.Errorf("exit %d: %s", code, &complaint)
	}
}

// cancelling is an input that simulates an interrupt during its first read.
type cancelling struct {
	in     io.Reader
	cancel context.CancelFunc
}

func (c cancelling) Read(p []byte) (int, error) {
	c.cancel()
	return c.in.Read(p)
}
