package cmd_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// keyringShop runs antom in this process, where the library's mock replaces the keyring;
// scripts run separate processes without one.
type keyringShop struct {
	t   *testing.T
	dir string
}

// run requires exit code 0 and returns the output.
func (s keyringShop) run(stdin io.Reader, args ...string) string {
	s.t.Helper()
	var out, complaint bytes.Buffer
	env := &cli.Env{
		Stdin: stdin, Stdout: &out, Stderr: &complaint, Now: time.Now, Dir: s.dir,
		Getenv: func(name string) string {
			if name == "ANTOM_CONFIG_DIR" || name == "ANTOM_STATE_DIR" {
				return s.dir
			}
			return ""
		},
	}
	if code := cmd.Run(s.t.Context(), args, env); code != 0 {
		s.t.Fatalf("antom %s: exit %d: %s", strings.Join(args, " "), code, &complaint)
	}
	return out.String()
}

// A key read from standard input is only in the keyring: calls find it there, and it is removed
// with the profile, or when the profile gets its key from elsewhere.
func TestProfile_keyring(t *testing.T) {
	keyring.MockInit() // of the whole process: nothing else in this package uses one
	shop := keyringShop{t, t.TempDir()}
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	keys := testkit.KeyFolder(t)
	private, public := filepath.Join(keys, "merchant.pem"), filepath.Join(keys, "antom.pub")
	add := []string{"profile", "add", "shop", "--client-id", "SANDBOX_5X00000000000000", "--antom-public-key-file", public, "--replace"}
	stored := func() bool {
		_, err := keyring.Get("antom", "shop")
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}

	shop.run(bytes.NewReader(key.PEM()), append(add, "--keyring", "--private-key-file", "-")...)
	config, err := os.ReadFile(filepath.Join(shop.dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(config, []byte("private_key: keyring\n")) || bytes.Contains(config, []byte("private_key_file")) {
		t.Errorf("the configuration is\n%s", config)
	}
	if got := shop.run(nil, "key", "show", "-q"); got != key.Public().Base64()+"\n" {
		t.Errorf("the profile's public key is %q", got)
	}
	if got := shop.run(nil, "session", "create", "--amount", "42.00", "--currency", "SGD", "--redirect-url", "https://shop.example/paid", "--dry-run"); !strings.Contains(got, "signature: algorithm=RSA256") {
		t.Errorf("a call is not signed: %s", got)
	}

	shop.run(nil, append(add, "--private-key-file", private)...)
	if stored() {
		t.Error("the key stays in the keyring of a profile that has it in a file now")
	}
	shop.run(nil, append(add, "--keyring", "--private-key-file", private)...)
	if !stored() {
		t.Error("the key of a file is not in the keyring")
	}
	shop.run(nil, "profile", "remove", "shop", "--yes")
	if stored() {
		t.Error("the key stays in the keyring without its profile")
	}
}
