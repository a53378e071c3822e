package explaincmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/antom-cli/antom/internal/explain"
	"github.com/antom-cli/antom/internal/output"
)

// titles are the headings of the lists.
var titles = [...]struct {
	kind    explain.Kind
	title   string
	heading string // above a list
}{
	{explain.KindResult, "result code", "Result codes, of answers and of payments"},
	{explain.KindSDK, "code of the web SDK", "Codes of the web SDK"},
	{explain.KindNotify, "notification type", "Types of notifications"},
	{explain.KindRefusal, "raw refusal code of a card", "Raw refusal codes of cards"},
	{explain.KindExit, "exit code of antom", "Exit codes of antom"},
}

func titleOf(kind explain.Kind) string {
	for _, row := range titles {
		if row.kind == kind {
			return row.title
		}
	}
	return string(kind)
}

// verdictTexts describe the verdicts on a repeat.
var verdictTexts = [...]struct {
	retry explain.Retry
	text  string
}{
	{explain.Never, "do not repeat"},
	{explain.SameID, "repeat the same request, with the same request id"},
	{explain.NewID, "try again with a new request id"},
	{explain.Inquire, "inquire before anything else"},
	{explain.Fix, "correct the request or the set-up first"},
}

func verdictText(retry explain.Retry) string {
	for _, row := range verdictTexts {
		if row.retry == retry {
			return fmt.Sprintf("%s: %s", retry, row.text)
		}
	}
	return ""
}

// list returns the codes by list, one per line with its meaning.
func list(entries []explain.Entry) []output.Block {
	var blocks []output.Block
	for _, row := range titles {
		var lines [][2]string
		for _, e := range entries {
			if e.Kind == row.kind {
				lines = append(lines, [2]string{e.Code, e.Meaning})
			}
		}
		if len(lines) > 0 {
			blocks = append(blocks, output.Prose(row.heading+output.Indented(lines)))
		}
	}
	return blocks
}

// pages returns one page per entry.
func pages(entries []explain.Entry) []output.Block {
	var blocks []output.Block
	for _, e := range entries {
		blocks = append(blocks, output.Prose(page(e)))
	}
	return blocks
}

// page returns everything about a code. The commands are at the bottom, where they are not
// wrapped at 80 columns.
func page(e explain.Entry) string {
	title := e.Code + ": " + titleOf(e.Kind)
	if e.Status != "" {
		title += ", " + e.Status
	}
	lines := [][2]string{{"means", e.Meaning}, {"next", e.Next}, {"retry", verdictText(e.Retry)}}
	for _, differ := range e.Differs {
		lines = append(lines, [2]string{differ.Operation, fmt.Sprintf("%s: %s", differ.Retry, differ.Next)})
	}
	for _, cause := range e.Causes {
		message := "any other message"
		if cause.Message != "" {
			message = fmt.Sprintf("message %q", cause.Message)
		}
		lines = append(lines, [2]string{"cause", fmt.Sprintf("%s: %s; %s", message, cause.Meaning, cause.Next)})
	}
	lines = append(lines, [][2]string{
		{"to the buyer", e.Buyer},
		{"stands in", strings.Join(e.Operations, ", ")},
		{"also spelt", strings.Join(e.Aliases, ", ")},
		{"disputed", e.Dispute},
		{"documented", e.Source},
	}...)
	lines = slices.DeleteFunc(lines, func(line [2]string) bool { return line[1] == "" })
	text := title + output.Indented(lines)
	if len(e.Emulator) > 0 {
		text += "\n\nTo provoke it on the emulator:\n    " + strings.Join(e.Emulator, "\n    ")
	}
	return text
}
