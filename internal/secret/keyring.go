package secret

import (
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"

	"github.com/antom-cli/antom/pkg/sign"
)

// service is the name under which the operating system's keyring stores the private keys of
// profiles.
const service = "antom"

// KeyringKey reads the private key of a profile from the operating system's keyring. The error
// is an [*Error].
func KeyringKey(profile string) (*sign.PrivateKey, error) {
	text, err := keyring.Get(service, profile)
	if err != nil {
		return nil, keyringError(profile, err)
	}
	key, err := sign.ParsePrivateKey([]byte(text))
	if err != nil {
		return nil, &Error{what: "private key", where: place(profile), err: err, hint: storeAgain(profile)}
	}
	return key, nil
}

// StoreKeyringKey stores the private key of a profile in the operating system's keyring, and
// replaces an earlier one. The error is an [*Error].
func StoreKeyringKey(profile string, key *sign.PrivateKey) error {
	if err := keyring.Set(service, profile, key.Base64()); err != nil {
		return keyringError(profile, err)
	}
	return nil
}

// DropKeyringKey removes the private key of a profile from the operating system's keyring. A
// missing key is not an error.
func DropKeyringKey(profile string) error {
	if err := keyring.Delete(service, profile); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return keyringError(profile, err)
	}
	return nil
}

// keyringError explains an error of the keyring library. On a machine without a keyring the
// library returns the error of whatever it tried, such as starting D-Bus. So every error except
// ErrNotFound means that no keyring is available.
func keyringError(profile string, err error) error {
	if errors.Is(err, keyring.ErrNotFound) {
		return &Error{what: "private key", where: place(profile), err: errors.New("the keyring has no such entry"), hint: storeAgain(profile)}
	}
	return &Error{
		what: "private key", where: place(profile), err: fmt.Errorf("no usable keyring on this machine: %w", err),
		hint: "keep the key in a file and set private_key_file, or set ANTOM_PRIVATE_KEY",
	}
}

func place(profile string) string { return fmt.Sprintf("in the keyring for profile %q", profile) }

func storeAgain(profile string) string {
	return fmt.Sprintf("antom profile add %s --replace --keyring --private-key-file FILE stores it", profile)
}
