package repeat_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/repeat"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// broken is a network on which every call fails, each in its way.
type broken struct {
	errs  []error
	calls []time.Time
}

func (b *broken) RoundTrip(*http.Request) (*http.Response, error) {
	err := b.errs[min(len(b.calls), len(b.errs)-1)]
	b.calls = append(b.calls, time.Now())
	return nil, err
}

// call is a refund on a broken network.
func call(t *testing.T, network *broken, op antom.Operation, id string) *repeat.Call {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	client, err := antom.NewClient("SANDBOX_5X", key, key.Public(), antom.WithGatewayURL("http://localhost"), antom.WithTransport(network))
	if err != nil {
		t.Fatal(err)
	}
	return &repeat.Call{
		Client: client, Endpoint: op.Endpoint(), Body: fmt.Appendf(nil, `{"refundRequestId":%q,"paymentId":"p"}`, id), ID: id,
		Times: 7, Delay: time.Second, Tell: func(string, ...any) {},
	}
}

// Each repeat waits twice as long as the one before, up to the longest time.
func TestDo_delays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := &broken{errs: []error{io.EOF}}
		_, err := call(t, network, antom.Refund, "r-1").Do(t.Context())
		if failed, ok := errors.AsType[*antom.TransportError](err); !ok || failed.Kind != antom.Dropped {
			t.Errorf("ended with %v", err)
		}
		var waited []time.Duration
		for i, at := range network.calls[1:] {
			waited = append(waited, at.Sub(network.calls[i]))
		}
		if want := []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9}; !slices.Equal(waited, want) {
			t.Errorf("waited %v, want %v", waited, want)
		}
	})
}

// After a lost answer a call that never left leaves the outcome open.
func TestDo_open(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Err: errors.New("refused")}
		_, err := call(t, &broken{errs: []error{refused, io.EOF, refused}}, antom.Refund, "r-1").Do(t.Context())
		open, ok := errors.AsType[*repeat.OpenError](err)
		failed, isTransport := errors.AsType[*antom.TransportError](err)
		if !ok || !isTransport || !failed.Sent() || open.Error() == "" {
			t.Errorf("ended with %v", err)
		}
		if _, err := call(t, &broken{errs: []error{refused}}, antom.Refund, "r-1").Do(t.Context()); err == nil || errors.As(err, &open) {
			t.Errorf("nothing was ever sent: %v", err)
		}
	})
}

// What would be another call, or what nothing is known of, is made once.
func TestDo_once(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		unnamed := call(t, &broken{errs: []error{io.EOF}}, antom.Refund, "")
		unknown := call(t, &broken{errs: []error{io.EOF}}, antom.Refund, "r-1")
		unknown.Endpoint = antom.Endpoint{Operation: "updateAmount", Path: "/ams/api/v1/payments/updateAmount"}
		for _, c := range []*repeat.Call{unnamed, unknown} {
			begin := time.Now()
			if _, err := c.Do(t.Context()); err == nil || time.Since(begin) > 0 {
				t.Errorf("%s was made again", c.Endpoint.Operation)
			}
		}
	})
}
