// Package cmd is the command line of antom: it binds flags, calls the other packages, prints
// the results and determines the exit code. Only this package and those below it know cobra,
// exit codes and the process.
package cmd

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/apicmd"
	"github.com/antom-cli/antom/cmd/capturecmd"
	"github.com/antom-cli/antom/cmd/checkoutcmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/emulatorcmd"
	"github.com/antom-cli/antom/cmd/explaincmd"
	"github.com/antom-cli/antom/cmd/historycmd"
	"github.com/antom-cli/antom/cmd/keycmd"
	"github.com/antom-cli/antom/cmd/notifycmd"
	"github.com/antom-cli/antom/cmd/paymentcmd"
	"github.com/antom-cli/antom/cmd/profilecmd"
	"github.com/antom-cli/antom/cmd/refundcmd"
	"github.com/antom-cli/antom/cmd/sessioncmd"
	"github.com/antom-cli/antom/internal/output"
)

// Main runs antom with the arguments, streams and environment of this process and returns its
// exit code. The first interrupt or termination asks the command to stop; the second one kills
// the process.
func Main() int {
	return Run(newSignalContext(context.Background()), os.Args[1:], systemEnv())
}

// Run executes one command line in the given environment and returns its exit code. It leaves
// nothing behind: every run has its own command tree, settings and client, so runs may be
// concurrent.
func Run(ctx context.Context, args []string, env *cli.Env) int {
	c := &cli.CLI{Env: env, Words: args}
	root := newRootCmd(c)
	err := c.BindEnvironment(root.PersistentFlags())
	if completing(args) {
		err = nil // completion may still work
		bindCompletions(c, root, args[1:])
	}
	if err == nil {
		root.SetArgs(args)
		root.SetIn(env.Stdin)
		root.SetOut(env.Stdout)
		root.SetErr(env.Stderr)
		markStart(c, root)
		var unknown error
		root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
			if unknown = misspelt(cmd); unknown == nil {
				writeHelp(cmd)
			}
		})
		_, err = root.ExecuteContextC(ctx)
		err = classify(c, root, args, cmp.Or(err, unknown))
	}
	return finish(ctx, c, args, err)
}

// constructors are the commands below the root. Each constructor only binds flags. Sorted by
// name.
func constructors() []constructor {
	return []constructor{
		{"api", apicmd.New},
		{"capture", capturecmd.New},
		{"checkout", checkoutcmd.New},
		{"completion", newCompletionCmd},
		{"demo", newDemoCmd},
		{"emulator", emulatorcmd.New},
		{"explain", explaincmd.New},
		{"history", historycmd.New},
		{"key", keycmd.New},
		{"notify", notifycmd.New},
		{"payment", paymentcmd.New},
		{"profile", profilecmd.New},
		{"refund", refundcmd.New},
		{"session", sessioncmd.New},
		{"version", newVersionCmd},
	}
}

// rootWords are the words that may follow antom.
func rootWords() []string {
	words := []string{"help"}
	for _, row := range constructors() {
		words = append(words, row.name)
	}
	return words
}

type constructor struct {
	name string
	make func(*cli.CLI) *cobra.Command
}

