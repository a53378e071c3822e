package view

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// PaymentResult shows a payment in every form of output. body is the gateway's unchanged
// answer.
func PaymentResult(payment *antom.Payment, body []byte) output.Result {
	text := []output.Block{paymentCard(payment)}
	if len(payment.Transactions) > 0 {
		table := TransactionTable(payment.Transactions, true)
		table.TerminalOnly = true
		text = append(text, table)
	}
	return output.Result{
		JSON:  body,
		Raw:   body,
		Quiet: []string{string(payment.PaymentStatus)},
		Text:  text,
	}
}

// PaymentOf returns the payment of a state, whose body has been read and verified before.
func PaymentOf(state wait.State) *antom.Payment {
	var payment antom.Payment
	_ = json.Unmarshal(state.Body, &payment) // unreadable fields stay empty, as before
	return &payment
}

// Explanations of an order that is not found (J24).
const (
	notPaidYet  = "not paid yet, or a wrong id"
	mayStillPay = "antom session list shows the sessions of this machine; if the buyer may still pay"
)

// PaymentWords returns the texts of a wait for payments.
func PaymentWords() Words {
	return Words{
		Noun: "payment", Command: "antom payment wait", Missing: notPaidYet, Later: mayStillPay,
		Judge: func(state wait.State, expect string) error { return Outcome(PaymentOf(state), expect) },
		Event: func(kind string, w *wait.Watch, _ wait.Stage, at time.Time, exit *int) any {
			return newPaymentEvent(kind, w, at, exit)
		},
	}
}

// PaymentEvent is one line of a wait with -o jsonl.
type PaymentEvent struct {
	Type              string `json:"type"`
	Time              string `json:"time"`
	PaymentRequestID  string `json:"paymentRequestId"`
	PaymentID         string `json:"paymentId"`
	PaymentStatus     string `json:"paymentStatus"`
	PaymentResultCode string `json:"paymentResultCode"`
	*TransactionFields
	Polls     int   `json:"polls"`
	ElapsedMs int64 `json:"elapsedMs"`
	Exit      *int  `json:"exit,omitempty"`
}

// TransactionFields are the additional fields of a capture wait event; empty while there is no
// capture.
type TransactionFields struct {
	TransactionID     string `json:"transactionId"`
	TransactionStatus string `json:"transactionStatus"`
	ResultCode        string `json:"resultCode"`
}

func newPaymentEvent(kind string, w *wait.Watch, at time.Time, exit *int) PaymentEvent {
	ids := w.IDs()
	return PaymentEvent{
		Type: kind, Time: at.Format(time.RFC3339), PaymentRequestID: ids.PaymentRequestID, PaymentID: ids.PaymentID,
		PaymentStatus: w.State.Status, PaymentResultCode: w.State.ResultCode,
		Polls: w.Polls, ElapsedMs: w.Elapsed.Milliseconds(), Exit: exit,
	}
}

// NewCaptureEvent returns one line of a wait for captures.
func NewCaptureEvent(kind string, w *wait.Watch, s wait.Stage, at time.Time, exit *int) any {
	event := newPaymentEvent(kind, w, at, exit)
	event.TransactionFields = &TransactionFields{s.Transaction.ID, s.Transaction.Status, s.Transaction.ResultCode}
	return event
}

// PaymentWait waits for payments and prints the results: one as a card, several as rows, each
// when it ends.
type PaymentWait struct {
	CLI     *cli.CLI
	Printer *output.Printer
	Client  *antom.Client
	Flags   cli.WaitFlags
	Rate    float64
	Expect  string
	Silent  bool // print nothing with --quiet: the value was printed before
	Second  Witness
}

// Witness is a second source about payments that are waited for, beside the inquiries.
type Witness interface {
	// Beside runs during the wait; see [Waiter].
	Beside(ctx context.Context, line func(text string)) (enough bool)
	// Asked is given each watch when it ends.
	Asked(w *wait.Watch)
	// Instead decides about a payment that inquiries did not show to be final, and puts what
	// is known into its state.
	Instead(w *wait.Watch) (verdict error, ok bool)
}

// wire connects the second witness, if there is one.
func (o *PaymentWait) wire(waiter *Waiter) {
	if o.Second == nil {
		return
	}
	waiter.Beside, waiter.Instead = o.Second.Beside, o.Second.Instead
	ended := waiter.Ended
	waiter.Ended = func(w *wait.Watch) error {
		o.Second.Asked(w)
		if ended == nil {
			return nil
		}
		return ended(w)
	}
}

