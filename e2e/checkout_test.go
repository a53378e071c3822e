package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// record is one line that `antom checkout -o jsonl` prints.
type record struct {
	Type             string `json:"type"`
	URL              string `json:"url"`
	Seq              int    `json:"seq"`
	Channel          string `json:"channel"`
	Code             string `json:"code"`
	Message          string `json:"message"`
	Meaning          string `json:"meaning"`
	Action           string `json:"action"`
	Environment      string `json:"environment"`
	Opened           bool   `json:"opened"`
	Genuine          bool   `json:"genuine"`
	Ours             bool   `json:"ours"`
	NotifyType       string `json:"notifyType"`
	ResultStatus     string `json:"resultStatus"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentStatus    string `json:"paymentStatus"`
	Exit             *int   `json:"exit"`
}

// name returns a short name for a record.
func (r record) name() string {
	switch {
	case r.Type != "event":
		return strings.TrimSuffix(r.Type+" "+r.PaymentStatus, " ")
	case r.Code == "":
		return r.Channel
	}
	return r.Channel + " " + r.Code
}

// checkoutRun is an `antom checkout` of a test's own.
type checkoutRun struct {
	t       *testing.T
	command *exec.Cmd
	ended   chan struct{}
	said    bytes.Buffer // on stderr

	mu      sync.Mutex
	records []record
	news    chan struct{}
}

// checkout starts one in the folder of state, on the emulator.
func checkout(t *testing.T, state string, flags ...string) *checkoutRun {
	t.Helper()
	return checkoutIn(t, append(os.Environ(), "ANTOM_STATE_DIR="+state, "ANTOM_CONFIG_DIR="+state, "NO_COLOR=1", "ANTOM_PROFILE=emulator"), flags...)
}

// forty is a session over 42.00 SGD.
var forty = []string{"--amount", "42.00", "--currency", "SGD"}

func checkoutIn(t *testing.T, env []string, flags ...string) *checkoutRun {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c := &checkoutRun{t: t, ended: make(chan struct{}), news: make(chan struct{}, 1)}
	c.command = exec.Command(path, append([]string{"checkout", "-o", "jsonl", "--timeout", "2m"}, flags...)...)
	c.command.Env, c.command.Stderr = env, &c.said
	out, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(bufio.NewScanner(out))
	t.Cleanup(func() {
		_ = c.command.Process.Kill() // it has ended, unless the test failed
		<-c.ended
		if t.Failed() {
			t.Logf("the command heard %q and said\n%s", c.names(), &c.said)
		}
	})
	return c
}

func (c *checkoutRun) read(lines *bufio.Scanner) {
	defer close(c.ended)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			c.t.Errorf("%v: %s", err, lines.Bytes())
		}
		c.mu.Lock()
		c.records = append(c.records, r)
		c.mu.Unlock()
		select {
		case c.news <- struct{}{}:
		default:
		}
	}
	_ = c.command.Wait() // how it ended is asked for by the test
}

func (c *checkoutRun) all() []record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.records)
}

func (c *checkoutRun) names() []string {
	var list []string
	for _, r := range c.all() {
		list = append(list, r.name())
	}
	return list
}

// await waits for the nth record of a name, counted from 1.
func (c *checkoutRun) await(name string, nth int) record {
	c.t.Helper()
	limit := time.After(patience)
	for {
		n := 0
		for _, r := range c.all() {
			if r.name() == name {
				if n++; n == nth {
					return r
				}
			}
		}
		select {
		case <-c.news:
		case <-c.ended:
			if !slices.Contains(c.names(), name) {
				c.t.Fatalf("the command ended without %q", name)
			}
		case <-limit:
			c.t.Fatalf("%q never came", name)
		}
	}
}

// exits waits for the end and checks the exit code.
func (c *checkoutRun) exits(want int) {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatal("the command does not end")
	}
	if got := c.command.ProcessState.ExitCode(); got != want {
		c.t.Errorf("exit code %d, want %d", got, want)
	}
	last := c.all()[len(c.all())-1]
	if last.Type != "result" || last.Exit == nil || *last.Exit != want {
		c.t.Errorf("the last record is %+v", last)
	}
	seq := 0
	for _, r := range c.all() {
		if r.Type == "event" && r.Seq <= seq {
			c.t.Errorf("event %d after %d", r.Seq, seq)
		}
		seq = max(seq, r.Seq)
	}
}

// sdkEvents returns the events and errors of the SDK in order.
func (c *checkoutRun) sdkEvents() []string {
	var list []string
	for _, r := range c.all() {
		if r.Channel == "onEventCallback" || r.Channel == "onError" {
			list = append(list, r.Channel+" "+r.Code)
		}
	}
	return list
}

// opens opens the link in a browser.
func (c *checkoutRun) opens() *tab {
	c.t.Helper()
	b := open(c.t, window{})
	b.navigate(c.await("ready", 1).URL)
	return b
}

func (c *checkoutRun) interrupt() {
	c.t.Helper()
	if err := c.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.t.Fatal(err)
	}
}

// TestCheckout_twoClicks: on a machine with nothing but a browser, two clicks pay.
func TestCheckout_twoClicks(t *testing.T) {
	t.Parallel()
	c := checkout(t, t.TempDir(), forty...)
	b := c.opens()
	b.choose("success")
	b.form().click("#pay")
	b.page().wait(`document.querySelector('#outcome-title')?.innerText === 'Paid'`)
	c.exits(0)
	b.clean()
	want := []string{"onEventCallback SDK_START_OF_LOADING", "onEventCallback SDK_END_OF_LOADING", "onEventCallback SDK_PAYMENT_SUCCESSFUL"}
	if got := c.sdkEvents(); !slices.Equal(got, want) {
		t.Errorf("the page heard %q", got)
	}
}