// newRootCmd returns the command tree, reduced to the command that the command line names.
func newRootCmd(c *cli.CLI) *cobra.Command {
	root := &cobra.Command{
		Use:   "antom",
		Short: "Antom card payments from the terminal",
		Long: `antom takes a card payment through its four steps from a terminal or a script: it
creates the payment session, waits for the result and lists the captures. It also
verifies the notifications that Antom sends, explains why one does not verify,
receives them, and checks how an endpoint answers them. A simulated gateway for
practice is built in.`,
		Example: `  antom demo
  antom profile add sandbox
  antom session create --amount 42.00 --currency SGD`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	cli.AsGroup(root, rootWords()...)
	root.SetHelpCommand(newHelpCmd(c))
	root.SetFlagErrorFunc(cli.FlagError)
	root.SetUsageFunc(usage)
	c.Global.Bind(root.PersistentFlags())
	bindVersion(root, c)
	addCommands(root, c)
	return root
}

// addCommands adds the command below the root that the command line names, or all of them if it
// names none.
func addCommands(root *cobra.Command, c *cli.CLI) {
	words := c.Words
	if completing(words) {
		words = words[1 : len(words)-1] // the last word is being typed
	}
	name := commandWord(root.PersistentFlags(), words)
	for _, row := range constructors() {
		if row.name == name {
			root.AddCommand(row.make(c))
			return
		}
	}
	for _, row := range constructors() {
		root.AddCommand(row.make(c))
	}
}

// commandWord returns the first word that is neither a flag nor a flag's value, or "". Like
// cobra, it assumes that an unknown flag has a value.
func commandWord(flags *pflag.FlagSet, words []string) string {
	for i := 0; i < len(words); i++ {
		name, long := strings.CutPrefix(words[i], "--")
		letters, short := strings.CutPrefix(words[i], "-")
		var flag *pflag.Flag
		switch {
		case words[i] == "--":
			return ""
		case long && strings.Contains(name, "="), short && letters == "":
			continue
		case long:
			flag = flags.Lookup(name)
		case short && len(letters) == 1:
			flag = flags.ShorthandLookup(letters)
		case short:
			continue // letters with a value, or several
		default:
			return words[i]
		}
		if flag == nil || flag.NoOptDefVal == "" {
			i++
		}
	}
	return ""
}

// markStart wraps every command, so that an error returned before any of them started is known
// to be about the command line itself.
func markStart(c *cli.CLI, cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			c.Started = true
			if !needsNoProfile(cmd) {
				if err := c.KnownProfile(); err != nil {
					return err
				}
			}
			return run(cmd, args)
		}
	}
	for _, child := range cmd.Commands() {
		markStart(c, child)
	}
}

// needsNoProfile reports whether a command works whatever --profile names, because it is about
// profiles or about this program.
func needsNoProfile(cmd *cobra.Command) bool {
	for c := cmd; c != nil; c = c.Parent() {
		switch c.Name() {
		case "completion", "demo", "doctor", "explain", "help", "init", "profile", "version":
			return true
		}
	}
	return cmd.HasSubCommands()
}

// classify turns cobra's own errors, which have no type, into usage errors.
func classify(c *cli.CLI, root *cobra.Command, args []string, err error) error {
	if err == nil || c.Started {
		return err
	}
	if _, ok := errors.AsType[*cli.UsageError](err); ok {
		return err
	}
	cmd, _, findErr := root.Find(args)
	if findErr != nil {
		cmd = root
	}
	return cli.Usagef("%s", err).WithHint("see %q", cmd.CommandPath()+" --help")
}

// finish prints err, if any, and returns its exit code.
func finish(ctx context.Context, c *cli.CLI, args []string, err error) int {
	if err == nil || errors.Is(err, output.ErrClosedPipe) {
		return cli.ExitOK
	}
	if errors.Is(err, context.Canceled) {
		if stopped, ok := errors.AsType[cli.StoppedError](context.Cause(ctx)); ok {
			err = stopped
		}
	}
	code := cli.ExitCode(err)
	if outcome, ok := errors.AsType[cli.OutcomeError](err); ok && outcome.Message == "" {
		return code
	}
	report := cli.Report(err, code)
	if c.Term.Err {
		report.Width = c.Term.Width
	}
	output.PrintError(c.Stderr, report, errorFormat(c, args), c.ColorOn(c.Term.Err))
	return code
}

// errorFormat returns the --output for errors. If the command line failed before --output was
// parsed, it is searched for --output, so that a script that asked for JSON gets its errors as
// JSON too.
func errorFormat(c *cli.CLI, args []string) output.Format {
	if c.Global.Format != "" && c.Global.Format != output.FormatText {
		return c.Global.Format
	}
	for i, arg := range args {
		value, isFlag := strings.CutPrefix(arg, "--output=")
		if !isFlag && (arg == "-o" || arg == "--output") && i+1 < len(args) {
			value, isFlag = args[i+1], true
		}
		var format output.Format
		if isFlag && format.Set(value) == nil {
			return format
		}
	}
	return output.FormatText
}
