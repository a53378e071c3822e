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

// Endpoint is what is checked, and the gateway that is played to it.
type Endpoint struct {
	URL      *url.URL
	ClientID string
	Key      *sign.PrivateKey // the gateway's; the endpoint must know its public key
	Stranger *sign.PrivateKey // some other key
	Settings []Setting        // for every notification
	Run      string           // makes the ids of this run unlike those of others
	Deadline time.Duration    // for one answer
	Client   *http.Client
	Now      func() time.Time
}

// want is what an endpoint must make of a delivery.
type want int

const (
	acknowledged want = iota
	refused           // any answer that is no acknowledgement
	unharmed          // refused, or the connection closed
)

// delivery is one request to the endpoint.
type delivery struct {
	what   string // in the report, when it is answered otherwise than wanted
	method string
	header http.Header // names as they are written on the wire
	body   []byte
}

// step is one or several deliveries at the same time, and what must become of
// each.
type step struct {
	want       want
	deliveries []*delivery
}

// kit makes the deliveries of one check. A mistake of the kit itself is kept in
// err, so that the tables stay readable.
type kit struct {
	endpoint *Endpoint
	subject  Subject
	err      error
}

// newKit makes a kit whose ids nobody else has.
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

// fitting are those of the endpoint's settings that a type has fields for.
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

// paid is the notification that most checks are about.
func (k *kit) paid(settings ...Setting) []byte {
	return k.body(string(antom.NotifyPaymentResult), settings...)
}

// failed is the notification of a payment that did not succeed.
func (k *kit) failed() []byte {
	return k.paid(Setting{Path: "result.resultStatus", Value: "F"}, Setting{Path: "result.resultCode", Value: "ORDER_IS_CLOSED"}, Setting{Path: "result.resultMessage", Value: "The order is closed."}, Setting{Path: "paymentTime", Value: ""})
}

// genuine signs a body as Antom does.
func (k *kit) genuine(what string, body []byte) *delivery {
	return k.signed(what, body, k.message(body), k.endpoint.Key)
}

// message is what the signature of a body covers.
func (k *kit) message(body []byte) sign.Message {
	return sign.Message{
		Method: http.MethodPost, Target: k.endpoint.URL.RequestURI(), ClientID: k.endpoint.ClientID, Time: k.endpoint.Now().UTC().Format(time.RFC3339), Body: body,
	}
}

// signed carries body with the signature of message, which may be another.
func (k *kit) signed(what string, body []byte, message sign.Message, key *sign.PrivateKey) *delivery {
	signature, err := key.Sign(message, 1)
	k.note(err)
	return &delivery{what: what, method: http.MethodPost, body: body, header: http.Header{
		"Content-Type": {antom.ContentType}, antom.HeaderClientID: {message.ClientID}, antom.HeaderRequestTime: {message.Time}, antom.HeaderSignature: {signature},
	}}
}

// tampered is the genuine notification of a payment with one text changed after
// it was signed.
func (k *kit) tampered(from []byte, settings ...Setting) *delivery {
	d := k.genuine("the tampered notification", from)
	changed := k.paid(settings...)
	if bytes.Equal(changed, from) {
		k.note(fmt.Errorf("the notification has already %s %q: choose another --set", settings[0].Path, settings[0].Value))
	}
	d.body = changed
	return d
}

// with sets a header of a delivery; no values remove it.
func (d *delivery) with(name string, values ...string) *delivery {
	d.header.Del(name)
	if len(values) > 0 {
		d.header[name] = values
	}
	return d
}

// request is a delivery as it is sent.
func (d *delivery) request(ctx context.Context, to *url.URL) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, d.method, to.String(), bytes.NewReader(d.body))
	if err != nil {
		return nil, err
	}
	r.Header = d.header.Clone()
	r.Close = true // each delivery has a connection of its own, as from a fleet of senders
	return r, nil
}

// lowered spells all header names in lower case.
func (d *delivery) lowered() *delivery {
	lower := http.Header{}
	for name, values := range d.header {
		lower[strings.ToLower(name)] = values
	}
	d.header = lower
	return d
}
