// Package verify turns any number of messages into verdicts: on all cores, in the order of
// the input, in constant memory. One goroutine splits the input into messages, one per core
// parses and verifies them, and the caller's goroutine reports the verdicts. The package
// prints nothing: the caller passes in the renderer and the observer.
package verify

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/proof"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Keys holds the key that verifies each kind of message.
type Keys map[intake.Kind]diagnose.Key

// NewKeys makes the keyring of two parties: Antom signs notifications and
// responses, the merchant requests.
func NewKeys(antomKey, merchantKey diagnose.Key) Keys {
	return Keys{intake.Notification: antomKey, intake.Response: antomKey, intake.Request: merchantKey}
}

// Surroundings are the keys, client ids and notify URLs of all profiles, which a diagnosis
// may try in place of the message's own.
type Surroundings struct {
	Keys      []diagnose.Key
	ClientIDs []diagnose.Known
	URLs      []diagnose.Known
}

// CaseOf is a message with all that may explain why it does not verify by the key
// that was used.
func (s *Surroundings) CaseOf(m *intake.Message, used diagnose.Key) *diagnose.Case {
	return &diagnose.Case{Message: m, Keys: append([]diagnose.Key{used}, s.Keys...), ClientIDs: s.ClientIDs, URLs: s.URLs}
}

// Render appends the form of a verdict that the caller prints.
type Render func(dst []byte, v *Verdict) ([]byte, error)

// Options configure a run.
type Options struct {
	Keys     Keys
	Defaults intake.Defaults // what messages do not say themselves; a client id is demanded of all
	FailFast bool            // end at the first message that does not verify

	// Surroundings is called once, at the first mismatch.
	Surroundings func() *Surroundings
	// Now is when the messages are read: what has happened is not after it. Zero: times
	// are not looked at.
	Now time.Time
	// Amount is the amount of a session, by its paymentRequestId or paymentId; nil:
	// none known.
	Amount func(paymentRequestID string) (antom.Amount, bool)
	// Annotate may add to a verdict before it is explained; it is called by many
	// goroutines.
	Annotate func(*Verdict, *intake.Message)
	// Renderer makes a render function for one goroutine.
	Renderer func() Render
	// Write is given what was rendered, in order.
	Write func(rendered []byte) error
	// Verdict is called for each message, in order, before its chunk is written.
	// duplicateOf is the source of a genuine message with the same body that came
	// before; it must not keep the verdict.
	Verdict func(v *Verdict, duplicateOf string)
	// Progress is called when a chunk has been written.
	Progress func()
}

// Settled is how many mismatches are explained with all causes: each may take a
// tenth of a second. After them only the causes that they found are tried, by
// whoever verifies the message.
const Settled = 50

// Searching returns defaults with a search: texts of unknown form are searched for messages
// that verify with these keys.
func Searching(d intake.Defaults, keys Keys) intake.Defaults {
	public := map[intake.Kind]*sign.PublicKey{}
	for kind, key := range keys {
		public[kind] = key.Public
	}
	d.Search = (&proof.Finder{Keys: public, Defaults: d}).Find
	return d
}

// Run verifies all units. It returns the error of the context, of Render or of
// Write; messages that do not verify are verdicts and no error.
func Run(ctx context.Context, units iter.Seq[intake.Unit], options Options) error {
	b := &batch{options: options, seen: diagnose.NewSeen(), render: options.Renderer()}
	return b.all(ctx, units)
}

