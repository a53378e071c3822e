package cmd_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// kills is how often TestListen_killed kills the listener; a step of .ci/run uses -kills 200.
var kills = flag.Int("kills", 12, "how often to kill the listener under load")

// process is a separate `antom notify listen` process.
type process struct {
	command *exec.Cmd
	url     string
	queue   int // how many waited to be forwarded when it was ready
	out     *bufio.Reader
	err     *bytes.Buffer
}

// home is an empty home folder with the gateway's public key in it.
type home struct {
	dir string
	key *sign.PrivateKey
}

func newHome(t testing.TB) *home {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	h := &home{t.TempDir(), key}
	if err := os.WriteFile(filepath.Join(h.dir, "antom.pub"), key.Public().PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *home) journal() string {
	return filepath.Join(h.dir, "state", "notifications", "_nameless")
}

// listen starts a listener and waits until it is ready. wrap is a shell command to run it with.
func (h *home) listen(t testing.TB, wrap string, flags ...string) *process {
	t.Helper()
	p, err := h.start(t.Context(), wrap, flags...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *home) start(ctx context.Context, wrap string, flags ...string) (*process, error) {
	args := append([]string{"antom", "notify", "listen", "--listen", "127.0.0.1:0", "-o", "jsonl", "--public-key-file", "antom.pub"}, flags...)
	p := &process{command: exec.CommandContext(ctx, "sh", append([]string{"-c", wrap + `exec "$@"`, "sh"}, args...)...), err: new(bytes.Buffer)}
	p.command.Dir = h.dir
	p.command.Env = append(os.Environ(), "HOME="+h.dir, "ANTOM_STATE_DIR="+filepath.Join(h.dir, "state"))
	p.command.Stderr = p.err
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(stdout)
	line, err := p.out.ReadBytes('\n')
	var ready struct {
		URL   string
		Queue int
	}
	if err = errors.Join(err, json.Unmarshal(line, &ready)); err != nil {
		return nil, fmt.Errorf("not ready: %w: %s%s", errors.Join(err, p.command.Wait()), line, p.err)
	}
	p.url, p.queue = ready.URL, ready.Queue
	return p, nil
}

// end waits for the process, which has been told to stop, and returns what it printed after it
// was ready.
func (p *process) end() string {
	rest, _ := io.ReadAll(p.out) // cut off where it was killed
	_ = p.command.Wait()         // a kill is no failure
	return string(rest)
}

// notification is a signed request for a path, so that it can be sent to any port.
func (h *home) notification(t testing.TB, id string, change ...func([]byte) []byte) func(ctx context.Context, base string) (*http.Request, error) {
	t.Helper()
	body := fmt.Appendf(nil, `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},"paymentRequestId":%q,"paymentId":"P%s"}`, id, id)
	signed, err := antom.NewNotificationRequest(t.Context(), "http://any.example/antom/notify", "SANDBOX_5X0000000001", h.key, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range change {
		body = each(body)
	}
	return func(ctx context.Context, base string) (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/antom/notify", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header = signed.Header.Clone()
		return r, nil
	}
}

func tampered(body []byte) []byte {
	return bytes.Replace(body, []byte(`"resultStatus":"S"`), []byte(`"resultStatus":"F"`), 1)
}

// merchantServer records which payments were forwarded; sometimes it is down.
type merchantServer struct {
	*httptest.Server
	mu       sync.Mutex
	seen     map[string]int
	requests atomic.Int64
	flaps    bool
}

func newMerchantServer(t testing.TB, flaps bool) *merchantServer {
	t.Helper()
	m := &merchantServer{seen: map[string]int{}, flaps: flaps}
	m.Server = httptest.NewServer(http.HandlerFunc(m.answer))
	t.Cleanup(m.Close)
	return m
}

func (m *merchantServer) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	head, _ := antom.ReadSummary(body)
	switch n := m.requests.Add(1); {
	case err != nil || m.flaps && n%5 == 0:
		w.WriteHeader(http.StatusBadGateway)
		return
	case m.flaps && n%14 == 0: // hangs up within its answer
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write(antom.AcknowledgementBody())
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case m.flaps && n%7 == 0:
		panic(http.ErrAbortHandler) // hangs up without one
	}
	m.mu.Lock()
	m.seen[head.PaymentRequestID]++
	m.mu.Unlock()
	_ = antom.Acknowledge(w)
}

// TestListen_killed kills the listener under load, again and again. Every acknowledged
// notification is in the journal once, no notification that was not genuine was acknowledged,
// and all of them reach the merchant's server.
func TestListen_killed(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	merchant := newMerchantServer(t, false)
	l := &load{home: h, acknowledged: map[string]int{}}
	resumed := 0
	for round := range *kills {
		p := h.listen(t, "", "--forward-to", merchant.URL)
		resumed += p.queue
		l.run(t, p, round)
		out := p.end()
		if n := strings.Count(out, `"type":"not-stored"`); n > 0 {
			t.Errorf("round %d: %d not stored: %s", round, n, out)
		}
	}
	if len(l.acknowledged) < *kills {
		t.Errorf("only %d acknowledged in %d rounds: no load", len(l.acknowledged), *kills)
	}
	stored := map[string]int{}
	for r, err := range receiver.Records(h.journal()) {
		if err != nil {
			t.Fatal(err)
		}
		stored[r.PaymentRequestID]++ // each is sent once
		if r.ResultStatus != "S" {
			t.Errorf("%s is tampered but in the journal", r.ID)
		}
	}
	for id := range l.acknowledged {
		if stored[id] != 1 {
			t.Errorf("%s was acknowledged but is in the journal %d times", id, stored[id])
		}
	}
	finishForwarding(t, h, merchant)
	if resumed == 0 {
		t.Errorf("nothing was waiting at any of %d starts: no forwarding was interrupted", *kills)
	}
	for id := range stored {
		if merchant.seen[id] == 0 {
			t.Errorf("%s never reached the merchant", id)
		}
	}
	t.Logf("%d kills, %d acknowledged, %d stored, %d waited at a start, %d forwarded", *kills, len(l.acknowledged), len(stored), resumed, merchant.requests.Load())
}

// finishForwarding runs a listener until everything is forwarded.
func finishForwarding(t *testing.T, h *home, merchant *merchantServer) {
	t.Helper()
	p := h.listen(t, "", "--forward-to", merchant.URL, "--count", "1")
	r, err := h.notification(t, "the-last")(t.Context(), p.url)
	if err != nil {
		t.Fatal(err)
	}
	response, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	out := p.end() // after the last one, when nothing waits any more
	if !strings.Contains(out, `"queue":0,"exit":0}`) {
		t.Errorf("the last listener printed %s%s", out, p.err)
	}
}

// load sends notifications until the listener is killed.
type load struct {
	home         *home
	mu           sync.Mutex
	acknowledged map[string]int
}

// senders is how many send concurrently.
const senders = 8

// run sends, and kills the listener once some notifications were acknowledged.
func (l *load) run(t *testing.T, p *process, round int) {
	t.Helper()
	var count, number atomic.Int64
	after := 1 + rand.Int64N(20)
	kill := sync.OnceFunc(func() { _ = p.command.Process.Kill() })
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for {
				id := fmt.Sprintf("%d-%d", round, number.Add(1))
				genuine, err := l.deliver(t, client, p, id)
				if err != nil {
					return // it was killed
				}
				if genuine && count.Add(1) >= after {
					kill()
				}
			}
		})
	}
	group.Wait()
}

