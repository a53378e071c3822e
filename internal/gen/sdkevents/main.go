// Command sdkevents writes the table of the web SDK's codes into the page about the
// checkout: run it with go generate ./pkg/antom.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// The marks around the table.
const (
	begin = "<!-- The table is made by go generate from pkg/antom/sdkevents.go. -->\n"
	end   = "<!-- The end of the table. -->\n"
)

func main() {
	if err := run("../../docs/checkout.md"); err != nil {
		panic(fmt.Sprintf("sdkevents: %s", err))
	}
}

func run(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err := filled(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(page), 0o600)
}

// filled returns the page with the table between the marks.
func filled(page string) (string, error) {
	before, rest, begun := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return "", errors.New("the page lacks the marks of the table")
	}
	return before + begin + table() + end + after, nil
}

// table returns a row for each code, and one for each cause of codes with several causes.
func table() string {
	var b strings.Builder
	b.WriteString("\n| code | kind | what it means | what to do | source |\n|---|---|---|---|---|\n")
	for _, row := range antom.SDKEvents() {
		code := "`" + row.Code + "`"
		if row.Aliases != "" {
			code += ", `" + row.Aliases + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code, row.Kind, row.Meaning, row.Action, row.Source)
		for _, cause := range antom.SDKCauses(row.Code) {
			message := "any other message"
			if cause.Message != "" {
				message = "“" + cause.Message + " …”"
			}
			fmt.Fprintf(&b, "| | %s | %s | %s | %s |\n", message, cause.Meaning, cause.Action, cause.Source)
		}
	}
	b.WriteString("\n")
	for _, row := range antom.SDKEvents() {
		if row.Dispute != "" {
			fmt.Fprintf(&b, "- `%s`: %s.\n", row.Code, row.Dispute)
		}
	}
	b.WriteString("\n")
	return b.String()
}
