package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

const (
	clientID = "SANDBOX_5X00000000000000"
	inquiry  = "/ams/sandbox/api/v1/payments/inquiryPayment"
	// mostOverBare is how much more a call may allocate than a client that uses only net/http
	// and crypto/rsa.
	mostOverBare = 1.1
)

// keyPair is a key for crypto/rsa and for our package, parsed once.
type keyPair struct {
	raw *rsa.PrivateKey
	own *sign.PrivateKey
}

func newKeyPair(tb testing.TB) keyPair {
	tb.Helper()
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	own, err := sign.ParsePrivateKey([]byte(base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(raw))))
	if err != nil {
		tb.Fatal(err)
	}
	return keyPair{raw, own}
}

// gateway answers every request with the same signed bytes, without allocating: only the
// client's allocations are counted.
type gateway struct {
	url         string
	connections atomic.Int64
}

// answerBody is the answer to an inquiry about a payment in progress, 1 KB long.
func answerBody() []byte {
	body, _ := json.Marshal(map[string]any{
		"result":           map[string]string{"resultStatus": "S", "resultCode": "SUCCESS", "resultMessage": "success."},
		"paymentStatus":    "PROCESSING",
		"paymentRequestId": "order-1001",
		"paymentId":        "202611241940108001001880E0000000001",
		"paymentAmount":    map[string]string{"value": "4200", "currency": "SGD"},
		"metadata":         strings.Repeat("x", 700),
	})
	return body
}

func startGateway(tb testing.TB, key keyPair) *gateway {
	tb.Helper()
	body := answerBody()
	signature, err := key.own.Sign(sign.Message{Method: http.MethodPost, Target: inquiry, ClientID: clientID, Time: "2026-11-24T09:00:00Z", Body: body}, 1)
	if err != nil {
		tb.Fatal(err)
	}
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nClient-Id: %s\r\nResponse-Time: 2026-11-24T09:00:00Z\r\nSignature: %s\r\nContent-Length: %d\r\n\r\n%s",
		clientID, signature, len(body), body)
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { listener.Close() })
	g := &gateway{url: "http://" + listener.Addr().String()}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // closed: the test is over
			}
			g.connections.Add(1)
			go serve(connection, answer)
		}
	}()
	return g
}

// serve answers one request after another on a connection.
func serve(connection net.Conn, answer []byte) {
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 16<<10)
	for {
		length := 0
		for {
			line, err := reader.ReadSlice('\n')
			if err != nil {
				return
			}
			if len(line) <= 2 {
				break
			}
			if digits, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
				for _, digit := range bytes.TrimSpace(digits) {
					length = length*10 + int(digit-'0')
				}
			}
		}
		if _, err := reader.Discard(length); err != nil {
			return
		}
		if _, err := connection.Write(answer); err != nil {
			return
		}
	}
}

// ownCall makes one call as our users make it.
func ownCall(tb testing.TB, g *gateway, key keyPair) func() {
	tb.Helper()
	client, err := antom.NewClient(clientID, key.own, key.own.Public(), antom.WithGatewayURL(g.url))
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background() //nolint:usetesting // AllocsPerRun outlives no test, and cancelling allocates
	return func() {
		if _, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentRequestID: "order-1001"}); err != nil {
			tb.Fatal(err)
		}
	}
}

// bareCall makes the same call without our packages: the same request with a timeout, signed by
// crypto/rsa; the same answer, verified and decoded.
func bareCall(tb testing.TB, g *gateway, key keyPair) func() {
	tb.Helper()
	ctx := context.Background() //nolint:usetesting // as above
	client := &http.Client{}
	return func() {
		if err := bare(ctx, client, g.url+inquiry, key.raw); err != nil {
			tb.Fatal(err)
		}
	}
}

func bare(ctx context.Context, client *http.Client, target string, key *rsa.PrivateKey) error {
	body, err := json.Marshal(antom.Inquiry{PaymentRequestID: "order-1001"})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := strconv.FormatInt(time.Now().UnixMilli(), 10)
	digest := contentDigest(now, body)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		return err
	}
	request.Header.Set("Client-Id", clientID)
	request.Header.Set("Request-Time", now)
	request.Header.Set("Signature", "algorithm=RSA256,keyVersion=1,signature="+url.QueryEscape(base64.StdEncoding.EncodeToString(signature)))
	request.Header.Set("Content-Type", antom.ContentType)
	request.Header.Set("User-Agent", "bare")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if err := bareVerify(&key.PublicKey, answer.Header, text); err != nil {
		return err
	}
	return json.Unmarshal(text, new(antom.Payment))
}

func bareVerify(key *rsa.PublicKey, header http.Header, body []byte) error {
	_, escaped, _ := strings.Cut(header.Get("Signature"), "signature=")
	text, err := url.QueryUnescape(escaped)
	if err != nil {
		return err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	digest := contentDigest(header.Get("Response-Time"), body)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)
}

func contentDigest(at string, body []byte) [sha256.Size]byte {
	return sha256.Sum256([]byte("POST " + inquiry + "\n" + clientID + "." + at + "." + string(body)))
}

// TestCallAllocations is not parallel because it counts the allocations of the process.
func TestCallAllocations(t *testing.T) {
	key := newKeyPair(t)
	g := startGateway(t, key)
	own, floor := testing.AllocsPerRun(100, ownCall(t, g, key)), testing.AllocsPerRun(100, bareCall(t, g, key))
	t.Logf("a call: %.0f allocations, net/http and crypto/rsa alone: %.0f", own, floor)
	if own > floor*mostOverBare {
		t.Errorf("a call allocates %.0f times, net/http and crypto/rsa alone %.0f times: want at most %.2f times as often", own, floor, mostOverBare)
	}
}

func BenchmarkCall(b *testing.B) {
	key := newKeyPair(b)
	g := startGateway(b, key)
	for _, row := range [...]struct {
		name string
		call func()
	}{{"antom", ownCall(b, g, key)}, {"bare", bareCall(b, g, key)}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row.call()
			}
		})
	}
}

// TestOneConnection waits for a payment with a hundred inquiries.
func TestOneConnection(t *testing.T) {
	t.Parallel()
	const inquiries = 100
	key := newKeyPair(t)
	g := startGateway(t, key)
	client, err := antom.NewClient(clientID, key.own, key.own.Public(), antom.WithGatewayURL(g.url))
	if err != nil {
		t.Fatal(err)
	}
	polls := 0
	for poll := range client.Payments.Poll(t.Context(), antom.Inquiry{PaymentRequestID: "order-1001"}, antom.PollOptions{Interval: time.Millisecond}) {
		if poll.Err != nil {
			t.Fatal(poll.Err)
		}
		if polls++; polls == inquiries {
			break
		}
	}
	if opened := g.connections.Load(); opened != 1 {
		t.Errorf("%d connections for %d inquiries, want 1", opened, polls)
	}
}
