package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/sign"
)

// awkward is a request that a shell, curl and careless quoting would each damage in a different
// way.
const awkward = "@\n" + `it's "quoted" $HOME ` + "`id` \\n \\' %s & <b> é 茶 !! #"

// The printed curl command, run by a real shell and a real curl, sends exactly the bytes that
// were signed: the emulator accepts the signature and signs its answer.
func TestDryRun_curl(t *testing.T) {
	t.Parallel()
	gateway, err := emulator.Open(t.TempDir(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		arrived <- body
		r.Body = io.NopCloser(bytes.NewReader(body))
		gateway.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	body := awkwardRequest(t)
	command := dryRunCurl(t, gateway, server.URL, body)
	select {
	case <-arrived:
		t.Fatal("a dry run has sent something")
	default:
	}

	shell := exec.CommandContext(t.Context(), "sh")
	shell.Stdin = bytes.NewReader(append(bytes.TrimSuffix(command, []byte("\n")), " --include\n"...))
	answer, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	if got := <-arrived; !bytes.Equal(got, body) {
		t.Errorf("arrived\n%q, want\n%q", got, body)
	}
	checkSigned(t, gateway, answer)
}

// awkwardRequest is a session request with line ends between its members and every kind of
// special character.
func awkwardRequest(t *testing.T) []byte {
	t.Helper()
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(" ", "\t")
	amount := map[string]string{"currency": "SGD", "value": "4200"}
	err := encoder.Encode(map[string]any{
		"productCode": "CASHIER_PAYMENT", "paymentRequestId": "order-1", "paymentAmount": amount,
		"paymentMethod": map[string]string{"paymentMethodType": "CARD"}, "paymentRedirectUrl": "https://shop.example/paid?a=1&b='2'",
		"metadata": awkward,
		"order":    map[string]any{"referenceOrderId": "o'1", "orderDescription": "d", "orderAmount": amount, "extendInfo": awkward},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

// dryRunCurl returns the output of session create --dry-run=curl for a request from standard
// input.
func dryRunCurl(t *testing.T, gateway *emulator.Emulator, url string, body []byte) []byte {
	t.Helper()
	merchant := gateway.Profile()
	public := filepath.Join(t.TempDir(), "antom.pub")
	if err := os.WriteFile(public, merchant.AntomKey.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"ANTOM_CLIENT_ID": merchant.ClientID, "ANTOM_PRIVATE_KEY": string(merchant.MerchantKey.PEM()),
		"ANTOM_PUBLIC_KEY_FILE": public, "ANTOM_GATEWAY_URL": url,
	}
	var out, complaint bytes.Buffer
	code := cmd.Run(t.Context(), []string{"session", "create", "-f", "-", "--dry-run=curl"}, &cli.Env{
		Stdin: bytes.NewReader(body), Stdout: &out, Stderr: &complaint, Now: time.Now, Dir: t.TempDir(),
		Getenv: func(name string) string { return environment[name] },
	})
	if code != 0 {
		t.Fatalf("exit %d: %s", code, &complaint)
	}
	return out.Bytes()
}

// checkSigned checks that an answer is a success signed with Antom's key.
func checkSigned(t *testing.T, gateway *emulator.Emulator, answer []byte) {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte(`"resultStatus":"S"`)) {
		t.Errorf("the answer is not a success: %s", body)
	}
	message := sign.Message{
		Method: http.MethodPost, Target: "/ams/sandbox/api/v1/payments/createPaymentSession",
		ClientID: response.Header.Get("Client-Id"), Time: response.Header.Get("Response-Time"), Body: body,
	}
	if _, err := gateway.Profile().AntomKey.Verify(message, response.Header.Get("Signature")); err != nil {
		t.Errorf("the answer is not signed: %v", err)
	}
}
