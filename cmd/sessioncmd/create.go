package sessioncmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/sessionflags"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionCreate is `antom session create`.
type sessionCreate struct {
	c         *cli.CLI
	session   sessionflags.Flags
	wait      bool
	waitFlags cli.WaitFlags
	expect    string
}

func newCreateCmd(c *cli.CLI) *cobra.Command {
	o := &sessionCreate{c: c, session: sessionflags.Flags{CLI: c}}
	cmd := &cobra.Command{
		Use:   "create --amount AMOUNT --currency CODE",
		Short: "Create a payment session (createPaymentSession)",
		Long: `Create a payment session and print the session data for the web SDK.

Only an amount and a currency are required. Missing fields are filled in and shown:
a new unique request id, the order id (the request id), a description, the method
CARD, and the redirect and notify URLs and the settlement currency of the profile.

--file reads a complete request, with amounts in minor units. Its bytes are signed
and sent unchanged. Flags override fields of the file; then the request is encoded
again, in the file's order, and fields that Antom requires and the file lacks are
filled in and shown.

--set sets any field by its path, such as paymentAmount.value, env.clientIp or
order.goods[0].goodsName. The text is converted to the field's type (string, number
or boolean); an amount is written as "42.00 SGD". path:=JSON sets a JSON value.

--scene element and --scene checkout-page create sessions for Antom's newer
products, which offer the buyer all payment methods unless --method names one.

The request is checked before it is signed: breaking a documented rule of Antom is
an error, breaking a rule that we inferred is a warning: amounts that look like a
mistake with decimals, amounts that the sandbox rejects, no notify URL. --no-check
sends it anyway, --strict refuses what would only warn.

--retry 3 sends the same request again after a lost answer or U: one
paymentRequestId leads to at most one payment.

With --wait the command continues like payment wait, and ends with its exit code.
With --dry-run nothing is sent: the signed request is printed, or with
--dry-run=curl the curl command that sends it.

With --quiet the paymentRequestId is printed, which the other commands accept. JSON
output is the gateway's answer preceded by "paymentRequestId"; with --wait a second
object follows, the payment. With -o jsonl the session is the first event,
{"type":"session",…}.`,
		Example: `  antom session create --amount 42.00 --currency SGD
  antom session create --value 4200 --currency SGD --capture manual
  antom session create --amount 42.00 --currency SGD \
    --set 'order.goods[0].goodsName=Tea'
  antom session create --amount 42.00 --currency SGD --dry-run=curl
  id=$(antom session create --amount 42.00 --currency SGD --quiet)`,
		Args: cli.OrForm(cli.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd.Flags()); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	o.bind(cmd)
	return cmd
}

func (o *sessionCreate) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.session.Bind(flags)
	flags.BoolVar(&o.wait, "wait", false, "wait for the payment, like payment wait")
	flags.DurationVar(&o.waitFlags.Interval, "interval", antom.DefaultPollInterval, "with --wait: time from one inquiry to the next")
	flags.DurationVar(&o.waitFlags.Timeout, "timeout", cli.DefaultWait, "with --wait: time limit of the whole wait")
	flags.Var(cli.NewEnum(&o.expect, "", "SUCCESS", "FAIL", "CANCELLED"), "expect", "with --wait: exit 0 if the payment ends with this status, else 7")
}

func (o *sessionCreate) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := p.NoList(); err != nil {
		return err
	}
	m, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	created, err := o.session.Create(ctx, p, m, client, "antom session create")
	if created == nil {
		return err
	}
	result := o.result(created)
	if o.wait && p.Streams() {
		result.JSON = output.InsertFirst(result.JSON, "type", "session")
	}
	if err := p.Print(result); err != nil {
		return err
	}
	o.nextStep(p, m, created)
	if o.wait {
		return o.await(ctx, p, client, created.Request.ID())
	}
	return nil
}

// validate refuses combinations that no profile can fix.
func (o *sessionCreate) validate(flags *pflag.FlagSet) error {
	if err := o.session.Validate(flags); err != nil {
		return err
	}
	return o.validateWait(flags)
}

