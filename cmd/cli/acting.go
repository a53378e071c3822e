package cli

import (
	"context"
	"time"

	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Acting is a payment that a command is about to change, as the gateway told it a
// moment ago.
type Acting struct {
	Printer  *output.Printer
	Merchant *Merchant
	Client   *antom.Client
	Payment  *antom.Payment
	Named    bool // on the command line, not by --last
	now      time.Time
}

// Act asks for the payment that the user named, which the operation needs the
// paymentId and the open amount of.
func (c *CLI) Act(ctx context.Context, inquiry antom.Inquiry) (*Acting, error) {
	return c.act(ctx, inquiry, false)
}

// ActOnAny is Act for an operation that takes a payment which does not exist yet:
// then the id is all that is known of it.
func (c *CLI) ActOnAny(ctx context.Context, inquiry antom.Inquiry) (*Acting, error) {
	return c.act(ctx, inquiry, true)
}

func (c *CLI) act(ctx context.Context, inquiry antom.Inquiry, unborn bool) (*Acting, error) {
	p, err := c.Printer()
	if err != nil {
		return nil, err
	}
	if err := p.NoList(); err != nil {
		return nil, err
	}
	m, client, err := c.Connect(p)
	if err != nil {
		return nil, err
	}
	a := &Acting{Printer: p, Merchant: m, Client: client, Named: inquiry != antom.Inquiry{}, now: c.Now()}
	if inquiry, err = c.Identify(m, inquiry); err != nil {
		return nil, err
	}
	payment, response, err := client.Payments.Inquire(ctx, inquiry)
	if unborn && wait.IsMissing(err) {
		a.Payment = &antom.Payment{PaymentRequestID: inquiry.PaymentRequestID, PaymentID: inquiry.PaymentID}
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	a.Payment = payment
	if at, err := sign.ParseTime(response.Time); err == nil {
		a.now = at // the gateway's clock decides what has expired
	}
	return a, nil
}

// Name is the id by which the user knows the payment.
func (a *Acting) Name() string {
	if a.Payment.PaymentRequestID != "" {
		return a.Payment.PaymentRequestID
	}
	return a.Payment.PaymentID
}

// Write is a call about the payment, with what the money rules say of it.
func (a *Acting) Write(op antom.Operation, d *draft.Draft, flags *WriteFlags, amount antom.Amount) *Write {
	return &Write{
		Printer: a.Printer, Merchant: a.Merchant, Client: a.Client, Endpoint: op.Endpoint(), Draft: d, Flags: flags, Named: a.Named,
		Findings: rules.CheckMoney(rules.Money{Operation: op, Payment: a.Payment, Amount: amount, Now: a.now}),
	}
}

// AmountFlags name a part of a payment's amount.
type AmountFlags struct{ amount, value string }

// Bind adds --amount and --value; whole says what is meant without them.
func (f *AmountFlags) Bind(flags interface {
	StringVar(p *string, name, value, usage string)
}, whole string,
) {
	flags.StringVar(&f.amount, "amount", "", "`amount` in major units, such as 42.00 (default: "+whole+")")
	flags.StringVar(&f.value, "value", "", "`amount` in minor units, such as 4200")
}

// Validate refuses two amounts.
func (f *AmountFlags) Validate() error {
	if f.amount != "" && f.value != "" {
		return Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	}
	return nil
}

// Of is the amount that was named, in the currency of the whole; without one it is
// the whole.
func (f *AmountFlags) Of(whole antom.Amount) (antom.Amount, error) {
	money := draft.Money{Major: f.amount, Minor: f.value}
	if !money.Given() {
		return whole, nil
	}
	return money.In(whole.Currency)
}

// LastFour are the last four characters of an id, which must be typed where a yes is
// too quick; of a shorter id all of it.
func LastFour(id string) string { return id[max(0, len(id)-4):] }
