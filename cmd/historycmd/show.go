package historycmd

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
)

func newShowCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show the calls about one payment, oldest first",
		Long: `Show the calls about one payment, oldest first. The id may be a paymentRequestId or
a paymentId. The columns are those of antom history list.`,
		Example: "  antom history show \"$id\"\n  antom history show \"$id\" -o json",
		Args:    cli.OneArg("ID"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			records, err := recordsOf(c, p, args[0])
			if err != nil {
				return err
			}
			if len(records) == 0 {
				return cli.Usagef("the history has no call about %q", args[0]).WithHint("antom history list shows the recorded calls")
			}
			return p.Print(historyResult(c, records))
		},
	}
}

// recordsOf returns the records with either id of a payment, oldest first.
func recordsOf(c *cli.CLI, p *output.Printer, id string) ([]history.Record, error) {
	var records []history.Record
	ids := map[string]bool{id: true}
	for record, err := range newestRecords(c, p) {
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
