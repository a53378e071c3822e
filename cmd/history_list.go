package cmd

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// historyList is `antom history list`.
type historyList struct {
	c         *cli
	limit     int
	since     time.Duration
	operation string
}

func newHistoryListCmd(c *cli) *cobra.Command {
	o := &historyList{c: c}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the latest calls, the newest first",
		Long: `List the latest calls, the newest first; with --profile those of one profile. Of
many inquiries for one payment only those are kept that told something new.

The columns off a terminal and in CSV are time, profile, operation,
paymentRequestId, paymentId, amount (major units), currency, resultStatus,
resultCode, paymentStatus and failure. With --quiet the paymentRequestIds are
printed.`,
		Example: "  antom history list --limit 5\n  antom history list --since 24h --op inquiryPayment -o csv",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return o.run()
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.limit, "limit", 50, "at most so many")
	flags.DurationVar(&o.since, "since", 0, "not older than this `duration`, such as 24h")
	words := []string{""} // by default all of them
	for _, name := range antom.Operations() {
		words = append(words, string(name))
	}
	flags.Var(newEnum(&o.operation, words...), "op", "only this `operation`")
	return cmd
}

func (o *historyList) validate() error {
	switch {
	case o.limit < 1:
		return usagef("--limit %d: must be 1 or more", o.limit)
	case o.since < 0:
		return usagef("--since %s: must not be negative", o.since)
	}
	return nil
}

func (o *historyList) run() error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	var records []history.Record
	for record, err := range o.c.newestRecords(p) {
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
	return p.Print(o.c.historyResult(records))
}

// newestRecords walks the records of the profile that was named, or of all, and
// says at the end what could not be read.
func (c *cli) newestRecords(p *output.Printer) iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		log := c.history()
		if log == nil {
			return
		}
		defer func() {
			if n := log.Skipped(); n > 0 {
				p.Note("lines of the history that are no records, as a killed process leaves them, are passed over: %d", n)
			}
		}()
		for record, err := range log.Newest() {
			if err == nil && c.global.profile != "" && record.Profile != c.global.profile {
				continue
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// historyResult is a list of records in every form of output.
func (c *cli) historyResult(records []history.Record) output.Result {
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
			c.whenCell(r.Time), {Text: r.Profile}, {Text: string(r.Operation), Short: strings.ReplaceAll(string(r.Operation), "Payment", "")},
			{Text: r.PaymentRequestID, Style: output.Key}, {Text: r.PaymentID},
			recordedAmount(r.PaymentAmount), {Text: r.PaymentAmount.Currency},
			{Text: string(r.ResultStatus)}, {Text: r.ResultCode},
			statusCell(r.PaymentStatus), {Text: r.Failure, Style: output.Bad},
		})
		result.Rows = append(result.Rows, encode(r))
		if r.PaymentRequestID != "" && !slices.Contains(result.Quiet, r.PaymentRequestID) {
			result.Quiet = append(result.Quiet, r.PaymentRequestID)
		}
	}
	result.JSON, result.Table, result.Text = jsonList(result.Rows), &table, []output.Block{table}
	return result
}