// deliver sends one notification; every fourth one is tampered.
func (l *load) deliver(t *testing.T, client *http.Client, p *process, id string) (acknowledged bool, err error) {
	bad := strings.HasSuffix(id, "3") || strings.HasSuffix(id, "7")
	var change []func([]byte) []byte
	if bad {
		change = append(change, tampered)
	}
	r, err := l.home.notification(t, id, change...)(t.Context(), p.url)
	if err != nil {
		return false, err
	}
	response, err := client.Do(r)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if antom.CheckAnswer(response) != nil {
		return false, nil
	}
	if bad {
		t.Errorf("%s is tampered but was acknowledged", id)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acknowledged[id]++
	return true, nil
}

// TestListen_manySenders: 500 concurrent senders all get an acknowledgement, and each
// notification is in the journal once.
func TestListen_manySenders(t *testing.T) {
	t.Parallel()
	const many = 500
	h := newHome(t)
	p := h.listen(t, "", "--count", strconv.Itoa(many))
	var requests []*http.Request
	for i := range many {
		r, err := h.notification(t, strconv.Itoa(i))(t.Context(), p.url)
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, r)
	}
	client := &http.Client{Transport: &http.Transport{}} // a connection each
	defer client.CloseIdleConnections()
	start := make(chan struct{})
	var group sync.WaitGroup
	for _, r := range requests {
		group.Go(func() {
			<-start
			response, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if err := antom.CheckAnswer(response); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	group.Wait()
	if out := p.end(); p.command.ProcessState.ExitCode() != 0 {
		t.Errorf("ended with %v: %s%s", p.command.ProcessState, out, p.err)
	}
	stored := map[string]int{}
	for r, err := range receiver.Records(h.journal()) {
		if err != nil {
			t.Fatal(err)
		}
		stored[r.PaymentRequestID]++
	}
	if len(stored) != many {
		t.Errorf("%d notifications in the journal, want %d", len(stored), many)
	}
	for i := range many {
		if n := stored[strconv.Itoa(i)]; n != 1 {
			t.Errorf("%d is in the journal %d times", i, n)
		}
	}
}

// TestListen_fullDisk: if the disk is full, a notification is not acknowledged, the error is
// reported, and neither the stored notifications nor the listener are affected.
func TestListen_fullDisk(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.listen(t, "ulimit -f 8; ")
	var stored, refused []string
	for i := range 20 {
		id := strconv.Itoa(i)
		r, err := h.notification(t, id)(t.Context(), p.url)
		if err != nil {
			t.Fatal(err)
		}
		response, err := new(http.Client).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		judgement := antom.CheckAnswer(response)
		_ = response.Body.Close()
		if judgement == nil {
			stored = append(stored, id)
		} else {
			refused = append(refused, id)
			if response.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s: %v", id, judgement)
			}
		}
	}
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	out := p.end()
	if len(stored) == 0 || len(refused) == 0 {
		t.Fatalf("stored %q, refused %q\n%s%s", stored, refused, out, p.err)
	}
	if n := strings.Count(out, `"type":"not-stored"`); n != len(refused) || !strings.Contains(out, "file too large") {
		t.Errorf("%d of %d reported as not stored:\n%s", n, len(refused), out)
	}
	if !strings.Contains(p.err.String(), "free some disk space") || p.command.ProcessState.ExitCode() != 0 {
		t.Errorf("ended with %v: %s", p.command.ProcessState, p.err)
	}
	if text, err := os.ReadFile(filepath.Join(h.journal(), "journal.jsonl")); err != nil || !bytes.HasSuffix(text, []byte("}\n")) {
		t.Errorf("the journal ends with what was not stored: %v", err)
	}
	var kept []string
	for r, err := range receiver.Records(h.journal()) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, r.PaymentRequestID)
	}
	if strings.Join(kept, " ") != strings.Join(stored, " ") {
		t.Errorf("acknowledged %q, in the journal %q", stored, kept)
	}
}

