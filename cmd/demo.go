package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
)

func newDemoCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Take a card payment through all its steps on the emulator",
		Long: `Take a card payment through all its steps on the built-in emulator. Each step is
shown as the command that you would type and its output: create a session, pay as
the buyer, wait for the result, verify the notifications, list the captures. Needs
no account, no network and no configuration; takes about five seconds.`,
		Example: "  antom demo",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.Global.Format != output.FormatText || c.Global.Raw || c.Global.Quiet {
				return cli.Usagef("antom demo prints text only").WithHint("the commands it shows have every form of output")
			}
			return demo(cmd.Context(), c)
		},
	}
}

// demoStep is one step of the card flow: a heading and the pipeline to type.
type demoStep struct {
	heading  string
	pipeline [][]string
}

// demoSteps are the four steps of Antom's guide, with the buyer's step after the first one.
func demoSteps(id string) []demoStep {
	onEmulator := func(words ...string) []string { return append(words, "--profile", "emulator") }
	return []demoStep{
		{"Create a payment session", [][]string{onEmulator("session", "create", "--amount", "42.00", "--currency", "SGD", "--request-id", id)}},
		{"Pay, as the buyer would with Antom's test card", [][]string{{"emulator", "pay", id}}},
		{"Wait for the result: inquiryPayment every 2 seconds", [][]string{onEmulator("payment", "wait", id)}},
		{"Verify the notifications that Antom would send", [][]string{
			{"emulator", "deliver", id, "--dry-run"},
			onEmulator("notify", "verify"),
		}},
		{"List the captures", [][]string{onEmulator("capture", "list", id)}},
	}
}

func demo(ctx context.Context, c *cli.CLI) error {
	for i, step := range demoSteps("demo-" + cli.RandomWord()) {
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		fmt.Fprintf(c.Stdout, "# %d. %s\n$ %s\n", i+1, step.heading, typed(step.pipeline))
		if code := pipe(ctx, c, step.pipeline); code != cli.ExitOK {
			return cli.OutcomeError{Code: code, Message: fmt.Sprintf("demo: step %d ended with exit code %d", i+1, code)}
		}
	}
	return nil
}

// typed returns a pipeline as it would be typed.
func typed(pipeline [][]string) string {
	commands := make([]string, len(pipeline))
	for i, args := range pipeline {
		commands[i] = "antom " + strings.Join(args, " ")
	}
	return strings.Join(commands, " | ")
}

// pipe runs the commands one after another, each with the output of the previous one as input,
// and returns the first exit code that is not 0.
func pipe(ctx context.Context, c *cli.CLI, pipeline [][]string) int {
	var input io.Reader = strings.NewReader("")
	for i, args := range pipeline {
		env := *c.Env
		env.Stdin, env.Term.In = input, false
		var between bytes.Buffer
		if i < len(pipeline)-1 {
			env.Stdout, env.Term.Out = &between, false
		}
		if code := Run(ctx, args, &env); code != cli.ExitOK {
			return code
		}
		input = &between
	}
	return cli.ExitOK
}
