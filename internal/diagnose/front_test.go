package diagnose_test

import (
	"net/http"
	"testing"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// The form that Antom called is found from the one that the application sees, in
// both directions.
func TestExplain_frontControllers(t *testing.T) {
	t.Parallel()
	tests := []struct{ called, seen string }{
		{"/index.php?s=/pay/notify", "/pay/notify"}, // ThinkPHP
		{"/index.php?s=/pay/notify.html", "/pay/notify.html"},
		{"/?s=pay/notify", "/pay/notify"},
		{"/pay/notify", "/index.php?s=/pay/notify"},
		{"/pay/notify.html", "/index.php?s=pay/notify"},
		{"/index.php?r=antom/notify", "/antom/notify"}, // Yii
		{"/index.php?r=antom%2Fnotify", "/antom/notify"},
		{"/antom/notify", "/index.php?r=antom%2Fnotify"},
		{"/?q=antom/notify", "/antom/notify"}, // Drupal
		{"/antom/notify", "/index.php?q=antom/notify"},
		{"/index.php?route=extension/payment/antom/callback", "/extension/payment/antom/callback"}, // OpenCart
		{"/extension/payment/antom/callback", "/index.php?route=extension/payment/antom/callback"},
		{"/shop/index.php?route=payment/antom", "/shop/payment/antom"},
		{"/index.php?route=payment/antom&id=7", "/payment/antom?id=7"},
		{"/index.php/antom/payment/notify", "/antom/payment/notify"}, // Magento
		{"/antom/payment/notify", "/index.php/antom/payment/notify"},
		{"/shop/index.php/antom/notify", "/shop/antom/notify"},
		{"/app.php/antom/notify", "/antom/notify"},         // Symfony
		{"/?wc-api=antom_notify", "/wc-api/antom_notify/"}, // WooCommerce
		{"/wc-api/antom_notify/", "/?wc-api=antom_notify"},
		{"/wc-api/my_own_gateway/", "/index.php?wc-api=my_own_gateway"},
		{"/?wc-api=wc_gateway_antom", "/"},
		{"/?wc-api=antom_notify", "/index.php"},
		{"/wp-json/antom/v1/notify", "/?rest_route=/antom/v1/notify"}, // WordPress
		{"/wp-json/antom/v1/notify", "/index.php?rest_route=/antom/v1/notify"},
		{"/?rest_route=/antom/v1/notify", "/wp-json/antom/v1/notify"},
		{"/index.php?rest_route=/antom/v1/notify", "/wp-json/antom/v1/notify"},
		{"/index.php?option=com_antom", "/component/antom/"}, // Joomla
		{"/component/antom", "/index.php?option=com_antom"},
		{"/index.php?fc=module&module=antom&controller=notify", "/module/antom/notify"}, // PrestaShop
		{"/notify.php/antom", "/notify/antom"},
		{"/notify.php", "/notify"},
		{"/antom/notify", "/antom/notify.php"},
	}
	body := []byte(`{"notifyType":"PAYMENT_RESULT","paymentRequestId":"order-1"}`)
	key := diagnose.Key{Public: testkit.PublicKey(t, "antom"), Name: "the key"}
	for _, test := range tests {
		message := sign.Message{Method: http.MethodPost, Target: test.called, ClientID: "5Y1", Time: "2026-11-20T10:00:00+08:00", Body: body}
		signature, err := testkit.PrivateKey(t, "antom").Sign(message, 1)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{}
		header.Set("client-id", message.ClientID)
		header.Set("request-time", message.Time)
		header.Set("signature", signature)
		m := &intake.Message{Kind: intake.Notification, Method: http.MethodPost, Target: test.seen, Header: header, Body: body, Exact: true}
		found := diagnose.Explain(&diagnose.Case{Message: m, Keys: []diagnose.Key{key}})
		if found.ID() != "path-front-controller" || found.Target != test.called {
			t.Errorf("%s seen as %s: cause %q, path %q", test.called, test.seen, found.ID(), found.Target)
		}
	}
}
