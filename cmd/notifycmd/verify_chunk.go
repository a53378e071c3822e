package notifycmd

import (
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
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
func (b *verifyBatch) fresh() *chunk {
	c, ok := b.spare.Get().(*chunk)
	if !ok || cap(c.text) > mostKept || cap(c.out) > mostKept {
		c = new(chunk)
	}
	*c = chunk{text: c.text[:0], units: c.units[:0], results: c.results[:0], out: c.out[:0], done: make(chan struct{})}
	return c
}

// result is one message after it was verified.
type result struct {
	verdict verdict
	message *intake.Message // of one that does not verify: to be explained
	body    uint64          // names the body of one that does
	out     [2]int          // where its bytes are in the chunk's
}

// verifier verifies on one core.
type verifier struct {
	*verifyBatch
	parser intake.Parser
	render *output.Renderer
}

// verify verifies the messages of a chunk and renders the verdicts on those that
// hold: the others are explained first, in order.
func (w *verifier) verify(c *chunk) {
	for i := range c.units {
		c.results = append(c.results, w.one(&c.units[i]))
		r := &c.results[i]
		if !r.verdict.verified {
			c.failed = true
			continue
		}
		begin := len(c.out)
		var err error
		if c.out, err = w.render.Render(c.out, &r.verdict); err != nil && c.err == nil {
			c.err = err
		}
		r.out = [2]int{begin, len(c.out)}
	}
}

// one verifies one message.
func (w *verifier) one(u *intake.Unit) result {
	m, err := w.parser.Parse(u, w.o.defaults)
	if err != nil {
		v := unreadable(u.Source(), err)
		v.words = w.words
		return result{verdict: v}
	}
	r := result{verdict: w.o.judge(m, w.keys[m.Kind])}
	v := &r.verdict
	v.words = w.words
	w.o.noteUnused(v, m)
	if !v.verified {
		r.message = m.Clone()
		if w.settled.Load() != nil && w.explainable(v, m) {
			w.explainAgain(v, r.message)
		}
		return r
	}
	r.body = w.seen.Key(m.Body)
	v.notes = append(v.notes, diagnose.Sense(m.Kind, v.told, w.amount)...)
	return r
}
