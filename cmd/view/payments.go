package view

import (
	"fmt"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// PaymentResult is a payment in every form of output.
func PaymentResult(payment *antom.Payment, response *antom.Response) output.Result {
	text := []output.Block{paymentCard(payment)}
	if len(payment.Transactions) > 0 {
		table := TransactionTable(payment.Transactions, true)
		table.TerminalOnly = true
		text = append(text, table)
	}
	return output.Result{
		JSON:  response.Body,
		Raw:   response.Body,
		Quiet: []string{string(payment.PaymentStatus)},
		Text:  text,
	}
}

// PaymentsResult is the state that the wait ended with, in every form of output.
func PaymentsResult(c *cli.CLI, watches []*cli.Watch, verdicts []error) output.Result {
	var result output.Result
	var answers [][]byte
	table := output.Table{Cols: []output.Col{
		{Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true}, {Name: "paymentId", Title: "PAYMENT", Shrinks: true},
		{Name: "paymentStatus", Title: "STATUS"}, {Name: "paymentResultCode", Title: "RESULT"}, {Name: "seconds", Title: "AFTER", Align: output.Right},
	}}
	for i, w := range watches {
		result.Rows = append(result.Rows, w.Results(cli.Stage{}, verdicts[i], c.Now())...)
		request, payment := w.IDs()
		if w.Payment == nil {
			answers = append(answers, cli.Encode(w.Inquiry))
			table.Rows = append(table.Rows, []output.Cell{{Text: request, Style: output.Key}, {Text: payment}, {}, {}, {}})
			continue
		}
		answers = append(answers, w.Answer.Body)
		result.Quiet = append(result.Quiet, string(w.Payment.PaymentStatus))
		table.Rows = append(table.Rows, []output.Cell{
			{Text: request, Style: output.Key}, {Text: payment}, StatusCell(w.Payment.PaymentStatus),
			{Text: w.Payment.PaymentResultCode}, {Text: cli.Seconds(w.Last.Elapsed), Plain: fmt.Sprintf("%.0f", w.Last.Elapsed.Seconds())},
		})
	}
	result.Table = &table
	result.Raw = []byte{} // without an answer there is nothing to print, and the error says why
	switch {
	case len(watches) > 1:
		result.JSON, result.Text = cli.JSONList(answers), []output.Block{table}
	case watches[0].Payment != nil:
		single := PaymentResult(watches[0].Payment, watches[0].Answer)
		result.JSON, result.Raw, result.Text = single.JSON, single.Raw, single.Text
	}
	return result
}
