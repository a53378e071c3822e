package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/pkg/sign"
)

// Names of the key files in the state folder. An existing file is used as it is.
const (
	AntomKeyFile    = "antom.pem"
	MerchantKeyFile = "merchant.pem"
)

// keys are the emulator's own: Antom's private key and that of its one merchant. A reader of a
// key that is still being made waits for it.
type keys struct {
	antom, merchant func() (*sign.PrivateKey, error)
}

// openKeys reads the keys. Missing keys are made now or, with later, on first use.
func openKeys(dir string, later bool) (keys, error) {
	var group errgroup.Group
	key := func(name string) func() (*sign.PrivateKey, error) {
		path := filepath.Join(dir, name)
		load := sync.OnceValues(func() (*sign.PrivateKey, error) { return loadKey(path) })
		if _, err := os.Stat(path); !later || !errors.Is(err, fs.ErrNotExist) {
			group.Go(func() error { return loaded(load) })
		}
		return load
	}
	k := keys{antom: key(AntomKeyFile), merchant: key(MerchantKeyFile)}
	return k, group.Wait()
}

// wait makes the missing keys, both at once, and returns when they exist.
func (k keys) wait() error {
	var group errgroup.Group
	group.Go(func() error { return loaded(k.antom) })
	group.Go(func() error { return loaded(k.merchant) })
	return group.Wait()
}

func loaded(key func() (*sign.PrivateKey, error)) error {
	_, err := key()
	return err
}

// loadKey reads a key, or makes it on first use.
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

// makeKey writes a new key atomically. If two processes make it at the same time, the first
// one's stays: a link does not overwrite a file.
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
