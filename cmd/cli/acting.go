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

// Acting is a payment that a command is about to change, in the state that the gateway has just
// reported.
type Acting struct {
	Printer  *output.Printer
	Merchant *Merchant
	Client   *antom.Client
	Payment  *antom.Payment
	Named    bool // on the command line, not by --last
	now      time.Time
	unasked  bool // the payment is known by its id alone
}

// Intent describes what a command will do with a payment.
type Intent struct {
	Verb   string // capture, refund or cancel
	Typed  bool   // it can't be undone: a live profile wants more than a yes
	Unborn bool   // a payment that does not exist yet will do
	Flags  *WriteFlags
	Amount *AmountFlags // nil: the operation has none
}

// unasked reports whether the inquiry can be skipped: nothing is sent or nothing is checked,
// and the command line has everything that the call needs.
func (i *Intent) unasked(inquiry antom.Inquiry, m *Merchant) bool {
	switch {
	case i.Flags.DryRun == "" && !i.Flags.NoCheck:
		return false
	case i.Amount == nil:
		return inquiry.PaymentID != "" || i.Unborn
	}
	return inquiry.PaymentID != "" && i.Amount.whole(m)
}

// Act inquires the payment that the user named: the call needs its paymentId, and the money
// rules need what is open. If a live profile may not be used now, it returns an error before it
// asks the gateway.
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

// mayAct returns an error if the command is not allowed whatever the gateway answers.
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

// ask inquires the payment.
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

// Name returns the id by which the user knows the payment.
func (a *Acting) Name() string {
	if a.Payment.PaymentRequestID != "" {
		return a.Payment.PaymentRequestID
	}
	return a.Payment.PaymentID
}

// Write returns a call about the payment, with the findings of the money rules.
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

// Bind adds --amount, --value and --currency; whole describes what happens without them.
func (f *AmountFlags) Bind(flags *pflag.FlagSet, whole string) {
	flags.StringVar(&f.amount, "amount", "", "`amount` in major units, such as 42.00 (default: "+whole+")")
	flags.StringVar(&f.value, "value", "", "`amount` in minor units, such as 4200")
	flags.StringVar(&f.currency, "currency", "", "ISO 4217 `code` (default: the payment's)")
}

// Validate returns an error for two amounts, or a currency without an amount.
func (f *AmountFlags) Validate() error {
	switch {
	case f.amount != "" && f.value != "":
		return Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case f.currency != "" && f.amount == "" && f.value == "":
		return Usagef("--currency without an amount").WithHint("give --amount too")
	}
	return nil
}

// whole reports whether the flags name an amount with its currency.
func (f *AmountFlags) whole(m *Merchant) bool {
	return (f.amount != "" || f.value != "") && (f.currency != "" || m.Profile.Currency != "")
}

// Of returns the named amount, or without one the whole. Its currency is the named one, that of
// the whole, or that of the profile if the gateway was not asked.
func (f *AmountFlags) Of(a *Acting, whole antom.Amount) (antom.Amount, error) {
	money := draft.Money{Major: f.amount, Minor: f.value, Currency: strings.ToUpper(f.currency)}
	if !money.Given() {
		return whole, nil
	}
	return money.In(cmp.Or(whole.Currency, a.Merchant.Profile.Currency))
}

// Named returns the amount if the command line names one, otherwise a zero amount.
func (f *AmountFlags) Named(amount antom.Amount) antom.Amount {
	if f.amount == "" && f.value == "" {
		return antom.Amount{}
	}
	return amount
}

// LastFour returns the last four characters of an id, which the user must type where a yes is
// too easy; a shorter id is returned whole.
func LastFour(id string) string { return id[max(0, len(id)-4):] }
