package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Outcome is the known result of a call that moves money.
type Outcome string

// The outcomes of a call. If the process ends before the answer, the outcome stays [Sent].
const (
	Sent     Outcome = "sent"      // no answer yet: it may have been carried out
	Done     Outcome = "done"      // S
	Refused  Outcome = "refused"   // F
	UnderWay Outcome = "under-way" // U with a code that means wait: do not send it again
)

// Entry is a line of the ledger: a call that moves money. Antom executes it at most once per
// request id. An entry holds only the fields named here.
type Entry struct {
	Time      time.Time       `json:"time"`
	Profile   string          `json:"profile"`
	ClientID  string          `json:"clientId"`
	Operation antom.Operation `json:"operation"`
	RequestID string          `json:"requestId"`
	PaymentID string          `json:"paymentId,omitzero"`
	Amount    antom.Amount    `json:"amount,omitzero"`
	Hash      string          `json:"hash"` // SHA-256 of the request's body
	Fields    []Field         `json:"fields,omitzero"`
	Outcome   Outcome         `json:"outcome"`
	Code      string          `json:"resultCode,omitzero"`
}

// Field is a member of a request and a short hash of its value, from which the value can't be
// read.
type Field struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// same reports whether two entries are about one request id of one client.
func (e *Entry) same(other Entry) bool {
	return e.ClientID == other.ClientID && e.Operation == other.Operation && e.RequestID == other.RequestID
}

// Alike reports whether two entries would move the same amount of the same payment.
func (e *Entry) Alike(other Entry) bool {
	return e.ClientID == other.ClientID && e.Operation == other.Operation && e.PaymentID == other.PaymentID && e.Amount == other.Amount
}

// Ledger records the calls that moved money, or may have. Several processes can use it.
type Ledger struct{ log *Log }

// Ledger returns the ledger in the folder of the history.
func (l *Log) Ledger() *Ledger { return &Ledger{l} }

// Path returns the ledger's file.
func (g *Ledger) Path() string { return filepath.Join(g.log.dir, "ledger.jsonl") }

// Begin records that a call is about to be sent, unless admit returns an error. admit gets the
// newest entry with the same request id and that of the newest call that moved the same money,
// or may have, each nil if there is none. The ledger is locked meanwhile.
func (g *Ledger) Begin(entry Entry, admit func(sameID, alike *Entry) error) error {
	entry.Outcome = Sent
	return g.log.locked(func() error {
		calls, err := g.calls()
		if err != nil {
			return err
		}
		var sameID, alike *Entry
		for i, e := range calls {
			if e.same(entry) {
				sameID = &calls[i]
			}
			if e.Alike(entry) && e.Outcome != Refused {
				alike = &calls[i]
			}
		}
		if err := admit(sameID, alike); err != nil {
			return &refusal{err}
		}
		if err := g.shrink(entry.Time); err != nil {
			return err
		}
		return g.append(entry)
	})
}

// refusal marks an error of admit, so that Refusal finds it inside the wrapping of locked.
type refusal struct{ error }

// Refusal returns the error that admit of [Ledger.Begin] returned, or nil if Begin failed for
// another reason.
func Refusal(err error) error {
	if said, ok := errors.AsType[*refusal](err); ok {
		return said.error
	}
	return nil
}

// End records the outcome of a call.
func (g *Ledger) End(entry Entry, outcome Outcome, code string) error {
	entry.Outcome, entry.Code = outcome, code
	return g.log.locked(func() error { return g.append(entry) })
}

// Newest returns the latest entry of the most recently begun call whose latest entry fits, or
// nil if there is none.
func (g *Ledger) Newest(fits func(Entry) bool) (*Entry, error) {
	calls, err := g.calls()
	for _, e := range slices.Backward(calls) {
		if fits(e) {
			return &e, err
		}
	}
	return nil, err
}

func (g *Ledger) append(entry Entry) error {
	line, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("encode the ledger's entry: %w", err)
	}
	return appendLine(g.Path(), line)
}

// walk reads the entries, oldest first. It skips lines that are not entries, such as incomplete
// ones.
func (g *Ledger) walk(take func(Entry)) error {
	text, err := os.ReadFile(g.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil && e.RequestID != "" {
			take(e)
		}
	}
	return lines.Err()
}
