package sessioncmd

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

// sessionRequest is the request that is signed and sent.
type sessionRequest struct{ *draft.Draft }

func (r *sessionRequest) id() string { return r.Text("paymentRequestId") }

// amount is what is charged, as far as it can be read.
func (r *sessionRequest) amount() string {
	if amount, ok := r.Amount("paymentAmount"); ok {
		return amount.String()
	}
	return strings.TrimSpace(r.Text("paymentAmount.value") + " (minor units) " + r.Text("paymentAmount.currency"))
}

// assignments are the fields that flags name, but for the amount. They depend on
// the request that they go into, and --expires-in on the time, which is that of the
// gateway.
func (o *sessionCreate) assignments(r *sessionRequest, now time.Time) []draft.Assignment {
	var list []draft.Assignment
	add := func(flag, path, text string) {
		if text != "" {
			list = append(list, draft.Assignment{Flag: flag, Path: path, Text: text})
		}
	}
	add("--request-id", "paymentRequestId", o.write.RequestID)
	add("--order-id", "order.referenceOrderId", o.orderID)
	add("--description", "order.orderDescription", o.description)
	add("--buyer-id", "order.buyer.referenceBuyerId", o.buyerID)
	add("--method", o.methodPath(r), o.method)
	add("--capture", "paymentFactor.captureMode", strings.ToUpper(o.capture))
	if o.threeDS {
		add("--three-ds", "paymentMethod.paymentMethodMetaData.is3DSAuthentication", "true")
	}
	add("--settlement-currency", "settlementStrategy.settlementCurrency", o.settlementCurrency)
	add("--redirect-url", "paymentRedirectUrl", o.redirectURL)
	add("--notify-url", "paymentNotifyUrl", o.notifyURL)
	if o.expiresIn > 0 {
		add("--expires-in", "paymentSessionExpiryTime", now.Add(o.expiresIn).UTC().Format(time.RFC3339))
	}
	add("--scene", "productScene", o.scene.productScene())
	return append(list, o.write.Assigned...)
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

// methodPath is where the payment method stands: Element and Checkout Page offer
// a list of them (spec of createPaymentSession, availablePaymentMethod). A request
// from a file may be for one of them without a flag.
func (o *sessionCreate) methodPath(r *sessionRequest) string {
	if o.scene.classic() && (o.sceneNamed || !r.Has("productScene")) {
		return "paymentMethod.paymentMethodType"
	}
	return "availablePaymentMethod.paymentMethodTypeList[0].paymentMethodType"
}

// validate refuses combinations that no profile can mend.
func (o *sessionCreate) validate(flags *pflag.FlagSet) error {
	if err := o.write.Validate(); err != nil {
		return err
	}
	switch {
	case o.amount != "" && o.value != "":
		return cli.Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case o.amount == "" && o.value == "" && o.file == "" && !draft.Names(o.write.Assigned, "paymentAmount"):
		return cli.Usagef("no amount given").WithHint("antom session create --amount 42.00 --currency SGD")
	case o.amount == "" && o.value == "" && o.currency != "" && o.file != "":
		return cli.Usagef("--currency without an amount: the value in the file is in minor units of its own currency").WithHint("give --amount too")
	case flags.Changed("expires-in") && (o.expiresIn <= 0 || o.expiresIn > longestSession):
		return cli.Usagef("--expires-in %s: Antom takes more than 0 and at most 1h", o.expiresIn)
	case o.threeDS && !o.scene.classic():
		return cli.Usagef("--three-ds is a field of the classic cashier's payment method").WithHint("--scene classic, or name the field with --set")
	}
	if err := o.validateWait(flags); err != nil {
		return err
	}
	return o.conflict(&sessionRequest{draft.New(antom.CreatePaymentSession)})
}

// conflict refuses two values for the same field, or for a field and a part of it.
func (o *sessionCreate) conflict(r *sessionRequest) error {
	named := o.assignments(r, o.c.Now())
	if o.money().Given() {
		named = append(named, draft.Assignment{Flag: "--amount", Path: "paymentAmount"})
	}
	return cli.AsUsage(draft.Conflict(named))
}

func (o *sessionCreate) money() draft.Money {
	return draft.Money{Major: o.amount, Minor: o.value, Currency: strings.ToUpper(o.currency)}
}

func (o *sessionCreate) validateWait(flags *pflag.FlagSet) error {
	if !o.wait {
		for _, name := range [...]string{"interval", "timeout", "expect"} {
			if flags.Changed(name) {
				return cli.Usagef("--%s says how to wait, and --wait is not given", name).WithHint("add --wait")
			}
		}
		return nil
	}
	if o.write.DryRun != "" {
		return cli.Usagef("--dry-run sends nothing, so there is nothing to --wait for").WithHint("leave one of them out")
	}
	return o.waitFlags.Validate()
}

// build makes the request: the file as it is or, where flags name fields, the
// file or an empty request with those and the fields that must not be missing.
func (o *sessionCreate) build(ctx context.Context, m *cli.Merchant) (*sessionRequest, error) {
	r := &sessionRequest{draft.New(antom.CreatePaymentSession)}
	if o.file != "" {
		if err := o.read(ctx, r); err != nil {
			return nil, err
		}
	}
	if o.sceneNamed && o.scene.classic() {
		r.Remove("productScene")
	}
	now, err := o.gatewayTime(ctx, m)
	if err != nil {
		return nil, err
	}
	named := o.assignments(r, now)
	if o.file != "" && len(named) == 0 && !o.money().Given() && !o.sceneNamed {
		return r, nil
	}
	if err := o.conflict(r); err != nil {
		return nil, err
	}
	if err := o.setAmount(r, m, named); err != nil {
		return nil, err
	}
	if err := r.Assign(named...); err != nil {
		return nil, cli.AsUsage(err)
	}
	return r, o.fill(r, m)
}

// gatewayTime is the time from which --expires-in counts. The emulator's clock may
// differ from ours.
func (o *sessionCreate) gatewayTime(ctx context.Context, m *cli.Merchant) (time.Time, error) {
	if o.expiresIn == 0 || m.Emulator == nil {
		return o.c.Now(), nil
	}
	gateway, err := o.c.Steer()
	if err != nil {
		return time.Time{}, err
	}
	clock, err := gateway.Clock(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return clock.Time, nil
}

// read takes the request file in. What is no request at all is refused with its
// place, --no-check or not: nobody could say what it would do.
func (o *sessionCreate) read(ctx context.Context, r *sessionRequest) error {
	text, err := o.c.ReadInput(ctx, o.file, cli.LargestRequest)
	if err != nil {
		return err
	}
	r.Draft, err = draft.Read(antom.CreatePaymentSession, cli.ShownName(o.file), text)
	return cli.AsUsage(err)
}

// setAmount sets paymentAmount and, unless it has a value of its own, the
// order's amount.
func (o *sessionCreate) setAmount(r *sessionRequest, m *cli.Merchant, named []draft.Assignment) error {
	money := o.money()
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

// defaults are the values of fields that are not given.
func (o *sessionCreate) defaults(r *sessionRequest, m *cli.Merchant) []draft.Default {
	id := r.id()
	if id == "" {
		id = cli.NewRequestID(o.c.Now())
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
func (o *sessionCreate) fill(r *sessionRequest, m *cli.Merchant) error {
	if err := r.Fill(o.defaults(r, m)...); err != nil {
		return cli.AsUsage(err)
	}
	if err := r.Copy("order.orderAmount", "paymentAmount"); err != nil {
		return cli.AsUsage(err)
	}
	if !r.Has("paymentRedirectUrl") && !r.Has("productScene") && !o.write.NoCheck {
		return cli.Usagef("no redirect URL: Antom requires paymentRedirectUrl, the page the buyer returns to").
			WithHint("--redirect-url https://shop.example/paid, or redirect_url in the profile")
	}
	return nil
}
