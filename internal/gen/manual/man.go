package main

import (
	"fmt"
	"strings"
)

// manName returns the name of a page for man: antom-session-create, antom-exit-codes.
func manName(name string) string {
	return strings.ReplaceAll(strings.Replace(name, "antom help ", "antom ", 1), " ", "-")
}

// man returns the page for docs/man. It has no date, so that it only changes with its text.
func (p page) man() file {
	var b strings.Builder
	name := manName(p.name)
	fmt.Fprintf(&b, ".\\\" %s\n.TH %s %s \"\" antom \"antom manual\"\n", notice, strings.ToUpper(name), p.section)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(name), roff(p.short))
	if p.usage != "" {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(p.usage))
	}
	b.WriteString(".SH DESCRIPTION\n")
	first := true // below a heading
	for _, each := range p.text {
		first = each.man(&b, first)
	}
	if len(p.below) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, each := range p.below {
			fmt.Fprintf(&b, ".TP\n.BR %s (%s)\n%s\n", roff(manName(each.name)), each.section, roff(each.short))
		}
	}
	if len(p.flags) > 0 {
		b.WriteString(".SH OPTIONS\n")
		for _, f := range p.flags {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(f.spelling), roff(f.usage))
		}
	}
	if p.example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(p.example))
	}
	if len(p.see) > 0 {
		b.WriteString(".SH SEE ALSO\n")
		for i, each := range p.see {
			comma := ","
			if i == len(p.see)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, ".BR %s (%s)%s\n", roff(manName(each.name)), each.section, comma)
		}
	}
	return file{"docs/man/" + name + "." + p.section, []byte(b.String())}
}

// man writes the block, and reports whether the next one is the first below a heading, where
// roff needs no new paragraph.
func (b block) man(to *strings.Builder, first bool) bool {
	lines := b.lines
	if b.heading() {
		fmt.Fprintf(to, ".SS %s\n", roff(lines[0]))
		lines, first = lines[1:], true
	}
	if !first && len(lines) > 0 {
		to.WriteString(".PP\n")
	}
	text := roff(strings.Join(lines, "\n"))
	switch {
	case b.kept:
		fmt.Fprintf(to, ".nf\n%s\n.fi\n", text)
	case len(lines) > 0:
		fmt.Fprintf(to, "%s\n", text)
	}
	return len(lines) == 0
}

// roff escapes text for roff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`, "'", `\(aq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
