package sessionflags

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/pkg/antom"
)

// Request is the request that is signed and sent.
type Request struct{ *draft.Draft }

// ID returns the paymentRequestId.
func (r *Request) ID() string { return r.Text("paymentRequestId") }

// Money returns the amount as text, if it can be read.
func (r *Request) Money() string {
	if amount, ok := r.Amount("paymentAmount"); ok {
		return amount.String()
	}
	return strings.TrimSpace(r.Text("paymentAmount.value") + " (minor units) " + r.Text("paymentAmount.currency"))
}

// assignments returns the fields of all flags except the amount. They depend on the request
// that they are set in; --expires-in also depends on the gateway's time.
func (f *Flags) assignments(r *Request, now time.Time) []draft.Assignment {
	var list []draft.Assignment
	add := func(flag, path, text string) {
		if text != "" {
			list = append(list, draft.Assignment{Flag: flag, Path: path, Text: text})
		}
	}
	add("--request-id", "paymentRequestId", f.Write.RequestID)
	add("--order-id", "order.referenceOrderId", f.orderID)
	add("--description", "order.orderDescription", f.description)
	add("--buyer-id", "order.buyer.referenceBuyerId", f.buyerID)
	add("--method", f.methodPath(r), f.method)
	add("--capture", "paymentFactor.captureMode", strings.ToUpper(f.capture))
	if f.threeDS {
		add("--three-ds", "paymentMethod.paymentMethodMetaData.is3DSAuthentication", "true")
	}
	add("--settlement-currency", "settlementStrategy.settlementCurrency", f.settlementCurrency)
	add("--redirect-url", "paymentRedirectUrl", f.redirectURL)
	add("--notify-url", "paymentNotifyUrl", f.notifyURL)
	if f.expiresIn > 0 {
		add("--expires-in", "paymentSessionExpiryTime", now.Add(f.expiresIn).UTC().Format(time.RFC3339))
	}
	add("--scene", "productScene", f.scene.productScene())
	return append(list, f.Write.Assigned...)
}

// scene is the Antom product that shows the payment form.
type scene struct{ word string }

// scenes are the words of --scene and their productScene (DOC).
var scenes = [...]struct{ word, productScene string }{
	{"classic", ""},
	{"checkout-page", "CHECKOUT_PAYMENT"},
	{"element", "ELEMENT_PAYMENT"},
}

func (s scene) productScene() string {
	for _, row := range scenes {
		if row.word == s.word {
			return row.productScene
		}
	}
	return ""
}

func (s scene) classic() bool { return s.productScene() == "" }

// methodPath returns the path of the payment method. Element and Checkout Page have a list of
// methods (createPaymentSession, availablePaymentMethod). A request from a file may be for one
// of them without a flag.
func (f *Flags) methodPath(r *Request) string {
	if f.scene.classic() && (f.sceneNamed || !r.Has("productScene")) {
		return "paymentMethod.paymentMethodType"
	}
	return "availablePaymentMethod.paymentMethodTypeList[0].paymentMethodType"
}

// Validate returns an error for combinations that are invalid with any profile.
func (f *Flags) Validate(flags *pflag.FlagSet) error {
	f.sceneNamed = flags.Changed("scene")
	if err := f.Write.Validate(); err != nil {
		return err
	}
	switch {
	case f.amount != "" && f.value != "":
		return cli.Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case f.amount == "" && f.value == "" && f.file == "" && !draft.Names(f.Write.Assigned, "paymentAmount"):
		return cli.Usagef("no amount given").WithHint("antom session create --amount 42.00 --currency SGD")
	case f.amount == "" && f.value == "" && f.currency != "" && f.file != "":
		return cli.Usagef("--currency without an amount: the value in the file is in minor units of its own currency").WithHint("give --amount too")
	case flags.Changed("expires-in") && (f.expiresIn <= 0 || f.expiresIn > LongestSession):
		return cli.Usagef("--expires-in %s: Antom takes more than 0 and at most 1h", f.expiresIn)
	case f.threeDS && !f.scene.classic():
		return cli.Usagef("--three-ds is a field of the classic cashier's payment method").WithHint("--scene classic, or name the field with --set")
	}
	return f.conflict(&Request{draft.New(antom.CreatePaymentSession)})
}

// conflict returns an error for two values for the same field, or for a field and a part of it.
func (f *Flags) conflict(r *Request) error {
	named := f.assignments(r, f.CLI.Now())
	if f.money().Given() {
		named = append(named, draft.Assignment{Flag: "--amount", Path: "paymentAmount"})
	}
	return cli.AsUsage(draft.Conflict(named))
}

func (f *Flags) money() draft.Money {
	return draft.Money{Major: f.amount, Minor: f.value, Currency: strings.ToUpper(f.currency)}
}

