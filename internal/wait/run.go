package wait

import (
	"container/heap"
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/antom-cli/antom/pkg/antom"
)

// Run polls every target until it has ended or ctx has. It returns the watches in the order of
// the targets; those cut off by ctx have the end [Open].
func Run(ctx context.Context, subject Subject, targets []Target, options Options) []*Watch {
	r := newRun(subject, targets, options)
	var workers errgroup.Group
	for range min(r.options.Open, len(targets)) {
		workers.Go(func() error { r.work(ctx); return nil })
	}
	r.coordinate(ctx)
	close(r.jobs)
	_ = workers.Wait() // the workers return nil
	return r.watches
}

// run is one wait in progress. Only the coordinating goroutine touches the watches and the
// queue; workers get a target and return an answer.
type run struct {
	subject Subject
	options Options
	limit   *rate.Limiter
	begin   time.Time
	watches []*Watch
	queue   queue
	open    int // watches that have not ended
	jobs    chan job
	answers chan answer
}

type job struct {
	watch  *Watch
	target Target
}

type answer struct {
	watch *Watch
	begun time.Time
	state State
	err   error
}

func newRun(subject Subject, targets []Target, options Options) *run {
	if options.Open <= 0 {
		options.Open = DefaultOpen
	}
	if options.Observe == nil {
		options.Observe = func(Event) {}
	}
	limit := rate.Inf
	if options.Rate > 0 {
		limit = rate.Limit(options.Rate)
	}
	r := &run{
		subject: subject, options: options, limit: rate.NewLimiter(limit, 1), begin: time.Now(),
		open: len(targets), jobs: make(chan job), answers: make(chan answer),
	}
	for _, target := range targets {
		w := &Watch{Target: target, pace: antom.NewPace(subject.Operation(), antom.PollOptions{Interval: options.Interval}), due: r.begin}
		r.watches = append(r.watches, w)
		heap.Push(&r.queue, w)
	}
	return r
}

// work makes the inquiries that it is given, as soon as the rate allows.
func (r *run) work(ctx context.Context) {
	for j := range r.jobs {
		a := answer{watch: j.watch}
		if a.err = r.waitForRate(ctx); a.err == nil {
			a.begun = time.Now()
			a.state, a.err = r.subject.Ask(ctx, j.target)
		}
		r.answers <- a
	}
}

// waitForRate waits until the rate allows an inquiry. The limiter returns an error immediately
// if the deadline comes first; then waitForRate still waits for ctx to end.
func (r *run) waitForRate(ctx context.Context) error {
	if err := r.limit.Wait(ctx); err != nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// coordinate hands out due inquiries, the earliest due first, and handles the answers, until no
// watch is open, or ctx has ended and the last answer has arrived.
func (r *run) coordinate(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	busy := 0
	for ctx.Err() == nil && r.open > 0 {
		jobs, next, idle := r.nextJob()
		timer.Reset(idle)
		select {
		case jobs <- next:
			heap.Pop(&r.queue)
			busy++
		case a := <-r.answers:
			busy--
			r.handle(ctx, a)
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	for ; busy > 0; busy-- {
		r.handle(ctx, <-r.answers)
	}
}

// forever is the duration of a timer that is not expected to fire.
const forever = time.Hour

// nextJob returns the next due inquiry and the channel to send it on. If none is due, the
// channel is nil and idle is the time until one is.
func (r *run) nextJob() (jobs chan<- job, next job, idle time.Duration) {
	if len(r.queue) == 0 {
		return nil, job{}, forever
	}
	first := r.queue[0]
	if wait := time.Until(first.due); wait > 0 {
		return nil, job{}, wait
	}
	return r.jobs, job{first, first.Target}, forever
}

// handle records an answer and reports it. It ignores an inquiry that was cut off by ctx.
func (r *run) handle(ctx context.Context, a answer) {
	if a.err != nil && ctx.Err() != nil {
		return
	}
	w := a.watch
	news := w.update(a)
	w.Elapsed = time.Since(r.begin)
	decision := w.pace.After(a.err, a.err == nil && a.state.Final)
	switch {
	case !decision.Again && a.err == nil:
		w.End = Final
	case !decision.Again:
		w.End = Refused
	case r.options.MaxMissing > 0 && w.Missing >= r.options.MaxMissing:
		w.End = Missing
	}
	w.Next = 0
	if w.End == Open {
		w.due = a.begun.Add(decision.Interval)
		w.Next = max(0, time.Until(w.due))
		heap.Push(&r.queue, w)
	} else {
		r.open--
	}
	r.options.Observe(Event{Watch: w, News: news, Behind: r.behind(), Open: r.open})
}

// behind returns how long the oldest due inquiry is overdue.
func (r *run) behind() time.Duration {
	if len(r.queue) == 0 {
		return 0
	}
	return max(0, time.Since(r.queue[0].due))
}

// update records an answer and returns the new stages.
func (w *Watch) update(a answer) []Stage {
	w.Polls++
	w.Err = a.err
	if IsMissing(a.err) {
		w.Missing++
	}
	if a.err != nil {
		return nil
	}
	before := w.State.Stages
	w.State, w.HasState = a.state, true
	return slices.DeleteFunc(slices.Clone(w.State.Stages), func(s Stage) bool { return slices.Contains(before, s) })
}

// IsMissing reports whether an inquiry ended with ORDER_NOT_EXIST.
func IsMissing(err error) bool {
	refused, ok := errors.AsType[*antom.ResultError](err)
	return ok && refused.Result.ResultCode == antom.CodeOrderNotExist
}

// queue is a heap with the earliest due watch first.
type queue []*Watch

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push adds a watch, for container/heap.
func (q *queue) Push(w any) { *q = append(*q, w.(*Watch)) }

// Pop removes the last watch, for container/heap.
func (q *queue) Pop() any {
	old := *q
	w := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return w
}
