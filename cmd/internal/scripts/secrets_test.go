package scripts

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/sign"
)

// TestSecretsAreFound shows that the guard of the scripts can fail.
func TestSecretsAreFound(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	own := newLeftover("keys/merchant.pem", key.PEM())
	n := secretsOf([]leftover{own}, []byte("env ANTOM_AGENT_TOKEN=hush-hush\n"))
	rsaKey := privateKeyIn(key.PEM())
	lines := strings.Split(string(key.PEM()), "\n")
	tests := []struct {
		name, text string
		leaks      bool
	}{
		{"the public key", string(key.Public().PEM()) + key.Public().Base64(), false},
		{"one line of PEM", "key: " + lines[len(lines)-6], true},
		{"base64 in JSON", fmt.Sprintf(`{"key":%q}`, key.Base64()), true},
		{"forty characters from the middle", key.Base64()[907:947], true},
		{"the exponent", rsaKey.D.String(), true},
		{"the exponent in hexadecimal", fmt.Sprintf("%x", rsaKey.D), true},
		{"PKCS#1", base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(rsaKey)), true},
		{"a card", "card=4054695723100768", true},
		{"a card in groups", "4054 6957 2310 0768", true},
		{"a masked card", "405469******0768", false},
		{"a token", "Agent-Token: hush-hush", true},
	}
	for _, test := range tests {
		f := newLeftover(transcriptFolder+"/1", []byte("antom payment inquire\n"+test.text))
		if got := len(n.in(f)) > 0; got != test.leaks {
			t.Errorf("%s: found %t, want %t", test.name, got, test.leaks)
		}
	}
	if leaks := n.in(own); len(leaks) > 0 {
		t.Errorf("the key's own file: %q", leaks)
	}
	printed := newLeftover(transcriptFolder+"/2", []byte("antom emulator keys\n"+key.Base64()))
	if leaks := secretsOf([]leftover{own, printed}, nil).in(printed); len(leaks) > 0 {
		t.Errorf("the command that prints keys: %q", leaks)
	}
}
