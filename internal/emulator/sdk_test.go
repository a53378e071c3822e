package emulator_test

import (
	"bufio"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/sign"
)

// sdkSteps are the calls of testdata/sdk in the order in which they are played,
// and what they must be answered with.
func sdkSteps() [][2]string {
	return [][2]string{
		{"createPaymentSession", "S SUCCESS"},
		{"inquiryPayment", "S SUCCESS"},
		{"capture", "S SUCCESS"},
		{"captureLast", "S SUCCESS"},
		{"refund", "S SUCCESS"},
		{"refundAsync", "U REFUND_IN_PROCESS"},
		{"inquiryRefund", "S SUCCESS"},
		{"inquiryPayment", "S SUCCESS"}, // now long enough that net/http would send it in chunks
		{"cancel", "S SUCCESS"},
	}
}

// TestSDK_replays sends what Antom's SDKs sent, byte for byte but for ids and
// signature, and reads the answers as those SDKs do.
func TestSDK_replays(t *testing.T) {
	t.Parallel()
	for _, sdk := range [...]string{"go-1.2", "go-1.3", "php-1.4", "php-1.6"} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			r := newReplay(t, sdk)
			for _, step := range sdkSteps() {
				if template, recorded := r.calls[step[0]]; recorded {
					r.play(step[0], template, step[1])
					r.played[step[0]] = true
				}
			}
			for call := range r.calls {
				if !r.played[call] {
					t.Errorf("%s is not played", call)
				}
			}
		})
	}
}

// replay plays the recorded requests of one SDK.
type replay struct {
	*served
	calls   map[string]string // templates by the name of the call
	played  map[string]bool
	order   string
	payment string
}

func newReplay(t *testing.T, sdk string) *replay {
	t.Helper()
	text, err := os.ReadFile("testdata/sdk/" + sdk + ".http")
	if err != nil {
		t.Fatal(err)
	}
	r := &replay{served: serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{}), calls: map[string]string{}, played: map[string]bool{}, order: "order-1"}
	for call := range strings.SplitSeq("\n"+strings.TrimSpace(string(text)), "\n### ") {
		if name, template, ok := strings.Cut(call, "\n"); ok {
			r.calls[name] = strings.TrimSpace(template)
		}
	}
	return r
}

// play sends a call and checks its answer; after the session is made, its buyer
// pays.
func (r *replay) play(call, template, want string) {
	r.t.Helper()
	if call == "cancel" {
		r.payment = r.paid("order-2", "", manual)
	}
	request := r.fill(template)
	connection, reader := r.dial() // both SDKs connect anew for each call
	head, body := rawCall(r.t, connection, reader, []byte(request))
	if got := resultIn(r.t, body); got != want {
		r.t.Errorf("%s: %s, want %s: %s", call, got, want, body)
	}
	r.checkHead(call, head, []string{"Content-Length", "Content-Type", "client-id", "response-time", "signature", "Date"})
	r.checkSignatures(call, request, head, body)
	var answer map[string]any
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		r.t.Fatalf("%s: %v", call, err)
	}
	if err := fitsModels("", answer); err != nil {
		r.t.Errorf("%s: %v", call, err)
	}
	if call == "createPaymentSession" {
		paid, err := r.gateway.Pay(r.t.Context(), emulator.PayRequest{PaymentRequestID: r.order, Challenge: emulator.ChallengePass})
		if err != nil {
			r.t.Fatal(err)
		}
		r.payment = paid.PaymentID
	}
}

