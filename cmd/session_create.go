package cmd

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionCreate is `antom session create`.
type sessionCreate struct {
	c *cli

	amount, value, currency string
	requestID, orderID      string
	description, buyerID    string
	method, capture         string
	threeDS                 bool
	settlementCurrency      string
	redirectURL, notifyURL  string
	expiresIn               time.Duration
	noCheck                 bool
	dryRun                  bool
	filled                  []string // what the user did not say and we chose
}

// Defaults of a session that names only an amount and a currency.
const (
	defaultDescription = "antom test order"
	defaultMethod      = "CARD"
	longestSession     = time.Hour // spec of createPaymentSession: 0 to 1 h after creation
)

func newSessionCreateCmd(c *cli) *cobra.Command {
	o := &sessionCreate{c: c}
	cmd := &cobra.Command{
		Use:   "create --amount AMOUNT --currency CODE",
		Short: "Create a payment session (createPaymentSession)",
		Long: `Create a payment session and print the session data that the web SDK takes.

Only an amount and a currency are needed; what is left out is filled in and
shown: a new unique request id, the order id (the request id), a description,
the method CARD, and the redirect and notify URLs of the profile. The request is
checked against Antom's documented rules before it is signed.

With --quiet the paymentRequestId is printed, which the other commands take.
JSON output is the gateway's answer with "paymentRequestId" put first.`,
		Example: `  antom session create --amount 42.00 --currency SGD
  antom session create --value 4200 --currency SGD --capture manual
  id=$(antom session create --amount 42.00 --currency SGD --quiet)`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.amount, "amount", "", "`amount` in major units, such as 42.00")
	flags.StringVar(&o.value, "value", "", "`amount` in minor units, such as 4200")
	flags.StringVar(&o.currency, "currency", "", "ISO 4217 `code` (default: the profile's)")
	flags.StringVar(&o.requestID, "request-id", "", "paymentRequestId, at most 64 characters (default: a new one)")
	flags.StringVar(&o.orderID, "order-id", "", "your order `id` (default: the request id)")
	flags.StringVar(&o.description, "description", "", "order description (default: \""+defaultDescription+"\")")
	flags.StringVar(&o.buyerID, "buyer-id", "", "your `id` of the buyer")
	flags.StringVar(&o.method, "method", defaultMethod, "payment method `type`")
	flags.Var(newEnum(&o.capture, "", "automatic", "manual"), "capture", "capture after authorisation: automatic or manual")
	flags.BoolVar(&o.threeDS, "three-ds", false, "ask for 3-D Secure from the start")
	flags.StringVar(&o.settlementCurrency, "settlement-currency", "", "settlement currency `code` (default: the profile's)")
	flags.StringVar(&o.redirectURL, "redirect-url", "", "where the buyer returns to (default: the profile's)")
	flags.StringVar(&o.notifyURL, "notify-url", "", "where notifications go (default: the profile's)")
	flags.DurationVar(&o.expiresIn, "expires-in", 0, "life of the session, at most 1h (default: Antom's, 1h)")
	flags.BoolVar(&o.noCheck, "no-check", false, "send even what breaks Antom's documented rules")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print the signed request and send nothing")
	return cmd
}

// validate refuses combinations that no profile can mend.
func (o *sessionCreate) validate(cmd *cobra.Command) error {
	switch {
	case o.amount != "" && o.value != "":
		return usagef("--amount and --value both given").hint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case o.amount == "" && o.value == "":
		return usagef("no amount given").hint("antom session create --amount 42.00 --currency SGD")
	case cmd.Flags().Changed("expires-in") && (o.expiresIn <= 0 || o.expiresIn > longestSession):
		return usagef("--expires-in %s: Antom takes more than 0 and at most 1h", o.expiresIn)
	}
	return nil
}

