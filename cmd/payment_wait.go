package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentWait is `antom payment wait`.
type paymentWait struct {
	c     *cli
	flags inquiryFlags
	wait  waitFlags
}

func newPaymentWaitCmd(c *cli) *cobra.Command {
	o := &paymentWait{c: c}
	cmd := &cobra.Command{
		Use:   "wait PAYMENT_REQUEST_ID...",
		Short: "Wait until payments are final (inquiryPayment every 2 s)",
		Long: `Ask for the state of a payment at once and then every two seconds, from start to
start, until it is final or --timeout has passed. Several payments are waited
for side by side.

Network faults and U answers are survived by asking less often. ORDER_NOT_EXIST
means that the buyer has not paid yet, or that the id is wrong: the wait goes on,
unless --missing fail is given, which ends it after three such answers.

Exit code 0: every payment ended in SUCCESS. 7: one ended otherwise (--expect
turns the wanted ending into 0). 5: --timeout passed.

With --quiet the final paymentStatus is printed. With -o jsonl each change is
one event; JSON output is the gateway's last answer.`,
		Example: `  antom payment wait 20261124090000-k3v5q7r2m4x6
  antom payment wait "$id" --timeout 2m --expect FAIL
  antom payment wait "$first" "$second" -o jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiries, err := o.inquiries(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiries)
		},
	}
	o.flags.bind(cmd)
	o.wait.bind(cmd.Flags())
	return cmd
}

// inquiries are the payments to wait for.
func (o *paymentWait) inquiries(cmd *cobra.Command, args []string) ([]antom.Inquiry, error) {
	if err := o.wait.validate(); err != nil {
		return nil, err
	}
	if len(args) <= 1 {
		inquiry, err := o.flags.inquiry(cmd, args)
		return []antom.Inquiry{inquiry}, err
	}
	if o.flags.paymentID != "" {
		return nil, usagef("--payment-id takes the place of the ids").hint("name the payments once")
	}
	inquiries := make([]antom.Inquiry, 0, len(args))
	for _, id := range args {
		inquiries = append(inquiries, antom.Inquiry{PaymentRequestID: id})
	}
	return inquiries, nil
}

func (o *paymentWait) run(ctx context.Context, inquiries []antom.Inquiry) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	_, client, err := o.c.connect(p)
	if err != nil {
		return err
	}
	waiter := &waiter{c: o.c, flags: o.wait, awaited: wholePayment{}, expect: o.flags.expect}
	watches, verdicts, err := waiter.wait(ctx, p, client, inquiries)
	if err != nil {
		return err
	}
	if err := p.Print(paymentsResult(o.c, watches, verdicts)); err != nil {
		return err
	}
	return joined(verdicts)
}

// wholePayment awaits the payment's own status.
type wholePayment struct{}

func (wholePayment) noun() string    { return "payment" }
func (wholePayment) command() string { return "antom payment wait" }

func (wholePayment) stages(payment *antom.Payment) []stage {
	return []stage{{text: string(payment.PaymentStatus)}}
}

func (wholePayment) done(payment *antom.Payment) bool { return payment.PaymentStatus.Final() }

func (wholePayment) judge(payment *antom.Payment, expect string) error {
	return outcome(payment, expect)
}

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
		if w.payment == nil {
			continue
		}
		answers = append(answers, w.answer.Body)
		result.Quiet = append(result.Quiet, string(w.payment.PaymentStatus))
		table.Rows = append(table.Rows, []output.Cell{
			{Text: w.payment.PaymentRequestID, Style: output.Key}, {Text: w.payment.PaymentID}, statusCell(w.payment.PaymentStatus),
			{Text: w.payment.PaymentResultCode}, {Text: seconds(w.last.Elapsed), Plain: fmt.Sprintf("%.0f", w.last.Elapsed.Seconds())},
		})
	}
	result.Table = &table
	switch {
	case len(watches) > 1:
		result.JSON, result.Text = jsonList(answers), []output.Block{table}
	case watches[0].payment != nil:
		single := paymentResult(watches[0].payment, watches[0].answer)
		result.JSON, result.Raw, result.Text = single.JSON, single.Raw, single.Text
	}
	return result
}
