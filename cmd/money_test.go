package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/antom/antomtest"
)

// sequences is how many random sequences TestMoney runs: a step of .ci/run says
// -sequences 1000. The first one has the seed that -seed names, or else a new one;
// each further one has the next. A failure names the seed of its sequence.
var (
	sequences = flag.Int("sequences", 24, "how many random sequences of calls that move money to run")
	firstSeed = flag.Uint64("seed", 0, "seed of the first of these sequences; 0 for a new one")
)

// tills is how many sequences run at the same time, each with a gateway of its own.
const tills = 4

// TestMoney does what shops do, in random order: sessions, payments, captures, refunds
// and cancels, with answers that are lost, late, doubled or old, calls that arrive
// late, processes that are killed, and the same command again after each of these.
// Whatever happens, no more is captured than authorised and no more refunded than
// captured; a command that is repeated until its outcome is known has one effect;
// what a command says was done is done, and what it says was refused is not.
func TestMoney(t *testing.T) {
	t.Parallel()
	seed := *firstSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1e9
	}
	for till := range min(tills, *sequences) {
		t.Run(fmt.Sprintf("till-%d", till), func(t *testing.T) {
			t.Parallel()
			s := openStall(t)
			for i := till; i < *sequences && !t.Failed(); i += tills {
				s.play(t, seed+uint64(i))
			}
		})
	}
}

// stall is a shop with a gateway and a wire of its own.
type stall struct {
	gateway *antomtest.Gateway
	wire    *wire
	config  string
	dir     string
}

