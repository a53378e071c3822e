package emulatorcmd

import (
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
)

func newShowCmd(c *cli.CLI) *cobra.Command {
	var last cli.LastFlag
	var clientID string
	cmd := &cobra.Command{
		Use:   "show PAYMENT_REQUEST_ID",
		Short: "Show everything that the emulator knows about a payment",
		Long: `Show everything that the emulator knows about a payment: its session, the submitted
payments with their captures and refunds, past and future events, and the
notifications with every attempt to deliver them.

Future events are marked "to come". They happen if nothing else is done; a cancel,
for example, changes them.

A notification is "to come", "queued" (antom emulator deliver or a running antom
emulator serve sends it), "retrying" after an unacknowledged attempt, "acknowledged"
or "given up" after the last attempt. NEXT is the time of the next attempt and MADE
the number of attempts made. In CSV each attempt is a row, and a notification
without attempts is a row without a time. With --quiet the state is printed: the
payment's, or the session's if there is no payment.`,
		Example: "  antom emulator show \"$id\"\n  antom emulator show \"$id\" --jq '.notifications[].state'",
		Args:    cli.OneArg("PAYMENT_REQUEST_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			if args, err = last.Payment(c, args); err != nil {
				return err
			}
			gateway, err := c.ControlEmulator()
			if err != nil {
				return err
			}
			details, err := gateway.Show(cmd.Context(), emulator.OrderOf(args[0], clientID))
			if err != nil {
				return err
			}
			return p.Print(detailsResult(details))
		},
	}
	last.Bind(cmd)
	cmd.Flags().StringVar(&clientID, "client-id", "", clientIDUsage)
	return cmd
}

func detailsResult(d emulator.Details) output.Result {
	state := d.Session
	if d.Status != "" {
		state = string(d.Status)
	}
	attempts := attemptTable(d)
	blocks := []output.Block{output.Card{Pairs: view.Present([]output.Pair{
		{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: d.PaymentRequestID, Style: output.Key}},
		{Label: "Client", Name: "clientId", Value: output.Cell{Text: d.ClientID}},
		{Label: "Amount", Name: "paymentAmount", Value: view.AmountCell(d.Amount)},
		{Label: "Session", Name: "session", Value: output.Cell{Text: d.Session}},
		{Label: "Session until", Name: "paymentSessionExpiryTime", Value: output.Cell{Text: string(d.SessionExpires)}},
		{Label: "Notify URL", Name: "paymentNotifyUrl", Value: output.Cell{Text: d.NotifyURL}},
	})}}
	for _, p := range d.Payments {
		pairs := []output.Pair{
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: p.PaymentID}},
			{Label: "Status", Name: "paymentStatus", Value: view.StatusCell(p.PaymentStatus)},
			{Label: "Result", Name: "paymentResultCode", Value: view.CodeCell(p.PaymentResultCode, p.PaymentResultMessage)},
		}
		pairs = append(pairs, view.CardPairs(p.PaymentResultInfo)...)
		pairs = append(pairs, output.Pair{Label: "Capture until", Name: "authExpiryTime", Value: output.Cell{Text: string(p.AuthExpiryTime)}})
		blocks = append(blocks, output.Card{Pairs: view.Present(pairs)})
	}
	blocks = append(blocks, storyTable(d.Events), attempts)
	json := cli.Encode(d)
	return output.Result{JSON: json, Rows: [][]byte{json}, Table: &attempts, Quiet: []string{state}, Text: blocks}
}

// eventTable shows events in order of time, with the ids of the orders if there are several.
func eventTable(events []emulator.Event, orders bool) output.Table {
	table := output.Table{Empty: "nothing happened", Cols: []output.Col{
		{Name: "time", Title: "TIME"}, {Name: "paymentRequestId", Title: "PAYMENT REQUEST", MachineOnly: !orders, Shrinks: true},
		{Name: "entity", Title: "WHAT"}, {Name: "id", Title: "ID", Shrinks: true}, {Name: "state", Title: "STATE"}, {Name: "resultCode", Title: "RESULT"},
	}}
	for _, e := range events {
		table.Rows = append(table.Rows, []output.Cell{
			momentCell(e.Time), {Text: e.PaymentRequestID, Style: output.Key}, {Text: e.Entity}, {Text: e.ID}, {Text: e.State}, {Text: e.Code},
		})
	}
	return table
}

// storyTable shows the past and future events of one order.
func storyTable(events []emulator.Event) output.Table {
	table := eventTable(events, false)
	table.Cols = append(table.Cols, output.Col{Name: "toCome", Title: "WHEN"})
	for i, e := range events {
		when := output.Cell{}
		if e.ToCome {
			when = output.Cell{Text: "to come", Style: output.Dim}
		}
		table.Rows[i] = append(table.Rows[i], when)
	}
	return table
}

func momentCell(t time.Time) output.Cell {
	if t.IsZero() {
		return output.Cell{}
	}
	return output.Cell{Text: t.UTC().Format(time.RFC3339)}
}

// attemptTable shows notifications and the attempts to deliver them.
func attemptTable(d emulator.Details) output.Table {
	table := output.Table{Empty: "no notifications yet", Cols: []output.Col{
		{Name: "notificationId", Title: "NOTIFICATION", Shrinks: true, MachineOnly: true}, {Name: "notifyType", Title: "NOTIFICATION"}, {Name: "state", Title: "STATE"},
		{Name: "due", MachineOnly: true}, {Name: "next", Title: "NEXT"}, {Name: "made", Title: "MADE"},
		{Name: "attempt", Title: "ATTEMPT"}, {Name: "time", Title: "TIME"}, {Name: "httpStatus", Title: "HTTP"}, {Name: "verdict", Title: "VERDICT"}, {Name: "body", MachineOnly: true},
	}}
	for _, n := range d.Notifications {
		head := []output.Cell{{Text: n.ID}, {Text: string(n.Type)}, {Text: n.State}, momentCell(n.Due), {}, {Text: strconv.Itoa(len(n.Attempts))}}
		if n.Next != nil {
			head[4] = momentCell(*n.Next)
		}
		if len(n.Attempts) == 0 {
			table.Rows = append(table.Rows, append(head, output.Cell{}, output.Cell{}, output.Cell{}, output.Cell{}, output.Cell{}))
		}
		for i, a := range n.Attempts {
			if a.Copy {
				a.Verdict += " (a copy, sent by the fault twice)"
			}
			status := ""
			if a.HTTPStatus != 0 {
				status = strconv.Itoa(a.HTTPStatus)
			}
			row := append(slices.Clip(head), output.Cell{Text: strconv.Itoa(i + 1)}, momentCell(a.Time), output.Cell{Text: status}, output.Cell{Text: a.Verdict}, output.Cell{Text: a.Body})
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}
