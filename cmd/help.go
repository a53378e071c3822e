package cmd

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/rules"
)

// usage writes how to type a command: cobra's page without the global flags under every
// command; those are in `antom --help` with the topics. It is not a template, because
// text/template calls methods by name, so that the linker would have to keep every exported
// method of the program.
func usage(cmd *cobra.Command) error {
	w := cmd.OutOrStderr()
	fmt.Fprint(w, "Usage:\n")
	switch {
	case cmd.HasAvailableSubCommands():
		fmt.Fprintf(w, "  %s COMMAND [flags]\n", cmd.CommandPath())
	case cmd.Runnable():
		fmt.Fprintf(w, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nCommands:\n%s", commandList(cmd))
	}
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\nTopics:\n%s\n", topicList())
	}
	if cmd.HasAvailableLocalFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", cmd.LocalFlags().FlagUsagesWrapped(helpColumns))
	}
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	switch {
	case !cmd.HasParent():
		fmt.Fprint(w, "\n\"antom COMMAND --help\" explains a command, \"antom help TOPIC\" a topic.\n")
	case cmd.HasAvailableSubCommands():
		fmt.Fprintf(w, "\nUse %q for more about a command.\n", cmd.CommandPath()+" COMMAND --help")
	}
	if cmd.HasAvailableInheritedFlags() {
		fmt.Fprint(w, "\n\"antom --help\" lists the global flags: --profile, --output, --jq, --quiet, …\n")
	}
	return nil
}

// commandList lists the commands below cmd, one per line.
func commandList(cmd *cobra.Command) string {
	var rows [][]string
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			rows = append(rows, []string{"  " + child.Name(), child.Short})
		}
	}
	return columns(rows)
}

// helpTopics are the pages of `antom help TOPIC`, in the order of the list.
func helpTopics() []Topic {
	return []Topic{
		{"environment", "Environment variables that are read", environmentPage},
		{"exit-codes", "Meanings of the exit codes", exitCodesPage},
		{"output", "Forms of output: text, JSON, CSV, colour, terminals", func() string { return outputTopic }},
		{"profiles", "Sources of settings and keys, and the meaning of live", func() string { return profilesTopic }},
		{"scripting", "How to use antom in a script or a CI job", func() string { return scriptingTopic }},
		{"tunnels", "Notifications to a machine behind a tunnel", func() string { return tunnelsTopic }},
	}
}

// Topic is a help page that does not belong to one command.
type Topic struct {
	Name, Short string
	Page        func() string
}

// The pages that consist of text only.
var (
	//go:embed topics/output.txt
	outputTopic string
	//go:embed topics/profiles.txt
	profilesTopic string
	//go:embed topics/scripting.txt
	scriptingTopic string
	//go:embed topics/tunnels.txt
	tunnelsTopic string
)

// Reference returns the command tree for the manual, and the topics. It runs nothing.
func Reference() (*cobra.Command, []Topic) {
	nobody := &cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}
	root := newRootCmd(&cli.CLI{Env: nobody, Whole: true})
	root.InitDefaultHelpCmd()
	return root, helpTopics()
}

func newHelpCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND | TOPIC]",
		Short:   "Help about a command or a topic",
		Long:    `Help about a command, or about one of the topics that "antom help" lists.`,
		Example: "  antom help exit-codes\n  antom help session create",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				return root.Help()
			}
			for _, topic := range helpTopics() {
				if topic.Name == args[0] {
					_, err := fmt.Fprint(c.Stdout, topic.Page())
					return err
				}
			}
			found, rest, err := root.Find(args)
			if err == nil && len(rest) > 0 && found != root && found.HasSubCommands() {
				return cli.UnknownCommand(found, rest[0])
			}
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
		names = append(names, topic.Name)
	}
	for _, child := range root.Commands() {
		names = append(names, child.Name())
	}
	err := cli.Usagef("no help on %q", word)
	if near := rules.Nearest(word, names); near != "" {
		err.WithHint("did you mean %q?", "antom help "+near)
	}
	return err.WithHint("topics: %s", topicNames())
}

func topicNames() string {
	var names []string
	for _, topic := range helpTopics() {
		names = append(names, topic.Name)
	}
	return strings.Join(names, ", ")
}

// topicList lists the topics with their subjects, one per line.
func topicList() string {
	var rows [][]string
	for _, topic := range helpTopics() {
		rows = append(rows, []string{"  " + topic.Name, topic.Short})
	}
	return strings.TrimSuffix(columns(rows), "\n")
}

func exitCodesPage() string {
	var rows [][]string
	for _, row := range cli.ExitCodes {
		rows = append(rows, []string{strconv.Itoa(row.Code), row.Name, row.Meaning})
	}
	return columns(rows) + exitCodesNotes
}

// exitCodesNotes follow the table.
const exitCodesNotes = `
The codes are the same in every form of output. The word in the middle is "code"
in a JSON error.

The exit code of "payment inquire" and the lists is about the call: a declined
payment is still 0, unless --exit-status or --expect is given. A wait is always
about the payment. With "--expect FAIL" this ending is 0 and any other 7.

Of several outcomes the first in this order is the exit code: 130, 143, 1, 2, 4,
3, 6, 7, 5, 0. A server that is ended by a signal returns 0.
`

func environmentPage() string {
	var rows [][]string
	for _, v := range slices.Concat(profile.Variables(), cli.Twins(), otherVariables[:]) {
		rows = append(rows, []string{v.Name, v.Meaning})
	}
	return columns(rows) + environmentNotes
}

// environmentNotes follow the table.
const environmentNotes = `
A flag overrides its variable, a variable overrides the configuration file.
--yes and --live have no variable, because they express consent. An empty
variable is ignored.
`

// otherVariables are variables that are not antom's own.
var otherVariables = [...]profile.Variable{
	{Name: "NO_COLOR", Meaning: "no colour"},
	{Name: "CLICOLOR_FORCE", Meaning: "colour even if the output is not a terminal"},
	{Name: "TERM=dumb", Meaning: "no colour and no spinner"},
	{Name: "ACCESSIBLE", Meaning: "no spinner; a line every 30 s instead"},
	{Name: "BROWSER", Meaning: "programs that checkout tries to open, separated as in PATH; %s is the link"},
	{Name: "CI", Meaning: "never ask a question, open no browser"},
	{Name: "COLUMNS", Meaning: "width, if the terminal does not report it"},
	{Name: "HTTPS_PROXY, HTTP_PROXY, NO_PROXY", Meaning: "proxy for calls to the gateway"},
}
