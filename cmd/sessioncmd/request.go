package sessioncmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionRequest is the body that is signed and sent, and where it came from.
type sessionRequest struct {
	*rules.Document
	body   []byte
	file   string   // as messages call it; empty if there is none
	filled []string // the fields that nobody named and we chose
}

func (r *sessionRequest) id() string { return r.Text("paymentRequestId") }

// amount is what is charged, as far as it can be read.
func (r *sessionRequest) amount() string {
	currency, value := r.Text("paymentAmount.currency"), r.Text("paymentAmount.value")
	amount, err := antom.ParseMinor(value, currency)
	if err != nil {
		return strings.TrimSpace(value + " (minor units) " + currency)
	}
	return amount.String()
}

// assignment gives a field the value that a flag names.
type assignment struct {
	path, text string
	set        bool   // by --set, which names the path itself
	json       bool   // the text is JSON
	flag       string // as the user wrote it, for messages
}

// apply carries assignments out in their order.
func (r *sessionRequest) apply(list []assignment) error {
	for _, a := range list {
		set := r.Set
		if a.json {
			set = r.SetJSON
		}
		if err := set(a.path, a.text); err != nil {
			return assignmentError(a, err)
		}
	}
	return nil
}

// assignmentError is a value that can't be set, as the user's mistake.
func assignmentError(a assignment, err error) error {
	if cli.Is[*antom.AmountError](err) {
		return err // it says all, and its hint what to write
	}
	refusal := cli.Usagef("%s: %s", a.flag, err)
	if a.set {
		refusal = cli.Usagef("--set %s", err) // which begins with the path
	}
	if wrong, ok := errors.AsType[*rules.PathError](err); ok {
		refusal = refusal.WithHint("%s", wrong.Hint())
	}
	return refusal
}

