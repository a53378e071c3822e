package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Endpoint is the endpoint under test, and the gateway that the checks imitate.
type Endpoint struct {
	URL      *url.URL
	ClientID string
	Key      *sign.PrivateKey // the gateway's; the endpoint must know its public key
	Stranger *sign.PrivateKey // an unrelated key
	Settings []Setting        // for every notification
	Run      string           // part of all ids, so that runs do not share any
	Deadline time.Duration    // for each answer
	Client   *http.Client
	Now      func() time.Time
}

// want is how an endpoint must answer a delivery.
type want int

const (
	acknowledged want = iota
	refused           // any answer that is not an acknowledgement
	unharmed          // refused, or the connection closed
)

// delivery is one request to the endpoint.
type delivery struct {
	what   string // its name in the report if the answer is wrong
	method string
	header http.Header // names as they are written on the wire
	body   []byte
}

// step is one delivery, or several at the same time, and how each must be answered.
type step struct {
	want       want
	deliveries []*delivery
}

// kit makes the deliveries of one check. Its own errors are kept in err, so that the
// table of checks stays readable.
type kit struct {
	endpoint *Endpoint
	subject  Subject
	err      error
}

// newKit makes a kit with unique ids.
func newKit(e *Endpoint, number int) *kit {
	now := e.Now()
	return &kit{endpoint: e, subject: Subject{
		PaymentRequestID: fmt.Sprintf("check-%s-%d", e.Run, number),
		PaymentID:        fmt.Sprintf("%s%016d", now.UTC().Format("20060102"), now.UnixMilli()*100+int64(number)),
		Amount:           antom.Amount{Currency: "SGD", Value: 4200}, Now: now,
	}}
}

// body makes a notification of a type.
func (k *kit) body(kind string, settings ...Setting) []byte {
	body, err := Message(kind, k.subject, append(append([]Setting{}, k.fitting(kind)...), settings...)...)
	k.note(err)
	return body
}

// fitting returns the endpoint's settings whose fields exist in this type.
func (k *kit) fitting(kind string) []Setting {
	var fit []Setting
	for _, s := range k.endpoint.Settings {
		if _, err := Message(kind, k.subject, s); err == nil {
			fit = append(fit, s)
		}
	}
	return fit
}

func (k *kit) note(err error) {
	if k.err == nil {
		k.err = err
	}
}

// paid is the notification that most checks use.
func (k *kit) paid(settings ...Setting) []byte {
	return k.body(string(antom.NotifyPaymentResult), settings...)
}

// failed is the notification of a failed payment.
func (k *kit) failed() []byte {
	return k.paid(Setting{Path: "result.resultStatus", Value: "F"}, Setting{Path: "result.resultCode", Value: "ORDER_IS_CLOSED"}, Setting{Path: "result.resultMessage", Value: "The order is closed."}, Setting{Path: "paymentTime", Value: ""})
}

// genuine signs a body as Antom does.
func (k *kit) genuine(what string, body []byte) *delivery {
	return k.signed(what, body, k.message(body), k.endpoint.Key)
}

// message is the data that the signature of a body covers.
func (k *kit) message(body []byte) sign.Message {
	return sign.Message{
		Method: http.MethodPost, Target: k.endpoint.URL.RequestURI(), ClientID: k.endpoint.ClientID, Time: k.endpoint.Now().UTC().Format(time.RFC3339), Body: body,
	}
}

// signed delivers body with the signature of message, which may differ from it.
func (k *kit) signed(what string, body []byte, message sign.Message, key *sign.PrivateKey) *delivery {
	signature, err := key.Sign(message, 1)
	k.note(err)
	return &delivery{what: what, method: http.MethodPost, body: body, header: http.Header{
		"Content-Type": {antom.ContentType}, antom.HeaderClientID: {message.ClientID}, antom.HeaderRequestTime: {message.Time}, antom.HeaderSignature: {signature},
	}}
}

// tampered is a genuine notification of which one value was changed after signing.
func (k *kit) tampered(from []byte, settings ...Setting) *delivery {
	d := k.genuine("the tampered notification", from)
	changed := k.paid(settings...)
	if bytes.Equal(changed, from) {
		k.note(fmt.Errorf("the notification already has %s %q: choose another value for --set", settings[0].Path, settings[0].Value))
	}
	d.body = changed
	return d
}

// with sets a header of a delivery, or removes it if there are no values.
func (d *delivery) with(name string, values ...string) *delivery {
	d.header.Del(name)
	if len(values) > 0 {
		d.header[name] = values
	}
	return d
}

// request returns the HTTP request of a delivery.
func (d *delivery) request(ctx context.Context, to *url.URL) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, d.method, to.String(), bytes.NewReader(d.body))
	if err != nil {
		return nil, err
	}
	r.Header = d.header.Clone()
	r.Close = true // a connection for each delivery, as many senders would make
	return r, nil
}

// lowered writes all header names in lower case.
func (d *delivery) lowered() *delivery {
	lower := http.Header{}
	for name, values := range d.header {
		lower[strings.ToLower(name)] = values
	}
	d.header = lower
	return d
}
