package emulatorcmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
)

// emulatorList is `antom emulator list`.
type emulatorList struct {
	c     *cli.CLI
	limit int
}

func newListCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorList{c: c}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the emulator's sessions and payments",
		Long: `List the emulator's sessions and their payments, newest first.

The columns in pipes and CSV are paymentRequestId, paymentId, amount (major units),
currency, session, paymentStatus, paymentResultCode, created and clientId. A session
is OPEN, USED, EXPIRED or CANCELLED. On a terminal the clients are shown if there
are several. With --quiet the paymentRequestIds are printed.`,
		Example: "  antom emulator list\n  antom emulator list --limit 1 -q\n  antom emulator list -o csv",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.limit < 0 {
				return cli.Usagef("--limit %d: must not be negative", o.limit).WithHint("0 lists all")
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().IntVar(&o.limit, "limit", 50, "maximum number of sessions; 0 for all")
	return cmd
}

func (o *emulatorList) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	list, err := gateway.List(ctx, o.limit)
	if err != nil {
		return err
	}
	table := output.Table{Empty: "no sessions yet", Cols: []output.Col{
		{Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true},
		{Name: "paymentId", Title: "PAYMENT", Shrinks: true},
		{Name: "amount", Title: "AMOUNT", Align: output.Decimal},
		{Name: "currency", MachineOnly: true},
		{Name: "session", Title: "SESSION"},
		{Name: "paymentStatus", Title: "STATUS"},
		{Name: "paymentResultCode", Title: "RESULT"},
		{Name: "created", Title: "CREATED"},
		{Name: "clientId", Title: "CLIENT", MachineOnly: !severalClients(list)},
	}}
	result := output.Result{Rows: [][]byte{}}
	for _, s := range list {
		table.Rows = append(table.Rows, []output.Cell{
			{Text: s.PaymentRequestID, Style: output.Key}, {Text: s.PaymentID},
			{Text: s.Amount.String(), Plain: s.Amount.Decimal()}, {Text: s.Amount.Currency},
			{Text: s.Session}, view.StatusCell(s.Status), {Text: s.Code}, {Text: string(s.Created)}, {Text: s.ClientID},
		})
		result.Rows = append(result.Rows, cli.Encode(s))
		result.Quiet = append(result.Quiet, s.PaymentRequestID)
	}
	result.JSON, result.Table, result.Text = cli.JSONList(result.Rows), &table, []output.Block{table}
	return p.Print(result)
}

func severalClients(list []emulator.Summary) bool {
	return slices.ContainsFunc(list, func(s emulator.Summary) bool { return s.ClientID != list[0].ClientID })
}
