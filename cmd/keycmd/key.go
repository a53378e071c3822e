// Package keycmd is antom key: generate, show and check key pairs.
package keycmd

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

// New returns antom key with its subcommands.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "key",
		Short: "Generate, show and check RSA keys",
		Long: `Requests are signed with the merchant's private key, whose public key is registered
in Antom's Dashboard; answers and notifications are verified with Antom's public
key. So there are three keys, and mixing them up is the most common problem.

A key is read in any common form: PEM, the Dashboard's line of base64, DER, JWK,
base64url, hexadecimal, base64 of a PEM, UTF-16, and in a line of a .env,
properties, JSON or YAML file, in source code or below a label. If a file contains
several keys, the names ANTOM_PRIVATE_KEY, MERCHANT_PRIVATE_KEY, ANTOM_PUBLIC_KEY
and ALIPAY_PUBLIC_KEY select one.`,
		Example: "  antom key generate --out merchant.pem\n  antom key check keys/merchant.pem keys/merchant.pub",
	})
	c.Below(cmd, newGenerateCmd, newShowCmd, newCheckCmd)
	return cmd
}

// The forms in which a key is written.
const (
	keyFormPEM    = "pem"
	keyFormBase64 = "base64"
	keyFormPKCS1  = "pkcs1"
)

// keyForms is a private or a public key, which can be written in each form.
type keyForms interface {
	PEM() []byte
	PKCS1PEM() []byte
	Base64() string
}

// inForm returns a key in a form.
func inForm(key keyForms, form string) []byte {
	switch form {
	case keyFormPKCS1:
		return key.PKCS1PEM()
	case keyFormBase64:
		return []byte(key.Base64())
	}
	return key.PEM()
}

// publicKeyResult shows a public key in every form of output.
func publicKeyResult(what string, key *sign.PublicKey) output.Result {
	return output.Result{
		JSON: cli.Encode(struct {
			Key         string `json:"key"`
			Bits        int    `json:"bits"`
			Fingerprint string `json:"fingerprint"`
			PublicKey   string `json:"publicKey"`
		}{what, key.Bits(), key.Fingerprint(), key.Base64()}),
		Quiet: []string{key.Base64()},
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Key", Name: "key", Value: output.Cell{Text: what}},
			{Label: "Kind", Name: "kind", Value: output.Cell{Text: fmt.Sprintf("RSA, %d bits", key.Bits())}},
			{Label: "Fingerprint", Name: "fingerprint", Value: output.Cell{Text: key.Fingerprint(), Style: output.Key}},
			{Label: "Public key", Name: "publicKey", Value: output.Cell{Text: key.Base64()}},
		}}},
	}
}

// foundKey is a key of either kind, with a description.
type foundKey struct {
	what    string
	private *sign.PrivateKey // nil for a public key
	public  *sign.PublicKey
}

// forms returns the key itself, the private one if there is one.
func (f foundKey) forms() keyForms {
	if f.private != nil {
		return f.private
	}
	return f.public
}

// findKey reads the key from a file, or the profile's private key if no file is given.
func findKey(c *cli.CLI, p *output.Printer, args []string) (foundKey, error) {
	if len(args) > 0 {
		return keyInFile(c, p, args[0])
	}
	m, err := c.Merchant(p)
	if err != nil {
		return foundKey{}, err
	}
	return foundKey{"private key of " + m.Profile.Title(), m.Key, m.Key.Public()}, nil
}

// keyInFile reads a key of either kind from a file.
func keyInFile(c *cli.CLI, p *output.Printer, file string) (foundKey, error) {
	private, warnings, err := secret.PrivateKey("", c.Abs(file))
	if err == nil {
		for _, warning := range warnings {
			p.Warn("%s", warning)
		}
		return foundKey{"private key " + file, private, private.Public()}, nil
	}
	if !errors.Is(err, &sign.KeyError{Reason: sign.KeyIsPublic}) {
		return foundKey{}, noKey(file, err)
	}
	public, err := secret.PublicKey(c.Abs(file))
	return foundKey{"public key " + file, nil, public}, err
}

// noKey explains why a file contains neither kind of key.
func noKey(file string, err error) error {
	reason, remedy := errors.Unwrap(err), "name a readable file"
	if refused, ok := errors.AsType[*sign.KeyError](err); ok {
		remedy = refused.Hint()
	}
	return &cli.SetupError{Message: fmt.Sprintf("key %s: %s", file, reason), Remedy: remedy}
}
