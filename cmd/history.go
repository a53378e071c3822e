package cmd

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

func newHistoryCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "history",
		Short: "Look at the calls made from this machine",
		Long: `Every call is written down on this machine: when, with which profile, which
payment and what came of it. Keys, signatures, session data, cards and whatever
is known of the buyer are not. The history is what --last and the completion of
ids go by.`,
		Example: "  antom history list\n  antom history show \"$id\"",
	})
	c.below(cmd, newHistoryListCmd, newHistoryShowCmd, newHistoryClearCmd)
	return cmd
}

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

func recordedAmount(a antom.Amount) output.Cell {
	if a.IsZero() {
		return output.Cell{}
	}
	return output.Cell{Text: a.String(), Plain: a.Decimal()}
}

// whenCell tells people how long ago a time was, and programs the time.
func (c *cli) whenCell(t time.Time) output.Cell {
	return output.Cell{Text: ago(c.Now().Sub(t)), Plain: t.Format(time.RFC3339)}
}

// ago is a duration as people tell it.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}

func newHistoryShowCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show the calls about one payment, the oldest first",
		Long: `Show the calls about one payment, the oldest first. The id may be a
paymentRequestId or a paymentId. The columns are those of antom history list.`,
		Example: "  antom history show \"$id\"\n  antom history show \"$id\" -o json",
		Args:    oneArg("ID"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			records, err := c.recordsOf(p, args[0])
			if err != nil {
				return err
			}
			if len(records) == 0 {
				return usagef("the history has no call about %q", args[0]).hint("antom history list shows what it has")
			}
			return p.Print(c.historyResult(records))
		},
	}
}

// recordsOf are the records of one payment, whichever of its ids they name, the
// oldest first.
func (c *cli) recordsOf(p *output.Printer, id string) ([]history.Record, error) {
	var records []history.Record
	ids := map[string]bool{id: true}
	for record, err := range c.newestRecords(p) {
		if err != nil {
			return nil, err
		}
		if ids[record.PaymentRequestID] || ids[record.PaymentID] {
			for _, named := range [...]string{record.PaymentRequestID, record.PaymentID} {
				if named != "" {
					ids[named] = true
				}
			}
			records = append(records, record)
		}
	}
	slices.Reverse(records)
	return records, nil
}

func newHistoryClearCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Forget the calls made from this machine",
		Long: `Forget the calls made from this machine; with --profile those of one profile. Asks
first on a terminal; elsewhere it wants --yes.`,
		Example: "  antom history clear --yes",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			log := c.history()
			if log == nil {
				return &setupError{message: "there is no place for a history", remedy: "set HOME or ANTOM_STATE_DIR"}
			}
			name := c.global.profile
			whose := cmp.Or(name, "all profiles")
			if err := c.confirm(fmt.Sprintf("Forget the history of %s?", whose)); err != nil {
				return err
			}
			err = log.Clear(func(r history.Record) bool { return name != "" && r.Profile != name })
			if err != nil {
				return err
			}
			p.Note("the history of %s is empty", whose)
			return nil
		},
	}
}