// build builds the request. A file without flags is used unchanged; otherwise the flags and the
// missing required fields are set in the file or in an empty request.
func (f *Flags) build(ctx context.Context, m *cli.Merchant) (*Request, error) {
	r := &Request{draft.New(antom.CreatePaymentSession)}
	if f.file != "" {
		if err := f.read(ctx, r); err != nil {
			return nil, err
		}
	}
	if f.sceneNamed && f.scene.classic() {
		r.Remove("productScene")
	}
	now, err := f.gatewayTime(ctx, m)
	if err != nil {
		return nil, err
	}
	named := f.assignments(r, now)
	if f.file != "" && len(named) == 0 && !f.money().Given() && !f.sceneNamed {
		return r, nil
	}
	if err := f.conflict(r); err != nil {
		return nil, err
	}
	if err := f.setAmount(r, m, named); err != nil {
		return nil, err
	}
	if err := r.Assign(named...); err != nil {
		return nil, cli.AsUsage(err)
	}
	return r, f.fill(r, m)
}

// gatewayTime returns the time from which --expires-in counts. The emulator's clock may differ
// from ours.
func (f *Flags) gatewayTime(ctx context.Context, m *cli.Merchant) (time.Time, error) {
	if f.expiresIn == 0 || m.Emulator == nil {
		return f.CLI.Now(), nil
	}
	gateway, err := f.CLI.ControlEmulator()
	if err != nil {
		return time.Time{}, err
	}
	clock, err := gateway.Clock(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return clock.Time, nil
}

// read reads the request file. A file that is not a request is an error with its position, even
// with --no-check.
func (f *Flags) read(ctx context.Context, r *Request) error {
	text, err := f.CLI.ReadInput(ctx, f.file, cli.LargestRequest)
	if err != nil {
		return err
	}
	r.Draft, err = draft.Read(antom.CreatePaymentSession, cli.ShownName(f.file), text)
	return cli.AsUsage(err)
}

// setAmount sets paymentAmount and, if it has no value yet, the order's amount.
func (f *Flags) setAmount(r *Request, m *cli.Merchant, named []draft.Assignment) error {
	money := f.money()
	if !money.Given() {
		return nil
	}
	currency := r.Text("paymentAmount.currency")
	if money.Currency == "" && currency == "" && m.Profile.Currency != "" {
		currency = m.Profile.Currency
		r.FilledIn("paymentAmount.currency")
	}
	amount, err := money.In(currency)
	if errors.Is(err, draft.ErrNoCurrency) {
		return cli.Usagef("%s", err).WithHint("--currency SGD, or currency in the profile")
	}
	if err != nil {
		return err
	}
	if err := r.SetAmount("paymentAmount", amount); err != nil || draft.Names(named, "order.orderAmount") {
		return cli.AsUsage(err)
	}
	return cli.AsUsage(r.SetAmount("order.orderAmount", amount))
}

// Defaults of a session that names only an amount and a currency.
const (
	defaultDescription = "antom test order"
	defaultMethod      = "CARD"
)

// defaults returns the values for fields that are not given.
func (f *Flags) defaults(r *Request, m *cli.Merchant) []draft.Default {
	id := r.ID()
	if id == "" {
		id = cli.NewRequestID(f.CLI.Now())
	}
	list := []draft.Default{
		{Path: "productCode", Text: string(antom.ProductCashierPayment), Always: true, Silent: true},
		{Path: "paymentRequestId", Text: id, Always: true},
		{Path: "paymentRedirectUrl", Text: m.Profile.RedirectURL, Always: true},
		{Path: "paymentNotifyUrl", Text: m.Profile.NotifyURL},
		{Path: "settlementStrategy.settlementCurrency", Text: m.Profile.SettlementCurrency},
		{Path: "order.referenceOrderId", Text: id, Always: true},
		{Path: "order.orderDescription", Text: defaultDescription, Always: true},
	}
	if !r.Has("productScene") {
		list = append(list, draft.Default{Path: "paymentMethod.paymentMethodType", Text: defaultMethod, Always: true},
			draft.Default{Path: "paymentFactor.isAuthorization", Text: "true", Silent: true})
	} else if r.Has("paymentFactor.captureMode") {
		list = append(list, draft.Default{Path: "paymentFactor.isAuthorization", Text: "true", Silent: true})
	}
	return list
}

// fill sets the defaults of fields that are not given.
func (f *Flags) fill(r *Request, m *cli.Merchant) error {
	if err := r.Fill(f.defaults(r, m)...); err != nil {
		return cli.AsUsage(err)
	}
	if err := r.Copy("order.orderAmount", "paymentAmount"); err != nil {
		return cli.AsUsage(err)
	}
	if !r.Has("paymentRedirectUrl") && !r.Has("productScene") && !f.Write.NoCheck {
		return cli.Usagef("no redirect URL: Antom requires paymentRedirectUrl, the page the buyer returns to").
			WithHint("--redirect-url https://shop.example/paid, or redirect_url in the profile")
	}
	return nil
}