func (o *sessionCreate) run(ctx context.Context) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	m, client, err := o.c.connect(p)
	if err != nil {
		return err
	}
	request, err := o.request(m)
	if err != nil {
		return err
	}
	body, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("encode the session request: %w", err)
	}
	if err := o.check(p, body); err != nil {
		return err
	}
	if o.dryRun {
		return printDryRun(ctx, p, client, antom.CreatePaymentSession, body)
	}
	if err := o.c.confirmLive(m, "create a payment session over "+request.PaymentAmount.String()); err != nil {
		return err
	}
	session, response, err := client.Sessions.Create(ctx, request)
	if err != nil {
		return err
	}
	if err := p.Print(o.result(request, session, response)); err != nil {
		return err
	}
	o.nextStep(p, m, request.PaymentRequestID)
	return nil
}

// request builds the request from flags, then the profile, then defaults.
func (o *sessionCreate) request(m *merchant) (*antom.SessionRequest, error) {
	amount, err := o.parseAmount(m)
	if err != nil {
		return nil, err
	}
	id := o.fill(&o.requestID, "paymentRequestId", newRequestID(o.c.Now()))
	request := &antom.SessionRequest{
		ProductCode:        antom.ProductCashierPayment,
		PaymentRequestID:   id,
		PaymentAmount:      amount,
		PaymentRedirectURL: o.fill(&o.redirectURL, "paymentRedirectUrl", m.profile.RedirectURL),
		PaymentNotifyURL:   o.fill(&o.notifyURL, "paymentNotifyUrl", m.profile.NotifyURL),
		PaymentMethod:      &antom.PaymentMethod{PaymentMethodType: o.method},
		PaymentFactor:      &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true)), CaptureMode: antom.CaptureMode(strings.ToUpper(o.capture))},
		Order: &antom.Order{
			ReferenceOrderID: o.fill(&o.orderID, "referenceOrderId", id),
			OrderDescription: o.fill(&o.description, "orderDescription", defaultDescription),
			OrderAmount:      amount,
		},
	}
	if request.PaymentRedirectURL == "" {
		return nil, usagef("no redirect URL: Antom requires paymentRedirectUrl, the page the buyer returns to").
			hint("--redirect-url https://shop.example/paid, or redirect_url in the profile")
	}
	o.optional(request, m)
	return request, nil
}

// optional sets the fields that are left out of the request when nobody names them.
func (o *sessionCreate) optional(request *antom.SessionRequest, m *merchant) {
	if o.buyerID != "" {
		request.Order.Buyer = &antom.Buyer{ReferenceBuyerID: o.buyerID}
	}
	if settlement := o.fill(&o.settlementCurrency, "settlementCurrency", m.profile.SettlementCurrency); settlement != "" {
		request.SettlementStrategy = &antom.SettlementStrategy{SettlementCurrency: settlement}
	}
	if o.threeDS {
		request.PaymentMethod.PaymentMethodMetaData = &antom.PaymentMethodMetaData{Is3DSAuthentication: new(antom.Bool(true))}
	}
	if o.expiresIn > 0 {
		expiry := o.c.Now().Add(o.expiresIn).UTC().Format(time.RFC3339)
		request.PaymentSessionExpiryTime = antom.DateTime(expiry)
	}
}

func (o *sessionCreate) parseAmount(m *merchant) (antom.Amount, error) {
	currency := o.fill(&o.currency, "currency", m.profile.Currency)
	if currency == "" {
		return antom.Amount{}, usagef("no currency given").hint("--currency SGD, or currency in the profile")
	}
	if o.value != "" {
		return antom.ParseMinor(o.value, currency)
	}
	return antom.ParseAmount(o.amount, currency)
}

// fill sets *flag to a value that the user did not give, and remembers it.
func (o *sessionCreate) fill(flag *string, field, value string) string {
	if *flag == "" && value != "" {
		*flag = value
		o.filled = append(o.filled, field)
	}
	return *flag
}

// newRequestID is unique and sorts by time: the second of creation, then 60
// random bits.
func newRequestID(now time.Time) string {
	return now.UTC().Format("20060102150405") + "-" + randomWord()
}

// randomWord is 60 random bits in twelve letters and digits.
func randomWord() string { return strings.ToLower(rand.Text()[:12]) }