func (o *sessionCreate) validateWait(flags *pflag.FlagSet) error {
	if !o.wait {
		for _, name := range [...]string{"interval", "timeout", "expect"} {
			if flags.Changed(name) {
				return cli.Usagef("--%s is for waiting, but --wait is not given", name).WithHint("add --wait")
			}
		}
		return nil
	}
	if o.session.Write.DryRun != "" {
		return cli.Usagef("--dry-run sends nothing, so there is nothing to --wait for").WithHint("leave one of them out")
	}
	return o.waitFlags.Validate()
}

// await waits for the payment of the new session. With --quiet it prints nothing, because the
// id was printed.
func (o *sessionCreate) await(ctx context.Context, p *output.Printer, client *antom.Client, id string) error {
	waiting := &view.PaymentWait{CLI: o.c, Printer: p, Client: client, Flags: o.waitFlags, Expect: o.expect, Silent: true}
	return waiting.Run(ctx, []wait.Target{{PaymentRequestID: id}})
}

// result shows the session in every form of output.
func (o *sessionCreate) result(created *sessionflags.Created) output.Result {
	request, session := created.Request, created.Session
	pairs := []output.Pair{
		pair(request, "Payment request", "paymentRequestId", output.Key),
		{Label: "Amount", Name: "paymentAmount", Value: output.Cell{Text: request.Money()}},
		pair(request, "Order", "order.referenceOrderId", output.Plain),
		pair(request, "Description", "order.orderDescription", output.Plain),
		pair(request, "Method", "paymentMethod.paymentMethodType", output.Plain),
		pair(request, "Settle in", "settlementStrategy.settlementCurrency", output.Plain),
		pair(request, "Redirect to", "paymentRedirectUrl", output.Plain),
		pair(request, "Notify", "paymentNotifyUrl", output.Plain),
		{Label: "Session", Name: "paymentSessionId", Value: output.Cell{Text: session.PaymentSessionID}},
		{Label: "Expires", Name: "paymentSessionExpiryTime", Value: output.Cell{Text: o.expiry(session), Plain: string(session.PaymentSessionExpiryTime)}},
		{Label: "Checkout page", Name: "normalUrl", Value: output.Cell{Text: session.NormalURL}},
		{Label: "Session data", Name: "paymentSessionData", Value: output.Cell{Text: session.PaymentSessionData}},
	}
	return output.Result{
		JSON:  output.InsertFirst(created.Response.Body, "paymentRequestId", request.ID()),
		Raw:   created.Response.Body,
		Quiet: []string{request.ID()},
		Text:  []output.Block{output.Card{Pairs: view.Present(pairs)}},
	}
}

// pair shows a field of the request and, on a terminal, whether it was filled in. Programs get
// the last part of the path as its name.
func pair(r *sessionflags.Request, label, path string, style output.Style) output.Pair {
	value := r.Text(path)
	cell := output.Cell{Text: value, Plain: value, Style: style}
	if value != "" && slices.Contains(r.Filled(), path) {
		cell.Text += " (filled in)"
	}
	return output.Pair{Label: label, Name: path[strings.LastIndexByte(path, '.')+1:], Value: cell}
}

func (o *sessionCreate) expiry(session *antom.Session) string {
	at, err := session.PaymentSessionExpiryTime.Time()
	if err != nil {
		return string(session.PaymentSessionExpiryTime)
	}
	left := at.Sub(o.c.Now()).Round(time.Minute)
	if left < 0 || left > sessionflags.LongestSession {
		return string(session.PaymentSessionExpiryTime) // the gateway's clock differs from ours
	}
	return fmt.Sprintf("%s (in %d min)", session.PaymentSessionExpiryTime, int(left.Minutes()))
}

// nextStep prints what the buyer must do, and the next command.
func (o *sessionCreate) nextStep(p *output.Printer, m *cli.Merchant, created *sessionflags.Created) {
	id, session := cli.IDArg(created.Request.ID()), created.Session
	action := "pass the session data to the web SDK"
	switch {
	case m.Emulator != nil:
		action = "as the buyer: antom emulator pay " + id
	case session.NormalURL != "":
		action = "let the buyer open " + session.NormalURL
	}
	switch {
	case o.wait:
		p.Note("waiting for the buyer; %s", action)
	case m.Emulator != nil:
		p.Note("next, %s", action)
	default:
		p.Note("next: %s, then antom payment wait %s", action, id)
	}
}
