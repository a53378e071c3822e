package rules_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

func sample(tb testing.TB) []byte {
	tb.Helper()
	body, err := os.ReadFile("testdata/session-request.json")
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// with returns the guide's sample request with one member changed; a nil value removes it.
func with(tb testing.TB, path string, value any) []byte {
	tb.Helper()
	var object map[string]any
	if err := json.Unmarshal(sample(tb), &object); err != nil {
		tb.Fatal(err)
	}
	at := object
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		next, ok := at[part].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[part] = next
		}
		at = next
	}
	if last := parts[len(parts)-1]; value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	body, err := json.Marshal(object)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestCheck_sampleIsClean(t *testing.T) {
	t.Parallel()
	findings, err := rules.Check(antom.CreatePaymentSession, sample(t))
	if err != nil || len(findings) > 0 {
		t.Errorf("findings = %+v, %v", findings, err)
	}
}

func TestCheck_session(t *testing.T) {
	t.Parallel()
	goods := []any{map[string]any{"goodsName": "Tea"}, map[string]any{"goodsName": "茶"}}
	tests := []struct {
		name  string
		path  string
		value any
		want  rules.Finding
	}{
		{"no product code", "productCode", nil, rules.Finding{Path: "productCode", Rule: "missing", Level: rules.Documented}},
		{"no request id", "paymentRequestId", nil, rules.Finding{Path: "paymentRequestId", Rule: "missing", Level: rules.Documented}},
		{"empty request id", "paymentRequestId", "", rules.Finding{Path: "paymentRequestId", Rule: "missing", Level: rules.Documented}},
		{"no amount", "paymentAmount", nil, rules.Finding{Path: "paymentAmount", Rule: "missing", Level: rules.Documented}},
		{"no method", "paymentMethod", nil, rules.Finding{Path: "paymentMethod", Rule: "missing", Level: rules.Documented}},
		{"no redirect", "paymentRedirectUrl", nil, rules.Finding{Path: "paymentRedirectUrl", Rule: "missing", Level: rules.Documented}},
		{"no order", "order", nil, rules.Finding{Path: "order", Rule: "missing", Level: rules.Documented}},
		{"no order id", "order.referenceOrderId", nil, rules.Finding{Path: "order.referenceOrderId", Rule: "missing", Level: rules.Documented}},
		{"no currency", "paymentAmount.currency", nil, rules.Finding{Path: "paymentAmount.currency", Rule: "missing", Level: rules.Documented}},
		{"long id", "paymentRequestId", strings.Repeat("x", 65), rules.Finding{Path: "paymentRequestId", Rule: "too-long", Level: rules.Documented}},
		{"Chinese description", "order.orderDescription", "订单", rules.Finding{Path: "order.orderDescription", Rule: "chinese", Level: rules.Documented}},
		{"full-width form", "order.referenceOrderId", "order１", rules.Finding{Path: "order.referenceOrderId", Rule: "chinese", Level: rules.Documented}},
		{"Chinese goods", "order.goods", goods, rules.Finding{Path: "order.goods[1].goodsName", Rule: "chinese", Level: rules.Documented}},
		{"too many goods", "order.goods", make([]map[string]any, 101), rules.Finding{Path: "order.goods", Rule: "too-many", Level: rules.Documented}},
		{"relative URL", "paymentRedirectUrl", "shop.example/paid", rules.Finding{Path: "paymentRedirectUrl", Rule: "not-a-url", Level: rules.Documented}},
		{"other scheme", "paymentNotifyUrl", "ftp://shop.example", rules.Finding{Path: "paymentNotifyUrl", Rule: "not-a-url", Level: rules.Documented}},
		{"decimal value", "paymentAmount.value", "42.00", rules.Finding{Path: "paymentAmount.value", Rule: "not-a-number", Level: rules.Documented}},
		{"numeric value", "paymentAmount.value", 4200, rules.Finding{Path: "paymentAmount.value", Rule: "wrong-type", Level: rules.Documented}},
		{"unknown currency", "paymentAmount.currency", "SGX", rules.Finding{Path: "paymentAmount.currency", Rule: "currency-unknown", Level: rules.Documented}},
		{"unknown settlement currency", "settlementStrategy.settlementCurrency", "SGX", rules.Finding{Path: "settlementStrategy.settlementCurrency", Rule: "unknown-currency", Level: rules.Documented}},
		{"odd capture mode", "paymentFactor.captureMode", "LATER", rules.Finding{Path: "paymentFactor.captureMode", Rule: "not-allowed", Level: rules.Documented}},
		{"odd time", "paymentSessionExpiryTime", "tomorrow", rules.Finding{Path: "paymentSessionExpiryTime", Rule: "not-a-time", Level: rules.Documented}},
		{"list for object", "order", []any{}, rules.Finding{Path: "order", Rule: "wrong-type", Level: rules.Documented}},
		{"odd boolean", "paymentFactor.isAuthorization", "yes", rules.Finding{Path: "paymentFactor.isAuthorization", Rule: "wrong-type", Level: rules.Documented}},
		{"misspelt field", "order.buyer.referenceBuyerid", "b", rules.Finding{Path: "order.buyer.referenceBuyerid", Rule: "unknown", Level: rules.Inferred}},
		{"unknown product", "productCode", "CASHIER", rules.Finding{Path: "productCode", Rule: "not-allowed", Level: rules.Inferred}},
		{"other order amount", "order.orderAmount.value", "4100", rules.Finding{Path: "order.orderAmount", Rule: "differs", Level: rules.Inferred}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			findings, err := rules.Check(antom.CreatePaymentSession, with(t, test.path, test.value))
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range findings {
				if got.Path == test.want.Path && got.Rule == test.want.Rule && got.Level == test.want.Level {
					if !strings.HasPrefix(got.Message, got.Path+": ") || got.Hint == "" {
						t.Errorf("message = %q, hint = %q", got.Message, got.Hint)
					}
					return
				}
			}
			t.Errorf("findings = %+v, want %+v", findings, test.want)
		})
	}
}

