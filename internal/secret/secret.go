// Package secret reads keys from files, the environment and the keyring. It never prints what
// it reads.
package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/sign"
)

// Error reports which key is not available, from where, and why.
type Error struct {
	what, where string
	err         error
	hint        string
}

// Error names the key, its place and the reason.
func (e *Error) Error() string {
	if e.where == "" {
		return fmt.Sprintf("%s: %s", e.what, e.err)
	}
	return fmt.Sprintf("%s %s: %s", e.what, e.where, e.err)
}

// Hint returns how to provide the key.
func (e *Error) Hint() string { return e.hint }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.err }

// source is where the text of a key may come from.
type source struct {
	what     string // "private key"
	variable string // environment variable with the key text
	setting  string // profile setting with the file name
	content  string
	path     string
}

// largestKeyFile limits what is read: an RSA-4096 key in PEM takes 3 kB.
const largestKeyFile = 64 << 10

// PrivateKey reads the merchant's private key from content if it is not empty, else from the
// file. The warnings tell if other users can read the file.
func PrivateKey(content redact.Secret, path string) (*sign.PrivateKey, []string, error) {
	src := source{what: "private key", variable: "ANTOM_PRIVATE_KEY", setting: "private_key_file", content: content.Reveal(), path: path}
	text, err := src.read()
	if err != nil {
		return nil, nil, err
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, nil, src.unusable(err)
	}
	var warnings []string
	if src.content == "" {
		if warning := readableByOthers(src.what, path); warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return key, warnings, nil
}

// ReadPrivateKey reads a private key from a stream; where describes the stream.
func ReadPrivateKey(in io.Reader, where string) (*sign.PrivateKey, error) {
	text, err := readAll(in)
	if err != nil {
		return nil, &Error{what: "private key", where: where, err: err}
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, source{what: "private key", path: where}.unusable(err)
	}
	return key, nil
}

// ConfigWarning returns a warning if other users can read a configuration file that holds a
// secret, else "".
func ConfigWarning(path string) string { return readableByOthers("configuration with a secret", path) }

// HistoryWarning returns a warning if other users can read the history, else "".
func HistoryWarning(path string) string { return readableByOthers("history", path) }

// AntomKey reads Antom's public key from content if it is not empty, else from the file.
func AntomKey(content, path string) (*sign.PublicKey, error) {
	src := source{what: "Antom's public key", variable: "ANTOM_PUBLIC_KEY", setting: "antom_public_key_file", content: content, path: path}
	text, err := src.read()
	if err != nil {
		return nil, err
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, src.unusable(err)
	}
	return key, nil
}

// PublicKey reads a public key from a file that the user named.
func PublicKey(path string) (*sign.PublicKey, error) {
	src := source{what: "public key", path: path}
	text, err := readFile(path)
	if err != nil {
		return nil, &Error{what: src.what, where: path, err: err, hint: "name a readable file"}
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, src.unusable(err)
	}
	return key, nil
}

func (s source) read() ([]byte, error) {
	switch {
	case s.content != "":
		return []byte(s.content), nil
	case s.path == "":
		return nil, &Error{what: s.what, err: errors.New("none is configured"),
			hint: fmt.Sprintf("set %s in the profile, or %s (content) or %s_FILE (path) in the environment", s.setting, s.variable, s.variable)}
	}
	text, err := readFile(s.path)
	if err != nil {
		return nil, &Error{what: s.what, where: s.path, err: err, hint: fmt.Sprintf("%s must name a readable file", s.setting)}
	}
	return text, nil
}

func (s source) unusable(err error) error {
	where := s.path
	if s.content != "" {
		where = "in " + s.variable
	}
	hint := ""
	if refused, ok := errors.AsType[*sign.KeyError](err); ok {
		hint = refused.Hint()
	}
	return &Error{what: s.what, where: where, err: err, hint: hint}
}

// readFile reads a key file. Its errors omit the path, which the caller adds.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	return readAll(file)
}

func readAll(in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(in, largestKeyFile+1))
	switch {
	case err != nil:
		return nil, reason(err)
	case len(text) > largestKeyFile:
		return nil, errors.New("larger than 64 kB: not a key file")
	}
	return text, nil
}

func reason(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