// batch is one run.
type batch struct {
	options Options
	render  Render
	seen    *diagnose.Seen
	files   []string // of which messages were told
	told    []string // causes that were explained at length

	spare sync.Pool // of chunks that were told: their memory is used again

	around   *Surroundings // read at the first mismatch
	explains int
	causes   []string                 // that were found in this run
	settled  atomic.Pointer[[]string] // the causes, once no others are looked for
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
func (b *batch) all(ctx context.Context, units iter.Seq[intake.Unit]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(min(mostMemory, debug.SetMemoryLimit(-1))))
	cores := runtime.GOMAXPROCS(0)
	work, inOrder := make(chan *chunk, cores), make(chan *chunk, 3*cores)
	go b.read(ctx, units, work, inOrder)
	var workers sync.WaitGroup
	for range cores {
		workers.Go(func() {
			w := verifier{batch: b, render: b.options.Renderer()}
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

// read cuts the input into chunks.
func (b *batch) read(ctx context.Context, units iter.Seq[intake.Unit], work, inOrder chan<- *chunk) {
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
	for u := range units {
		c.text = u.Keep(c.text)
		c.units, size = append(c.units, u), size+u.Size()
		if full := len(c.units) >= chunkSize || size >= chunkBytes || u.Pause; full && !flush() {
			return
		}
	}
	flush()
}

// tell hands on what came of a chunk; more is false when nothing more is wanted.
func (b *batch) tell(c *chunk) (more bool, err error) {
	if c.err != nil {
		return false, c.err
	}
	var out []byte
	more = true
	for i := range c.results {
		if out, err = b.tellOne(c, i, out); err != nil {
			return false, err
		}
		if b.options.FailFast && !c.results[i].verdict.Verified {
			more = false
			break
		}
	}
	if !c.failed {
		out = c.out
	}
	if err := b.options.Write(out); err != nil {
		return false, err
	}
	b.spare.Put(c)
	b.options.Progress()
	return more, nil
}

// tellOne adds one verdict to what is written.
func (b *batch) tellOne(c *chunk, i int, out []byte) ([]byte, error) {
	r := &c.results[i]
	v := &r.verdict
	duplicateOf := ""
	if v.Verified {
		if first, again := b.seen.Before(r.body, b.place(&c.units[i])); again {
			duplicateOf = b.sourceAt(first)
		}
		if c.failed {
			out = append(out, c.out[r.out[0]:r.out[1]]...)
		}
	} else {
		if r.message != nil {
			b.explain(v, r.message)
			v.Short = slices.Contains(b.told, v.Cause)
			if v.Cause != "" && !v.Short {
				b.told = append(b.told, v.Cause)
			}
		}
		var err error
		if out, err = b.render(out, v); err != nil {
			return out, err
		}
	}
	b.options.Verdict(v, duplicateOf)
	return out, nil
}

// place is a message's source as a number: that of its file, and its line.
func (b *batch) place(u *intake.Unit) uint64 {
	if n := len(b.files); n == 0 || b.files[n-1] != u.Name {
		b.files = append(b.files, u.Name)
	}
	return uint64(len(b.files)-1)<<32 | uint64(uint32(u.Line)) //nolint:gosec // counts are never negative
}

func (b *batch) sourceAt(place uint64) string {
	u := intake.Unit{Name: b.files[place>>32], Line: int(uint32(place))} //nolint:gosec // it was cut so
	return u.Source()
}

// explain looks for the cause of a mismatch, if that was not done with the
// verification.
func (b *batch) explain(v *Verdict, m *intake.Message) {
	if v.Reason == string(sign.ClientIDOther) {
		v.Explain(diagnose.OtherClient(v.Client, b.options.Defaults.ClientID, b.surroundings().ClientIDs))
		return
	}
	if v.Finding != nil || !b.explainable(v, m) {
		return
	}
	b.surroundings()
	if b.settled.Load() != nil {
		b.explainAgain(v, m)
		return
	}
	f := diagnose.Explain(b.around.CaseOf(m, b.options.Keys[m.Kind]))
	for _, cause := range f.Causes {
		if !slices.Contains(b.causes, cause.ID) {
			b.causes = append(b.causes, cause.ID)
		}
	}
	v.Explain(f)
	b.tellClient(v)
	if b.explains++; b.explains == Settled {
		causes := slices.Clone(b.causes)
		b.settled.Store(&causes)
	}
}

func (b *batch) surroundings() *Surroundings {
	if b.around == nil {
		b.around = b.options.Surroundings()
	}
	return b.around
}

// explainable tells a mismatch from a message that is refused although its
// signature is true or for a header that says the cause, or for which there is no
// key.
func (b *batch) explainable(v *Verdict, m *intake.Message) bool {
	if v.Reason == string(sign.HeaderDoubled) {
		return false
	}
	refused, ok := errors.AsType[*sign.Error](v.Err)
	return b.options.Keys[m.Kind].Public != nil && (!ok || !refused.Matches)
}

// explainAgain tries the causes that were found before.
func (b *batch) explainAgain(v *Verdict, m *intake.Message) {
	f := diagnose.ExplainAs(b.around.CaseOf(m, b.options.Keys[m.Kind]), *b.settled.Load())
	f.RuledOut = nil // little was tried
	v.Explain(f)
	b.tellClient(v)
}

// tellClient says of a message whose cause was found that it is for another
// client, too: once its cause is gone it would be refused for that.
func (b *batch) tellClient(v *Verdict) {
	want := b.options.Defaults.ClientID
	if v.Cause == "" || v.Cause == "client-id" || antom.CheckClientID(v.Client, want) == nil {
		return
	}
	f := v.Finding
	f.Details = append(f.Details, diagnose.Detail{Label: "for client id", Value: strconv.Quote(v.Client) + ", not " + strconv.Quote(want)})
	f.Target = "" // that alone does not do
}
