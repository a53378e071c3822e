package antom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// inTurn answers the calls with the signed bodies of a list, one after the other; the last one
// repeats. It records the request bodies.
type inTurn struct {
	key    *sign.PrivateKey
	bodies []string
	sent   []string
}

func (s *inTurn) RoundTrip(r *http.Request) (*http.Response, error) {
	request, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.sent = append(s.sent, string(request))
	body := []byte(s.bodies[min(len(s.sent), len(s.bodies))-1])
	message := sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"), Time: "2026-11-24T09:00:00Z", Body: body,
	}
	signature, err := s.key.Sign(message, 1)
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body)),
		Header: http.Header{"Response-Time": {message.Time}, "Signature": {signature}},
	}, err
}

func scriptedClient(t *testing.T, bodies ...string) (*antom.Client, *inTurn) {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &inTurn{key: key, bodies: bodies}
	client, err := antom.NewClient("SANDBOX_5X00000000000000", key, key.Public(), antom.WithTransport(s))
	if err != nil {
		t.Fatal(err)
	}
	return client, s
}

func told(status antom.PaymentStatus, transactions string) string {
	return fmt.Sprintf(`{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},"paymentStatus":%q,"paymentId":"2026112419","transactions":%s}`, status, transactions)
}

// Done decides when a series ends: after the payment's own final state, or before it.
func TestPoll_done(t *testing.T) {
	t.Parallel()
	client, _ := scriptedClient(t, told("PROCESSING", "null"), told("SUCCESS", "null"), told("SUCCESS", "null"),
		told("SUCCESS", `[{"transactionType":"CAPTURE","transactionId":"c","transactionStatus":"SUCCESS","transactionResult":{"resultStatus":"S"}}]`))
	captured := func(p *antom.Payment) bool { return len(p.Captures()) > 0 }
	for _, test := range []struct {
		done func(*antom.Payment) bool
		want []bool // Final of each poll
	}{
		{captured, []bool{false, false, false, true}},
		{func(*antom.Payment) bool { return true }, []bool{true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var finals []bool
			for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{Done: test.done}) {
				if poll.Err != nil || poll.Final != poll.Last || poll.Reason == "" {
					t.Errorf("poll %d: %+v", poll.N, poll)
				}
				finals = append(finals, poll.Final)
			}
			if !slices.Equal(finals, test.want) {
				t.Errorf("final: %v, want %v", finals, test.want)
			}
		})
	}
}

// Admit is called before each inquiry and its release after it. The interval starts at the
// admission, and an error of Admit ends the series.
func TestPoll_admit(t *testing.T) {
	t.Parallel()
	client, gateway := scriptedClient(t, told("PROCESSING", "null"))
	synctest.Test(t, func(t *testing.T) {
		closed := errors.New("closed")
		var entered, left int
		admit := func(context.Context) (func(), error) {
			if entered++; entered == 4 {
				return nil, closed
			}
			<-time.After(time.Second)
			return func() { left++ }, nil
		}
		begin := time.Now()
		var last antom.Poll
		for last = range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentID: "2026112419"}, antom.PollOptions{Interval: 10 * time.Second, Admit: admit}) {
			if last.Err == nil && left != last.N {
				t.Errorf("after poll %d %d have left", last.N, left)
			}
		}
		if !errors.Is(last.Err, closed) || !last.Last || len(gateway.sent) != 3 {
			t.Errorf("%d calls, the last poll %+v", len(gateway.sent), last)
		}
		if took := time.Since(begin); took != 33*time.Second {
			t.Errorf("three inquiries, each admitted a second late, took %s", took)
		}
	})
}

// CreateFrom sends the bytes unchanged.
func TestCreateFrom(t *testing.T) {
	t.Parallel()
	client, gateway := scriptedClient(t, `{"paymentSessionData":"d","result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":""}}`)
	const body = "{ \"paymentRequestId\" :\"caf\\u00e9\\/\",\n\"unknown\":1.50}\n"
	session, response, err := client.Sessions.CreateFrom(t.Context(), []byte(body))
	if err != nil || session.PaymentSessionData != "d" || !response.Signed {
		t.Fatalf("%+v, %v", session, err)
	}
	if !slices.Equal(gateway.sent, []string{body}) {
		t.Errorf("sent %q", gateway.sent)
	}
}
