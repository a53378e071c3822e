package capturecmd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// captureList is `antom capture list`.
type captureList struct {
	c        *cli.CLI
	flags    cli.InquiryFlags
	allTypes bool
}

func newListCmd(c *cli.CLI) *cobra.Command {
	o := &captureList{c: c}
	cmd := &cobra.Command{
		Use:   "list PAYMENT_REQUEST_ID",
		Short: "List the captures of a payment as a table",
		Long: `List the captures of a payment with their amounts and states, and what they add
up to: authorised, captured, in progress and open.

The columns off a terminal and in CSV are transactionId, transactionRequestId,
transactionType, amount (major units), currency, transactionStatus, resultCode
and transactionTime. Where the gateway leaves transactionStatus out, the result's
status stands in for it.

The exit code tells of the call alone, unless --exit-status or --expect is given.
With --quiet the transaction ids are printed. JSON output is the totals and the
gateway's transaction objects.`,
		Example: `  antom capture list 20261124090000-k3v5q7r2m4x6
  antom capture list "$id" -o csv
  antom capture list "$id" --exit-status`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiry, err := o.flags.Inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.flags.ExitStatus, "exit-status", false, "exit 7 if a capture failed, 5 if none has ended yet")
	flags.BoolVar(&o.allTypes, "all-types", false, "list refunds and the rest too")
	return cmd
}

func (o *captureList) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	payment, response, err := o.c.Inquire(ctx, p, inquiry)
	if err != nil {
		return err
	}
	if err := p.Print(o.result(payment, response.Body)); err != nil {
		return err
	}
	if o.flags.ExitStatus || o.flags.Expect != "" {
		return orWait(captureOutcome(payment, o.flags.Expect), payment)
	}
	return nil
}

// orWait adds the command that waits, if a capture is still to come: the automatic one follows
// the payment after a moment.
func orWait(err error, payment *antom.Payment) error {
	outcome, ok := errors.AsType[cli.OutcomeError](err)
	if !ok || outcome.Code != cli.ExitPending {
		return err
	}
	outcome.Remedy = "antom capture wait " + cli.IDArg(cmp.Or(payment.PaymentRequestID, payment.PaymentID)) + " waits for it"
	return outcome
}

// result returns the list in every output form, with the same rows in each.
func (o *captureList) result(payment *antom.Payment, body []byte) output.Result {
	rows := payment.Captures()
	if o.allTypes {
		rows = payment.Transactions
	}
	totals := totalsOf(payment)
	table := view.TransactionTable(rows, o.allTypes)
	table.Totals = totals.pairs()
	table.Empty = "no captures yet"
	result := output.Result{Raw: body, Table: &table, Text: []output.Block{table}}
	for _, row := range rows {
		result.Rows = append(result.Rows, row.Raw)
		result.Quiet = append(result.Quiet, row.TransactionID)
	}
	result.JSON = cli.Encode(captureReport{
		PaymentRequestID: payment.PaymentRequestID, PaymentID: payment.PaymentID, PaymentStatus: payment.PaymentStatus,
		Totals: totals, Captures: json.RawMessage(cli.JSONList(result.Rows)),
	})
	return result
}

// captureReport is the JSON form of `capture list`.
type captureReport struct {
	PaymentRequestID string              `json:"paymentRequestId,omitempty"`
	PaymentID        string              `json:"paymentId,omitempty"`
	PaymentStatus    antom.PaymentStatus `json:"paymentStatus,omitempty"`
	Totals           captureTotals       `json:"totals"`
	Captures         json.RawMessage     `json:"transactions"`
}

// captureTotals are the sums over the captures of one payment. Authorised and open are absent
// if the gateway did not send the payment's amount.
type captureTotals struct {
	Authorised *antom.Amount `json:"authorised,omitempty"`
	Captured   *antom.Amount `json:"captured,omitempty"`
	InProgress *antom.Amount `json:"inProgress,omitempty"`
	Open       *antom.Amount `json:"open,omitempty"`
}

// totalsOf adds up the captures. Nothing is authorised before the payment succeeds, and nothing
// is open after it was cancelled.
func totalsOf(p *antom.Payment) captureTotals {
	var captured, inProgress antom.Amount
	for _, row := range p.Captures() {
		captured.Currency = row.TransactionAmount.Currency
		inProgress.Currency = row.TransactionAmount.Currency
		switch row.Status() {
		case antom.PaymentSuccess:
			captured.Value += row.TransactionAmount.Value
		case antom.PaymentProcessing, antom.PaymentPending:
			inProgress.Value += row.TransactionAmount.Value
		}
	}
	var totals captureTotals
	if p.PaymentAmount.Currency != "" {
		authorised := p.PaymentAmount
		if p.PaymentStatus != antom.PaymentSuccess {
			authorised.Value = 0
		}
		captured.Currency = authorised.Currency
		open := antom.Amount{Currency: authorised.Currency, Value: max(0, authorised.Value-captured.Value-inProgress.Value)}
		totals.Authorised, totals.Open = &authorised, &open
	}
	if captured.Currency != "" {
		totals.Captured = &captured
	}
	if inProgress.Value > 0 {
		totals.InProgress = &inProgress
	}
	return totals
}

func (t captureTotals) pairs() []output.Pair {
	rows := [...]struct {
		label  string
		amount *antom.Amount
		style  output.Style
	}{
		{"Authorised", t.Authorised, output.Plain},
		{"Captured", t.Captured, output.OK},
		{"In progress", t.InProgress, output.Warn},
		{"Open", t.Open, output.Plain},
	}
	var pairs []output.Pair
	for _, row := range rows {
		if row.amount != nil {
			pairs = append(pairs, output.Pair{Label: row.label, Value: output.Cell{Text: row.amount.String(), Style: row.style}})
		}
	}
	return pairs
}

// captureOutcome turns the state of the captures into an exit code.
func captureOutcome(p *antom.Payment, expect string) error {
	wanted := antom.PaymentSuccess
	if expect != "" {
		wanted = antom.PaymentStatus(expect)
	}
	captures := p.Captures()
	if len(captures) == 0 {
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s has no capture yet", p.PaymentRequestID)}
	}
	pending := ""
	for _, row := range captures {
		status := row.Status()
		switch {
		case status == wanted:
		case status.Final():
			return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: fmt.Sprintf("capture %s ended in %s, expected %s", row.TransactionID, status, wanted), Remedy: view.ActionFor(row.TransactionResult.ResultCode)}
		default:
			pending = row.TransactionID
		}
	}
	if pending != "" {
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("capture %s is not final", pending)}
	}
	return nil
}
