package view

import (
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// TransactionTable shows transactions. Its machine columns are frozen. People see the type only
// if there can be several types.
func TransactionTable(rows []antom.Transaction, types bool) output.Table {
	table := output.Table{Cols: []output.Col{
		{Name: "transactionId", Title: "TRANSACTION", Shrinks: true},
		{Name: "transactionRequestId", Title: "REQUEST", Shrinks: true},
		{Name: "transactionType", Title: "TYPE", MachineOnly: !types},
		{Name: "amount", Title: "AMOUNT", Align: output.Decimal},
		{Name: "currency", MachineOnly: true},
		{Name: "transactionStatus", Title: "STATUS"},
		{Name: "resultCode", Title: "RESULT"},
		{Name: "transactionTime", Title: "TIME"},
	}}
	for _, row := range rows {
		table.Rows = append(table.Rows, []output.Cell{
			{Text: row.TransactionID, Style: output.Key},
			{Text: row.TransactionRequestID},
			{Text: string(row.TransactionType)},
			{Text: row.TransactionAmount.String(), Plain: row.TransactionAmount.Decimal()},
			{Text: row.TransactionAmount.Currency},
			StatusCell(row.Status()),
			{Text: row.TransactionResult.ResultCode},
			dateTimeCell(row.TransactionTime),
		})
	}
	return table
}
