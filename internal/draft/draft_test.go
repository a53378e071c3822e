package draft_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// TestDraft_untouched: a request that was read and not changed goes out byte for
// byte; one that was changed keeps its order.
func TestDraft_untouched(t *testing.T) {
	t.Parallel()
	const source = "{ \"paymentRequestId\" : \"x\",\n\t\"order\":{\"orderDescription\":\"d\"} }\n"
	d := read(t, source)
	d.Remove("productScene")
	if err := d.Fill(draft.Default{Path: "paymentNotifyUrl", Text: "https://shop.example/n"}, draft.Default{Path: "paymentRequestId", Text: "y", Always: true}); err != nil {
		t.Fatal(err)
	}
	if got := string(d.Body()); got != source {
		t.Errorf("body = %q", got)
	}
	if err := d.Assign(draft.Assignment{Flag: "--order-id", Path: "order.referenceOrderId", Text: "o"}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(d.Body()), `{"paymentRequestId":"x","order":{"referenceOrderId":"o","orderDescription":"d"}}`; got != want {
		t.Errorf("body = %s", got)
	}
}

// TestDraft_Fill: defaults go where nobody said anything, and it is known where
// they went.
func TestDraft_Fill(t *testing.T) {
	t.Parallel()
	d := draft.New(antom.CreatePaymentSession)
	sets, err := draft.ParseSets([]string{"order.orderDescription=", "paymentRequestId=r"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Assign(sets...); err != nil {
		t.Fatal(err)
	}
	err = d.Fill(
		draft.Default{Path: "productCode", Text: "CASHIER_PAYMENT", Silent: true}, draft.Default{Path: "order.orderDescription", Text: "a test"},
		draft.Default{Path: "paymentRequestId", Text: "other"}, draft.Default{Path: "paymentNotifyUrl"},
		draft.Default{Path: "order.referenceOrderId", Text: d.Text("paymentRequestId")})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"r","order":{"referenceOrderId":"r","orderDescription":""}}`; string(d.Body()) != want {
		t.Errorf("body = %s", d.Body())
	}
	if diff := cmp.Diff([]string{"order.referenceOrderId"}, d.Filled()); diff != "" {
		t.Error(diff)
	}
	if err := d.Fill(draft.Default{Path: "nosuch", Text: "x"}); err == nil {
		t.Error("a default for a field that is not there")
	}
}

func TestParseSet(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]draft.Assignment{
		"paymentAmount.value=42":       {Flag: "--set", Path: "paymentAmount.value", Text: "42"},
		"order.goods[0].goodsName=a=b": {Flag: "--set", Path: "order.goods[0].goodsName", Text: "a=b"},
		"env:={\"a\":1}":               {Flag: "--set", Path: "env", Text: `{"a":1}`, JSON: true},
		"order.goods.0.goodsName=Tea":  {Flag: "--set", Path: "order.goods[0].goodsName", Text: "Tea", Note: "--set order.goods.0.goodsName: read as order.goods[0].goodsName"},
		"env.clientIp=":                {Flag: "--set", Path: "env.clientIp"},
	} {
		got, err := draft.ParseSet(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"", "path", "=x", ":=1"} {
		_, err := draft.ParseSet(text)
		if bad, ok := errors.AsType[*draft.SetError](err); !ok || !strings.Contains(bad.Hint(), "goods[0]") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	list := []draft.Assignment{{Flag: "--order-id", Path: "order.referenceOrderId"}, {Flag: "--set", Path: "env.clientIp"}, {Flag: "--set", Path: "order"}}
	err := draft.Conflict(list)
	if twice, ok := errors.AsType[*draft.ConflictError](err); !ok || err.Error() != "--order-id and --set order both set order" || twice.Hint() == "" {
		t.Errorf("err = %v", err)
	}
	if err := draft.Conflict(list[:2]); err != nil {
		t.Errorf("err = %v", err)
	}
	if !draft.Names(list, "order.orderAmount") || draft.Names(list[:2], "order.orderAmount") {
		t.Error("Names does not look at what a field is in")
	}
}

// TestDraft_Assign: the error says which flag it was and what was perhaps meant.
func TestDraft_Assign(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		assign     draft.Assignment
		want, hint string
	}{
		{draft.Assignment{Flag: "--set", Path: "buyerEmail", Text: "x"}, "--set buyerEmail: is not a known field of the request", "did you mean order.buyer.buyerEmail?"},
		{draft.Assignment{Flag: "--three-ds", Path: "paymentFactor.isAuthorization", Text: "yes"}, `--three-ds: paymentFactor.isAuthorization: is "yes", must be true or false`, ""},
		{draft.Assignment{Flag: "--set", Path: "order", Text: "{", JSON: true}, `--set order: is "{", must be a JSON value`, ""},
	} {
		err := draft.New(antom.CreatePaymentSession).Assign(test.assign)
		bad, ok := errors.AsType[*draft.AssignmentError](err)
		if !ok || err.Error() != test.want || bad.Hint() != test.hint {
			t.Errorf("%v, want %s and the hint %q", err, test.want, test.hint)
		}
	}
	err := draft.New(antom.CreatePaymentSession).Assign(draft.Assignment{Flag: "--set", Path: "paymentAmount", Text: "42.001 SGD"})
	if _, ok := errors.AsType[*antom.AmountError](err); !ok {
		t.Errorf("an amount: %v", err)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		money    draft.Money
		currency string
		want     antom.Amount
		err      string
	}{
		{draft.Money{Major: "42.00", Currency: "SGD"}, "JPY", antom.Amount{Currency: "SGD", Value: 4200}, ""},
		{draft.Money{Major: "42"}, "JPY", antom.Amount{Currency: "JPY", Value: 42}, ""},
		{draft.Money{Minor: "4200"}, "SGD", antom.Amount{Currency: "SGD", Value: 4200}, ""},
		{draft.Money{Major: "42.001"}, "SGD", antom.Amount{}, "42.001"},
		{draft.Money{Major: "42"}, "", antom.Amount{}, draft.ErrNoCurrency.Error()},
	} {
		got, err := test.money.In(test.currency)
		if test.err == "" && (err != nil || got != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%+v in %s: %v, %v", test.money, test.currency, got, err)
		}
	}
	d := draft.New(antom.CreatePaymentSession)
	if err := d.SetAmount("paymentAmount", antom.Amount{Currency: "SGD", Value: 4200}); err != nil {
		t.Fatal(err)
	}
	if err := d.Copy("order.orderAmount", "paymentAmount"); err != nil {
		t.Fatal(err)
	}
	if err := d.Copy("order.orderAmount", "order.shipping.shippingFee"); err != nil {
		t.Fatal(err)
	}
	if amount, ok := d.Amount("order.orderAmount"); !ok || amount.Value != 4200 {
		t.Errorf("amount = %v in %s", amount, d.Body())
	}
	if _, ok := d.Amount("order.shipping.shippingFee"); ok || (draft.Money{}).Given() || !(draft.Money{Minor: "1"}).Given() {
		t.Error("an amount that is not there")
	}
}

// TestDraft_Check: findings name the place in the source.
func TestDraft_Check(t *testing.T) {
	t.Parallel()
	d := read(t, "{\n  \"paymentRequestId\": \"x\",\n  \"paymentAmount\": {\"currency\": \"SGD\", \"value\": 4200}\n}")
	findings, err := d.Check()
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for _, f := range findings {
		if f.Level == rules.Documented {
			messages = append(messages, f.Message)
		}
	}
	for _, want := range []string{"r.json:3:40: paymentAmount.value: must be a string, is a number", "r.json: order: is required and missing"} {
		if !slices.Contains(messages, want) {
			t.Errorf("%q is not among %q", want, messages)
		}
	}
	fresh, err := draft.New(antom.InquiryPayment).Check()
	if err != nil || len(fresh) != 1 || !strings.HasPrefix(fresh[0].Message, "paymentRequestId: ") {
		t.Errorf("%+v, %v", fresh, err)
	}
}