// check holds the body against Antom's rules: documented ones refuse it,
// inferred ones warn.
func (o *sessionCreate) check(p *output.Printer, body []byte) error {
	findings, err := rules.Check(antom.CreatePaymentSession, body)
	if err != nil {
		return err
	}
	var broken []rules.Finding
	for _, finding := range findings {
		if finding.Level == rules.Documented && !o.noCheck {
			broken = append(broken, finding)
			continue
		}
		p.Warn("%s", finding.Message)
	}
	return refuse(broken)
}

// refuse makes one usage error of all the documented rules that are broken.
func refuse(broken []rules.Finding) error {
	if len(broken) == 0 {
		return nil
	}
	var messages []string
	for _, finding := range broken {
		messages = append(messages, finding.Message)
	}
	refusal := usagef("%s", strings.Join(messages, "; "))
	for _, finding := range broken {
		refusal.hint("%s: %s", sessionField(finding.Path), finding.Hint)
	}
	return refusal.hint("--no-check sends it anyway")
}

// sessionFlags names the flag that sets a field of the request.
var sessionFlags = [...]struct{ path, flag string }{
	{"order.buyer.referenceBuyerId", "--buyer-id"},
	{"order.orderDescription", "--description"},
	{"order.referenceOrderId", "--order-id"},
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
func (o *sessionCreate) result(request *antom.SessionRequest, session *antom.Session, response *antom.Response) output.Result {
	return output.Result{
		JSON:  output.InsertFirst(response.Body, "paymentRequestId", request.PaymentRequestID),
		Raw:   response.Body,
		Quiet: []string{request.PaymentRequestID},
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Payment request", Name: "paymentRequestId", Value: o.cell("paymentRequestId", request.PaymentRequestID, output.Key)},
			{Label: "Amount", Name: "paymentAmount", Value: output.Cell{Text: request.PaymentAmount.String()}},
			{Label: "Order", Name: "referenceOrderId", Value: o.cell("referenceOrderId", request.Order.ReferenceOrderID, output.Plain)},
			{Label: "Description", Name: "orderDescription", Value: o.cell("orderDescription", request.Order.OrderDescription, output.Plain)},
			{Label: "Redirect to", Name: "paymentRedirectUrl", Value: o.cell("paymentRedirectUrl", request.PaymentRedirectURL, output.Plain)},
			{Label: "Notify", Name: "paymentNotifyUrl", Value: o.cell("paymentNotifyUrl", request.PaymentNotifyURL, output.Plain)},
			{Label: "Session", Name: "paymentSessionId", Value: output.Cell{Text: session.PaymentSessionID}},
			{Label: "Expires", Name: "paymentSessionExpiryTime", Value: output.Cell{Text: o.expiry(session), Plain: string(session.PaymentSessionExpiryTime)}},
			{Label: "Session data", Name: "paymentSessionData", Value: output.Cell{Text: session.PaymentSessionData}},
		}}},
	}
}

// cell shows a value and, on a terminal, whether it was filled in.
func (o *sessionCreate) cell(field, value string, style output.Style) output.Cell {
	cell := output.Cell{Text: value, Plain: value, Style: style}
	for _, filled := range o.filled {
		if filled == field {
			cell.Text += " (filled in)"
		}
	}
	return cell
}

func (o *sessionCreate) expiry(session *antom.Session) string {
	at, err := session.PaymentSessionExpiryTime.Time()
	if err != nil {
		return string(session.PaymentSessionExpiryTime)
	}
	left := at.Sub(o.c.Now()).Round(time.Minute)
	return fmt.Sprintf("%s (in %d min)", session.PaymentSessionExpiryTime, int(left.Minutes()))
}

func (o *sessionCreate) nextStep(p *output.Printer, m *merchant, id string) {
	if m.emulator != nil {
		p.Note("next, as the buyer: antom emulator pay %s", id)
		return
	}
	p.Note("next: hand the session data to the web SDK, then antom payment wait %s", id)
}
