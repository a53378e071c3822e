package verifycmd

import (
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
)

// explained is a cause as JSON. Its fields are frozen: scripts read them.
type explained struct {
	ID     string            `json:"id"`
	Title  string            `json:"title"`
	Shows  string            `json:"shows"`
	Remedy string            `json:"remedy"`
	More   string            `json:"more,omitzero"`
	Advice []diagnose.Advice `json:"advice,omitempty"`
}

// explainCauses prints everything about the causes of a verdict: one id, or several joined by
// plus signs.
func explainCauses(p *output.Printer, ids string) error {
	var result output.Result
	var texts []string
	for id := range strings.SplitSeq(ids, "+") {
		c, known := diagnose.LookupCause(id)
		if !known {
			return unknownCause(id)
		}
		texts = append(texts, c.Text())
		result.Rows = append(result.Rows, cli.Encode(explained{c.ID, c.Title, c.Shows, c.Remedy, c.More, c.Advice.Advice()}))
		result.Quiet = append(result.Quiet, c.Remedy)
	}
	result.JSON, result.Text = cli.JSONList(result.Rows), []output.Block{output.Prose(strings.Join(texts, "\n\n"))}
	return p.Print(result)
}

func unknownCause(id string) error {
	ids := causeIDs()
	refusal := cli.Usagef("--explain %q: no cause has this id", id)
	if near := rules.Nearest(id, ids); near != "" {
		return refusal.WithHint("did you mean %s?", near)
	}
	return refusal.WithHint("the ids: %s", strings.Join(ids, ", "))
}

func causeIDs() []string {
	var ids []string
	for _, c := range diagnose.Causes() {
		ids = append(ids, c.ID)
	}
	return ids
}
