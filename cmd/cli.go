package cmd

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/rules"
)

// cli is one run of the program: the outside world plus the global flags.
type cli struct {
	*Env
	global  globalFlags
	words   []string // the command line
	whole   bool     // make the whole tree, whatever the command line names
	started bool     // the command line was understood and its command entered
}

// below makes the commands of a group, if the command line names the group: a
// list of groups needs none of them.
func (c *cli) below(group *cobra.Command, commands ...func(*cli) *cobra.Command) {
	if !c.whole && !slices.Contains(c.words, group.Name()) {
		return
	}
	for _, command := range commands {
		group.AddCommand(command(c))
	}
}

// asGroup makes cmd a command that only holds others: alone it shows its help,
// with an unknown word it refuses and names the nearest command. The names of
// children that may not have been made are in more.
func asGroup(cmd *cobra.Command, more ...string) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(cmd, args[0], more...)
	}
	return cmd
}

// unknownCommand refuses a word that names no command below cmd; more are names
// that cmd knows beside those of its children.
func unknownCommand(cmd *cobra.Command, word string, more ...string) error {
	err := usagef("unknown command %q for %q", word, cmd.CommandPath())
	names := slices.Clone(more)
	for _, child := range cmd.Commands() {
		names = append(names, child.Name())
	}
	if near := rules.Nearest(word, names); near != "" {
		return err.hint("did you mean %q?", cmd.CommandPath()+" "+near)
	}
	return err.hint("see %q", cmd.CommandPath()+" --help")
}
