package antom_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// slowTransport returns a signed paidBody: the headers after one delay, the end of the body
// after another.
func slowTransport(key *sign.PrivateKey, headers, body time.Duration) roundTrip {
	wait := func(ctx context.Context, d time.Duration) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d):
			return nil
		}
	}
	return func(r *http.Request) (*http.Response, error) {
		if err := wait(r.Context(), headers); err != nil {
			return nil, err
		}
		signed, err := signedHeaders(key, r, paidBody)
		answer := respond(r, signed, paidBody)
		answer.Body = io.NopCloser(readFunc(func(b []byte) (int, error) {
			if err := wait(r.Context(), body); err != nil {
				return 0, err
			}
			return copy(b, paidBody), io.EOF
		}))
		return answer, err
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// TestTimeout distinguishes the client's own timeout, which is an error of the gateway, from
// the end of the caller's context, which is not.
func TestTimeout(t *testing.T) {
	t.Parallel()
	antomKey, key := privateKey(t, "antom"), privateKey(t, "merchant")
	tests := []struct {
		name          string
		headers, body time.Duration
		opts          []antom.Option
		limit         time.Duration // of the caller
		took          time.Duration
		says          string // empty: an answer
	}{
		{"in time", 14 * time.Second, 0, nil, 0, 14 * time.Second, ""},
		{"no answer", time.Hour, 0, nil, 0, 15 * time.Second, "timed out: no answer within 15s"},
		{"no end", time.Second, time.Hour, nil, 0, 15 * time.Second, "timed out: the answer did not end within 15s"},
		{"own time-out", time.Hour, 0, []antom.Option{antom.WithRequestTimeout(3 * time.Second)}, 0, 3 * time.Second, "timed out: no answer within 3s"},
		{"longer than usual", 20 * time.Second, 0, []antom.Option{antom.WithRequestTimeout(time.Minute)}, 0, 20 * time.Second, ""},
		{"caller's deadline", time.Hour, 0, nil, 5 * time.Second, 5 * time.Second, "call to gateway.example: context deadline exceeded"},
		{"caller's deadline in the body", time.Second, time.Hour, nil, 5 * time.Second, 5 * time.Second, "call to gateway.example: context deadline exceeded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opts := append([]antom.Option{
					antom.WithGatewayURL("https://gateway.example"), antom.WithTransport(slowTransport(antomKey, test.headers, test.body)),
				}, test.opts...)
				client, err := antom.NewClient(testClientID, key, antomKey.Public(), opts...)
				if err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if test.limit > 0 {
					limited, cancel := context.WithTimeout(ctx, test.limit)
					defer cancel()
					ctx = limited
				}
				start := time.Now()
				_, response, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentID: "2026112419"})
				if took := time.Since(start); took != test.took {
					t.Errorf("took %s, want %s", took, test.took)
				}
				if test.says == "" {
					if err != nil || response.Took != test.took {
						t.Errorf("response = %+v, error = %v", response, err)
					}
					return
				}
				if err == nil || !strings.HasSuffix(stripCause(err), test.says) {
					t.Fatalf("error = %v, want it to say %q", err, test.says)
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error = %v is no context.DeadlineExceeded", err)
				}
				lost, isFault := errors.AsType[*antom.TransportError](err)
				if wantFault := test.limit == 0; isFault != wantFault {
					t.Fatalf("error is a %T, want a fault of the gateway: %t", err, wantFault)
				}
				if isFault && (lost.Kind != antom.TimedOut || !lost.Temporary() || !strings.Contains(lost.Hint(), "the outcome is not known")) {
					t.Errorf("error = %+v, hint = %q", lost, lost.Hint())
				}
			})
		})
	}
}

// stripCause removes the common end of all timeout errors.
func stripCause(err error) string {
	if _, ok := errors.AsType[*antom.TransportError](err); ok {
		return strings.TrimSuffix(err.Error(), ": context deadline exceeded")
	}
	return err.Error()
}

// The caller cancels in the middle of a call over a real connection.
func TestCancel(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	g.HandleFunc(inquirePath, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, response, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentID: "2026112419"})
	if !errors.Is(err, context.Canceled) || response != nil {
		t.Errorf("response = %+v, error = %v", response, err)
	}
	if lost, ok := errors.AsType[*antom.TransportError](err); ok {
		t.Errorf("the caller's own end is taken for a fault of the gateway: %v", lost)
	}
}
