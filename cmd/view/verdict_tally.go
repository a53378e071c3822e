package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// NoteBook prints the first few notes of each kind.
type NoteBook struct {
	Printer *output.Printer
	counts  map[string]int // by kind, printed or not
	said    []string       // printed notes, as kind and text
}

// MostNotes is how many notes of each kind are printed; each text is printed once. Notes about
// duplicates all differ, so only the first one is printed: the summary counts them.
const MostNotes = 10

func mostOf(id string) int {
	if id == "duplicate" {
		return 1
	}
	return MostNotes
}

// Add prints the notes of a verdict.
func (n *NoteBook) Add(v *verify.Verdict) {
	for _, note := range v.Notes {
		n.Say(v.Source, note.ID, func() string { return note.Text })
	}
}

// Say prints a note of a kind, unless enough of that kind have been printed.
func (n *NoteBook) Say(source, id string, text func() string) {
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	n.counts[id]++
	ofKind := 0
	for _, said := range n.said {
		if strings.HasPrefix(said, id+"\n") {
			ofKind++
		}
	}
	if ofKind >= mostOf(id) {
		return
	}
	words := text()
	if key := id + "\n" + words; !slices.Contains(n.said, key) {
		n.said = append(n.said, key)
		n.Printer.Note("%s: %s", source, words)
	}
}

// Rest prints how many notes were omitted.
func (n *NoteBook) Rest() {
	left := maps.Clone(n.counts)
	for _, said := range n.said {
		id, _, _ := strings.Cut(said, "\n")
		left[id]--
	}
	var ids []string
	for id, count := range left {
		if count > 0 {
			ids = append(ids, fmt.Sprintf("%d more of %q", count, id))
		}
	}
	if slices.Sort(ids); len(ids) > 0 {
		n.Printer.Note("notes left out: %s", strings.Join(ids, ", "))
	}
}

// VerdictTally counts verdicts for the summary and the exit code.
type VerdictTally struct {
	Total, Failed, broken, Duplicates int
	Explained                         int // failures whose cause was searched for

	first  *verify.Verdict // first message that does not verify
	errs   []error         // errors of the first unreadable messages
	causes map[string]int
}

// mostErrors is how many unreadable messages are reported one by one.
const mostErrors = 5

// Take counts a verdict.
func (t *VerdictTally) Take(v *verify.Verdict) {
	t.Total++
	switch {
	case v.Verified:
	case v.Reason == verify.ReasonUnreadable:
		if t.broken++; t.broken <= mostErrors {
			t.errs = append(t.errs, v.Err)
		}
	default:
		t.Failed++
		if v.Finding != nil && v.Reason != string(sign.ClientIDOther) {
			t.Explained++
		}
		if t.first == nil {
			first := *v
			t.first = &first
		}
		if t.causes == nil {
			t.causes = map[string]int{}
		}
		switch {
		case v.Cause != "":
			t.causes[v.Cause]++
		case v.Reason == string(sign.Mismatch):
			t.causes["mismatch without a known cause"]++
		default:
			t.causes[v.Reason]++
		}
	}
}

// Line returns the progress of the run.
func (t *VerdictTally) Line(elapsed time.Duration) string {
	text := fmt.Sprintf("%d messages: %d verified, %d failed, %d unreadable", t.Total, t.Total-t.Failed-t.broken, t.Failed, t.broken)
	if t.Duplicates > 0 {
		text += fmt.Sprintf(", %d duplicates", t.Duplicates)
	}
	if seconds := elapsed.Seconds(); seconds >= 1 {
		text += fmt.Sprintf(", %s, %.0f/s", elapsed.Round(time.Second), float64(t.Total)/seconds)
	}
	return text
}

// Err returns the error of the run.
func (t *VerdictTally) Err() error {
	if t.Total == 0 {
		return cli.Usagef("no message given").WithHint("the input is empty")
	}
	errs := slices.Clone(t.errs)
	if t.broken > mostErrors {
		errs = append(errs, fmt.Errorf("%d more messages can't be read", t.broken-mostErrors))
	}
	switch {
	case t.Failed == 1:
		errs = append(errs, verdictError(t.first))
	case t.Failed > 1:
		errs = append(errs, cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%d of %d messages do not verify", t.Failed, t.Total), Remedy: t.reasons()})
	}
	if len(errs) == 0 {
		return nil
	}
	return cli.Joined(errs)
}

// reasons counts the reasons why messages do not verify, most frequent first.
func (t *VerdictTally) reasons() string {
	ids := make([]string, 0, len(t.causes))
	for id := range t.causes {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		if t.causes[a] != t.causes[b] {
			return t.causes[b] - t.causes[a]
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, id := range ids {
		parts = append(parts, fmt.Sprintf("%s (%d)", id, t.causes[id]))
	}
	return "why: " + strings.Join(parts, ", ")
}
