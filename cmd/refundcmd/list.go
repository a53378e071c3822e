package refundcmd

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// refundList is `antom refund list`.
type refundList struct {
	c     *cli.CLI
	flags cli.PaymentFlags
}

func newListCmd(c *cli.CLI) *cobra.Command {
	o := &refundList{c: c}
	cmd := &cobra.Command{
		Use:   "list PAYMENT_REQUEST_ID",
		Short: "List the refunds of a payment as a table",
		Long: `List the refunds of a payment with their amounts and states, and what they add up to:
captured, refunded, in progress and left.

The columns off a terminal and in CSV are those of capture list: transactionId,
transactionRequestId, transactionType, amount (major units), currency,
transactionStatus, resultCode and transactionTime.

With --quiet the refundRequestIds are printed. JSON output is the totals and the
gateway's transaction objects.`,
		Example: `  antom refund list 20261124090000-k3v5q7r2m4x6
  antom refund list "$id" -o csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiry, err := o.flags.Inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	return cmd
}

func (o *refundList) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	payment, response, err := o.c.Inquire(ctx, p, inquiry)
	if err != nil {
		return err
	}
	return p.Print(listResult(payment, response.Body))
}

// refundReport is the JSON form of `refund list`.
type refundReport struct {
	PaymentRequestID string              `json:"paymentRequestId,omitempty"`
	PaymentID        string              `json:"paymentId,omitempty"`
	PaymentStatus    antom.PaymentStatus `json:"paymentStatus,omitempty"`
	Totals           refundTotals        `json:"totals"`
	Refunds          json.RawMessage     `json:"transactions"`
}

type refundTotals struct {
	Captured   antom.Amount `json:"captured"`
	Refunded   antom.Amount `json:"refunded"`
	InProgress antom.Amount `json:"inProgress"`
	Left       antom.Amount `json:"left"`
}

// listResult returns the list in every output form, with the same rows in each.
func listResult(payment *antom.Payment, body []byte) output.Result {
	balance := payment.Balance()
	table := view.TransactionTable(payment.Refunds(), false)
	table.Empty = "no refunds"
	for _, row := range [...]struct {
		label  string
		amount antom.Amount
		style  output.Style
	}{{"Captured", balance.Captured, output.Plain}, {"Refunded", balance.Refunded, output.OK}, {"In progress", balance.Refunding, output.Warn}, {"Left", balance.Refundable, output.Plain}} {
		if row.label != "In progress" || row.amount.Value > 0 {
			table.Totals = append(table.Totals, output.Pair{Label: row.label, Value: output.Cell{Text: row.amount.String(), Style: row.style}})
		}
	}
	result := output.Result{Raw: body, Table: &table, Text: []output.Block{table}, Rows: [][]byte{}}
	for _, row := range payment.Refunds() {
		result.Rows = append(result.Rows, row.Raw)
		result.Quiet = append(result.Quiet, row.TransactionRequestID)
	}
	result.JSON = cli.Encode(refundReport{
		PaymentRequestID: payment.PaymentRequestID, PaymentID: payment.PaymentID, PaymentStatus: payment.PaymentStatus,
		Totals:  refundTotals{balance.Captured, balance.Refunded, balance.Refunding, balance.Refundable},
		Refunds: json.RawMessage(cli.JSONList(result.Rows)),
	})
	return result
}
