package cmd

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/rules"
)

// usageTemplate is cobra's, without the pages of global flags under every
// command: those stand in `antom --help`.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Use "{{.CommandPath}} COMMAND --help" for more about a command.{{end}}{{if .HasAvailableInheritedFlags}}

Global flags (--profile, --output, --jq, --quiet, …) are listed by "antom --help".{{end}}
`

// helpTopics are the pages of `antom help TOPIC`.
func helpTopics() []helpTopic {
	return []helpTopic{
		{"exit-codes", "What the exit codes mean", exitCodesPage},
		{"environment", "Which environment variables are read", environmentPage},
	}
}

type helpTopic struct {
	name, short string
	page        func() string
}

func newHelpCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND | TOPIC]",
		Short:   "Help about a command or a topic",
		Long:    "Help about a command, or about one of the topics: " + topicNames() + ".",
		Example: "  antom help exit-codes\n  antom help session create",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				return root.Help()
			}
			for _, topic := range helpTopics() {
				if topic.name == args[0] {
					_, err := fmt.Fprint(c.Stdout, topic.page())
					return err
				}
			}
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownTopic(root, strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

func unknownTopic(root *cobra.Command, word string) error {
	var names []string
	for _, topic := range helpTopics() {
		names = append(names, topic.name)
	}
	for _, child := range root.Commands() {
		names = append(names, child.Name())
	}
	err := usagef("no help on %q", word)
	if near := rules.Nearest(word, names); near != "" {
		err.hint("did you mean %q?", "antom help "+near)
	}
	return err.hint("topics: %s", topicNames())
}

func topicNames() string {
	var names []string
	for _, topic := range helpTopics() {
		names = append(names, topic.name)
	}
	return strings.Join(names, ", ")
}

func exitCodesPage() string {
	return page(func(w *tabwriter.Writer) {
		for _, row := range exitCodes {
			fmt.Fprintf(w, "%d\t%s\t%s\n", row.code, row.name, row.meaning)
		}
	})
}

func environmentPage() string {
	return page(func(w *tabwriter.Writer) {
		for _, v := range profile.Variables() {
			fmt.Fprintf(w, "%s\t%s\n", v.Name, v.Meaning)
		}
		for _, v := range otherVariables {
			fmt.Fprintf(w, "%s\t%s\n", v.name, v.meaning)
		}
	})
}

// otherVariables are read by the commands themselves.
var otherVariables = [...]struct{ name, meaning string }{
	{"ANTOM_OUTPUT, ANTOM_JQ, ANTOM_RAW, ANTOM_QUIET, ANTOM_HEADER", "stand for the flags of these names"},
	{"ANTOM_COLOR, ANTOM_DEBUG, ANTOM_NO_INPUT, ANTOM_REQUEST_TIMEOUT, ANTOM_CACERT", "stand for the flags of these names"},
	{"NO_COLOR, CLICOLOR_FORCE, TERM=dumb", "switch colour off, on, off"},
	{"ACCESSIBLE", "no spinner; a line every 30 s instead"},
	{"CI", "never ask a question"},
	{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "proxy for calls to the gateway"},
}

func page(write func(*tabwriter.Writer)) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	write(w)
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
