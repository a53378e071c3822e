package wait_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// scripted answers the nth inquiry (from 1) about a payment and records when it was made.
type scripted struct {
	answer func(id string, n int) (wait.State, error)
	takes  time.Duration // of each inquiry

	mu    sync.Mutex
	begin time.Time
	asked []string // "id at 2s"
	count map[string]int
	open  int
	most  int // concurrent inquiries
}

func script(answer func(id string, n int) (wait.State, error)) *scripted {
	return &scripted{answer: answer, begin: time.Now(), count: map[string]int{}}
}

func (s *scripted) Operation() antom.Operation { return antom.InquiryPayment }

func (s *scripted) Ask(ctx context.Context, target wait.Target) (wait.State, error) {
	id := target.PaymentRequestID
	s.mu.Lock()
	s.count[id]++
	n := s.count[id]
	s.asked = append(s.asked, fmt.Sprintf("%s at %s", id, time.Since(s.begin)))
	s.open++
	s.most = max(s.most, s.open)
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.open--; s.mu.Unlock() }()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return wait.State{}, ctx.Err()
	}
	return s.answer(id, n)
}

func status(word string) wait.State {
	return wait.State{Status: word, Stages: []wait.Stage{{Text: word}}, Final: antom.PaymentStatus(word).Final()}
}

func targets(ids ...string) []wait.Target {
	list := make([]wait.Target, len(ids))
	for i, id := range ids {
		list[i].PaymentRequestID = id
	}
	return list
}

func missing() error {
	return &antom.ResultError{Result: antom.Result{ResultStatus: antom.StatusF, ResultCode: antom.CodeOrderNotExist}, Row: row(antom.CodeOrderNotExist), Known: true}
}

func row(code string) antom.ResultCode {
	row, _ := antom.LookupResultCode(code)
	return row
}

// Each payment is inquired about at once and then at every interval, from start to start, until
// it is final. The observer gets each answer and what is new in it.
func TestRun_paceAndEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(id string, n int) (wait.State, error) {
			if id == "quick" || n == 3 {
				return status("SUCCESS"), nil
			}
			return status("PROCESSING"), nil
		})
		s.takes = 300 * time.Millisecond
		var events []string
		watches := wait.Run(t.Context(), s, targets("slow", "quick"), wait.Options{Observe: func(e wait.Event) {
			events = append(events, fmt.Sprintf("%s %v new %d next %s", e.Watch.Target.Name(), e.Watch.State.Status, len(e.News), e.Watch.Next))
		}})
		slices.Sort(events[:2]) // answered at the same time
		wantEvents := []string{
			"quick SUCCESS new 1 next 0s", "slow PROCESSING new 1 next 1.7s",
			"slow PROCESSING new 0 next 1.7s", "slow SUCCESS new 1 next 0s",
		}
		if !slices.Equal(events, wantEvents) {
			t.Errorf("events %q, want %q", events, wantEvents)
		}
		if got := s.asked[2:]; !slices.Equal(got, []string{"slow at 2s", "slow at 4s"}) {
			t.Errorf("inquired again: %v", got)
		}
		for i, w := range watches {
			if w.End != wait.Final || w.State.Status != "SUCCESS" || w.Target.PaymentRequestID != [...]string{"slow", "quick"}[i] {
				t.Errorf("%+v", w)
			}
		}
		if watches[0].Polls != 3 || watches[0].Elapsed != 4300*time.Millisecond {
			t.Errorf("%d polls in %s", watches[0].Polls, watches[0].Elapsed)
		}
	})
}

// A hundred inquiries of three seconds each, at most ten a second and sixteen at a time: here
// the concurrency is the limit.
func TestRun_bounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(string, int) (wait.State, error) { return status("SUCCESS"), nil })
		s.takes = 3 * time.Second
		begin := time.Now()
		wait.Run(t.Context(), s, many(100), wait.Options{Rate: 10})
		if s.most > wait.DefaultOpen || s.most < wait.DefaultOpen-1 {
			t.Errorf("%d concurrent inquiries, want %d", s.most, wait.DefaultOpen)
		}
		if took := time.Since(begin); took < 20*time.Second || took > 23*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func many(n int) []wait.Target {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("order-%d", i)
	}
	return targets(ids...)
}

