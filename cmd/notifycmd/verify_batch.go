package notifycmd

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// verifyBatch verifies any number of messages: one goroutine cuts the input into
// messages, one for each core parses and verifies them, and the caller's tells
// the verdicts in order. Few chunks are under way at a time, so that memory does
// not grow with the input.
type verifyBatch struct {
	o      *notifyVerify
	p      *output.Printer
	keys   keyring
	words  *words
	seen   *diagnose.Seen
	files  []string // of which messages were told
	told   []string // causes that were explained at length
	tally  verdictTally
	notes  noteBook
	render *output.Renderer
	amount func(paymentRequestID string) (antom.Amount, bool) // of a session, by the history

	spare sync.Pool // of chunks that were told: their memory is used again

	client    string    // of the message before
	anyClient clientIDs // that genuine messages are for

	around   *surroundings // read at the first mismatch
	explains int
	causes   []string                 // that were found in this run
	settled  atomic.Pointer[[]string] // the causes, once no others are looked for

	begin    time.Time
	progress *output.Progress
	line     atomic.Pointer[string] // what progress shows
	said     time.Time
}

func newVerifyBatch(o *notifyVerify, p *output.Printer, keys keyring) *verifyBatch {
	return &verifyBatch{o: o, p: p, keys: keys, words: wordsOf(p), seen: diagnose.NewSeen(), notes: noteBook{p: p}, render: p.Renderer(), begin: o.c.Now(), amount: sessionAmounts(o.c)}
}

func (b *verifyBatch) run(ctx context.Context, inputs []source) error {
	columns, err := b.render.Columns(verdictColumns[:]...)
	if err != nil {
		return err
	}
	if err := b.p.Write(columns); err != nil {
		return err
	}
	err = b.all(ctx, inputs)
	if b.progress != nil {
		b.progress.Done()
	}
	if err != nil {
		return err
	}
	b.summary()
	return b.tally.err()
}

// The heap may grow to ten times of what is in use, which is a few megabytes,
// and up to a limit, before garbage is collected: half of the usual work.
const (
	collectAt  = 900
	mostMemory = 40 << 20
)

// all reads, verifies and tells. When it stops early, a reader that is blocked
// on its input is left behind: a blocked read can't be called back, and ends
// with the process.
func (b *verifyBatch) all(ctx context.Context, inputs []source) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(min(mostMemory, debug.SetMemoryLimit(-1))))
	cores := runtime.GOMAXPROCS(0)
	work, inOrder := make(chan *chunk, cores), make(chan *chunk, 3*cores)
	go b.read(ctx, inputs, work, inOrder)
	var workers sync.WaitGroup
	for range cores {
		workers.Go(func() {
			w := verifier{verifyBatch: b, render: b.p.Renderer()}
			for c := range work {
				w.verify(c)
				close(c.done)
			}
		})
	}
	for {
		c, err := next(ctx, inOrder)
		if c == nil || err != nil {
			return err
		}
		more, err := b.tell(c)
		if err != nil || !more {
			return err
		}
	}
}

// next waits for the next chunk in order to be verified; nil at the end.
func next(ctx context.Context, inOrder <-chan *chunk) (*chunk, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c, ok := <-inOrder:
		if !ok {
			return nil, nil
		}
		<-c.done
		return c, ctx.Err()
	}
}

// read cuts the inputs into chunks.
func (b *verifyBatch) read(ctx context.Context, inputs []source, work, inOrder chan<- *chunk) {
	defer close(inOrder)
	defer close(work)
	c, size := b.fresh(), 0
	flush := func() bool {
		if len(c.units) == 0 {
			return true
		}
		for _, to := range [...]chan<- *chunk{inOrder, work} {
			select {
			case to <- c:
			case <-ctx.Done():
				return false
			}
		}
		c, size = b.fresh(), 0
		return true
	}
	for _, s := range inputs {
		more := b.o.units(ctx, s, func(u intake.Unit) bool {
			c.text = u.Keep(c.text)
			c.units, size = append(c.units, u), size+u.Size()
			if len(c.units) < chunkSize && size < chunkBytes && !u.Pause {
				return true
			}
			return flush()
		})
		if !more {
			return
		}
	}
	flush()
}

// tell prints what came of a chunk; more is false when nothing more is wanted.
func (b *verifyBatch) tell(c *chunk) (more bool, err error) {
	if c.err != nil {
		return false, c.err
	}
	var out []byte
	more = true
	for i := range c.results {
		if out, err = b.tellOne(c, i, out); err != nil {
			return false, err
		}
		if b.o.failFast && !c.results[i].verdict.verified {
			more = false
			break
		}
	}
	if !c.failed {
		out = c.out
	}
	if b.o.c.Term.Out {
		b.aside(func() { err = b.p.Write(out) })
	} else {
		err = b.p.Write(out)
	}
	b.spare.Put(c)
	b.report()
	return more, err
}

