package capturecmd

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

// captureCreate is `antom capture create`.
type captureCreate struct {
	c      *cli.CLI
	flags  cli.PaymentFlags
	write  cli.WriteFlags
	amount cli.AmountFlags
	last   bool
	wait   bool
	how    cli.WaitFlags
}

func newCreateCmd(c *cli.CLI) *cobra.Command {
	o := &captureCreate{c: c}
	cmd := &cobra.Command{
		Use:   "create PAYMENT_REQUEST_ID",
		Short: "Capture an authorised payment, whole or in part (capture)",
		Long: `Capture an authorised payment: all that is open, or --amount of it. The payment is
asked for first, since Antom wants its paymentId and refuses what is over the open
amount; what breaks a documented rule is refused here and --no-check sends it
anyway. What is probably a mistake, such as a hundredth of what is open, warns,
and with --strict is refused. With --payment-id and an amount, --dry-run and --no-check ask nobody.

Only payments with manual capture (session create --capture manual) need this:
others are captured by Antom right after the authorisation. An authorisation that
is not captured ends after 7 days.

A capture has a captureRequestId: the same id is carried out once. After an answer
that was lost send the same request with the same --request-id again; the error
says how. --retry 3 does it by itself, after a lost answer or U; a capture that
is under way is not sent again.

With --wait the command goes on as capture wait does, and ends with its exit code.
With --quiet the captureId is printed. JSON output is the gateway's answer.`,
		Example: `  antom capture create 20261124090000-k3v5q7r2m4x6
  antom capture create "$id" --amount 12.00 --wait
  antom capture create "$id" --dry-run=curl`,
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
	o.amount.Bind(cmd.Flags(), "all that is open")
	cmd.Flags().BoolVar(&o.write.Again, "again", false, "capture the same amount of the same payment a second time within ten minutes")
	o.write.Bind(cmd.Flags(), "captureRequestId")
	cmd.Flags().BoolVar(&o.last, "last-capture", false, "say that no further capture comes (isLastCapture)")
	cmd.Flags().BoolVar(&o.wait, "wait", false, "wait for the capture, as capture wait does")
	o.how.Bind(cmd.Flags())
	return cmd
}

func (o *captureCreate) validate(cmd *cobra.Command, args []string) (antom.Inquiry, error) {
	if err := cli.First(o.write.Validate(), o.amount.Validate(), o.how.Validate()); err != nil {
		return antom.Inquiry{}, err
	}
	if o.wait && o.write.DryRun != "" {
		return antom.Inquiry{}, cli.Usagef("--dry-run sends nothing, so there is nothing to --wait for").WithHint("leave one of them out")
	}
	return o.flags.Inquiry(cmd, args)
}

func (o *captureCreate) run(ctx context.Context, inquiry antom.Inquiry) error {
	a, err := o.c.Act(ctx, inquiry, cli.Intent{Verb: "capture", Flags: &o.write, Amount: &o.amount})
	if err != nil {
		return err
	}
	call, err := o.call(a)
	if err != nil {
		return err
	}
	response, err := o.c.Send(ctx, call)
	switch {
	case o.wait && cli.UnderWay(err):
		a.Printer.Note("%s; waiting for it", err)
	case response == nil:
		return err
	default:
		if err := o.print(a.Printer, response); err != nil {
			return err
		}
	}
	if o.wait {
		waiting := &captureWait{c: o.c, wait: o.how}
		return waiting.await(ctx, a.Printer, a.Client, wait.Target{PaymentRequestID: a.Payment.PaymentRequestID, PaymentID: a.Payment.PaymentID}, true)
	}
	a.Printer.Note("next: antom capture wait %s", cli.IDArg(a.Name()))
	return nil
}

// call is a capture while it is prepared and sent.
func (o *captureCreate) call(a *cli.Acting) (*cli.Write, error) {
	amount, err := o.amount.Of(a, a.Payment.Balance().Open)
	if err != nil {
		return nil, err
	}
	amount = draft.Meant(antom.Capture, amount, o.write.Assigned)
	d := draft.New(antom.Capture)
	id := o.write.RequestID
	repeat := o.c.Repeat(a, antom.Capture, &o.write, amount)
	if repeat != nil {
		id, amount = repeat.RequestID, cmp.Or(o.amount.Named(amount), repeat.Amount)
	}
	if id == "" {
		id = cli.NewRequestID(o.c.Now())
	}
	named := append([]draft.Assignment{
		{Flag: "--request-id", Path: "captureRequestId", Text: id},
		{Flag: "PAYMENT", Path: "paymentId", Text: a.Payment.PaymentID},
	}, o.write.Assigned...)
	if o.last {
		named = append(named, draft.Assignment{Flag: "--last-capture", Path: "isLastCapture", Text: "true"})
	}
	if err := cli.AsUsage(cli.First(draft.Conflict(named), d.Assign(named[:2]...), d.SetAmount("captureAmount", amount), d.Assign(named[2:]...))); err != nil {
		return nil, err
	}
	if other, ok := d.Amount("captureAmount"); ok {
		amount = other
	}
	w := a.Write(antom.Capture, d, &o.write, amount)
	if repeat != nil {
		w.Findings = nil // what it would move is moved already, or is moved once
	}
	w.Action = fmt.Sprintf("capture %s of payment %s", amount, a.Name())
	w.Command, w.IDFlag = "antom capture create "+cli.ShellWord(a.Name()), "--request-id"
	w.FlagOf = flagOf
	return w, nil
}

// flagOf returns the flag for a field of a capture.
func flagOf(path string) string {
	switch path {
	case "captureRequestId":
		return "--request-id"
	case "captureAmount":
		return "--amount"
	}
	return path
}

func (o *captureCreate) print(p *output.Printer, response *antom.Response) error {
	var done antom.CaptureResult
	if err := json.Unmarshal(response.Body, &done); err != nil {
		return fmt.Errorf("read the capture: %w", err)
	}
	body := response.Body
	if o.wait && p.Streams() {
		body = output.InsertFirst(body, "type", "capture")
	}
	return p.Print(output.Result{
		JSON: body, Raw: response.Body, Quiet: []string{done.CaptureID},
		Text: []output.Block{output.Card{Pairs: view.Present([]output.Pair{
			{Label: "Capture request", Name: "captureRequestId", Value: output.Cell{Text: done.CaptureRequestID, Style: output.Key}},
			{Label: "Capture", Name: "captureId", Value: output.Cell{Text: done.CaptureID}},
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: done.PaymentID}},
			{Label: "Amount", Name: "captureAmount", Value: view.AmountCell(done.CaptureAmount)},
			{Label: "Captured", Name: "captureTime", Value: output.Cell{Text: string(done.CaptureTime)}},
		})}},
	})
}