// TestListen_flappingMerchant: a server that is sometimes down and sometimes closes the
// connection in the middle of an answer gets everything, in order for each payment.
func TestListen_flappingMerchant(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	merchant := newMerchantServer(t, true)
	const notifications = 24
	p := h.listen(t, "", "--forward-to", merchant.URL)
	for i := range notifications {
		r, err := h.notification(t, strconv.Itoa(i))(t.Context(), p.url)
		if err != nil {
			t.Fatal(err)
		}
		response, err := new(http.Client).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := antom.CheckAnswer(response); err != nil {
			t.Error(err)
		}
		_ = response.Body.Close()
	}
	lost := time.AfterFunc(30*time.Second, func() { _ = p.command.Process.Kill() }) // what is lost would be waited for
	defer lost.Stop()
	var states []string
	for {
		line, err := p.out.ReadBytes('\n')
		if err != nil {
			t.Fatalf("the listener ended: %s", p.err)
		}
		var event struct {
			Type, State, Message string
			Acknowledged         bool
		}
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		if event.Type == "merchant" {
			states = append(states, event.State)
		}
		if event.Type == "forwarded" && !event.Acknowledged {
			t.Errorf("a missing answer counted as an answer: %s", event.Message)
		}
		merchant.mu.Lock()
		complete := len(merchant.seen) == notifications
		merchant.mu.Unlock()
		if event.State == "empty" && complete {
			break
		}
	}
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.end()
	for id, n := range merchant.seen {
		if n != 1 {
			t.Errorf("%s was acknowledged %d times", id, n)
		}
	}
	if !strings.Contains(strings.Join(states, " "), "down up") {
		t.Errorf("states %q: the server was never down", states)
	}
}