func TestCheck_acceptsStringsForBooleans(t *testing.T) {
	t.Parallel()
	findings, err := rules.Check(antom.CreatePaymentSession, with(t, "paymentFactor.isAuthorization", "true"))
	if err != nil || len(findings) > 0 {
		t.Errorf("findings = %+v, %v", findings, err)
	}
}

func TestCheck_oneOf(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{`{}`: 1, `{"paymentId":"1"}`: 0, `{"paymentRequestId":"1"}`: 0, `{"paymentId":""}`: 1} {
		findings, err := rules.Check(antom.InquiryPayment, []byte(body))
		if err != nil || len(findings) != want {
			t.Errorf("%s: findings = %+v, %v; want %d", body, findings, err, want)
		}
	}
}

func TestCheck_syntax(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body         string
		line, column int
	}{
		{"{\n  \"a\": 1,\n  oops\n}", 3, 3},
		{"[1]", 1, 1},
		{"", 1, 1},
		{"null", 1, 1},
		{"{\"a\":", 1, 6},
	}
	for _, test := range tests {
		_, err := rules.Check(antom.CreatePaymentSession, []byte(test.body))
		syntax, ok := errors.AsType[*jsontree.SyntaxError](err)
		if !ok || syntax.Line != test.line || syntax.Column != test.column {
			t.Errorf("%q: %+v, %v; want line %d, column %d", test.body, syntax, err, test.line, test.column)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"cliemt_id": "client_id", "sesion": "session", "SESSION": "session", "xyz": "", "curency": "currency", "curren": "currency"} {
		if got := rules.Nearest(word, []string{"client_id", "currency", "session"}); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestTestCards(t *testing.T) {
	t.Parallel()
	for i, card := range rules.TestCards() {
		if !rules.LuhnValid(card.Number) {
			t.Errorf("%s is not Luhn-valid", card.Number)
		}
		if _, known := antom.LookupResultCode(card.Outcome); !known {
			t.Errorf("%s ends in the unknown code %s", card.Number, card.Outcome)
		}
		if i > 0 && rules.TestCards()[i-1].Number >= card.Number {
			t.Errorf("%s is not sorted", card.Number)
		}
	}
	if rules.LuhnValid("4054695723100769") || rules.LuhnValid("0255187751531899") || rules.LuhnValid("") {
		t.Error("a wrong number is Luhn-valid")
	}
}

func BenchmarkCheck(b *testing.B) {
	body := sample(b)
	for b.Loop() {
		if _, err := rules.Check(antom.CreatePaymentSession, body); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCheck_array names what a body is instead of an object.
func TestCheck_array(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`[]`: "it is a list", `"x"`: "it is a string"} {
		if _, err := rules.Check(antom.InquiryPayment, []byte(body)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

// With a productScene the newest page's required fields apply, without one those of the older
// pages (C3, C4).
func TestCheck_scenes(t *testing.T) {
	t.Parallel()
	paths := func(scene string) (refused, warned []string) {
		body := `{"paymentRequestId":"x","paymentAmount":{"currency":"SGD","value":"1"},"productScene":"` + scene + `",
			"order":{"referenceOrderId":"o","orderDescription":"d","orderAmount":{"currency":"SGD","value":"1"}}}`
		findings, err := rules.Check(antom.CreatePaymentSession, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Level == rules.Documented {
				refused = append(refused, f.Path)
			} else {
				warned = append(warned, f.Path)
			}
		}
		return refused, warned
	}
	if refused, warned := paths(""); !slices.Equal(refused, []string{"productCode", "paymentMethod", "paymentRedirectUrl"}) || warned != nil {
		t.Errorf("without a scene: %v, %v", refused, warned)
	}
	if refused, warned := paths("ELEMENT_PAYMENT"); refused != nil || !slices.Equal(warned, []string{"settlementStrategy"}) {
		t.Errorf("with a scene: %v, %v", refused, warned)
	}
}