func openStall(t *testing.T) *stall {
	t.Helper()
	s := &stall{gateway: antomtest.Start(t, antomtest.WithoutNotifications()), dir: t.TempDir()}
	s.wire = newWire(t, s.gateway.URL)
	s.config = filepath.Join(s.dir, "config.yaml")
	for name, text := range map[string][]byte{
		"merchant.pem": s.gateway.MerchantKey.PEM(),
		"antom.pub":    s.gateway.AntomKey.PEM(),
		"config.yaml": fmt.Appendf(nil, "current: shop\nprofiles:\n  shop:\n    client_id: %s\n    gateway_url: %s\n    private_key_file: %s\n    antom_public_key_file: %s\n    redirect_url: https://shop.example/paid\n    currency: SGD\n",
			s.gateway.ClientID, s.wire.URL, filepath.Join(s.dir, "merchant.pem"), filepath.Join(s.dir, "antom.pub")),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// till is one sequence.
type till struct {
	*stall
	t       *testing.T
	random  *rand.Rand
	state   string        // folder of the ledger
	later   time.Duration // by which the shop's clock is ahead
	payment string
	amount  int64
	known   *antom.Payment // what the gateway knows of it; nil: to be asked
	named   int            // request ids that were named
	gaveUp  bool           // on a command whose outcome is open
	log     []string
}

func (s *stall) play(t *testing.T, seed uint64) {
	t.Helper()
	s.wire.drop()
	p := &till{stall: s, t: t, random: rand.New(rand.NewPCG(seed, 0)), state: filepath.Join(s.dir, strconv.FormatUint(seed, 10))}
	defer func() {
		if t.Failed() {
			t.Logf("to play it again: go test ./cmd -run '^TestMoney$' -sequences 1 -seed %d\n%s", seed, strings.Join(p.log, "\n"))
		}
	}()
	p.open(fmt.Sprintf("order-%d", seed))
	for step := 5 + p.random.IntN(6); step > 0 && !t.Failed(); step-- {
		p.step()
		p.holds()
	}
	p.wire.release()
	p.holds()
	p.tells()
	_ = os.RemoveAll(p.state) // the folder above goes with the test
}

// open makes a session, with trouble on the way, and pays it.
func (p *till) open(id string) {
	p.payment, p.amount = id, 100+p.random.Int64N(9900)
	args := []string{"session", "create", "--value", strconv.FormatInt(p.amount, 10), "--request-id", id}
	if p.random.IntN(8) > 0 {
		args = append(args, "--capture", "manual")
	}
	for try := 0; ; try++ {
		got := p.attempt(args, p.trouble(antom.CreatePaymentSession, try))
		if got.code == cli.ExitOK {
			break
		}
		if got.code == cli.ExitUsage || try > 5 {
			p.t.Fatalf("no session was made: %s", got.err)
		}
	}
	p.say("paid %d", p.amount)
	p.gateway.Pay(antomtest.Form{PaymentRequestID: id})
	p.advance(5 * time.Second)
}

// step is one thing that a shop does, or that happens to it.
func (p *till) step() {
	switch n := p.random.IntN(20); {
	case n < 8:
		p.move(antom.Capture, append(p.part("capture"), p.some(4, "--last-capture")...))
	case n < 15:
		p.move(antom.Refund, append(p.part("refund"), p.some(4, "--async")...))
	case n < 16:
		p.move(antom.Cancel, append([]string{"payment", "cancel", p.payment, "--retry-delay", "1ms"}, "--retry", strconv.Itoa(1+p.random.IntN(2))))
	case n < 17:
		p.say("what was held back arrives")
		p.wire.release()
	case n < 18:
		p.say("11 minutes at the shop")
		p.later += 11 * time.Minute
	case n < 19 || p.random.IntN(5) > 0:
		p.advance(10 * time.Second)
	default:
		p.advance(8 * 24 * time.Hour)
	}
}

// part is a command that captures or refunds all or a part of the payment.
func (p *till) part(noun string) []string {
	args := []string{noun, "create", p.payment}
	if p.random.IntN(3) > 0 {
		part := p.amount / int64(1+p.random.IntN(6)) // the same parts come again
		args = append(args, "--value", strconv.FormatInt(max(1, part), 10))
	}
	if p.random.IntN(3) == 0 {
		args = append(args, "--retry", "2", "--retry-delay", "1ms")
	}
	if p.random.IntN(5) == 0 {
		p.named++
		args = append(args, "--request-id", fmt.Sprintf("%s-%d", p.payment, p.named))
	}
	return append(args, p.some(3, "--again")...)
}

// some is a flag, one time out of n.
func (p *till) some(n int, flag string) []string {
	if p.random.IntN(n) > 0 {
		return nil
	}
	return []string{flag}
}

// move repeats a command until its outcome is known, or gives up.
func (p *till) move(op antom.Operation, args []string) {
	before := p.effects(op)
	for try := 0; ; try++ {
		runs := 1
		if try == 0 && p.random.IntN(10) == 0 {
			runs = 2
		}
		gaveUp := try > 0 && p.random.IntN(12) == 0
		if gaveUp {
			p.say("gave up")
			p.gaveUp = true
			return
		}
		settled := p.try(op, args, runs, try)
		made := 0
		for id, moved := range p.effects(op) {
			if moved && !before[id] {
				made++
			}
		}
		again := strings.Contains(strings.Join(args, " "), "--again")
		switch {
		case made > 1 && (runs < 2 || !again):
			p.t.Errorf("%d effects of one command: %s", made, args)
		case settled > cli.ExitOK && made > 0:
			p.t.Errorf("exit code %d, and %d effects: %s", settled, made, args)
		}
		if try > 8 {
			p.t.Errorf("the outcome is still not known after %d tries: %s", try+1, args)
		}
		if settled >= 0 || p.t.Failed() {
			return
		}
	}
}

// try runs a command once, or twice at the same time. It returns the exit code if the
// outcome is known, and else -1.
func (p *till) try(op antom.Operation, args []string, runs, try int) (settled int) {
	trouble := p.trouble(op, try)
	before := p.wire.sent()
	got := make([]outcome, runs)
	if runs == 1 {
		got[0] = p.attempt(args, trouble)
	} else {
		p.say("twice at once: %s", strings.Join(args, " "))
		var group sync.WaitGroup
		for i := range got {
			group.Go(func() { got[i] = p.run(p.t.Context(), args) })
		}
		group.Wait()
		p.say("→ %d and %d", got[0].code, got[1].code)
	}
	settled = -1
	for _, g := range got {
		p.claims(op, g)
		switch g.code {
		case cli.ExitOK:
			settled = cli.ExitOK
		case cli.ExitUsage, cli.ExitRefused:
			settled = max(settled, g.code*(2-runs)) // of two, the other may have done it
			if g.code == cli.ExitUsage && runs == 1 && p.wire.sent() != before {
				p.t.Errorf("exit code 2, and a call was sent: %s", g.err)
			}
		case cli.ExitPending:
			if strings.Contains(g.err, "IN_PROCESS") {
				settled = max(settled, cli.ExitOK)
			}
		}
	}
	return settled
}

// outcome is what came of a command.
type outcome struct {
	code int
	out  []byte
	err  string
}

// attempt runs a command once, with a trouble on its way.
func (p *till) attempt(args []string, trouble string) outcome {
	op := p.opOf(args)
	ctx, cancel := context.WithCancel(p.t.Context())
	defer cancel()
	kind, argument, _ := strings.Cut(trouble, " ")
	run := p.run
	switch kind {
	case "wire":
		p.wire.next(argument, cancel)
	case "kill":
		run = func(ctx context.Context, args []string) outcome { return p.process(ctx, argument, args) }
	case "gateway":
		p.gateway.Fault(string(op) + ":1=" + argument)
	case "unreached":
		run, args = p.unreached, p.unasked(args)
	case "late":
		p.gateway.Fault(fmt.Sprintf("%s:1=late-answer:%s", op, 3*patience))
		args = append([]string{"--request-timeout", patience.String()}, args...)
	}
	got := run(ctx, args)
	p.wire.next("", nil)
	p.wire.settle()
	p.gateway.ClearFaults()
	p.say("[%s] %s → %d %s", trouble, strings.Join(args, " "), got.code, strings.SplitN(got.err, "\n", 2)[0])
	return got
}

func (p *till) opOf(args []string) antom.Operation {
	switch args[0] {
	case "capture":
		return antom.Capture
	case "refund":
		return antom.Refund
	case "payment":
		return antom.Cancel
	}
	return antom.CreatePaymentSession
}

// troubles are what can happen to a call: the wire's, kills, and the gateway's.
var troubles = [...]string{
	"wire " + wireTwice, "wire " + wireHeld, "wire " + wireStale, "wire " + wireStopBefore, "wire " + wireStopAfter, "wire " + wireHeld,
	"kill " + wireStopBefore, "kill " + wireStopAfter,
	"gateway cut-body:30", "gateway html", "gateway late-failure", "gateway lost-answer", "gateway no-signature", "gateway rate-limit", "gateway reset",
	"gateway status:503", "gateway unknown", "gateway unknown-done", "gateway unsigned", "gateway wrong-signature", "gateway lost-answer", "gateway unknown-done",
	"late ", "unreached ", "unreached ",
}

// trouble is what happens to an attempt: nothing, half of the time and in the end. A
// session that failed late is lost, which is not what is tested here; and nothing fails
// late that may be carried out already, since the gateway would contradict itself.
func (p *till) trouble(op antom.Operation, try int) string {
	if try > 3 || p.random.IntN(2) == 0 {
		return ""
	}
	chosen := troubles[p.random.IntN(len(troubles))]
	if chosen == "gateway late-failure" && (op == antom.CreatePaymentSession || try > 0 || p.gaveUp) {
		return ""
	}
	return chosen
}

// unasked is a command that says all that its call needs, if it names an amount, so that
// nothing is asked before.
func (p *till) unasked(args []string) []string {
	if args[2] != p.payment || !slices.Contains(args, "--value") {
		return args
	}
	args = append(slices.Clone(args), "--payment-id", p.truth().PaymentID, "--currency", "SGD", "--no-check")
	return slices.Delete(args, 2, 3)
}

// unreached runs a command while there is no gateway.
func (p *till) unreached(ctx context.Context, args []string) outcome {
	return p.runWith(ctx, args, "http://127.0.0.1:1")
}

// run runs a command in this process.
func (p *till) run(ctx context.Context, args []string) outcome { return p.runWith(ctx, args, "") }

func (p *till) runWith(ctx context.Context, args []string, gateway string) outcome {
	var out, err bytes.Buffer
	vars := map[string]string{"ANTOM_GATEWAY_URL": gateway, "HOME": p.dir, "ANTOM_STATE_DIR": p.state, "ANTOM_CONFIG": p.config, "ANTOM_OUTPUT": "json", "CI": "1"}
	env := &cli.Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Dir: p.dir,
		Getenv: func(name string) string { return vars[name] }, Now: func() time.Time { return time.Now().Add(p.later) },
	}
	code := cmd.Run(ctx, args, env)
	return outcome{code, out.Bytes(), err.String()}
}

// process runs a command in a process of its own, which is killed before or after its
// call was carried out.
func (p *till) process(ctx context.Context, mode string, args []string) outcome {
	var out, err bytes.Buffer
	ctx, kill := context.WithCancel(ctx)
	ended := make(chan struct{})
	command := exec.CommandContext(ctx, "antom", args...)
	command.Env = append(os.Environ(), "HOME="+p.dir, "ANTOM_STATE_DIR="+p.state, "ANTOM_CONFIG="+p.config, "ANTOM_OUTPUT=json", "CI=1")
	command.Stdout, command.Stderr, command.Dir = &out, &err, p.dir
	p.wire.next(mode, func() {
		kill()
		<-ended
	})
	_ = command.Run() // a kill is no failure
	close(ended)
	kill()
	return outcome{command.ProcessState.ExitCode(), out.Bytes(), err.String()}
}

func (p *till) say(format string, args ...any) { p.log = append(p.log, fmt.Sprintf(format, args...)) }

// truth is what the gateway knows of the payment.
func (p *till) truth() *antom.Payment {
	p.t.Helper()
	if p.wire.moved() {
		p.known = nil
	}
	if p.known != nil {
		return p.known
	}
	payment, _, err := p.gateway.Client.Payments.Inquire(p.t.Context(), antom.Inquiry{PaymentRequestID: p.payment})
	if err != nil {
		p.t.Fatal(err)
	}
	p.known = payment
	return payment
}

// advance moves the gateway's clock.
func (p *till) advance(d time.Duration) {
	p.say("%s at the gateway", d)
	p.gateway.Advance(d)
	p.known = nil
}

// effects are the request ids of the operation's transactions that moved money, or may
// yet.
func (p *till) effects(op antom.Operation) map[string]bool {
	ids := map[string]bool{}
	payment := p.truth()
	rows := payment.Captures()
	if op == antom.Refund {
		rows = payment.Refunds()
	}
	if op == antom.Cancel {
		rows = nil
		ids["cancelled"] = payment.PaymentStatus == antom.PaymentCancelled
	}
	for _, row := range rows {
		if status := row.Status(); status == antom.PaymentSuccess || !status.Final() {
			ids[row.TransactionRequestID] = true
		}
	}
	return ids
}

// claims holds what a command said against what the gateway knows.
func (p *till) claims(op antom.Operation, got outcome) {
	p.t.Helper()
	if got.code != cli.ExitOK {
		return
	}
	var said struct{ CaptureRequestID, RefundRequestID string }
	if err := json.Unmarshal(got.out, &said); err != nil {
		p.t.Errorf("no JSON: %s: %s", err, got.out)
	}
	id := said.CaptureRequestID + said.RefundRequestID
	if op == antom.Cancel {
		id = "cancelled"
	}
	if !p.effects(op)[id] {
		p.t.Errorf("%s %q was said to be done, and is not: %s", op, id, got.out)
	}
}

// holds checks what must be true at any time.
func (p *till) holds() {
	p.t.Helper()
	payment := p.truth()
	seen := map[string]int{}
	var captured, refunded int64
	for _, row := range payment.Transactions {
		status := row.Status()
		if status.Final() && status != antom.PaymentSuccess {
			continue
		}
		seen[string(row.TransactionType)+" "+row.TransactionRequestID]++
		switch value := row.TransactionAmount.Value; row.TransactionType {
		case antom.TransactionCapture:
			captured += value
		case antom.TransactionRefund:
			refunded += value
		}
	}
	if captured > p.amount || refunded > captured {
		p.t.Errorf("authorised %d, captured %d, refunded %d", p.amount, captured, refunded)
	}
	for id, n := range seen {
		if n > 1 {
			p.t.Errorf("%s has %d effects", id, n)
		}
	}
}

// tells holds the sums that the shop is shown against the gateway's.
func (p *till) tells() {
	p.t.Helper()
	got := p.run(p.t.Context(), []string{"refund", "list", p.payment, "--jq", "[.totals.captured.value, .totals.refunded.value] | map(tonumber) | tostring"})
	balance := p.truth().Balance()
	if want := fmt.Sprintf("[%d,%d]", balance.Captured.Value, balance.Refunded.Value); strings.TrimSpace(string(got.out)) != want {
		p.t.Errorf("refund list: %s%s, want %s", got.out, got.err, want)
	}
}
