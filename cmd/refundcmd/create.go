package refundcmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// refundCreate is `antom refund create`.
type refundCreate struct {
	c      *cli.CLI
	flags  cli.PaymentFlags
	write  cli.WriteFlags
	amount cli.AmountFlags

	capture, reason, notifyURL string
	async                      bool
	wait                       bool
	how                        cli.WaitFlags
}

func newCreateCmd(c *cli.CLI) *cobra.Command {
	o := &refundCreate{c: c}
	cmd := &cobra.Command{
		Use:   "create PAYMENT_REQUEST_ID",
		Short: "Refund a captured payment, whole or in part (refund)",
		Long: `Refund a payment: all that is left, or --amount of it. The payment is asked for
first, since Antom wants its paymentId and refuses more than was captured; what
breaks a documented rule is refused here and --no-check sends it anyway. What is
probably a mistake warns, and with --strict is refused: lost decimals, a payment older
than 180 days, no notify URL. With
--payment-id and an amount, --dry-run and --no-check ask nobody.

On a live profile the amount must be typed; without a terminal --live and --yes are
wanted, and the payment on the command line.

A refund has a refundRequestId: the same id is carried out once. After an answer that
was lost send the same request with the same --request-id again; the error says how.
--retry 3 does it by itself, after a lost answer or U. One that Antom answers with
REFUND_IN_PROCESS is under way and is not sent again, and one that is refused, such
as with MERCHANT_BALANCE_NOT_ENOUGH, needs a new id: --retry does neither.

With --wait the command goes on as refund wait does, and ends with its exit code.
With --quiet the refundRequestId is printed. JSON output is the gateway's answer.`,
		Example: `  antom refund create 20261124090000-k3v5q7r2m4x6
  antom refund create "$id" --amount 12.00 --reason "one shoe came back" --wait
  antom refund create "$id" --dry-run=curl`,
		Args: cli.OrForm(nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiry, err := o.validate(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	o.amount.Bind(cmd.Flags(), "all that is left")
	flags := cmd.Flags()
	flags.StringVar(&o.capture, "capture", "", "captureId `ID` of the capture to refund, where there are several")
	flags.StringVar(&o.reason, "reason", "", "why, in `words` (refundReason)")
	flags.StringVar(&o.notifyURL, "notify-url", "", "where the refund's notification goes (default: the profile's)")
	flags.BoolVar(&o.async, "async", false, "let Antom take the refund and carry it out later (isAsyncRefund)")
	flags.BoolVar(&o.write.Again, "again", false, "refund the same amount of the same payment a second time within ten minutes")
	o.write.Bind(flags, "refundRequestId")
	flags.BoolVar(&o.wait, "wait", false, "wait for the refund, as refund wait does")
	o.how.Bind(flags)
	return cmd
}

func (o *refundCreate) validate(cmd *cobra.Command, args []string) (antom.Inquiry, error) {
	if err := cli.First(o.write.Validate(), o.amount.Validate(), o.how.Validate()); err != nil {
		return antom.Inquiry{}, err
	}
	if o.wait && o.write.DryRun != "" {
		return antom.Inquiry{}, cli.Usagef("--dry-run sends nothing, so there is nothing to --wait for").WithHint("leave one of them out")
	}
	return o.flags.Inquiry(cmd, args)
}

func (o *refundCreate) run(ctx context.Context, inquiry antom.Inquiry) error {
	a, err := o.c.Act(ctx, inquiry, cli.Intent{Verb: "refund", Typed: true, Flags: &o.write, Amount: &o.amount})
	if err != nil {
		return err
	}
	call, err := o.call(a)
	if err != nil {
		return err
	}
	id := call.Draft.Text("refundRequestId")
	response, err := o.c.Send(ctx, call)
	switch {
	case o.wait && cli.UnderWay(err):
		a.Printer.Note("%s; waiting for it", err)
	case cli.UnderWay(err):
		a.Printer.Note("next: antom refund wait %s", cli.IDArg(id))
		return err
	case response == nil:
		return err
	default:
		if err := o.print(a.Printer, response); err != nil {
			return err
		}
	}
	if !o.wait {
		return nil
	}
	waiting := &refundWait{c: o.c, wait: o.how}
	return waiting.await(ctx, a.Printer, a.Client, wait.Target{RefundRequestID: id}, true)
}

// call is a refund while it is prepared and sent.
func (o *refundCreate) call(a *cli.Acting) (*cli.Write, error) {
	amount, err := o.amount.Of(a, a.Payment.Balance().Refundable)
	if err != nil {
		return nil, err
	}
	amount = draft.Meant(antom.Refund, amount, o.write.Assigned)
	id := o.write.RequestID
	repeat := o.c.Repeat(a, antom.Refund, &o.write, amount)
	if repeat != nil {
		id, amount = repeat.RequestID, cmp.Or(o.amount.Named(amount), repeat.Amount)
	}
	if id == "" {
		id = cli.NewRequestID(o.c.Now())
	}
	named := []draft.Assignment{
		{Flag: "--request-id", Path: "refundRequestId", Text: id},
		{Flag: "PAYMENT", Path: "paymentId", Text: a.Payment.PaymentID},
	}
	for _, field := range refundFields {
		if text := field.text(o); text != "" {
			named = append(named, draft.Assignment{Flag: field.flag, Path: field.path, Text: text})
		}
	}
	named = append(named, o.write.Assigned...)
	d := draft.New(antom.Refund)
	err = cli.First(draft.Conflict(named), d.Assign(named[:2]...), d.SetAmount("refundAmount", amount), d.Assign(named[2:]...),
		d.Fill(draft.Default{Path: "refundNotifyUrl", Text: a.Merchant.Profile.NotifyURL, Silent: true}))
	if err != nil {
		return nil, cli.AsUsage(err)
	}
	if other, ok := d.Amount("refundAmount"); ok {
		amount = other
	}
	w := a.Write(antom.Refund, d, &o.write, amount)
	if repeat != nil {
		w.Findings = nil // what it would move is moved already, or is moved once
	}
	w.Action = fmt.Sprintf("refund %s of payment %s", amount, a.Name())
	w.Typed = amount.Decimal()
	w.Command, w.IDFlag = "antom refund create "+cli.ShellWord(a.Name()), "--request-id"
	w.FlagOf = flagOf
	return w, nil
}

// refundFields are the fields with flags, in the order in which they are sent.
var refundFields = [...]struct {
	flag, path string
	text       func(*refundCreate) string
}{
	{"--capture", "captureId", func(o *refundCreate) string { return o.capture }},
	{"--reason", "refundReason", func(o *refundCreate) string { return o.reason }},
	{"--notify-url", "refundNotifyUrl", func(o *refundCreate) string { return o.notifyURL }},
	{"--async", "isAsyncRefund", func(o *refundCreate) string {
		if o.async {
			return "true"
		}
		return ""
	}},
}

// flagOf returns the flag for a field of a refund.
func flagOf(path string) string {
	for _, field := range refundFields {
		if field.path == path {
			return field.flag
		}
	}
	switch path {
	case "refundRequestId":
		return "--request-id"
	case "refundAmount":
		return "--amount"
	}
	return path
}

func (o *refundCreate) print(p *output.Printer, response *antom.Response) error {
	var done antom.RefundResult
	if err := json.Unmarshal(response.Body, &done); err != nil {
		return fmt.Errorf("read the refund: %w", err)
	}
	body := response.Body
	if o.wait && p.Streams() {
		body = output.InsertFirst(body, "type", "refund")
	}
	return p.Print(output.Result{
		JSON: body, Raw: response.Body, Quiet: []string{done.RefundRequestID},
		Text: []output.Block{output.Card{Pairs: view.Present([]output.Pair{
			{Label: "Refund request", Name: "refundRequestId", Value: output.Cell{Text: done.RefundRequestID, Style: output.Key}},
			{Label: "Refund", Name: "refundId", Value: output.Cell{Text: done.RefundID}},
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: done.PaymentID}},
			{Label: "Amount", Name: "refundAmount", Value: view.AmountCell(done.RefundAmount)},
			{Label: "Refunded", Name: "refundTime", Value: output.Cell{Text: string(done.RefundTime)}},
		})}},
	})
}