// assignments are the fields that flags name, but for the amount.
func (o *sessionCreate) assignments() []assignment {
	var list []assignment
	add := func(flag, path, text string) {
		if text != "" {
			list = append(list, assignment{path: path, text: text, flag: flag})
		}
	}
	add("--request-id", "paymentRequestId", o.requestID)
	add("--order-id", "order.referenceOrderId", o.orderID)
	add("--description", "order.orderDescription", o.description)
	add("--buyer-id", "order.buyer.referenceBuyerId", o.buyerID)
	add("--method", o.methodPath(), o.method)
	add("--capture", "paymentFactor.captureMode", strings.ToUpper(o.capture))
	if o.threeDS {
		add("--three-ds", "paymentMethod.paymentMethodMetaData.is3DSAuthentication", "true")
	}
	add("--settlement-currency", "settlementStrategy.settlementCurrency", o.settlementCurrency)
	add("--redirect-url", "paymentRedirectUrl", o.redirectURL)
	add("--notify-url", "paymentNotifyUrl", o.notifyURL)
	if o.expiresIn > 0 {
		add("--expires-in", "paymentSessionExpiryTime", o.c.Now().Add(o.expiresIn).UTC().Format(time.RFC3339))
	}
	add("--scene", "productScene", o.scene.productScene())
	return list
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
// a list of them (spec of createPaymentSession, availablePaymentMethod).
func (o *sessionCreate) methodPath() string {
	if o.scene.classic() {
		return "paymentMethod.paymentMethodType"
	}
	return "availablePaymentMethod.paymentMethodTypeList[0].paymentMethodType"
}

// parseSets reads the values of --set: path=text, or path:=JSON.
func parseSets(values []string) ([]assignment, error) {
	var list []assignment
	for _, value := range values {
		path, text, found := strings.Cut(value, "=")
		path, isJSON := strings.CutSuffix(path, ":")
		if !found || path == "" {
			return nil, cli.Usagef("--set %q: must be path=value", value).
				WithHint("--set 'order.goods[0].goodsName=Tea', or path:=JSON for a value in JSON")
		}
		list = append(list, assignment{path: path, text: text, set: true, json: isJSON, flag: "--set " + path})
	}
	return list, nil
}

// conflict refuses two values for one field, or for a field and a part of it.
func conflict(list []assignment) error {
	for i, a := range list {
		for _, b := range list[:i] {
			if rules.Overlap(a.path, b.path) {
				return cli.Usagef("%s and %s both set %s", b.flag, a.flag, shorter(a.path, b.path)).WithHint("give one of them")
			}
		}
	}
	return nil
}

func shorter(a, b string) string {
	if len(b) < len(a) {
		return b
	}
	return a
}

// validate refuses combinations that no profile can mend.
func (o *sessionCreate) validate(flags *pflag.FlagSet) error {
	sets, err := parseSets(o.sets)
	if err != nil {
		return err
	}
	o.assigned = append(o.assignments(), sets...)
	named := o.assigned
	if o.amount != "" || o.value != "" {
		named = append(slices.Clip(named), assignment{path: "paymentAmount", flag: "--amount"})
	}
	switch {
	case o.amount != "" && o.value != "":
		return cli.Usagef("--amount and --value both given").WithHint("--amount is in major units (42.00), --value in minor units (4200); give one")
	case o.amount == "" && o.value == "" && o.file == "" && !names(sets, "paymentAmount"):
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
	return conflict(named)
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
	if o.dryRun != "" {
		return cli.Usagef("--dry-run sends nothing, so there is nothing to --wait for").WithHint("leave one of them out")
	}
	return o.waitFlags.Validate()
}

func names(list []assignment, path string) bool {
	return slices.ContainsFunc(list, func(a assignment) bool { return rules.Overlap(a.path, path) })
}

// build makes the request: the file as it is or, where flags name fields, the
// file or an empty request with those and the fields that must not be missing.
func (o *sessionCreate) build(ctx context.Context, m *cli.Merchant) (*sessionRequest, error) {
	r := &sessionRequest{Document: rules.NewDocument(antom.CreatePaymentSession)}
	if o.file != "" {
		if err := o.read(ctx, r); err != nil {
			return nil, err
		}
		if len(o.assigned) == 0 && o.amount == "" && o.value == "" && !o.sceneNamed {
			return r, nil
		}
	}
	if o.sceneNamed && o.scene.classic() {
		r.Remove("productScene")
	}
	if err := o.setAmount(r, m); err != nil {
		return nil, err
	}
	if err := o.onGatewayClock(ctx, m); err != nil {
		return nil, err
	}
	if err := r.apply(o.assigned); err != nil {
		return nil, err
	}
	if err := o.fill(r, m); err != nil {
		return nil, err
	}
	r.body = r.Bytes()
	return r, nil
}

// onGatewayClock counts --expires-in from the emulator's time where the session is
// made there: its clock may be another than ours.
func (o *sessionCreate) onGatewayClock(ctx context.Context, m *cli.Merchant) error {
	if o.expiresIn == 0 || m.Emulator == nil {
		return nil
	}
	gateway, err := o.c.Steer()
	if err != nil {
		return err
	}
	clock, err := gateway.Clock(ctx)
	if err != nil {
		return err
	}
	for i := range o.assigned {
		if o.assigned[i].flag == "--expires-in" {
			o.assigned[i].text = clock.Time.Add(o.expiresIn).UTC().Format(time.RFC3339)
		}
	}
	return nil
}

// read takes the request file in. What is no request at all is refused with its
// place, --no-check or not: nobody could say what it would do.
func (o *sessionCreate) read(ctx context.Context, r *sessionRequest) error {
	r.file = cli.ShownName(o.file)
	text, err := o.c.ReadInput(ctx, o.file, cli.LargestRequest)
	if err != nil {
		return err
	}
	r.Document, err = rules.ParseDocument(antom.CreatePaymentSession, text)
	if syntax, ok := errors.AsType[*rules.SyntaxError](err); ok {
		return cli.Usagef("%s:%d:%d: not a JSON object: %s", r.file, syntax.Line, syntax.Column, syntax.Reason).WithHint("a request is one JSON object in UTF-8")
	}
	if twice, ok := errors.AsType[*rules.DuplicateError](err); ok {
		return cli.Usagef("%s:%d:%d: %s stands twice, first on line %d", r.file, twice.Line, twice.Column, twice.Path, twice.First).
			WithHint("of two values nobody can say which one counts; leave one of them")
	}
	r.body = text
	return err
}

// setAmount sets paymentAmount and, unless it has a value of its own, the
// order's amount.
func (o *sessionCreate) setAmount(r *sessionRequest, m *cli.Merchant) error {
	if o.amount == "" && o.value == "" {
		return nil
	}
	amount, err := o.parseAmount(r, m)
	if err != nil {
		return err
	}
	if err := r.SetAmount("paymentAmount", amount); err != nil {
		return err
	}
	if names(o.assigned, "order.orderAmount") {
		return nil
	}
	return assignmentErrorOrNil(assignment{flag: "--amount"}, r.SetAmount("order.orderAmount", amount))
}

func assignmentErrorOrNil(a assignment, err error) error {
	if err == nil {
		return nil
	}
	return assignmentError(a, err)
}

func (o *sessionCreate) parseAmount(r *sessionRequest, m *cli.Merchant) (antom.Amount, error) {
	currency := o.currency
	if currency == "" {
		currency = r.Text("paymentAmount.currency")
	}
	if currency == "" && m.Profile.Currency != "" {
		currency = m.Profile.Currency
		r.filled = append(r.filled, "paymentAmount.currency")
	}
	if currency == "" {
		return antom.Amount{}, cli.Usagef("no currency given").WithHint("--currency SGD, or currency in the profile")
	}
	if o.value != "" {
		return antom.ParseMinor(o.value, currency)
	}
	return antom.ParseAmount(o.amount, currency)
}

// filling is a field that gets a value when nobody named one.
type filling struct {
	path, text string
	always     bool // also in a request from a file: Antom requires the field
	silent     bool // not worth a word
}

// Defaults of a session that names only an amount and a currency.
const (
	defaultDescription = "antom test order"
	defaultMethod      = "CARD"
)

// fillings are the defaults, in the order in which they may build on each other.
func (o *sessionCreate) fillings(r *sessionRequest, m *cli.Merchant) []filling {
	id := r.id()
	if id == "" {
		id = cli.NewRequestID(o.c.Now())
	}
	list := []filling{
		{path: "productCode", text: string(antom.ProductCashierPayment), always: true, silent: true},
		{path: "paymentRequestId", text: id, always: true},
		{path: "paymentRedirectUrl", text: m.Profile.RedirectURL, always: true},
		{path: "paymentNotifyUrl", text: m.Profile.NotifyURL},
		{path: "settlementStrategy.settlementCurrency", text: m.Profile.SettlementCurrency},
		{path: "order.referenceOrderId", text: id, always: true},
		{path: "order.orderDescription", text: defaultDescription, always: true},
	}
	if !r.Has("productScene") {
		list = append(list, filling{path: "paymentMethod.paymentMethodType", text: defaultMethod, always: true},
			filling{path: "paymentFactor.isAuthorization", text: "true", silent: true})
	} else if r.Has("paymentFactor.captureMode") {
		list = append(list, filling{path: "paymentFactor.isAuthorization", text: "true", silent: true})
	}
	return list
}

// fill gives the fields that nobody named their defaults, and remembers which.
func (o *sessionCreate) fill(r *sessionRequest, m *cli.Merchant) error {
	for _, f := range o.fillings(r, m) {
		if r.Has(f.path) || f.text == "" || o.said(f.path) || (r.file != "" && !f.always) {
			continue
		}
		if err := r.apply([]assignment{{path: f.path, text: f.text, flag: r.file}}); err != nil {
			return err
		}
		if !f.silent {
			r.filled = append(r.filled, f.path)
		}
	}
	if !r.Has("order.orderAmount") && r.Has("paymentAmount") {
		if err := r.Copy("order.orderAmount", "paymentAmount"); err != nil {
			return fmt.Errorf("fill in order.orderAmount: %w", err)
		}
	}
	if !r.Has("paymentRedirectUrl") && !r.Has("productScene") && !o.noCheck {
		return cli.Usagef("no redirect URL: Antom requires paymentRedirectUrl, the page the buyer returns to").
			WithHint("--redirect-url https://shop.example/paid, or redirect_url in the profile")
	}
	return nil
}

// said tells a field that --set has made empty on purpose.
func (o *sessionCreate) said(path string) bool {
	return slices.ContainsFunc(o.assigned, func(a assignment) bool { return a.path == path })
}
