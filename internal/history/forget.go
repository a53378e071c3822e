package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ledgerLife is how long the ledger remembers a call whose outcome is known, once the file is
// large: as long as a refund is likely (INF; Antom does not say how long it remembers ids).
const ledgerLife = 180 * 24 * time.Hour

// Forget removes the calls of a client, such as the emulator's after a reset: their payments
// are gone, and their ids are free.
func (g *Ledger) Forget(clientID string) error {
	return g.log.locked(func() error {
		return g.rewrite(func(e Entry) bool { return e.ClientID != clientID })
	})
}

// shrink keeps the newest entry of each call once the file is large, and drops old calls. A
// call whose outcome is open is never dropped.
func (g *Ledger) shrink(now time.Time) error {
	info, err := os.Stat(g.Path())
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < g.log.largest {
		return nil
	}
	if err != nil {
		return err
	}
	return g.rewrite(func(e Entry) bool {
		return e.Outcome == Sent || e.Outcome == UnderWay || now.Sub(e.Time) < ledgerLife
	})
}

// rewrite replaces the file atomically by the newest entry of each call that keep keeps.
func (g *Ledger) rewrite(keep func(Entry) bool) error {
	var text []byte
	calls, err := g.calls()
	if err != nil {
		return err
	}
	for _, e := range slices.DeleteFunc(calls, func(e Entry) bool { return !keep(e) }) {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode the ledger's entry: %w", err)
		}
		text = append(append(text, line...), '\n')
	}
	fresh, err := os.CreateTemp(filepath.Dir(g.Path()), ".ledger-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // fails after the rename, which is fine
	_, err = fresh.Write(text)
	if err := errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), g.Path())
}

// calls returns the newest entry of each call, in the order in which they began.
func (g *Ledger) calls() ([]Entry, error) {
	type id struct{ clientID, operation, requestID string }
	at := map[id]int{}
	var calls []Entry
	err := g.walk(func(e Entry) {
		key := id{e.ClientID, string(e.Operation), e.RequestID}
		if i, known := at[key]; known {
			calls[i] = e
			return
		}
		at[key] = len(calls)
		calls = append(calls, e)
	})
	return calls, err
}
