package sessioncmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionCreate is `antom session create`.
type sessionCreate struct {
	c *cli.CLI

	amount, value, currency string
	orderID                 string
	description, buyerID    string
	method, capture         string
	threeDS                 bool
	settlementCurrency      string
	redirectURL, notifyURL  string
	expiresIn               time.Duration
	scene                   scene
	sceneNamed              bool
	file                    string
	write                   cli.WriteFlags
	wait                    bool
	waitFlags               cli.WaitFlags
	expect                  string
}

const longestSession = time.Hour // spec of createPaymentSession: 0 to 1 h after creation

func newCreateCmd(c *cli.CLI) *cobra.Command {
	o := &sessionCreate{c: c}
	cmd := &cobra.Command{
		Use:   "create --amount AMOUNT --currency CODE",
		Short: "Create a payment session (createPaymentSession)",
		Long: `Create a payment session and print the session data that the web SDK takes.

Only an amount and a currency are needed; what is left out is filled in and
shown: a new unique request id, the order id (the request id), a description,
the method CARD, and the redirect and notify URLs and the settlement currency of
the profile.

--file takes a whole request, with amounts in minor units. Its bytes are signed
and sent unchanged. A flag that names a field wins over the file; then the
request is encoded anew, in the file's order, and what Antom requires and the
file lacks is filled in and shown.

--set names any field by its path, such as paymentAmount.value, env.clientIp or
order.goods[0].goodsName; the text becomes the string, number or boolean that the
field wants, and an amount is written as "42.00 SGD". path:=JSON takes the value
in JSON.

--scene element and --scene checkout-page make sessions for Antom's newer
products, which offer the buyer all payment methods unless --method names one.

The request is checked before it is signed: what breaks a documented rule of
Antom is refused, what breaks a rule that we inferred is a warning. --no-check
sends it anyway.

With --wait the command goes on as payment wait does, and ends with its exit
code. With --dry-run nothing is sent: the signed request is printed, or with
--dry-run=curl the curl command that sends it.

With --quiet the paymentRequestId is printed, which the other commands take.
JSON output is the gateway's answer with "paymentRequestId" put first; with --wait
a second object follows, the payment; with -o jsonl the session is the first
event, {"type":"session",…}.`,
		Example: `  antom session create --amount 42.00 --currency SGD
  antom session create --value 4200 --currency SGD --capture manual
  antom session create --amount 42.00 --currency SGD --set 'order.goods[0].goodsName=Tea'
  antom session create --amount 42.00 --currency SGD --dry-run=curl
  id=$(antom session create --amount 42.00 --currency SGD --quiet)`,
		Args: cli.OrForm(cli.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.sceneNamed = cmd.Flags().Changed("scene")
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
	flags.StringVar(&o.amount, "amount", "", "`amount` in major units, such as 42.00")
	flags.StringVar(&o.value, "value", "", "`amount` in minor units, such as 4200")
	flags.StringVar(&o.currency, "currency", "", "ISO 4217 `code` (default: the profile's)")
	flags.StringVar(&o.orderID, "order-id", "", "your order `id` (default: the request id)")
	flags.StringVar(&o.description, "description", "", "order description (default: \""+defaultDescription+"\")")
	flags.StringVar(&o.buyerID, "buyer-id", "", "your `id` of the buyer")
	flags.StringVar(&o.method, "method", "", "payment method `type` (default: "+defaultMethod+")")
	flags.Var(cli.NewEnum(&o.capture, "", "automatic", "manual"), "capture", "capture after authorisation: automatic or manual")
	flags.BoolVar(&o.threeDS, "three-ds", false, "ask for 3-D Secure from the start")
	flags.StringVar(&o.settlementCurrency, "settlement-currency", "", "settlement currency `code` (default: the profile's)")
	flags.StringVar(&o.redirectURL, "redirect-url", "", "where the buyer returns to (default: the profile's)")
	flags.StringVar(&o.notifyURL, "notify-url", "", "where notifications go (default: the profile's)")
	flags.DurationVar(&o.expiresIn, "expires-in", 0, "life of the session, at most 1h (default: Antom's, 1h)")
	flags.Var(cli.NewEnum(&o.scene.word, sceneWords()...), "scene", "product that shows the form: "+strings.Join(sceneWords(), ", "))
	flags.StringVarP(&o.file, "file", "f", "", "`file` with a whole request in JSON; - is standard input")
	o.write.Bind(flags, "paymentRequestId")
	flags.BoolVar(&o.wait, "wait", false, "wait for the payment, as payment wait does")
	flags.DurationVar(&o.waitFlags.Interval, "interval", antom.DefaultPollInterval, "with --wait: time from one inquiry to the next")
	flags.DurationVar(&o.waitFlags.Timeout, "timeout", cli.DefaultWait, "with --wait: time limit of the whole wait")
	flags.Var(cli.NewEnum(&o.expect, "", "SUCCESS", "FAIL", "CANCELLED"), "expect", "with --wait: exit 0 if the payment ended so, else 7")
}

func sceneWords() []string {
	var words []string
	for _, row := range scenes {
		words = append(words, row.word)
	}
	return words
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
	request, err := o.build(ctx, m)
	if err != nil {
		return err
	}
	if filled := request.Filled(); request.Source() != "" && len(filled) > 0 {
		p.Note("filled in: %s", strings.Join(describe(request, filled), ", "))
	}
	response, err := o.c.Send(ctx, o.call(p, m, client, request))
	if response == nil {
		return err
	}
	session := new(antom.Session)
	if err := json.Unmarshal(response.Body, session); err != nil {
		return fmt.Errorf("read the session: %w", err)
	}
	result := o.result(request, session, response)
	if o.wait && p.Streams() {
		result.JSON = output.InsertFirst(result.JSON, "type", "session")
	}
	if err := p.Print(result); err != nil {
		return err
	}
	o.nextStep(p, m, request, session)
	if o.wait {
		return o.await(ctx, p, client, request.id())
	}
	return nil
}

// call is createPaymentSession on its way.
func (o *sessionCreate) call(p *output.Printer, m *cli.Merchant, client *antom.Client, request *sessionRequest) *cli.Write {
	endpoint := antom.CreatePaymentSession.Endpoint()
	endpoint.Key = "paymentRequestId" // no key that Antom documents, and still what a repeated request is known by
	return &cli.Write{
		Printer: p, Merchant: m, Client: client, Endpoint: endpoint, Draft: request.Draft, Flags: &o.write,
		Action: "create a payment session over " + request.amount(), FlagOf: sessionField,
		Command: "antom session create", IDFlag: "--request-id",
	}
}

// describe shows fields with the values that they got.
func describe(request *sessionRequest, paths []string) []string {
	var list []string
	for _, path := range paths {
		list = append(list, path+" "+request.Text(path))
	}
	return list
}

// await waits for the payment of the new session. With --quiet nothing more is
// printed: the id has been.
func (o *sessionCreate) await(ctx context.Context, p *output.Printer, client *antom.Client, id string) error {
	waiting := &view.PaymentWait{CLI: o.c, Printer: p, Client: client, Flags: o.waitFlags, Expect: o.expect, Silent: true}
	return waiting.Run(ctx, []wait.Target{{PaymentRequestID: id}})
}

// sessionFlags names the flag that sets a field of the request.
var sessionFlags = [...]struct{ path, flag string }{
	{"order.buyer.referenceBuyerId", "--buyer-id"},
	{"order.orderAmount", "--amount"},
	{"order.orderDescription", "--description"},
	{"order.referenceOrderId", "--order-id"},
	{"paymentAmount", "--amount"},
	{"paymentMethod", "--method"},
	{"paymentMethod.paymentMethodType", "--method"},
	{"paymentNotifyUrl", "--notify-url"},
	{"paymentRedirectUrl", "--redirect-url"},
	{"paymentRequestId", "--request-id"},
	{"settlementStrategy.settlementCurrency", "--settlement-currency"},
}

// sessionField is how the user named a field: by its flag, if it has one.
func sessionField(path string) string {
	for _, row := range sessionFlags {
		if row.path == path {
			return row.flag
		}
	}
	return path
}

// result is what the command prints, in every form.
func (o *sessionCreate) result(request *sessionRequest, session *antom.Session, response *antom.Response) output.Result {
	pairs := []output.Pair{
		request.pair("Payment request", "paymentRequestId", output.Key),
		{Label: "Amount", Name: "paymentAmount", Value: output.Cell{Text: request.amount()}},
		request.pair("Order", "order.referenceOrderId", output.Plain),
		request.pair("Description", "order.orderDescription", output.Plain),
		request.pair("Method", "paymentMethod.paymentMethodType", output.Plain),
		request.pair("Settle in", "settlementStrategy.settlementCurrency", output.Plain),
		request.pair("Redirect to", "paymentRedirectUrl", output.Plain),
		request.pair("Notify", "paymentNotifyUrl", output.Plain),
		{Label: "Session", Name: "paymentSessionId", Value: output.Cell{Text: session.PaymentSessionID}},
		{Label: "Expires", Name: "paymentSessionExpiryTime", Value: output.Cell{Text: o.expiry(session), Plain: string(session.PaymentSessionExpiryTime)}},
		{Label: "Checkout page", Name: "normalUrl", Value: output.Cell{Text: session.NormalURL}},
		{Label: "Session data", Name: "paymentSessionData", Value: output.Cell{Text: session.PaymentSessionData}},
	}
	return output.Result{
		JSON:  output.InsertFirst(response.Body, "paymentRequestId", request.id()),
		Raw:   response.Body,
		Quiet: []string{request.id()},
		Text:  []output.Block{output.Card{Pairs: view.Present(pairs)}},
	}
}

// pair shows a field of the request and, on a terminal, whether it was filled
// in. Its name for programs is the last part of the path.
func (r *sessionRequest) pair(label, path string, style output.Style) output.Pair {
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
	if left < 0 || left > longestSession {
		return string(session.PaymentSessionExpiryTime) // the gateway's clock is not ours
	}
	return fmt.Sprintf("%s (in %d min)", session.PaymentSessionExpiryTime, int(left.Minutes()))
}

// nextStep says what the buyer must do, and what comes after.
func (o *sessionCreate) nextStep(p *output.Printer, m *cli.Merchant, request *sessionRequest, session *antom.Session) {
	id := cli.IDArg(request.id())
	action := "hand the session data to the web SDK"
	switch {
	case m.Emulator != nil:
		action = "as the buyer: antom emulator pay " + id
	case session.NormalURL != "":
		action = "have the buyer open " + session.NormalURL
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
