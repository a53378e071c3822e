package emulator_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// open follows a link as a browser would.
func (s *served) open(link string) (status int, header http.Header, page string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, link, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	transport, err := s.server.ClientTransport()
	if err != nil {
		s.t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// TestBuyerPage follows the links that a shop sends its buyer to: they led to a
// host where nobody answers.
func TestBuyerPage(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	id := `it's <b>"&`
	body := bytes.Replace(sessionBody("ID", "", automatic), []byte(`"productCode"`), []byte(`"productScene":"CHECKOUT_PAYMENT","productCode"`), 1)
	body = bytes.ReplaceAll(body, []byte(`"ID"`), []byte(`"it's <b>\"&"`))
	session, _, err := s.client.Sessions.CreateFrom(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	status, header, page := s.open(session.NormalURL)
	for _, want := range [...]string{
		"not Antom", "it&#39;s &lt;b&gt;&#34;&amp; over 42.00 SGD: session OPEN, payment none",
		"\nantom emulator pay &#39;it&#39;\\&#39;&#39;s &lt;b&gt;&#34;&amp;&#39; --outcome USER_BALANCE_NOT_ENOUGH\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if status != http.StatusOK || header.Get("Content-Security-Policy") != "default-src 'none'" || strings.Contains(page, "<script") || strings.Contains(page, "<form") {
		t.Errorf("%d, %v, %s", status, header, page)
	}
	if details, err := s.gateway.Show(t.Context(), id); err != nil || len(details.Payments) != 0 {
		t.Errorf("looking at the page did something: %+v, %v", details.Payments, err)
	}

	s.create("challenged", "", automatic)
	if _, err := s.gateway.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "challenged", Challenge: emulator.ChallengeFail, Processing: time.Hour}); err != nil {
		t.Fatal(err)
	}
	payment, _, err := s.client.Payments.Inquire(t.Context(), antom.Inquiry{PaymentRequestID: "challenged"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, page := s.open(payment.RedirectActionForm.RedirectURL); !strings.Contains(page, "was submitted: fail. Next time:") || !strings.Contains(page, "antom emulator pay challenged --challenge abandon") {
		t.Errorf("the page of the challenge:\n%s", page)
	}
	for _, link := range [...]string{"/checkout/nosuch", "/checkout/", "/3ds/1", "/checkout/challenged?clientId=SANDBOX_5YNOBODY"} {
		if status, _, page := s.open(s.address.URL + link); status != http.StatusNotFound || !strings.Contains(page, "no such order") {
			t.Errorf("%s: %d %s", link, status, page)
		}
	}
}
