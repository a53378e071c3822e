package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

// TestKeyring is one test because the library's mock replaces the keyring of the whole process.
// The scripts of the command line show the error on a machine without a keyring.
func TestKeyring(t *testing.T) {
	keyring.MockInit()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := secret.KeyringKey("shop"); err == nil || !strings.Contains(err.Error(), "no such entry") {
		t.Errorf("before it is stored: %v", err)
	}
	if err := secret.StoreKeyringKey("shop", key); err != nil {
		t.Fatal(err)
	}
	got, err := secret.KeyringKey("shop")
	if err != nil || !got.Public().Equal(key.Public()) {
		t.Errorf("read back: %v, %v", got, err)
	}
	if _, err := secret.KeyringKey("other"); err == nil {
		t.Error("another profile has the key too")
	}
	if err := keyring.Set("antom", "shop", "no key"); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.KeyringKey("shop"); !errors.Is(err, &sign.KeyError{Reason: sign.KeyUnreadable}) {
		t.Errorf("an entry that is not a key: %v", err)
	}
	for range 2 {
		if err := secret.DropKeyringKey("shop"); err != nil {
			t.Errorf("drop: %v", err)
		}
	}
	keyring.MockInitWithError(errors.New("dbus-launch: not found"))
	if _, err := secret.KeyringKey("shop"); err == nil || !strings.Contains(err.Error(), "no usable keyring") {
		t.Errorf("without a keyring: %v", err)
	}
}
