package antom_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/antom"
)

// TestLogging checks the log at debug level: it contains facts, but no data that was sent or
// answered.
func TestLogging(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	g := newGateway(t)
	client := g.client(t, testClientID, "?tenant=query-secret", antom.WithLogger(logger), antom.WithAgentToken("token-secret"))
	body := strings.NewReplacer("order-1001", "request-secret", "2026112419", "body-secret").Replace(paidBody)
	g.answers(inquirePath, body, replace("trace-id", "abc123"), replace("x-header", "header-secret"))
	g.HandleFunc(createPath, hijack(t, ""))
	inquiry := antom.Inquiry{PaymentRequestID: "request-secret"}
	if _, _, err := client.Payments.Inquire(t.Context(), inquiry); err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Sessions.Create(t.Context(), &antom.SessionRequest{PaymentRequestID: "request-secret"}); err == nil {
		t.Fatal("no error")
	}
	got := log.String()
	host := strings.TrimPrefix(g.server.URL, "http://")
	for _, want := range []string{
		`"level":"DEBUG","msg":"call","op":"inquiryPayment","host":"` + host + `","status":200,"took":`,
		`"signed":true,"result":"SUCCESS","trace_id":"abc123"}`,
		`"op":"createPaymentSession","host":"` + host + `","error":"createPaymentSession: gateway ` + host + ` gave no answer: EOF"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %s:\n%s", want, got)
		}
	}
	for _, secret := range []string{"secret", "signature=", "RSA256", testClientID, "4200"} {
		if strings.Contains(got, secret) {
			t.Errorf("the log shows %q:\n%s", secret, got)
		}
	}
	if strings.Count(got, "\n") != 2 {
		t.Errorf("want a line for each call:\n%s", got)
	}
}

func TestLogging_onlyAtDebug(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	client, g := setup(t, antom.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	g.answers(inquirePath, paidBody)
	if _, _, err := inquire(t, client); err != nil || log.Len() > 0 {
		t.Errorf("log = %q, error = %v", log.String(), err)
	}
}
