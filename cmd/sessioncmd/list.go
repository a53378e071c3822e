package sessioncmd

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionList is `antom session list`.
type sessionList struct {
	c     *cli.CLI
	limit int
}

func newListCmd(c *cli.CLI) *cobra.Command {
	o := &sessionList{c: c}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the sessions created from this machine",
		Long: `List the sessions of the profile that were created from this machine, newest first.
They are read from the local history: Antom has no call that lists them.

The columns in pipes and CSV are time, paymentRequestId, referenceOrderId, amount
(major units), currency and paymentSessionExpiryTime. With --quiet the
paymentRequestIds are printed.`,
		Example: "  antom session list\n  antom session list -o csv --limit 100",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if o.limit < 1 {
				return cli.Usagef("--limit %d: must be 1 or more", o.limit)
			}
			return o.run()
		},
	}
	cmd.Flags().IntVar(&o.limit, "limit", 20, "maximum number of sessions")
	return cmd
}

func (o *sessionList) run() error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	chosen, err := o.c.LoadProfile(p)
	if err != nil {
		return err
	}
	sessions, err := o.sessions(chosen.Name)
	if err != nil {
		return err
	}
	return p.Print(o.result(sessions))
}

// sessions returns the latest sessions of a profile; if several have the same id, the last one.
func (o *sessionList) sessions(profile string) ([]history.Record, error) {
	log := o.c.History()
	if log == nil {
		return nil, nil
	}
	var sessions []history.Record
	seen := map[string]bool{}
	for record, err := range log.Newest() {
		if err != nil {
			return nil, err
		}
		if record.Profile != profile || record.Operation != antom.CreatePaymentSession || record.ResultStatus != antom.StatusS || record.Failure != "" || seen[record.PaymentRequestID] {
			continue
		}
		seen[record.PaymentRequestID] = true
		if sessions = append(sessions, record); len(sessions) == o.limit {
			break
		}
	}
	return sessions, nil
}

func (o *sessionList) result(sessions []history.Record) output.Result {
	table := output.Table{Empty: "no sessions yet", Cols: []output.Col{
		{Name: "time", Title: "CREATED"}, {Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true},
		{Name: "referenceOrderId", Title: "ORDER", Shrinks: true, MachineOnly: !slices.ContainsFunc(sessions, ownOrder)}, {Name: "amount", Title: "AMOUNT", Align: output.Decimal},
		{Name: "currency", MachineOnly: true}, {Name: "paymentSessionExpiryTime", Title: "EXPIRES"},
	}}
	result := output.Result{Rows: [][]byte{}}
	for _, r := range sessions {
		table.Rows = append(table.Rows, []output.Cell{
			view.WhenCell(o.c, r.Time), {Text: r.PaymentRequestID, Style: output.Key}, orderCell(r),
			view.RecordedAmount(r.PaymentAmount), {Text: r.PaymentAmount.Currency}, o.expiresCell(r.PaymentSessionExpiryTime),
		})
		result.Rows = append(result.Rows, cli.Encode(r))
		result.Quiet = append(result.Quiet, r.PaymentRequestID)
	}
	result.JSON, result.Table, result.Text = cli.JSONList(result.Rows), &table, []output.Block{table}
	return result
}

// ownOrder reports whether the order id differs from the payment's id.
func ownOrder(r history.Record) bool { return r.ReferenceOrderID != r.PaymentRequestID }

// orderCell hides an order id from people if it equals the payment's.
func orderCell(r history.Record) output.Cell {
	if !ownOrder(r) {
		return output.Cell{Plain: r.ReferenceOrderID}
	}
	return output.Cell{Text: r.ReferenceOrderID}
}

// expiresCell shows people how long a session is still valid, and programs the time.
func (o *sessionList) expiresCell(t antom.DateTime) output.Cell {
	at, err := t.Time()
	if err != nil {
		return output.Cell{Text: string(t)}
	}
	left := at.Sub(o.c.Now())
	if left <= 0 {
		return output.Cell{Text: "expired", Plain: string(t), Style: output.Dim}
	}
	return output.Cell{Text: fmt.Sprintf("in %d min", int(left.Round(time.Minute).Minutes())), Plain: string(t), Style: output.OK}
}
