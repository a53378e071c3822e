package emulatorcmd

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// emulatorScenario is `antom emulator scenario`.
type emulatorScenario struct {
	c     *cli.CLI
	then  string
	times int
	clear bool
}

func newScenarioCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorScenario{c: c}
	cmd := &cobra.Command{
		Use:   "scenario [OPERATION CODE]",
		Short: "Make the next call of an operation answer with a code",
		Long: `Make the next call of an operation answer with a result code that Antom documents
for it, like the error scenario simulation in Antom's Dashboard. Scenarios of one
operation are used in the order in which they were set. Without arguments the
remaining ones are listed.

CAPTURE_IN_PROCESS and REFUND_IN_PROCESS accept the call: 3 seconds later the
capture or refund ends with SUCCESS, or with the code of --then. After another
answer with the status U nothing has changed, so that the same request can be sent
again.

The columns in pipes and CSV are operation, resultCode, then and times.`,
		Example: `  antom emulator scenario refund MERCHANT_BALANCE_NOT_ENOUGH
  antom emulator scenario capture CAPTURE_IN_PROCESS --then PROCESS_FAIL
  antom emulator scenario inquiryPayment UNKNOWN_EXCEPTION --times 2
  antom emulator scenario --clear`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return cli.Usagef("a scenario consists of an operation and a code, got %q", args).WithHint("usage: antom emulator scenario OPERATION CODE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(args); err != nil {
				return err
			}
			return o.run(cmd.Context(), args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.then, "then", "", "final `code` of a capture or refund in process")
	flags.IntVar(&o.times, "times", 1, "number of calls")
	flags.BoolVar(&o.clear, "clear", false, "delete the remaining scenarios")
	return cmd
}

func (o *emulatorScenario) validate(args []string) error {
	switch {
	case o.times < 1:
		return cli.Usagef("--times %d: must be at least 1", o.times)
	case o.clear && len(args) > 0:
		return cli.Usagef("--clear accepts no scenario").WithHint("antom emulator scenario --clear")
	case len(args) == 2:
		return asUsage(o.scenario(args).Validate())
	}
	return nil
}

func (o *emulatorScenario) scenario(args []string) emulator.Scenario {
	return emulator.Scenario{Operation: antom.Operation(args[0]), Code: args[1], Then: o.then, Times: o.times}
}

func (o *emulatorScenario) run(ctx context.Context, args []string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	if o.clear {
		return gateway.ClearScenarios(ctx)
	}
	if len(args) == 2 {
		if err := gateway.SetScenario(ctx, o.scenario(args)); err != nil {
			return err
		}
	}
	list, err := gateway.Scenarios(ctx)
	if err != nil {
		return err
	}
	return p.Print(scenarioResult(list))
}

func scenarioResult(list []emulator.Scenario) output.Result {
	table := output.Table{Empty: "no scenario is set", Cols: []output.Col{
		{Name: "operation", Title: "OPERATION"}, {Name: "resultCode", Title: "ANSWERS"}, {Name: "then", Title: "THEN"}, {Name: "times", Title: "TIMES"},
	}}
	result := output.Result{Rows: [][]byte{}}
	for _, s := range list {
		table.Rows = append(table.Rows, []output.Cell{{Text: string(s.Operation), Style: output.Key}, {Text: s.Code}, {Text: s.Then}, {Text: strconv.Itoa(s.Times)}})
		result.Rows = append(result.Rows, cli.Encode(s))
	}
	result.JSON, result.Table, result.Text = cli.JSONList(result.Rows), &table, []output.Block{table}
	return result
}
