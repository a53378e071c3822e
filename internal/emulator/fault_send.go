package emulator

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// faultySend is an attempt to deliver a notification, with the effects of its faults.
type faultySend struct {
	sender     *sender
	delivery   Delivery
	injected   []Fault
	never      bool
	behind     bool // let the payment's next notification go first
	times      int
	delay      time.Duration
	without    []string // headers to leave out
	clientID   string
	key        *sign.PrivateKey // instead of the emulator's
	keyVersion int
	wrongly    bool // sign another body
}

// request makes the signed request.
func (x *faultySend) request(ctx context.Context) (*http.Request, error) {
	e := x.sender.server.emulator
	request, err := e.NotificationRequest(ctx, x.delivery)
	if err != nil || len(x.injected) == 0 {
		return request, err
	}
	key := x.key
	if key == nil {
		key = e.NotifyKey() // the request was signed with it
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

func sendLater(x *faultySend, f Fault)         { x.delay += f.duration() }
func sendNever(x *faultySend, _ Fault)         { x.never = true }
func sendBehind(x *faultySend, _ Fault)        { x.behind = true }
func sendTwice(x *faultySend, _ Fault)         { x.times = 2 }
func sendSignedWrongly(x *faultySend, _ Fault) { x.wrongly = true }
func sendForAnother(x *faultySend, _ Fault)    { x.clientID = otherClientID }

func sendRotated(x *faultySend, _ Fault) {
	if key, err := x.sender.server.rotatedKey(); err == nil {
		x.key, x.keyVersion = key, rotatedVersion
	}
}

func sendWithout(names ...string) func(*faultySend, Fault) {
	return func(x *faultySend, _ Fault) { x.without = append(x.without, names...) }
}
