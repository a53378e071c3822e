package emulator

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// struckSend is an attempt to deliver a notification, with what its faults make
// of it.
type struckSend struct {
	courier    *courier
	delivery   Delivery
	met        []Fault
	never      bool
	behind     bool // let the next notification of the payment pass
	times      int
	delay      time.Duration
	without    []string // headers to leave out
	clientID   string
	key        *sign.PrivateKey // another than the emulator's
	keyVersion int
	wrongly    bool // sign another body
}

// request makes the signed request.
func (x *struckSend) request(ctx context.Context) (*http.Request, error) {
	e := x.courier.server.emulator
	request, err := e.NotificationRequest(ctx, x.delivery)
	if err != nil || len(x.met) == 0 {
		return request, err
	}
	key := x.key
	if key == nil {
		key = e.NotifyKey() // the request has been signed with it
	}
	signed := x.delivery.Body
	if x.wrongly {
		signed = slices.Concat(signed, []byte{' '})
	}
	signature, err := key.Sign(sign.Message{
		Method: request.Method, Target: request.URL.RequestURI(), ClientID: x.clientID, Time: request.Header.Get(antom.HeaderRequestTime), Body: signed,
	}, x.keyVersion)
	if err != nil {
		return nil, err
	}
	request.Header.Set(antom.HeaderClientID, x.clientID)
	request.Header.Set(antom.HeaderSignature, signature)
	for _, name := range x.without {
		request.Header.Del(name)
	}
	return request, nil
}

func sendLater(x *struckSend, f Fault)         { x.delay += f.duration() }
func sendNever(x *struckSend, _ Fault)         { x.never = true }
func sendBehind(x *struckSend, _ Fault)        { x.behind = true }
func sendTwice(x *struckSend, _ Fault)         { x.times = 2 }
func sendSignedWrongly(x *struckSend, _ Fault) { x.wrongly = true }
func sendForAnother(x *struckSend, _ Fault)    { x.clientID = otherClientID }

func sendRotated(x *struckSend, _ Fault) {
	if key, err := x.courier.server.rotatedKey(); err == nil {
		x.key, x.keyVersion = key, rotatedVersion
	}
}

func sendWithout(names ...string) func(*struckSend, Fault) {
	return func(x *struckSend, _ Fault) { x.without = append(x.without, names...) }
}
