package main

import (
	"fmt"
	"strings"
)

// link returns the file name of a page in docs/cli.
func (r reference) link() string { return strings.ReplaceAll(r.name, " ", "_") + ".md" }

// markdown returns the page for docs/cli.
func (p page) markdown() file {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- %s -->\n\n# %s\n\n%s.\n\n", notice, p.name, p.short)
	if p.usage != "" {
		fmt.Fprintf(&b, "```\n%s\n```\n\n", p.usage)
	}
	for _, each := range p.text {
		each.markdown(&b)
	}
	if p.example != "" {
		fmt.Fprintf(&b, "## Examples\n\n```sh\n%s\n```\n\n", p.example)
	}
	markdownList(&b, "Commands", p.below)
	if len(p.flags) > 0 {
		heading := "Flags"
		if p.global {
			heading = "Flags of every command"
		}
		fmt.Fprintf(&b, "## %s\n\n| flag | |\n|---|---|\n", heading)
		for _, f := range p.flags {
			fmt.Fprintf(&b, "| `%s` | %s |\n", f.spelling, strings.ReplaceAll(escapeMarkdown(f.usage), "|", `\|`))
		}
		b.WriteString("\n")
	}
	markdownList(&b, "See also", p.see)
	return file{"docs/cli/" + (reference{name: p.name}).link(), []byte(strings.TrimRight(b.String(), "\n") + "\n")}
}

func markdownList(b *strings.Builder, heading string, pages []reference) {
	if len(pages) == 0 {
		return
	}
	fmt.Fprintf(b, "## %s\n\n", heading)
	for _, each := range pages {
		fmt.Fprintf(b, "- [%s](%s): %s\n", each.name, each.link(), each.short)
	}
	b.WriteString("\n")
}

func (b block) markdown(to *strings.Builder) {
	if b.kept {
		fmt.Fprintf(to, "```\n%s\n```\n\n", strings.Join(b.lines, "\n"))
		return
	}
	lines := b.lines
	if b.heading() {
		first := lines[0]
		fmt.Fprintf(to, "## %s\n\n", first[:1]+strings.ToLower(first[1:]))
		lines = lines[1:]
	}
	if len(lines) > 0 {
		fmt.Fprintf(to, "%s\n\n", escapeMarkdown(strings.Join(lines, "\n")))
	}
}

// escapeMarkdown escapes text that Markdown would read as markup.
func escapeMarkdown(text string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "$", `\$`, "~", `\~`).Replace(text)
}
