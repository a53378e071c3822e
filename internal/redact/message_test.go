package redact_test

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/redact"
)

func TestHeaderValue(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ab%2B", 60)
	for _, test := range []struct{ name, value, want string }{
		{"Client-Id", "SANDBOX_5X", "SANDBOX_5X"},
		{"request-time", "1685599933871", "1685599933871"},
		{"Signature", "algorithm=RSA256, keyVersion=1, signature=" + long, "algorithm=RSA256, keyVersion=1, signature=Ab%2BAb%…(300 characters)"},
		{"signature", "algorithm=RSA256,signature=short", "algorithm=RSA256,signature=[redacted]"},
		{"signature", long, "[redacted]"},
		{"Agent-Token", "tok", "[redacted]"},
		{"Authorization", "Bearer x", "[redacted]"},
		{"Set-Cookie", "a=b", "[redacted]"},
	} {
		if got := redact.HeaderValue(test.name, test.value); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestJSONBody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ body, want string }{
		{``, ``},
		{`<html>secret</html>`, `[19 bytes that are not JSON]`},
		{`{"paymentId":"1"} secret`, `[24 bytes that are not JSON]`},
		{`{"paymentId":"1","isAuthorization":true,"paymentTime":null}`, `{"paymentId":"1","isAuthorization":true,"paymentTime":null}`},
		{`{"paymentAmount":{"currency":"SGD","value":"4200"}}`, `{"paymentAmount":{"currency":"SGD","value":"4200"}}`},
		{`{"order":{"buyer":{"buyerEmail":"jane@shop.example"},"referenceOrderId":"o"}}`, `{"order":{"buyer":"[redacted]","referenceOrderId":"o"}}`},
		{`{"metadata":{"value":"4054695723100768"}}`, `{"metadata":"[redacted]"}`},
		{`{"paymentMethod":{"paymentMethodMetaData":{"cardNo":"4054695723100768","cvv":"123"}}}`, `{"paymentMethod":{"paymentMethodMetaData":{"cardNo":"[redacted]","cvv":"[redacted]"}}}`},
		{`{"jane@shop.example":1,"new":2}`, `{"[redacted]":"[redacted]","new":"[redacted]"}`},
		{`{"paymentSessionData":"UNvjVWnWPXJA4BgW+vfjsQj7PbOraafHY19X+6EqMz6K=&&SG&&111"}`, `{"paymentSessionData":"UNvjVWnW…(54 characters)"}`},
		{`{"paymentRedirectUrl":"https://u:p@shop.example/paid?token=x#y"}`, `{"paymentRedirectUrl":"https://shop.example/paid?[redacted]"}`},
		{`{"transactions":[{"transactionId":"c1","acquirerInfo":{"a":[{}]}},{"transactionStatus":"FAIL"}],"goods":[]}`, `{"transactions":[{"transactionId":"c1","acquirerInfo":"[redacted]"},{"transactionStatus":"FAIL"}],"goods":[]}`},
		{`{"resultMessage":"a < b & c\n"}`, `{"resultMessage":"a < b & c\n"}`},
	} {
		if got := redact.JSONBody([]byte(test.body)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.body, got, test.want)
		}
	}
}
