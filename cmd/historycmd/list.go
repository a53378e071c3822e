package historycmd

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// historyList is `antom history list`.
type historyList struct {
	c         *cli.CLI
	limit     int
	since     time.Duration
	operation string
}

func newListCmd(c *cli.CLI) *cobra.Command {
	o := &historyList{c: c}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the latest calls, newest first",
		Long: `List the latest calls, newest first; with --profile those of one profile. Of
repeated inquiries for a payment only those with a new result are recorded.

The columns in pipes and CSV are time, profile, operation, paymentRequestId,
paymentId, amount (major units), currency, resultStatus, resultCode, paymentStatus
and failure. With --quiet the paymentRequestIds are printed.`,
		Example: "  antom history list --limit 5\n  antom history list --since 24h --op inquiryPayment -o csv",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return o.run()
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.limit, "limit", 50, "maximum number of calls")
	flags.DurationVar(&o.since, "since", 0, "not older than this `duration`, such as 24h")
	words := []string{""} // all of them by default
	for _, name := range antom.Operations() {
		words = append(words, string(name))
	}
	flags.Var(cli.NewEnum(&o.operation, words...), "op", "only this `operation`")
	return cmd
}

func (o *historyList) validate() error {
	switch {
	case o.limit < 1:
		return cli.Usagef("--limit %d: must be 1 or more", o.limit)
	case o.since < 0:
		return cli.Usagef("--since %s: must not be negative", o.since)
	}
	return nil
}

func (o *historyList) run() error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	var records []history.Record
	for record, err := range newestRecords(o.c, p) {
		if err != nil {
			return err
		}
		if o.since > 0 && o.c.Now().Sub(record.Time) > o.since || len(records) == o.limit {
			break
		}
		if o.operation == "" || string(record.Operation) == o.operation {
			records = append(records, record)
		}
	}
	return p.Print(historyResult(o.c, records))
}

// newestRecords yields the records of the named profile, or of all profiles, and reports
// unreadable lines at the end.
func newestRecords(c *cli.CLI, p *output.Printer) iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		log := c.History()
		if log == nil {
			return
		}
		defer func() {
			if n := log.Skipped(); n > 0 {
				p.Note("skipped %d lines of the history that are not records (a killed process can leave such lines)", n)
			}
		}()
		for record, err := range log.Newest() {
			if err == nil && c.Global.Profile != "" && record.Profile != c.Global.Profile {
				continue
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// historyResult shows records in every form of output.
func historyResult(c *cli.CLI, records []history.Record) output.Result {
	table := output.Table{Empty: "no calls yet", Cols: []output.Col{
		{Name: "time", Title: "WHEN"}, {Name: "profile", Title: "PROFILE"}, {Name: "operation", Title: "OPERATION"},
		{Name: "paymentRequestId", Title: "PAYMENT", Shrinks: true}, {Name: "paymentId", MachineOnly: true},
		{Name: "amount", Title: "AMOUNT", Align: output.Decimal}, {Name: "currency", MachineOnly: true},
		{Name: "resultStatus", MachineOnly: true}, {Name: "resultCode", Title: "RESULT"},
		{Name: "paymentStatus", Title: "STATUS"}, {Name: "failure", Title: "FAILURE"},
	}}
	result := output.Result{Rows: [][]byte{}}
	for _, r := range records {
		table.Rows = append(table.Rows, []output.Cell{
			view.WhenCell(c, r.Time), {Text: r.Profile}, {Text: string(r.Operation), Short: strings.ReplaceAll(string(r.Operation), "Payment", "")},
			{Text: r.PaymentRequestID, Style: output.Key}, {Text: r.PaymentID},
			view.RecordedAmount(r.PaymentAmount), {Text: r.PaymentAmount.Currency},
			{Text: string(r.ResultStatus)}, {Text: r.ResultCode},
			view.StatusCell(r.PaymentStatus), {Text: r.Failure, Style: output.Bad},
		})
		result.Rows = append(result.Rows, cli.Encode(r))
		if r.PaymentRequestID != "" && !slices.Contains(result.Quiet, r.PaymentRequestID) {
			result.Quiet = append(result.Quiet, r.PaymentRequestID)
		}
	}
	result.JSON, result.Table, result.Text = cli.JSONList(result.Rows), &table, []output.Block{table}
	return result
}
