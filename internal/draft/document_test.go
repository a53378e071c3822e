package draft_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/pkg/antom"
)

func read(t *testing.T, body string) *draft.Draft {
	t.Helper()
	d, err := draft.Read(antom.CreatePaymentSession, "r.json", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What is not changed stays as it was written, escapes and numbers included.
func TestDraft_keeps(t *testing.T) {
	t.Parallel()
	const body = `{"z":1.50,"order":{"orderDescription":"a\u002fb & <c>","goods":[{},[],null,true]},"paymentRequestId":"x"}`
	if got := string(read(t, body).Body()); got != body {
		t.Errorf("got  %s\nwant %s", got, body)
	}
}

func TestDraft_set(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body, path, text, want string
	}{
		{"string", `{}`, "paymentRequestId", "42", `{"paymentRequestId":"42"}`},
		{"text that JSON escapes", `{}`, "order.orderDescription", "a \"b\" & <c>\n", `{"order":{"orderDescription":"a \"b\" & <c>\n"}}`},
		{"boolean", `{}`, "paymentFactor.isAuthorization", "true", `{"paymentFactor":{"isAuthorization":true}}`},
		{"number", `{}`, "order.buyer.successfulOrderCount", "7", `{"order":{"buyer":{"successfulOrderCount":7}}}`},
		{"amount", `{}`, "order.shipping.shippingFee", "1.50 SGD", `{"order":{"shipping":{"shippingFee":{"currency":"SGD","value":"150"}}}}`},
		{"part of an amount", `{}`, "paymentAmount.value", "150", `{"paymentAmount":{"value":"150"}}`},
		{"item", `{}`, "order.goods[0].goodsName", "Tea", `{"order":{"goods":[{"goodsName":"Tea"}]}}`},
		{"next item", `{"order":{"goods":[{"goodsName":"Tea"}]}}`, "order.goods[1].goodsName", "Cup", `{"order":{"goods":[{"goodsName":"Tea"},{"goodsName":"Cup"}]}}`},
		{"item of numbers", `{}`, "creditPayPlan.filteredInstallmentPeriods[0]", "3", `{"creditPayPlan":{"filteredInstallmentPeriods":[3]}}`},
		{"item of words", `{}`, "scopes[0]", "SEND_OTP", `{"scopes":["SEND_OTP"]}`},
		{"list", `{}`, "scopes", `["A"]`, `{"scopes":["A"]}`},
		{"object", `{"env":{"clientIp":"1"}}`, "env", `{}`, `{"env":{}}`},
		{"below what has no rows", `{}`, "subscriptionPlan.period.count", "3", `{"subscriptionPlan":{"period":{"count":"3"}}}`},
		{"over null", `{"order":null}`, "order.orderType", "x", `{"order":{"orderType":"x"}}`},
		{"in its place", `{"productCode":"C","order":{}}`, "paymentRequestId", "x", `{"productCode":"C","paymentRequestId":"x","order":{}}`},
		{"deep", `{}`, "order.transit.legs[0].departureAddress.region", "SG", `{"order":{"transit":{"legs":[{"departureAddress":{"region":"SG"}}]}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := read(t, test.body)
			if err := d.Set(test.path, test.text); err != nil {
				t.Fatal(err)
			}
			if got := string(d.Body()); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDraft_setRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body, path, text, want, hint string
	}{
		{`{}`, "buyerEmail", "x", "buyerEmail: is not a known field", "did you mean order.buyer.buyerEmail?"},
		{`{}`, "order.goods[0].goodsNam", "x", "not a known field", "did you mean order.goods[0].goodsName?"},
		{`{}`, "paymentredirecturl", "x", "not a known field", "did you mean paymentRedirectUrl?"},
		{`{}`, "order.goods.goodsName", "x", "no item of it is given", "write order.goods[0]"},
		{`{}`, "order[0]", "x", "not a known field", ""},
		{`{}`, "order.goods[01].goodsName", "x", "not a known field", ""},
		{`{}`, "order.goods[99999].goodsName", "x", "not a known field", ""},
		{`{}`, "order.goods[1].goodsName", "x", "the list has only 0 items", "the next one is [0]"},
		{`{}`, "paymentAmount.valu", "x", "not a known field", ""},
		{`{"order":"x"}`, "order.orderType", "x", "different kind of value", ""},
		{`{}`, "", "x", "not a known field", ""},
		{`{}`, "paymentFactor.isAuthorization", "yes", `is "yes", must be true or false`, ""},
		{`{}`, "env.timeZoneOffset", "1.5", "must be a whole number", ""},
		{`{}`, "paymentAmount", "42.00", "such as 42.00 SGD", ""},
		{`{}`, "paymentAmount", "42.001 SGD", "42.001", ""},
		{`{}`, "order", "x", "an object in JSON", ""},
		{`{}`, "order.goods", "{}", "such as order.goods[0]", ""},
		{`{}`, "order", `{"a":1,"a":2}`, "a occurs twice", ""},
	} {
		d := read(t, test.body)
		err := d.Set(test.path, test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%s: error %v, want %q", test.path, test.text, err, test.want)
			continue
		}
		if wrong, ok := errors.AsType[*draft.PathError](err); test.hint != "" && (!ok || wrong.Hint() != test.hint) {
			t.Errorf("%s=%s: hint %q, want %q", test.path, test.text, wrong.Hint(), test.hint)
		}
		if got := string(d.Body()); got != test.body {
			t.Errorf("%s=%s: the document became %s", test.path, test.text, got)
		}
	}
}

func TestRead_places(t *testing.T) {
	t.Parallel()
	d := read(t, "{\n  \"order\": {\n    \"goods\": [ {\"goodsNäme\": \"x\", \"goodsUrl\": \"y\"},\n 7 ]\n  }\n}")
	for path, want := range map[string][2]int{
		"order": {2, 3}, "order.goods": {3, 5}, "order.goods[0].goodsNäme": {3, 17}, "order.goods[0].goodsUrl": {3, 35}, "order.goods[1]": {4, 2},
	} {
		line, column, ok := d.Place(path)
		if !ok || line != want[0] || column != want[1] {
			t.Errorf("%s stands at %d:%d, %t; want %v", path, line, column, ok, want)
		}
	}
	if err := d.Set("order.goods[0].goodsUrl", "https://shop.example"); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := d.Place("order.goods[0].goodsUrl"); ok {
		t.Error("what was set has a place in the source")
	}
}

func TestRead_refuses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"{\"a\": 1,\n \"b\": {\"c\": 1, \"d\": 2,\n \"c\": 3}}": "r.json:3:2: b.c occurs twice, first on line 2",
		"{\"a\":1} x":        "r.json:1:9: not a JSON object: something follows the object",
		"\ufeff{}":           "r.json:1:1: not a JSON object: it begins with a byte order mark",
		"{\"a\":\n\"\xff\"}": "r.json:2:2: not a JSON object: it is not UTF-8",
		"[]":                 "r.json:1:1: not a JSON object: it is a list",
		"":                   "it is empty",
		strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70): "deep",
	} {
		_, err := draft.Read(antom.CreatePaymentSession, "r.json", []byte(body))
		bad, ok := errors.AsType[*draft.SourceError](err)
		if !ok || !strings.Contains(err.Error(), want) || bad.Hint() == "" {
			t.Errorf("%.40q: error %v, want %q", body, err, want)
		}
	}
}
