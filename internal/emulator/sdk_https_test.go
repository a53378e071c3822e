package emulator_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/sign"
)

// recordedCalls are the calls that an SDK of Antom's put on the wire, by name:
// the order and the spelling of the lines and of the body are the SDK's.
func recordedCalls(t *testing.T, sdk string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/sdk/https/" + sdk + ".http")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]string{}
	for call := range strings.SplitSeq("\n"+strings.TrimSpace(string(text)), "\n### ") {
		if name, template, ok := strings.Cut(call, "\n"); ok {
			calls[name] = strings.TrimSpace(template)
		}
	}
	return calls
}

// fillRecorded completes a recorded call with what is new in each run, and
// returns what its signature is over too.
func (s *served) fillRecorded(template, order, payment string) (request []byte, signed sign.Message) {
	s.t.Helper()
	host := strings.TrimPrefix(s.address.URL, "https://")
	template = strings.NewReplacer("{client}", s.facts.ClientID, "{host}", host, "{order}", order, "{payment}", payment).Replace(template)
	head, body, _ := strings.Cut(template, "\n\n")
	target, err := url.Parse(strings.Fields(head)[1]) // the Python SDK's is absolute, and it signs the path
	if err != nil {
		s.t.Fatal(err)
	}
	signed = sign.Message{Method: "POST", Target: target.RequestURI(), ClientID: s.facts.ClientID, Time: headerLine(head, "Request-Time"), Body: []byte(body)}
	value, err := s.facts.MerchantKey.Sign(signed, 1)
	if err != nil {
		s.t.Fatal(err)
	}
	_, signature, _ := strings.Cut(value, "signature=")
	head = strings.NewReplacer("\n", "\r\n", "{signature}", signature, "{length}", strconv.Itoa(len(body))).Replace(head)
	return []byte(head + "\r\n\r\n" + body), signed
}

// headerLine is the value of the header line that has exactly this name.
func headerLine(head, name string) string {
	_, rest, _ := strings.Cut(head, "\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(value, "\r")
}

// readAsPython finds the signature where the Python SDK does: in headers whose
// names are in lower case, after the words "signature=".
func readAsPython(head string) (string, error) {
	for _, name := range [...]string{"signature", "response-time", "client-id"} {
		if headerLine(head, name) == "" {
			return "", fmt.Errorf("no header %q in lower case", name)
		}
	}
	_, signature, _ := strings.Cut(headerLine(head, "signature"), "signature=")
	return signature, nil
}

// readAsJava finds the signature where the Java SDK does: in a header of that
// name in any case, in the third of the parts between commas, which must have one
// equals sign. What it can't find it
// takes for unsigned.
func readAsJava(head string) (string, error) {
	value := ""
	for line := range strings.Lines(head) {
		if name, rest, _ := strings.Cut(line, ":"); strings.EqualFold(name, "signature") {
			value = strings.TrimSpace(rest)
		}
	}
	parts := strings.Split(value, ",")
	if len(parts) < 3 {
		return "", fmt.Errorf("%d parts in the signature header, want 3", len(parts))
	}
	pair := strings.Split(parts[2], "=")
	if len(pair) != 2 {
		return "", errors.New("the third part of the signature header is not one pair")
	}
	return pair[1], nil
}

// sdkWire is how an SDK speaks, and what it takes from an answer's head.
type sdkWire struct {
	name string
	read func(head string) (signature string, err error)
	keep bool // it makes all its calls on one connection
}

// TestSDKWire_https sends the bytes that the Python and the Java SDK sent to the
// emulator, signed anew and through TLS as they do, and reads the answers as they
// do.
func TestSDKWire_https(t *testing.T) {
	t.Parallel()
	for _, sdk := range [...]sdkWire{{name: "python-1.6", read: readAsPython}, {name: "java-2.0", read: readAsJava, keep: true}} {
		t.Run(sdk.name, func(t *testing.T) {
			t.Parallel()
			s := serveHTTPS(t)
			calls := recordedCalls(t, sdk.name)
			connection, reader := s.dialTLS()
			payment := ""
			for _, step := range sdkSteps() {
				if step[0] == "cancel" {
					payment = s.paid("order-2", "", manual)
				}
				if !sdk.keep {
					connection, reader = s.dialTLS()
				}
				request, signed := s.fillRecorded(calls[step[0]], "order-1", payment)
				head, body := rawCall(t, connection, reader, request)
				if got := s.readAnswer(sdk, signed, head, body); got != step[1] {
					t.Fatalf("%s: %s, want %s", step[0], got, step[1])
				}
				if payment == "" {
					payment = s.pay("order-1")
				}
			}
		})
	}
}

// serveHTTPS serves with the certificate of the emulator's own authority.
func serveHTTPS(t *testing.T) *served {
	t.Helper()
	gateway, err := emulator.Open(stateFolder(t), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := gateway.ServerTLS()
	if err != nil {
		t.Fatal(err)
	}
	return serveIt(t, emulator.ServeOptions{Hold: true, TLS: config, CACertFile: gateway.CACertFile()}, emulator.Options{})
}

func (s *served) dialTLS() (net.Conn, *bufio.Reader) {
	s.t.Helper()
	transport, err := s.server.ClientTransport()
	if err != nil {
		s.t.Fatal(err)
	}
	dialer := tls.Dialer{Config: transport.TLSClientConfig}
	connection, err := dialer.DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.address.URL, "https://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { connection.Close() })
	return connection, bufio.NewReader(connection)
}

// readAnswer is what an SDK reads of an answer: the status and the code, or why
// it is unhappy.
func (s *served) readAnswer(sdk sdkWire, asked sign.Message, head, body string) string {
	if !strings.HasPrefix(head, "HTTP/1.1 200 ") {
		return head
	}
	escaped, err := sdk.read(head)
	if err != nil {
		return err.Error()
	}
	asked.Time, asked.Body = headerLine(head, "response-time"), []byte(body)
	if _, err := s.facts.AntomKey.Verify(asked, "algorithm=RSA256,keyVersion=1,signature="+escaped); err != nil {
		return err.Error()
	}
	var answer map[string]any
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return err.Error()
	}
	if err := fitsModels("", answer); err != nil {
		return err.Error()
	}
	result, _ := answer["result"].(map[string]any)
	return fmt.Sprintf("%v %v", result["resultStatus"], result["resultCode"])
}
