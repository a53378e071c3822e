package emulatorcmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
)

func newFaultCmd(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "fault",
		Short: "Inject faults into the served emulator",
		Long: `Inject faults into the emulator run by antom emulator serve, at the calls or
notifications that you name: lose an answer, answer late, sign badly, send a
notification twice. The same calls always get the same faults.

A fault is written OPERATION[:OCCURRENCE]=KIND[:ARGUMENT]. The operation is one of
Antom's, * for any of them, or notifyPayment, notifyCapture, notifyRefund. The
occurrence is counted from the moment when the fault is added: 2, 2-4, 3+; without
it the fault applies to every call.`,
		Example: `  antom emulator fault kinds
  antom emulator serve --fault inquiryPayment:2=latency:500ms`,
	})
	cmd.AddCommand(newFaultAddCmd(c), newFaultListCmd(c), newFaultClearCmd(c), newFaultKindsCmd(c))
	return cmd
}

func newFaultAddCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "add FAULT...",
		Short: "Add faults to the running server",
		Long: `Add faults to the emulator that is being served from the same state folder. Their
occurrences count from now. This needs a running server; antom emulator serve also
accepts --fault, and Go tests can use pkg/antom/antomtest.

With --quiet the ids of the faults are printed.`,
		Example: `  antom emulator fault add inquiryPayment:2=latency:500ms
  antom emulator fault add 'capture:1=lost-answer' notifyPayment=twice`,
		Args: cli.AtLeastOne("FAULT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return addFaults(cmd.Context(), c, args)
		},
	}
}

func addFaults(ctx context.Context, c *cli.CLI, texts []string) error {
	p, err := c.Printer()
	if err != nil {
		return err
	}
	for _, text := range texts { // all or none
		if _, err := emulator.ParseFault(text); err != nil {
			return usageOf("antom emulator fault add", err)
		}
	}
	remote, err := served(ctx, c)
	if err != nil {
		return err
	}
	var added []emulator.Fault
	for _, text := range texts {
		f, err := remote.AddFault(ctx, text)
		if err != nil {
			return err
		}
		added = append(added, f)
	}
	return p.Print(faultResult(added))
}

func newFaultListCmd(c *cli.CLI) *cobra.Command {
	var kinds bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the active faults and how often they were injected",
		Long: `List the active faults of the emulator being served, how many occurrences each has
seen and how many of them got the fault.

With --kinds the kinds of faults are listed with what each does, as by antom
emulator fault kinds; that needs no server.`,
		Example: "  antom emulator fault list --kinds\n  antom emulator fault list -o json --jq '.[].struck'",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			if kinds {
				return p.Print(faultKindsResult())
			}
			remote, err := served(cmd.Context(), c)
			if err != nil {
				return err
			}
			list, err := remote.Faults(cmd.Context())
			if err != nil {
				return err
			}
			if err := p.Print(faultResult(list)); err != nil {
				return err
			}
			if len(list) == 0 {
				p.Note("no active faults; antom emulator fault kinds lists the kinds")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&kinds, "kinds", false, "list the kinds of faults, and what each does")
	return cmd
}

func newFaultClearCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:     "clear [ID...]",
		Short:   "Remove faults, all or those with these ids",
		Long:    "Remove faults from the emulator being served: those with these ids, or all.",
		Example: "  antom emulator fault clear",
		RunE: func(cmd *cobra.Command, args []string) error {
			return clearFaults(cmd.Context(), c, args)
		},
	}
}

func clearFaults(ctx context.Context, c *cli.CLI, args []string) error {
	p, err := c.Printer()
	if err != nil {
		return err
	}
	var ids []int
	for _, text := range args {
		id, err := strconv.Atoi(text)
		if err != nil {
			return cli.Usagef("fault id %q: must be a number", text).WithHint("antom emulator fault list shows the ids")
		}
		ids = append(ids, id)
	}
	remote, err := served(ctx, c)
	if err != nil {
		return err
	}
	gone, err := remote.ClearFaults(ctx, ids...)
	if err != nil {
		return err
	}
	if len(gone) > 0 || len(ids) == 0 {
		p.Note("removed %s", counted(len(gone), "fault", "faults"))
	}
	for _, id := range ids {
		if !slices.ContainsFunc(gone, func(f emulator.Fault) bool { return f.ID == id }) {
			return cli.OutcomeError{Code: cli.ExitFailed, Message: fmt.Sprintf("no active fault %d", id), Remedy: "antom emulator fault list shows the ids"}
		}
	}
	return nil
}

// faultResult shows faults as a table.
func faultResult(list []emulator.Fault) output.Result {
	table := &output.Table{Cols: []output.Col{{Name: "id", Title: "ID"}, {Name: "fault", Title: "FAULT"}, {Name: "seen", Title: "SEEN"}, {Name: "struck", Title: "STRUCK"}}}
	result := output.Result{JSON: cli.Encode(append([]emulator.Fault{}, list...)), Rows: [][]byte{}, Table: table, Text: []output.Block{table}}
	for _, f := range list {
		table.Rows = append(table.Rows, []output.Cell{
			{Text: strconv.Itoa(f.ID)}, {Text: f.String(), Style: output.Key}, {Text: strconv.Itoa(f.Seen)}, {Text: strconv.Itoa(f.Injected)},
		})
		result.Rows = append(result.Rows, cli.Encode(f))
		result.Quiet = append(result.Quiet, strconv.Itoa(f.ID))
	}
	return result
}

func newFaultKindsCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "kinds",
		Short: "List the kinds of faults: what each does and what a client sees",
		Long: `List the kinds of faults: the argument each takes, whether it applies to calls or
notifications, what it does, and how the client of antom reacts. No server is
needed.

Faults for "accepted calls" apply to, and count, only calls that pass the gateway's
own checks: a wrong client id or an invalid signature is still refused, never
answered with a signed U. Faults for "calls" apply to any call of the operation, as
a network would; none of them makes the gateway accept a refused call.

With --quiet only the kinds are printed.`,
		Example: `  antom emulator fault kinds
  antom emulator fault kinds -o json --jq '.[] | select(.notifications) | .kind'`,
		Args: cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			return p.Print(faultKindsResult())
		},
	}
}

func faultKindsResult() output.Result {
	kinds := emulator.FaultKinds()
	table := &output.Table{Cols: []output.Col{{Name: "kind", Title: "KIND"}, {Name: "argument", Title: "ARGUMENT"}, {Name: "of", Title: "OF"}, {Name: "does", Title: "DOES"}, {Name: "client", Title: "CLIENT"}}}
	result := output.Result{JSON: cli.Encode(kinds), Rows: [][]byte{}, Table: table, Text: []output.Block{table}}
	for _, kind := range kinds {
		table.Rows = append(table.Rows, []output.Cell{
			{Text: kind.Name, Style: output.Key}, {Text: kind.Default}, {Text: faultPlaces(kind)}, {Text: kind.Does}, {Text: kind.Client},
		})
		result.Rows = append(result.Rows, cli.Encode(kind))
		result.Quiet = append(result.Quiet, kind.Name)
	}
	return result
}

func faultPlaces(kind emulator.FaultKind) string {
	switch {
	case kind.Submit:
		return "submitted form"
	case kind.Calls && kind.Notifies:
		return "calls, notifications"
	case kind.Notifies:
		return "notifications"
	case kind.Checked:
		return "accepted calls"
	}
	return "calls"
}