// Run waits. It returns the error of the verdicts.
func (o *PaymentWait) Run(ctx context.Context, targets []wait.Target) error {
	waiter := &Waiter{
		CLI: o.CLI, Printer: o.Printer, Flags: o.Flags, Rate: o.Rate,
		Subject: wait.Payments{Client: o.Client}, Words: PaymentWords(), Expect: o.Expect,
	}
	if len(targets) > 1 {
		return o.several(ctx, waiter, targets)
	}
	o.wire(waiter)
	watches, verdicts, err := waiter.Wait(ctx, targets)
	if err != nil {
		return err
	}
	if err := o.print(watches[0]); err != nil {
		return err
	}
	return verdicts[0]
}

// print prints a single payment. Without a state from the gateway it prints at most a row, and
// the error says why.
func (o *PaymentWait) print(w *wait.Watch) error {
	result := output.Result{Raw: []byte{}}
	switch {
	case o.Printer.Streams():
		return nil // printed as events
	case w.HasState:
		result = PaymentResult(PaymentOf(w.State), w.State.Body)
	case o.Silent:
		return nil
	case w.State.Status != "":
		result = notifiedResult(w)
	}
	if o.Silent {
		result.Quiet = nil
	}
	result.Table = &output.Table{Cols: paymentColumns(), Rows: [][]output.Cell{paymentRow(w)}}
	return o.Printer.Print(result)
}

// notifiedResult is the result of a payment that is known by its notification alone.
func notifiedResult(w *wait.Watch) output.Result {
	known := struct {
		PaymentRequestID  string `json:"paymentRequestId,omitempty"`
		PaymentID         string `json:"paymentId,omitempty"`
		PaymentStatus     string `json:"paymentStatus"`
		PaymentResultCode string `json:"paymentResultCode"`
		Source            string `json:"source"`
	}{w.Target.PaymentRequestID, w.Target.PaymentID, w.State.Status, w.State.ResultCode, "notification"}
	return output.Result{Raw: []byte{}, JSON: cli.Encode(known), Quiet: []string{w.State.Status}, Text: []output.Block{output.Card{Pairs: Present([]output.Pair{
		{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: known.PaymentRequestID, Style: output.Key}},
		{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: known.PaymentID}},
		{Label: "Status", Name: "paymentStatus", Value: StatusCell(antom.PaymentStatus(known.PaymentStatus))},
		{Label: "Result", Name: "paymentResultCode", Value: CodeCell(known.PaymentResultCode, "")},
		{Label: "Known by", Name: "source", Value: output.Cell{Text: known.Source}},
	})}}}
}

// modestMemory is the memory limit above which the garbage collector works harder. With it, ten
// thousand payments fit into 64 MB including garbage.
const modestMemory = 44 << 20

// several prints a row for each payment when it ends; in JSON, its answer.
func (o *PaymentWait) several(ctx context.Context, waiter *Waiter, targets []wait.Target) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(modestMemory))
	rows := o.Printer.Rows(paymentColumns()...)
	waiter.Forget = !o.Printer.WantsJSON()
	waiter.Ended = func(w *wait.Watch) error {
		answer := w.State.Body
		if answer == nil {
			answer = cli.Encode(w.Target)
		}
		w.State.Body = nil // printed below
		return rows.Add(output.Row{Cells: paymentRow(w), Quiet: w.State.Status, JSON: answer})
	}
	o.wire(waiter)
	_, verdicts, err := waiter.Wait(ctx, targets)
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		return err
	}
	return cli.Joined(verdicts)
}

func paymentColumns() []output.Col {
	return []output.Col{
		{Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true}, {Name: "paymentId", Title: "PAYMENT", Shrinks: true},
		{Name: "paymentStatus", Title: "STATUS"}, {Name: "paymentResultCode", Title: "RESULT"}, {Name: "seconds", Title: "AFTER", Align: output.Right},
	}
}

func paymentRow(w *wait.Watch) []output.Cell {
	ids := w.IDs()
	row := []output.Cell{{Text: ids.PaymentRequestID, Style: output.Key}, {Text: ids.PaymentID}, {}, {}, {}}
	if w.HasState || w.State.Status != "" {
		row[2], row[3] = StatusCell(antom.PaymentStatus(w.State.Status)), output.Cell{Text: w.State.ResultCode}
		row[4] = output.Cell{Text: cli.Seconds(w.Elapsed), Plain: fmt.Sprintf("%.0f", w.Elapsed.Seconds())}
	}
	return row
}

// CaptureWords returns the texts of a wait for captures. judge returns nil for the wanted
// ending.
func CaptureWords(judge func(state wait.State, expect string) error) Words {
	return Words{Noun: "capture", Command: "antom capture wait", Missing: notPaidYet, Later: mayStillPay, Judge: judge, Event: NewCaptureEvent}
}
