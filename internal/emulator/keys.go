package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/antom-cli/antom/pkg/sign"
)

// Names of the key files in the state folder. A file that is there already is
// taken as it is.
const (
	AntomKeyFile    = "antom.pem"
	MerchantKeyFile = "merchant.pem"
)

// keys are the emulator's own: it signs as Antom and knows its one merchant.
type keys struct{ antom, merchant *sign.PrivateKey }

func loadKeys(dir string) (keys, error) {
	antomKey, err := loadKey(filepath.Join(dir, AntomKeyFile))
	if err != nil {
		return keys{}, err
	}
	merchant, err := loadKey(filepath.Join(dir, MerchantKeyFile))
	return keys{antomKey, merchant}, err
}

// loadKey reads a key, or makes it at the first use.
func loadKey(path string) (*sign.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("make the emulator's key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the emulator's key: %w", err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("read the emulator's key %s: %w", path, err)
	}
	return key, nil
}

// makeKey writes a new key in one step. Of two processes that make it at the
// same time, the first one's stays: a link is not made over a file.
func makeKey(path string) error {
	key, err := sign.GenerateKey()
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".key-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(key.PEM())
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
