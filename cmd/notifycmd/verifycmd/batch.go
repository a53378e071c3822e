package verifycmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/verify"
)

// verifyBatch prints a run of internal/verify: verdicts on standard output, notes and progress
// on standard error.
type verifyBatch struct {
	o     *notifyVerify
	p     *output.Printer
	tally view.VerdictTally
	notes view.NoteBook

	client    string    // of the message before
	anyClient clientIDs // that genuine messages are for

	begin    time.Time
	progress *output.Progress
	line     atomic.Pointer[string] // what progress shows
	said     time.Time
}

func newVerifyBatch(o *notifyVerify, p *output.Printer) *verifyBatch {
	return &verifyBatch{o: o, p: p, notes: view.NoteBook{Printer: p}, begin: o.c.Now()}
}

func (b *verifyBatch) run(ctx context.Context, inputs []source, keys verify.Keys) error {
	columns, err := b.p.Renderer().Columns(view.VerdictColumns[:]...)
	if err != nil {
		return err
	}
	if err := b.p.Write(columns); err != nil {
		return err
	}
	b.o.defaults = verify.Searching(b.o.defaults, keys)
	err = verify.Run(ctx, b.o.all(ctx, inputs), verify.Options{
		Keys: keys, Defaults: b.o.defaults, FailFast: b.o.failFast, Surroundings: func() *verify.Surroundings { return ReadSurroundings(b.o.c) },
		Now: b.o.c.Now(), Amount: sessionAmounts(b.o.c), Annotate: b.o.annotate,
		Renderer: b.renderer, Write: b.write, Verdict: b.take, Progress: b.report,
	})
	if b.progress != nil {
		b.progress.Done()
	}
	if err != nil {
		return err
	}
	b.summary()
	return b.tally.Err()
}

// renderer returns a render function for one goroutine, in the chosen output form.
func (b *verifyBatch) renderer() verify.Render {
	render, styled := b.p.Renderer(), view.VerdictWordsOf(b.p)
	record := view.Verdict{Words: styled}
	return func(dst []byte, v *verify.Verdict) ([]byte, error) {
		record.Verdict = v
		return render.Render(dst, &record)
	}
}

// write prints verdicts, above the progress line if both are on the same terminal.
func (b *verifyBatch) write(rendered []byte) (err error) {
	if b.o.c.Term.Out {
		b.aside(func() { err = b.p.Write(rendered) })
		return err
	}
	return b.p.Write(rendered)
}

// take counts a verdict and prints its notes.
func (b *verifyBatch) take(v *verify.Verdict, duplicateOf string) {
	if v.Verified && v.Client != b.client {
		b.client = v.Client
		b.anyClient.add(v.Client)
	}
	if duplicateOf != "" {
		b.tally.Duplicates++
		b.aside(func() {
			b.notes.Say(v.Source, "duplicate", func() string { return "a duplicate of " + duplicateOf + ": handle each one once" })
		})
	}
	b.tally.Take(v)
	if len(v.Notes) > 0 {
		b.aside(func() { b.notes.Add(v) })
	}
}

// report shows progress on standard error when the run takes a while.
func (b *verifyBatch) report() {
	const patience, interval = time.Second, 10 * time.Second
	now := b.o.c.Now()
	elapsed := now.Sub(b.begin)
	if elapsed < patience {
		return
	}
	line := b.tally.Line(elapsed)
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

// summary prints the totals of a run with several messages.
func (b *verifyBatch) summary() {
	b.notes.Rest()
	if b.o.defaults.ClientID == "" && len(b.anyClient) > 0 {
		b.p.Note("genuine for %s; any client id was taken, since none was named: --client-id names yours", b.anyClient)
	}
	if b.tally.Failed > verify.Settled && b.tally.Explained >= verify.Settled {
		b.p.Note("all causes were tried for the first %d messages that do not verify, for the others only those found so", verify.Settled)
	}
	if b.tally.Total > 1 {
		b.p.Note("%s", b.tally.Line(b.o.c.Now().Sub(b.begin)))
	}
}

// clientIDs collects the client ids of the messages in a run.
type clientIDs []string

// mostClientIDs limits how many client ids are remembered.
const mostClientIDs = 20

func (c *clientIDs) add(id string) {
	if len(*c) < mostClientIDs && !slices.Contains(*c, id) {
		*c = append(*c, id)
	}
}

func (c clientIDs) String() string {
	const shown = 3
	if len(c) <= shown {
		return "client id " + strings.Join(c, ", ")
	}
	return fmt.Sprintf("client id %s and %d more", strings.Join(c[:shown], ", "), len(c)-shown)
}

// all yields the messages of all inputs.
func (o *notifyVerify) all(ctx context.Context, inputs []source) func(func(intake.Unit) bool) {
	return func(yield func(intake.Unit) bool) {
		for _, s := range inputs {
			if !o.units(ctx, s, yield) {
				return
			}
		}
	}
}
