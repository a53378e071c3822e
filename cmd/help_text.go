package cmd

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
)

// helpColumns is the width of every help page: that of the smallest common terminal.
const helpColumns = 80

// writeHelp writes the help page of a command: what it does, and its usage.
func writeHelp(cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "%s\n\n%s", fitted(strings.TrimRight(text, " \n")), cmd.UsageString())
}

// misspelt returns an error if help is requested for an unknown command, else nil.
func misspelt(cmd *cobra.Command) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return cli.UnknownCommand(cmd, words[0])
	}
	return nil
}

// fitted wraps paragraphs with a line that is too long. Indented text is kept unchanged.
func fitted(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		if tooLong(paragraph) && !strings.Contains("\n"+paragraph, "\n ") {
			paragraphs[i] = strings.Join(filled(paragraph, helpColumns), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func tooLong(paragraph string) bool {
	for line := range strings.SplitSeq(paragraph, "\n") {
		if utf8.RuneCountInString(line) > helpColumns {
			return true
		}
	}
	return false
}

// filled breaks a text into lines of at most this many characters, between words.
func filled(text string, columns int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= columns:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// columns formats rows in columns as wide as their widest cell. The last column is wrapped.
func columns(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var label strings.Builder
		for i, cell := range row[:len(row)-1] {
			fmt.Fprintf(&label, "%-*s  ", widths[i], cell)
		}
		head := label.String()
		indent := utf8.RuneCountInString(head)
		for i, line := range filled(row[len(row)-1], helpColumns-indent) {
			if i > 0 {
				head = strings.Repeat(" ", indent)
			}
			b.WriteString(strings.TrimRight(head+line, " ") + "\n")
		}
	}
	return b.String()
}
