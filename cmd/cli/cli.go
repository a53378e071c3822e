// Package cli is what every command of antom is given: the outside world, the
// global flags, the printer, the chosen profile with its keys and the client
// that calls the gateway, the history, the questions that stand before a change,
// exit codes and error reports. It knows no command and no noun.
package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/rules"
)

// CLI is one run of the program: the outside world plus the global flags.
type CLI struct {
	*Env
	Global  GlobalFlags
	Words   []string // the command line
	Whole   bool     // make the whole tree, whatever the command line names
	Started bool     // the command line was understood and its command entered
}

// Below makes the commands of a group, if the command line names the group: a
// list of groups needs none of them.
func (c *CLI) Below(group *cobra.Command, commands ...func(*CLI) *cobra.Command) {
	if !c.Whole && !slices.Contains(c.Words, group.Name()) {
		return
	}
	for _, command := range commands {
		group.AddCommand(command(c))
	}
}

// AsGroup makes cmd a command that only holds others: alone it shows its help,
// with an unknown word it refuses and names the nearest command. The names of
// children that may not have been made are in more.
func AsGroup(cmd *cobra.Command, more ...string) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return UnknownCommand(cmd, args[0], more...)
	}
	return cmd
}

// UnknownCommand refuses a word that names no command below cmd; more are names
// that cmd knows beside those of its children.
func UnknownCommand(cmd *cobra.Command, word string, more ...string) error {
	err := Usagef("unknown command %q for %q", word, cmd.CommandPath())
	names := slices.Clone(more)
	for _, child := range cmd.Commands() {
		names = append(names, child.Name())
	}
	if near := rules.Nearest(word, names); near != "" {
		return err.WithHint("did you mean %q?", cmd.CommandPath()+" "+near)
	}
	return err.WithHint("see %q", cmd.CommandPath()+" --help")
}
