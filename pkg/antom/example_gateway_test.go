package antom_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// exampleGateway answers instead of Antom, so that the examples run without a network: a
// session for every request, a payment that is final at the second inquiry, and a refusal for
// unknown ids.
type exampleGateway struct {
	key   *sign.PrivateKey
	asked int
}

func newExampleGateway() *exampleGateway {
	text, err := os.ReadFile("testdata/antom.pkcs8.pem")
	if err != nil {
		panic(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		panic(err)
	}
	return &exampleGateway{key: key}
}

func (g *exampleGateway) RoundTrip(r *http.Request) (*http.Response, error) {
	request, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body := g.answer(r.URL.Path, string(request))
	at := time.Now().UTC().Format(time.RFC3339)
	signature, err := g.key.Sign(sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: r.Header.Get("client-id"), Time: at, Body: []byte(body),
	}, 1)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		Header: http.Header{"Response-Time": {at}, "Signature": {signature}, "Content-Type": {antom.ContentType}},
	}, nil
}

func (g *exampleGateway) answer(path, request string) string {
	const success = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},`
	if strings.HasSuffix(path, "createPaymentSession") {
		return success + `"paymentSessionId":"UNvjVWnWPXJA4BgW","paymentSessionData":"UNvjVWnWPXJA4BgW&&SG&&188","paymentSessionExpiryTime":"2026-11-24T10:00:00+08:00"}`
	}
	if !strings.Contains(request, "order-1001") {
		return `{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST","resultMessage":"The order does not exist."}}`
	}
	g.asked++
	status := "PROCESSING"
	if g.asked > 1 {
		status = "SUCCESS"
	}
	return success + `"paymentStatus":"` + status + `","paymentRequestId":"order-1001","paymentId":"20261124190741010007001234567890","paymentAmount":{"currency":"SGD","value":"4200"}}`
}

// newExampleClient creates the client of Example for the other examples.
func newExampleClient() *antom.Client {
	key, antomKey, err := readKeys("testdata/merchant.pkcs8.pem", "testdata/antom.pub.pem")
	if err != nil {
		panic(err)
	}
	client, err := antom.NewClient("SANDBOX_5X00000000000000", key, antomKey, antom.WithTransport(newExampleGateway()))
	if err != nil {
		panic(err)
	}
	return client
}
