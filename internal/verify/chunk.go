package verify

import (
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
)

// A chunk is handed on when it holds so many messages or bytes, or when no more
// input is at hand.
const (
	chunkSize  = 64
	chunkBytes = 256 << 10
)

// chunk is a number of messages on their way through.
type chunk struct {
	text    []byte // of the units
	units   []intake.Unit
	results []result
	out     []byte // the rendered verdicts on those that verify
	failed  bool   // not all do
	err     error
	done    chan struct{}
}

// mostKept bounds what a chunk holds when it is used again.
const mostKept = 2 * chunkBytes

// fresh is an empty chunk.
func (b *batch) fresh() *chunk {
	c, ok := b.spare.Get().(*chunk)
	if !ok || cap(c.text) > mostKept || cap(c.out) > mostKept {
		c = new(chunk)
	}
	*c = chunk{text: c.text[:0], units: c.units[:0], results: c.results[:0], out: c.out[:0], done: make(chan struct{})}
	return c
}

// result is one message after it was verified.
type result struct {
	verdict Verdict
	message *intake.Message // of one that does not verify: to be explained
	body    uint64          // names the body of one that does
	out     [2]int          // where its bytes are in the chunk's
}

// verifier verifies on one core.
type verifier struct {
	*batch
	parser intake.Parser
	render Render
}

// verify verifies the messages of a chunk and renders the verdicts on those that
// hold: the others are explained first, in order.
func (w *verifier) verify(c *chunk) {
	for i := range c.units {
		c.results = append(c.results, w.one(&c.units[i]))
		r := &c.results[i]
		if !r.verdict.Verified {
			c.failed = true
			continue
		}
		begin := len(c.out)
		var err error
		if c.out, err = w.render(c.out, &r.verdict); err != nil && c.err == nil {
			c.err = err
		}
		r.out = [2]int{begin, len(c.out)}
	}
}

// one verifies one message.
func (w *verifier) one(u *intake.Unit) result {
	m, err := w.parser.Parse(u, w.options.Defaults)
	if err != nil {
		return result{verdict: unreadable(u.Source(), err)}
	}
	r := result{verdict: Judge(m, w.options.Keys[m.Kind], w.options.Defaults.ClientID)}
	v := &r.verdict
	if w.options.Annotate != nil {
		w.options.Annotate(v, m)
	}
	if !v.Verified {
		r.message = m.Clone()
		if w.settled.Load() != nil && w.explainable(v, m) {
			w.explainAgain(v, r.message)
		}
		return r
	}
	r.body = w.seen.Key(m.Body)
	v.Notes = append(v.Notes, diagnose.Sense(m.Kind, v.Summary, w.options.Amount)...)
	v.Notes = append(v.Notes, diagnose.Nonsense(m, w.options.Now)...)
	return r
}
