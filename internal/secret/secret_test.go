package secret_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

func write(t *testing.T, text []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrivateKey(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	got, warnings, err := secret.PrivateKey("", write(t, key.PEM(), 0o600))
	if err != nil || len(warnings) > 0 || !got.Public().Equal(key.Public()) {
		t.Errorf("from a file: %v, %q, %v", got, warnings, err)
	}
	_, warnings, err = secret.PrivateKey("", write(t, key.PEM(), 0o644))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "chmod 600") {
		t.Errorf("a file that others can read: %q, %v", warnings, err)
	}
	got, _, err = secret.PrivateKey(redact.Secret(key.Base64()), "/nowhere")
	if err != nil || !got.Public().Equal(key.Public()) {
		t.Errorf("from content: %v, %v", got, err)
	}
}

func TestPrivateKey_errors(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	tests := []struct{ name, content, path, says, hints string }{
		{"none", "", "", "private key: none is configured", "ANTOM_PRIVATE_KEY_FILE"},
		{"missing file", "", filepath.Join(dir, "no.pem"), "no such file", "private_key_file"},
		{"a folder", "", dir, "is a directory", "private_key_file"},
		{"below a file", "", filepath.Join(write(t, key.PEM(), 0o600), "key.pem"), "not a directory", "private_key_file"},
		{"too large", "", write(t, make([]byte, 65<<10), 0o600), "larger than 64 kB", ""},
		{"public key", "", write(t, key.Public().PEM(), 0o600), "this is a public key where a private key belongs", "Dashboard"},
		{"public key as content", key.Public().Base64(), "", "in ANTOM_PRIVATE_KEY: this is a public key", "Dashboard"},
	}
	for _, test := range tests {
		_, _, err := secret.PrivateKey(redact.Secret(test.content), test.path)
		refused, ok := errors.AsType[*secret.Error](err)
		if !ok || !strings.Contains(err.Error(), test.says) || !strings.Contains(refused.Hint(), test.hints) {
			t.Errorf("%s: error = %v, want %q", test.name, err, test.says)
		}
	}
	if _, err := secret.AntomKey("", write(t, key.PEM(), 0o600)); err == nil || !strings.Contains(err.Error(), "private key where a public key belongs") {
		t.Errorf("AntomKey of a private key: %v", err)
	}
}
