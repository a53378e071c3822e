// Package check represents checks as values: what must hold, why it matters, what to
// do otherwise, and the result. Conformance tests of an endpoint and checks of a
// set-up use it, so that both report in the same words and forms: text
// ([Finding.Text]), JSON ([Finding.Row]) and JUnit ([JUnit]).
package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
)

// Status is the outcome of a check.
type Status string

// The outcomes of a check, from the best to the worst.
const (
	Passed   Status = "ok"
	Skipped  Status = "skipped"  // not tried: it does not apply here, or something that it needs is missing
	Unproven Status = "unproven" // it looks right, but for a reason that proves nothing
	Warning  Status = "warning"  // it works, and is likely to cause trouble
	Failed   Status = "failed"
)

// Check is one thing that must hold.
type Check struct {
	ID     string // lower-case words with hyphens; users select checks by it
	Title  string // what must hold, as a statement
	Why    string // what follows if it does not hold
	Remedy string // what to do then
}

// Finding is a check and its outcome.
type Finding struct {
	Check   Check
	Status  Status
	Detail  string // what was found; empty if there is nothing to add to the status
	Elapsed time.Duration
}

// Row is a finding as JSON. Its fields are frozen: scripts read them.
type Row struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Status    Status `json:"status,omitzero"` // absent in a list of checks that were not run
	Detail    string `json:"detail,omitzero"`
	Why       string `json:"why"`
	Remedy    string `json:"remedy"`
	ElapsedMs int64  `json:"elapsedMs,omitzero"`
}

// Row returns the finding in its JSON form.
func (f Finding) Row() Row {
	return Row{f.Check.ID, f.Check.Title, f.Status, f.Detail, f.Check.Why, f.Check.Remedy, f.Elapsed.Milliseconds()}
}

// Text returns the finding for people: one line, and for a warning or failure two
// more that say why it matters and what to do. The function style colours the
// word for the status; nil leaves it plain. A failure is written in capitals, so
// that it is found without colour.
func (f Finding) Text(style func(word string, s Status) string) string {
	word := string(f.Status)
	if f.Status == Failed {
		word = strings.ToUpper(word)
	}
	if style != nil {
		word = style(word, f.Status)
	}
	line := word + "  " + f.Check.ID + "  " + f.Check.Title
	if f.Detail != "" {
		line += ": " + redact.Line(f.Detail)
	}
	if f.Status != Warning && f.Status != Failed {
		return line
	}
	return line + "\n  why: " + f.Check.Why + "\n  remedy: " + f.Check.Remedy
}

// Count returns how many findings have a status.
func Count(findings []Finding, s Status) int {
	n := 0
	for _, f := range findings {
		if f.Status == s {
			n++
		}
	}
	return n
}

// UnknownError says that no check has an id.
type UnknownError struct{ id, near string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no check %q", e.id) }

// Hint names the nearest check.
func (e *UnknownError) Hint() string {
	if e.near != "" {
		return "did you mean " + e.near + "?"
	}
	return "--list names all checks"
}

// Select returns those of all checks that have one of the ids, in the order of
// all. The error is an [*UnknownError].
func Select(all []Check, ids []string) ([]Check, error) {
	known := make([]string, len(all))
	for i, c := range all {
		known[i] = c.ID
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, &UnknownError{id, rules.Nearest(id, known)}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c Check) bool { return !slices.Contains(ids, c.ID) }), nil
}
