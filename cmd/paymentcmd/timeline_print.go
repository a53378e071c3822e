package paymentcmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/timeline"
)

func (o *paymentTimeline) print(p *output.Printer, story timeline.Story) error {
	table := eventsTable(story)
	result := output.Result{JSON: cli.Encode(story), Rows: [][]byte{}, Table: &table, Quiet: []string{string(story.Status)}}
	for _, e := range story.Events {
		result.Rows = append(result.Rows, cli.Encode(e))
	}
	if o.markdown {
		result.Text = []output.Block{output.Text(strings.TrimSuffix(markdown(story), "\n"))}
		return p.Print(result)
	}
	result.Text = []output.Block{output.Card{Pairs: view.Present([]output.Pair{
		{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: story.PaymentRequestID, Style: output.Key}},
		{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: story.PaymentID}},
		{Label: "Amount", Name: "paymentAmount", Value: view.RecordedAmount(story.Amount)},
		{Label: "Status", Name: "paymentStatus", Value: view.StatusCell(story.Status)},
	})}}
	if o.c.Term.Out {
		result.Text = append(result.Text, output.Prose(strings.Join(eventLines(story), "\n")))
	} else {
		result.Text = append(result.Text, table)
	}
	if len(story.Gaps) > 0 {
		result.Text = append(result.Text, output.Prose("- "+strings.Join(story.Gaps, "\n- ")))
	}
	return p.Print(result)
}

// eventLines returns the events for people: a line for each, under a line with the day.
func eventLines(story timeline.Story) []string {
	var lines []string
	day := ""
	for _, e := range story.Events {
		if today := e.Time.UTC().Format(time.DateOnly); today != day {
			day = today
			lines = append(lines, today+" (UTC)")
		}
		lines = append(lines, "    "+e.Time.UTC().Format(time.TimeOnly)+"  "+sentence(story, e))
	}
	return lines
}

// lastCharacters is how much of an id is shown to people, to distinguish captures.
const lastCharacters = 6

// sentence returns an event in one line: who, what, and the result.
func sentence(story timeline.Story, e timeline.Event) string {
	text := wordOf(e.Source) + ": " + e.What
	if e.ID != "" && e.ID != story.PaymentRequestID {
		text += " …" + e.ID[max(0, len(e.ID)-lastCharacters):]
	}
	if e.Result != "" {
		text += " " + e.Result
	}
	if e.Code != "" && e.Code != "SUCCESS" && e.Code != e.Result {
		text += " " + e.Code
	}
	if notes := notesOf(e); notes != "" {
		text += " (" + notes + ")"
	}
	return text
}

// sourceWords are the names of sources for people.
var sourceWords = [...]struct {
	source timeline.Source
	word   string
}{{timeline.History, "we asked"}, {timeline.Journal, "we got"}, {timeline.Gateway, "Antom"}, {timeline.Emulator, "emulator"}}

func wordOf(source timeline.Source) string {
	for _, row := range sourceWords {
		if row.source == source {
			return row.word
		}
	}
	return string(source)
}

// eventsTable returns the events for programs. Its columns are frozen.
func eventsTable(story timeline.Story) output.Table {
	table := output.Table{Cols: []output.Col{
		{Name: "time", Title: "TIME"}, {Name: "source", Title: "SOURCE"}, {Name: "kind", Title: "KIND"}, {Name: "what", Title: "WHAT"}, {Name: "id", Title: "ID"},
		{Name: "result", Title: "RESULT"}, {Name: "resultCode", Title: "CODE"}, {Name: "notes", Title: "NOTES"},
	}}
	for _, e := range story.Events {
		table.Rows = append(table.Rows, []output.Cell{
			{Text: e.Time.Format(time.RFC3339)}, {Text: string(e.Source)}, {Text: string(e.Kind)}, {Text: e.What}, {Text: e.ID},
			{Text: e.Result}, {Text: e.Code}, {Text: notesOf(e)},
		})
	}
	return table
}

func notesOf(e timeline.Event) string {
	notes := e.Notes
	if e.ToCome {
		notes = append([]string{"to come"}, notes...)
	}
	return strings.Join(notes, "; ")
}

// markdown returns the story in Markdown, for a ticket.
func markdown(story timeline.Story) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**Payment %s**", cell(story.PaymentRequestID))
	if story.PaymentID != "" {
		fmt.Fprintf(&b, " (%s)", cell(story.PaymentID))
	}
	if story.Status != "" {
		fmt.Fprintf(&b, ": %s, %s", story.Status, story.Amount)
	}
	b.WriteString("\n\n| time | who | what | result | notes |\n|---|---|---|---|---|\n")
	for _, e := range story.Events {
		what := e.What
		if e.ID != "" && e.ID != story.PaymentRequestID {
			what += " " + e.ID
		}
		result := e.Result
		if e.Code != "" && e.Code != e.Result {
			result += " " + e.Code
		}
		notes := notesOf(e)
		if e.TraceID != "" {
			notes = strings.TrimPrefix(notes+"; trace id "+e.TraceID, "; ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", e.Time.UTC().Format(time.RFC3339), e.Source, cell(what), cell(result), cell(notes))
	}
	for i, gap := range story.Gaps {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- %s\n", cell(gap))
	}
	return b.String()
}

// cell escapes a text for a table in Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'", "*", `\*`, "_", `\_`, "[", `\[`).Replace(redact.Line(text))
}
