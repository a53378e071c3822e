package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

// The library's own stand-in replaces the keyring of the whole process, so these
// are one test. What a machine without a keyring says is shown by the scripts of
// the command line.
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
		t.Errorf("an entry that is no key: %v", err)
	}
	for range 2 {
		if err := secret.DropKeyringKey("shop"); err != nil {
			t.Errorf("drop: %v", err)
		}
	}
	keyring.MockInitWithError(errors.New("dbus-launch: not found"))
	if _, err := secret.KeyringKey("shop"); err == nil || !strings.Contains(err.Error(), "no keyring that answers") {
		t.Errorf("without a keyring: %v", err)
	}
}
