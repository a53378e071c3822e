package cmd

import (
	"fmt"

	"github.com/antom-cli/antom/internal/output"
)

// paymentsResult is the state that the wait ended with, in every form of output.
func paymentsResult(c *cli, watches []*watch, verdicts []error) output.Result {
	var result output.Result
	var answers [][]byte
	table := output.Table{Cols: []output.Col{
		{Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true}, {Name: "paymentId", Title: "PAYMENT", Shrinks: true},
		{Name: "paymentStatus", Title: "STATUS"}, {Name: "paymentResultCode", Title: "RESULT"}, {Name: "seconds", Title: "AFTER", Align: output.Right},
	}}
	for i, w := range watches {
		result.Rows = append(result.Rows, w.results(stage{}, verdicts[i], c.Now())...)
		request, payment := w.ids()
		if w.payment == nil {
			answers = append(answers, encode(w.inquiry))
			table.Rows = append(table.Rows, []output.Cell{{Text: request, Style: output.Key}, {Text: payment}, {}, {}, {}})
			continue
		}
		answers = append(answers, w.answer.Body)
		result.Quiet = append(result.Quiet, string(w.payment.PaymentStatus))
		table.Rows = append(table.Rows, []output.Cell{
			{Text: request, Style: output.Key}, {Text: payment}, statusCell(w.payment.PaymentStatus),
			{Text: w.payment.PaymentResultCode}, {Text: seconds(w.last.Elapsed), Plain: fmt.Sprintf("%.0f", w.last.Elapsed.Seconds())},
		})
	}
	result.Table = &table
	result.Raw = []byte{} // without an answer there is nothing to print, and the error says why
	switch {
	case len(watches) > 1:
		result.JSON, result.Text = jsonList(answers), []output.Block{table}
	case watches[0].payment != nil:
		single := paymentResult(watches[0].payment, watches[0].answer)
		result.JSON, result.Raw, result.Text = single.JSON, single.Raw, single.Text
	}
	return result
}
