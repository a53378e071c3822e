// Package cli has what all commands of antom share: the outside world, the global flags, the
// printer, the chosen profile with its keys, the client that calls the gateway, the history,
// the questions before a change, exit codes and error reports. It knows no command and no noun.
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

// Below adds the commands of a group if the command line names the group. A list of groups does
// not need them.
func (c *CLI) Below(group *cobra.Command, commands ...func(*CLI) *cobra.Command) {
	if !c.Whole && !slices.Contains(c.Words, group.Name()) {
		return
	}
	for _, command := range commands {
		group.AddCommand(command(c))
	}
}

// AsGroup makes cmd a command that only has subcommands: alone it shows its help, and for an
// unknown word it returns an error with the nearest command. more has the names of children
// that may not have been made.
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

// UnknownCommand returns the error for a word that is not a command below cmd. more has names
// besides those of its children.
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