// fill completes a template, with the merchant's signature over what it says.
func (r *replay) fill(template string) string {
	r.t.Helper()
	template = strings.NewReplacer("{{client}}", r.facts.ClientID, "{{order}}", r.order, "{{payment}}", r.payment,
		"{{host}}", strings.TrimPrefix(r.address.URL, "http://")).Replace(template)
	head, body, _ := strings.Cut(template, "\n\n")
	requestLine, lines, _ := strings.Cut(head, "\n")
	_, moment, _ := strings.Cut(lines, "Request-Time:")
	moment, _, _ = strings.Cut(moment, "\n")
	value, err := r.facts.MerchantKey.Sign(sign.Message{
		Method: "POST", Target: strings.Fields(requestLine)[1], ClientID: r.facts.ClientID, Time: strings.TrimSpace(moment), Body: []byte(body),
	}, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	_, signature, _ := strings.Cut(value, "signature=")
	head = strings.NewReplacer("{{signature}}", signature, "{{length}}", strconv.Itoa(len(body)), "\n", "\r\n").Replace(head)
	return head + "\r\n\r\n" + body
}

// checkHead wants HTTP 200 and exactly these header names, in their order.
func (r *replay) checkHead(call, head string, want []string) {
	r.t.Helper()
	lines := strings.Split(strings.TrimSuffix(head, "\r\n"), "\r\n")
	if lines[0] != "HTTP/1.1 200 OK" {
		r.t.Errorf("%s: %s", call, lines[0])
	}
	var names []string
	for _, line := range lines[1:] {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	if !slices.Equal(names, want) {
		r.t.Errorf("%s: headers %q, want %q", call, names, want)
	}
}

// checkSignatures verifies an answer with what each SDK takes from its head, and
// with nothing of package sign.
func (r *replay) checkSignatures(call, request, head, body string) {
	r.t.Helper()
	der, err := base64.StdEncoding.DecodeString(r.facts.AntomKey.Base64()) // as the SDKs want their key
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		r.t.Fatal(err)
	}
	target := strings.Fields(request)[1]
	for name, read := range map[string]func(testing.TB, string) [3]string{"go": goReads, "php": phpReads} {
		seen := read(r.t, head)
		if name == "php" {
			seen[0] = r.facts.ClientID // it does not look at the answer's
		}
		raw, err := base64.StdEncoding.DecodeString(seen[2])
		if err != nil {
			r.t.Errorf("%s: the %s SDK reads the signature %q: %v", call, name, seen[2], err)
		}
		digest := sha256.Sum256([]byte("POST " + target + "\n" + seen[0] + "." + seen[1] + "." + body))
		if err := rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], raw); err != nil {
			r.t.Errorf("%s: the %s SDK does not accept the answer: %v\n%s", call, name, err, head)
		}
	}
}

// goReads is what the Go SDK takes from a head: client id, time and signature by
// names in any case, the signature from behind "signature=".
func goReads(t testing.TB, head string) [3]string {
	t.Helper()
	_, lines, _ := strings.Cut(head, "\r\n")
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(lines + "\r\n"))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	_, escaped, _ := strings.Cut(header.Get("Signature"), "signature=")
	return [3]string{header.Get("Client-Id"), header.Get("Response-Time"), unescape(t, escaped)}
}

// phpReads is what the PHP SDK takes from a head: of the lines with
// "response-time" what follows the first colon, of the others with "signature"
// what follows the last equals sign; names in lower case only, the last line wins.
func phpReads(t testing.TB, head string) [3]string {
	t.Helper()
	var seen [3]string
	for line := range strings.SplitSeq(head, "\r\n") {
		switch {
		case strings.Contains(line, "response-time"):
			_, value, _ := strings.Cut(line, ":")
			seen[1] = strings.TrimSpace(value)
		case strings.Contains(line, "signature"):
			seen[2] = unescape(t, line[strings.LastIndexByte(line, '=')+1:])
		}
	}
	return seen
}

func unescape(t testing.TB, text string) string {
	t.Helper()
	plain, err := url.QueryUnescape(text)
	if err != nil {
		t.Errorf("signature %q: %v", text, err)
	}
	return plain
}

// TestSDK_strangers wants answers that can't be signed to have nothing that an
// SDK could take for a signature: the PHP SDK looks at every line for the word.
func TestSDK_strangers(t *testing.T) {
	t.Parallel()
	for _, sdk := range [...]string{"go-1.3", "php-1.6"} {
		r := newReplay(t, sdk)
		request := strings.ReplaceAll(r.fill(r.calls["inquiryPayment"]), r.facts.ClientID, "SANDBOX_5YSTRANGER000001")
		connection, reader := r.dial()
		head, body := rawCall(t, connection, reader, []byte(request))
		if got := resultIn(t, body); got != "F CLIENT_INVALID" {
			t.Errorf("%s: %s", sdk, body)
		}
		r.checkHead(sdk, head, []string{"Content-Length", "Content-Type", "client-id", "Date"})
	}
}

func resultIn(t testing.TB, body string) string {
	t.Helper()
	var answer struct {
		Result struct{ ResultStatus, ResultCode string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return answer.Result.ResultStatus + " " + answer.Result.ResultCode
}
