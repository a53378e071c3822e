package history_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/history"
)

// A large ledger keeps the newest entry of each call, and of old calls those whose outcome
// is open.
func TestLedger_shrinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small := history.OpenSized(dir, 1<<20).Ledger()
	old := entry("old-done", 1)
	open := entry("old-open", 2)
	for _, e := range []*history.Entry{&old, &open} {
		e.Time = e.Time.Add(-200 * 24 * time.Hour)
	}
	for range 50 {
		end(t, small, old, history.Done)
		end(t, small, open, history.Sent)
		end(t, small, entry("r-1", 3), history.Done)
	}
	large := history.OpenSized(dir, 1000).Ledger()
	if err := large.Begin(entry("r-2", 4), func(_, _ *history.Entry) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got, want := calls(t, large), "old-open sent, r-1 done, r-2 sent, "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if info, err := os.Stat(large.Path()); err != nil || info.Size() > 2000 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestLedger_forget(t *testing.T) {
	t.Parallel()
	ledger := history.Open(t.TempDir()).Ledger()
	if err := ledger.Forget("SANDBOX_5X"); err != nil {
		t.Fatal(err)
	}
	other := entry("r-2", 2)
	other.ClientID = "5X"
	end(t, ledger, entry("r-1", 1), history.Done)
	end(t, ledger, other, history.Done)
	if err := ledger.Forget("SANDBOX_5X"); err != nil {
		t.Fatal(err)
	}
	if got, want := calls(t, ledger), "r-2 done, "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A refused call between two hides the first one no more: it moved the money.
func TestLedger_alikeBeforeRefused(t *testing.T) {
	t.Parallel()
	ledger := history.Open(t.TempDir()).Ledger()
	end(t, ledger, entry("r-1", 200), history.Done)
	end(t, ledger, entry("r-2", 200), history.Refused)
	err := ledger.Begin(entry("r-3", 200), func(_, alike *history.Entry) error {
		if alike == nil || alike.RequestID != "r-1" {
			t.Errorf("alike %+v, want r-1", alike)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func end(t *testing.T, ledger *history.Ledger, e history.Entry, outcome history.Outcome) {
	t.Helper()
	if err := ledger.End(e, outcome, ""); err != nil {
		t.Fatal(err)
	}
}

// calls are the calls of a ledger, the oldest first.
func calls(t *testing.T, ledger *history.Ledger) (list string) {
	t.Helper()
	_, err := ledger.Newest(func(e history.Entry) bool {
		list = fmt.Sprintf("%s %s, ", e.RequestID, e.Outcome) + list
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
