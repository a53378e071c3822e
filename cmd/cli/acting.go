package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"

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
	unasked  bool // the payment is known by its id alone
}

// Intent is what a command is about to do with a payment.
type Intent struct {
	Verb   string // capture, refund or cancel
	Typed  bool   // it can't be undone: a live profile wants more than a yes
	Unborn bool   // a payment that does not exist yet will do
	Flags  *WriteFlags
	Amount *AmountFlags // nil: the operation has none
}

// unasked reports whether the gateway need not be asked for the payment: nothing is
// sent, or nothing is to be checked, and the command line says all that the call
// needs.
func (i *Intent) unasked(inquiry antom.Inquiry, m *Merchant) bool {
	switch {
	case i.Flags.DryRun == "" && !i.Flags.NoCheck:
		return false
	case i.Amount == nil:
		return inquiry.PaymentID != "" || i.Unborn
	}
	return inquiry.PaymentID != "" && i.Amount.whole(m)
}

// Act asks for the payment that the user named: Antom wants its paymentId, and the
// money rules look at what is open. A live profile that nobody may use now is refused
// before anything is asked.
func (c *CLI) Act(ctx context.Context, inquiry antom.Inquiry, intent Intent) (*Acting, error) {
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
	a.Payment = &antom.Payment{PaymentRequestID: inquiry.PaymentRequestID, PaymentID: inquiry.PaymentID}
	if intent.Flags.DryRun == "" {
		if err := c.mayAct(a, intent); err != nil {
			return nil, err
		}
	}
	if intent.unasked(inquiry, m) {
		a.unasked = true
		return a, nil
	}
	return a, a.ask(ctx, inquiry, intent.Unborn)
}

// mayAct refuses what no answer of the gateway could make possible.
func (c *CLI) mayAct(a *Acting, intent Intent) error {
	action := intent.Verb + " payment " + a.Name()
	switch {
	case !a.Merchant.Profile.Live(), c.Interactive():
		return nil
	case intent.Typed:
		return c.confirmTyped(&Write{Merchant: a.Merchant, Action: action, Named: a.Named})
	case !c.Global.live:
		return c.askLive(a.Merchant, action)
	}
	return nil
}

// ask asks the gateway for the payment.
func (a *Acting) ask(ctx context.Context, inquiry antom.Inquiry, unborn bool) error {
	payment, response, err := a.Client.Payments.Inquire(ctx, inquiry)
	if unborn && wait.IsMissing(err) {
		a.unasked = true // there is nothing to hold the call against
		return nil
	}
	if err != nil {
		return err
	}
	a.Payment = payment
	if at, err := sign.ParseTime(response.Time); err == nil {
		a.now = at // the gateway's clock decides what has expired
	}
	return nil
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
	w := &Write{Printer: a.Printer, Merchant: a.Merchant, Client: a.Client, Endpoint: op.Endpoint(), Draft: d, Flags: flags, Named: a.Named}
	money := rules.Money{Operation: op, Amount: amount, Now: a.now, Sandbox: !a.Merchant.Profile.Live(), Notified: d.Has("refundNotifyUrl")}
	if !a.unasked {
		money.Payment = a.Payment
	}
	w.Findings = rules.CheckMoney(money)
	return w
}

// AmountFlags name a part of a payment's amount.
type AmountFlags struct{ amount, value, currency string }

// Bind adds --amount, --value and --currency; whole says what is meant without them.
func (f *AmountFlags) Bind(flags *pflag.FlagSet, whole string) {
	flags.StringVar(&f.amount, "amount", "", "`amount` in major units, such as 42.00 (default: "+whole+")")
	flags.StringVar(&f.value, "value", "", "`amount` in minor units, such as 4200")
	flags.StringVar(&f.currency, "currency", "", "ISO 4217 `code` (default: the payment's)")
}

// Validate refuses two amounts, and a currency without one.
func (f *AmountFlags) Validate() error {
	switch {
	case f.amount != "" && f.value != "":
		return Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case f.currency != "" && f.amount == "" && f.value == "":
		return Usagef("--currency without an amount").WithHint("give --amount too")
	}
	return nil
}

// whole reports whether the command line says an amount and its currency.
func (f *AmountFlags) whole(m *Merchant) bool {
	return (f.amount != "" || f.value != "") && (f.currency != "" || m.Profile.Currency != "")
}

// Of is the amount that was named, in the currency that was named with it or in that
// of the whole, or in the profile's where the gateway was not asked; without an amount
// it is the whole.
func (f *AmountFlags) Of(a *Acting, whole antom.Amount) (antom.Amount, error) {
	money := draft.Money{Major: f.amount, Minor: f.value, Currency: strings.ToUpper(f.currency)}
	if !money.Given() {
		return whole, nil
	}
	return money.In(cmp.Or(whole.Currency, a.Merchant.Profile.Currency))
}

// Named is an amount if the command line names one, and else nothing.
func (f *AmountFlags) Named(amount antom.Amount) antom.Amount {
	if f.amount == "" && f.value == "" {
		return antom.Amount{}
	}
	return amount
}

// LastFour are the last four characters of an id, which must be typed where a yes is
// too quick; of a shorter id all of it.
func LastFour(id string) string { return id[max(0, len(id)-4):] }