// tellOne adds one verdict to what is printed.
func (b *verifyBatch) tellOne(c *chunk, i int, out []byte) ([]byte, error) {
	r := &c.results[i]
	v := &r.verdict
	if v.verified {
		if v.client != b.client {
			b.client = v.client
			b.anyClient.add(v.client)
		}
		if first, again := b.seen.Before(r.body, b.place(&c.units[i])); again {
			b.tally.duplicates++
			b.aside(func() {
				b.notes.say(v.source, "duplicate", func() string { return "a duplicate of " + b.sourceAt(first) + ": handle each one once" })
			})
		}
		if c.failed {
			out = append(out, c.out[r.out[0]:r.out[1]]...)
		}
	} else {
		if r.message != nil {
			b.explain(v, r.message)
			v.short = slices.Contains(b.told, v.cause)
			if v.cause != "" && !v.short {
				b.told = append(b.told, v.cause)
			}
		}
		var err error
		if out, err = b.render.Render(out, v); err != nil {
			return out, err
		}
	}
	b.tally.take(v)
	if len(v.notes) > 0 {
		b.aside(func() { b.notes.add(v) })
	}
	return out, nil
}

// place is a message's source as a number: that of its file, and its line.
func (b *verifyBatch) place(u *intake.Unit) uint64 {
	if n := len(b.files); n == 0 || b.files[n-1] != u.Name {
		b.files = append(b.files, u.Name)
	}
	return uint64(len(b.files)-1)<<32 | uint64(uint32(u.Line)) //nolint:gosec // counts are never negative
}

func (b *verifyBatch) sourceAt(place uint64) string {
	u := intake.Unit{Name: b.files[place>>32], Line: int(uint32(place))} //nolint:gosec // it was cut so
	return u.Source()
}

// mostExplained bounds the whole diagnoses of a run: each may take a tenth of a
// second. After them, only the causes that they found are tried, by whoever
// verifies the message.
const mostExplained = 50

// explain looks for the cause of a mismatch, if that was not done with the
// verification.
func (b *verifyBatch) explain(v *verdict, m *intake.Message) {
	if v.reason == string(sign.ClientIDOther) {
		if b.around == nil {
			b.around = b.o.surroundings()
		}
		v.explain(diagnose.OtherClient(v.client, b.o.defaults.ClientID, b.around.clientIDs))
		return
	}
	if v.finding == nil && b.explainable(v, m) {
		if b.around == nil {
			b.around = b.o.surroundings()
		}
		if b.settled.Load() != nil {
			b.explainAgain(v, m)
			return
		}
		f := diagnose.Explain(b.around.caseOf(m, b.keys[m.Kind]))
		for _, cause := range f.Causes {
			if !slices.Contains(b.causes, cause.ID) {
				b.causes = append(b.causes, cause.ID)
			}
		}
		v.explain(f)
		b.tellClient(v)
		if b.explains++; b.explains == mostExplained {
			causes := slices.Clone(b.causes)
			b.settled.Store(&causes)
		}
	}
}

// explainable tells a mismatch from a message that is refused although its
// signature is true, or for which there is no key.
func (b *verifyBatch) explainable(v *verdict, m *intake.Message) bool {
	refused, ok := errors.AsType[*sign.Error](v.err)
	return b.keys[m.Kind].Public != nil && (!ok || !refused.Matches)
}

// explainAgain tries the causes that were found before.
func (b *verifyBatch) explainAgain(v *verdict, m *intake.Message) {
	f := diagnose.ExplainAs(b.around.caseOf(m, b.keys[m.Kind]), *b.settled.Load())
	f.RuledOut = nil // little was tried
	v.explain(f)
	b.tellClient(v)
}

// tellClient says of a message whose cause was found that it is for another
// client, too: once its cause is gone it would be refused for that.
func (b *verifyBatch) tellClient(v *verdict) {
	want := b.o.defaults.ClientID
	if v.cause == "" || v.cause == "client-id" || antom.CheckClientID(v.client, want) == nil {
		return
	}
	f := v.finding
	f.Details = append(f.Details, diagnose.Detail{Label: "for client id", Value: strconv.Quote(v.client) + ", not " + strconv.Quote(want)})
	f.Target = "" // that alone does not do
}

// report shows on standard error that something goes on, once that takes a
// while.
func (b *verifyBatch) report() {
	const patience, interval = time.Second, 10 * time.Second
	now := b.o.c.Now()
	elapsed := now.Sub(b.begin)
	if elapsed < patience {
		return
	}
	line := b.tally.line(elapsed)
	b.line.Store(&line)
	if b.progress == nil {
		b.said = now
		b.progress = b.p.Progress(func(time.Duration) string { return *b.line.Load() })
		return
	}
	if now.Sub(b.said) >= interval {
		b.said = now
		b.progress.Line(line)
	}
}

// aside prints beside the progress line.
func (b *verifyBatch) aside(say func()) {
	if b.progress == nil {
		say()
		return
	}
	b.progress.Say(say)
}

// summary says how a run of several messages came out.
func (b *verifyBatch) summary() {
	b.notes.rest()
	if b.o.defaults.ClientID == "" && len(b.anyClient) > 0 {
		b.p.Note("genuine for %s; any client id was taken, since none was named: --client-id names yours", b.anyClient)
	}
	if b.tally.failed > mostExplained && b.settled.Load() != nil {
		b.p.Note("all causes were tried for the first %d messages that do not verify, for the others only those found so", mostExplained)
	}
	if b.tally.total > 1 {
		b.p.Note("%s", b.tally.line(b.o.c.Now().Sub(b.begin)))
	}
}
