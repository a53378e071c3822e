// Package sessionflags builds the request for a payment session from flags. session create and
// checkout share them.
package sessionflags

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Flags describe a session.
type Flags struct {
	CLI   *cli.CLI
	Write cli.WriteFlags

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
}

// LongestSession is the maximum life of a session (createPaymentSession: 0 to 1 h after
// creation).
const LongestSession = time.Hour

// Bind adds the flags to a command.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.amount, "amount", "", "`amount` in major units, such as 42.00")
	flags.StringVar(&f.value, "value", "", "`amount` in minor units, such as 4200")
	flags.StringVar(&f.currency, "currency", "", "ISO 4217 `code` (default: the profile's)")
	flags.StringVar(&f.orderID, "order-id", "", "your order `id` (default: the request id)")
	flags.StringVar(&f.description, "description", "", "order description (default: \""+defaultDescription+"\")")
	flags.StringVar(&f.buyerID, "buyer-id", "", "your `id` of the buyer")
	flags.StringVar(&f.method, "method", "", "payment method `type` (default: "+defaultMethod+")")
	flags.Var(cli.NewEnum(&f.capture, "", "automatic", "manual"), "capture", "capture after authorisation: automatic or manual")
	flags.BoolVar(&f.threeDS, "three-ds", false, "ask for 3-D Secure from the start")
	flags.StringVar(&f.settlementCurrency, "settlement-currency", "", "settlement currency `code` (default: the profile's)")
	flags.StringVar(&f.redirectURL, "redirect-url", "", "where the buyer returns to (default: the profile's)")
	flags.StringVar(&f.notifyURL, "notify-url", "", "where notifications go (default: the profile's)")
	flags.DurationVar(&f.expiresIn, "expires-in", 0, "life of the session, at most 1h (default: Antom's, 1h)")
	flags.Var(cli.NewEnum(&f.scene.word, sceneWords()...), "scene", "product that shows the form: "+strings.Join(sceneWords(), ", "))
	flags.StringVarP(&f.file, "file", "f", "", "`file` with a whole request in JSON; - is standard input")
	f.Write.Bind(flags, "paymentRequestId")
}

func sceneWords() []string {
	var words []string
	for _, row := range scenes {
		words = append(words, row.word)
	}
	return words
}

// Created is a new session, and the request that made it.
type Created struct {
	Request  *Request
	Session  *antom.Session
	Response *antom.Response
}

// Create builds the request, sends it and reads the session. If it returns neither a session
// nor an error, --dry-run printed the request and nothing was sent. Command is the command that
// sends it again.
func (f *Flags) Create(ctx context.Context, p *output.Printer, m *cli.Merchant, client *antom.Client, command string) (*Created, error) {
	request, err := f.build(ctx, m)
	if err != nil {
		return nil, err
	}
	if filled := request.Filled(); request.Source() != "" && len(filled) > 0 {
		p.Note("filled in: %s", strings.Join(describe(request, filled), ", "))
	}
	response, err := f.CLI.Send(ctx, f.call(p, m, client, request, command))
	if response == nil {
		return nil, err
	}
	session := new(antom.Session)
	if err := json.Unmarshal(response.Body, session); err != nil {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	return &Created{request, session, response}, nil
}

// call is a createPaymentSession while it is prepared and sent.
func (f *Flags) call(p *output.Printer, m *cli.Merchant, client *antom.Client, request *Request, command string) *cli.Write {
	endpoint := antom.CreatePaymentSession.Endpoint()
	endpoint.Key = "paymentRequestId" // no key that Antom documents, and still what a repeated request is known by
	amount, _ := request.Amount("paymentAmount")
	return &cli.Write{
		Printer: p, Merchant: m, Client: client, Endpoint: endpoint, Draft: request.Draft, Flags: &f.Write,
		Action: "create a payment session over " + request.Money(), FlagOf: sessionField,
		Command: command, IDFlag: "--request-id",
		Findings: rules.CheckMoney(rules.Money{
			Operation: endpoint.Operation, Amount: amount, Sandbox: !m.Profile.Live(), Notified: request.Has("paymentNotifyUrl"),
		}),
	}
}

// describe returns fields with their values.
func describe(request *Request, paths []string) []string {
	var list []string
	for _, path := range paths {
		list = append(list, path+" "+request.Text(path))
	}
	return list
}

// sessionFlags has the flag for each field of the request.
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

// sessionField returns the name of a field in messages: its flag, if it has one.
func sessionField(path string) string {
	for _, row := range sessionFlags {
		if row.path == path {
			return row.flag
		}
	}
	return path
}

// Body returns the request that Create would send.
func (f *Flags) Body(ctx context.Context, m *cli.Merchant) ([]byte, error) {
	request, err := f.build(ctx, m)
	if err != nil {
		return nil, err
	}
	return request.Body(), nil
}