// Forty-one inquiries at twenty a second take two seconds.
func TestRun_rate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(string, int) (wait.State, error) { return status("SUCCESS"), nil })
		begin := time.Now()
		wait.Run(t.Context(), s, many(41), wait.Options{Rate: 20})
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("took %s, want 2s", took)
		}
	})
}

// If there are more payments than the rate allows, they take turns: none is inquired about
// twice before all others once, and the observer is told how far behind the wait is.
func TestRun_fairAndBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(_ string, n int) (wait.State, error) {
			if n == 3 {
				return status("SUCCESS"), nil
			}
			return status("PROCESSING"), nil
		})
		var behind time.Duration
		wait.Run(t.Context(), s, many(100), wait.Options{Rate: 20, Observe: func(e wait.Event) { behind = max(behind, e.Behind) }})
		for round := range 3 {
			seen := map[string]bool{}
			for _, line := range s.asked[round*100 : round*100+100] {
				id, _, _ := strings.Cut(line, " ")
				seen[id] = true
			}
			if len(seen) != 100 {
				t.Errorf("round %d covered %d payments, want each once", round+1, len(seen))
			}
		}
		if behind < 2*time.Second || behind > 6*time.Second {
			t.Errorf("behind by %s at most, want about the 3 s by which 100 inquiries exceed 2 s", behind)
		}
	})
}

// A payment that does not exist is waited for, or given up after a number of answers.
func TestRun_missing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(_ string, n int) (wait.State, error) {
			if n < 5 {
				return wait.State{}, missing()
			}
			return status("SUCCESS"), nil
		})
		if w := wait.Run(t.Context(), s, targets("a"), wait.Options{})[0]; w.End != wait.Final || w.Missing != 4 {
			t.Errorf("%+v", w)
		}
		if w := wait.Run(t.Context(), script(s.answer), targets("a"), wait.Options{MaxMissing: 3})[0]; w.End != wait.Missing || w.Polls != 3 || !wait.IsMissing(w.Err) {
			t.Errorf("%+v", w)
		}
	})
}

// A refusal ends its own watch; a network error only slows it down.
func TestRun_faults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &antom.ResultError{Result: antom.Result{ResultStatus: antom.StatusF, ResultCode: "ACCESS_DENIED"}}
		s := script(func(id string, n int) (wait.State, error) {
			switch {
			case id == "refused":
				return wait.State{}, refused
			case n == 1:
				return wait.State{}, &antom.TransportError{Kind: antom.Unreachable}
			}
			return status("SUCCESS"), nil
		})
		watches := wait.Run(t.Context(), s, targets("refused", "faulty"), wait.Options{})
		if w := watches[0]; w.End != wait.Refused || !errors.Is(w.Err, refused) || w.HasState {
			t.Errorf("%+v", w)
		}
		if w := watches[1]; w.End != wait.Final || w.Err != nil || !slices.Contains(s.asked, "faulty at 4s") {
			t.Errorf("%+v, asked %v", w, s.asked)
		}
	})
}

// A timeout leaves unfinished watches open, with their last state, and does not wait for
// inquiries in progress.
func TestRun_cutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(func(id string, _ int) (wait.State, error) {
			if id == "done" {
				return status("FAIL"), nil
			}
			return status("PENDING"), nil
		})
		s.takes = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		watches := wait.Run(ctx, s, targets("done", "open"), wait.Options{Rate: 100})
		if took := time.Since(begin); took != 2500*time.Millisecond {
			t.Errorf("took %s", took)
		}
		if w := watches[1]; w.End != wait.Open || w.State.Status != "PENDING" || w.Polls != 1 || w.Err != nil {
			t.Errorf("%+v", w)
		}
		if watches[0].End != wait.Final {
			t.Errorf("%+v", watches[0])
		}
	})
}

func TestRun_nothing(t *testing.T) {
	t.Parallel()
	if watches := wait.Run(t.Context(), script(nil), nil, wait.Options{}); len(watches) != 0 {
		t.Errorf("%d watches", len(watches))
	}
}
