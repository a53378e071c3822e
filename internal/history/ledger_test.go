package history_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/pkg/antom"
)

func entry(id string, value int64) history.Entry {
	return history.Entry{
		Time: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC), ClientID: "SANDBOX_5X", Operation: antom.Refund,
		RequestID: id, PaymentID: "p-1", Amount: antom.Amount{Currency: "SGD", Value: value}, Hash: fmt.Sprint(id, value),
	}
}

// TestLedger: the ledger finds the newest entry with a request id and the newest one that moves
// the same money, whatever their outcome. It skips an incomplete line.
func TestLedger(t *testing.T) {
	t.Parallel()
	ledger := history.Open(t.TempDir()).Ledger()
	admit := func(_, _ *history.Entry) error { return nil }
	if err := ledger.Begin(entry("r-1", 200), admit); err != nil {
		t.Fatal(err)
	}
	if err := ledger.End(entry("r-1", 200), history.Done, "SUCCESS"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(ledger.Path(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.WriteString(`{"requestId":"r-9","cli`)
	file.Close()
	no := errors.New("no")
	err = ledger.Begin(entry("r-2", 200), func(sameID, alike *history.Entry) error {
		if sameID != nil || alike == nil || alike.RequestID != "r-1" || alike.Outcome != history.Done {
			t.Errorf("same id %+v, alike %+v", sameID, alike)
		}
		return no
	})
	if !errors.Is(history.Refusal(err), no) {
		t.Errorf("%v", err)
	}
	if newest, err := ledger.Newest(func(e history.Entry) bool { return e.Amount.Value == 200 }); err != nil || newest.RequestID != "r-1" {
		t.Errorf("a refused call was recorded: %+v, %v", newest, err)
	}
	err = ledger.Begin(entry("r-1", 300), func(sameID, alike *history.Entry) error {
		if sameID == nil || sameID.Amount.Value != 200 || alike != nil {
			t.Errorf("same id %+v, alike %+v", sameID, alike)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLedger_concurrent: of many concurrent calls that would move the same money, one is
// admitted.
func TestLedger_concurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var group sync.WaitGroup
	var mu sync.Mutex
	admitted := 0
	for i := range 20 {
		group.Go(func() {
			err := history.Open(dir).Ledger().Begin(entry(fmt.Sprintf("r-%d", i), 200), func(_, alike *history.Entry) error {
				if alike != nil {
					return errors.New("again")
				}
				return nil
			})
			if err == nil {
				mu.Lock()
				admitted++
				mu.Unlock()
			} else if history.Refusal(err) == nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if admitted != 1 {
		t.Errorf("%d admitted, want 1", admitted)
	}
}
