package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

func newKeyCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "key",
		Short: "Make and look at RSA keys",
		Long: `Requests are signed with the merchant's private key, whose public key is registered
in Antom's Dashboard; answers and notifications are verified with Antom's public
key. Three keys matter, and mixing them up is the commonest trouble.`,
		Example: "  antom key generate --out merchant.pem\n  antom key check keys/merchant.pem keys/merchant.pub",
	})
	c.below(cmd, newKeyGenerateCmd, newKeyShowCmd, newKeyCheckCmd)
	return cmd
}

// The forms that a key is written in.
const (
	keyFormPEM    = "pem"
	keyFormBase64 = "base64"
	keyFormPKCS1  = "pkcs1"
)

// keyForms is what has a text in each form: a private or a public key.
type keyForms interface {
	PEM() []byte
	PKCS1PEM() []byte
	Base64() string
}

// inForm is the text of a key in a form.
func inForm(key keyForms, form string) []byte {
	switch form {
	case keyFormPKCS1:
		return key.PKCS1PEM()
	case keyFormBase64:
		return []byte(key.Base64())
	}
	return key.PEM()
}

// keyGenerate is `antom key generate`.
type keyGenerate struct {
	c      *cli
	out    string
	bits   string
	format string
	force  bool
}

func newKeyGenerateCmd(c *cli) *cobra.Command {
	o := &keyGenerate{c: c}
	cmd := &cobra.Command{
		Use:   "generate --out FILE",
		Short: "Make an RSA key pair",
		Long: `Make an RSA key pair of 2048 bits, as Antom's Dashboard does, or a longer one. The
private key goes into a file of mode 0600 and is never printed; an existing file is
kept unless --force is given. The public key is printed as one line of base64, the
form that the Dashboard takes.

--format is the form of the private key's file: pem (PKCS#8), base64 (PKCS#8 on one
line without a line end, which all four of Antom's SDKs take), or pkcs1 (PEM, for
older tools).`,
		Example: "  antom key generate --out merchant.pem\n  antom key generate --out sdk-key.txt --format base64 -q > merchant.pub",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return o.run() },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "`file` for the private key")
	flags.Var(newEnum(&o.bits, "2048", "3072", "4096"), "bits", "length of the key: 2048, 3072 or 4096")
	flags.Var(newEnum(&o.format, keyFormPEM, keyFormBase64, keyFormPKCS1), "format", "form of the private key's file: pem, base64 or pkcs1")
	flags.BoolVar(&o.force, "force", false, "replace an existing file")
	return cmd
}

func (o *keyGenerate) run() error {
	if o.out == "" {
		return usagef("no file named for the private key").hint("antom key generate --out merchant.pem")
	}
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	bits, err := strconv.Atoi(o.bits)
	if err != nil {
		return err
	}
	key, err := sign.GenerateKeyBits(bits)
	if err != nil {
		return err
	}
	if err := writeSecret(o.c.abs(o.out), inForm(key, o.format), o.force); err != nil {
		return err
	}
	p.Note("the private key is in %s; register the public key in Antom's Dashboard", o.out)
	return p.Print(publicKeyResult("private key "+o.out, key.Public()))
}

// writeSecret writes a file that only its owner can read, as a whole or not at
// all.
func writeSecret(path string, text []byte, replace bool) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".antom-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	switch {
	case err != nil:
	case replace:
		err = os.Rename(temporary.Name(), path)
	default:
		err = os.Link(temporary.Name(), path) // never over a file that is there
	}
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s exists already", path).hint("name another file; --force replaces it, and the old key is gone")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// publicKeyResult is a public key in every form of output.
func publicKeyResult(what string, key *sign.PublicKey) output.Result {
	return output.Result{
		JSON: encode(struct {
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

// keyShow is `antom key show`.
type keyShow struct {
	c      *cli
	format string
	out    string
	force  bool
}

func newKeyShowCmd(c *cli) *cobra.Command {
	o := &keyShow{c: c}
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Say what a key file holds, without showing a private key",
		Long: `Say what a key file holds: private or public, how many bits, the fingerprint of
its public key and that public key as one line of base64. Without a file: the
private key of the profile. A private key itself is never printed. With --quiet
just the public key is printed.

--format prints just the public key, in another form: pem (SPKI), base64 or pkcs1.
With --out the key itself, private if FILE is, is written to a new file of mode
0600 in that form.`,
		Example: `  antom key show keys/merchant.pem
  antom key show keys/antom.pub -o json --jq .fingerprint
  antom key show keys/merchant.pem --format base64 --out sdk.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args) },
	}
	flags := cmd.Flags()
	flags.Var(newEnum(&o.format, "", keyFormPEM, keyFormBase64, keyFormPKCS1), "format", "form of the key: pem, base64 or pkcs1")
	flags.StringVar(&o.out, "out", "", "`file` to write the key to, in the form of --format")
	flags.BoolVar(&o.force, "force", false, "replace an existing file")
	return cmd
}

func (o *keyShow) run(args []string) error {
	if o.out == "" && o.force {
		return usagef("--force replaces the file of --out, and none is named").hint("--out FILE")
	}
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	found, err := o.c.findKey(p, args)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := writeSecret(o.c.abs(o.out), inForm(found.forms(), o.format), o.force); err != nil {
			return err
		}
		p.Note("the %s is in %s", found.what, o.out)
	}
	result := publicKeyResult(found.what, found.public)
	if o.format != "" && o.out == "" {
		text := strings.TrimSuffix(string(inForm(found.public, o.format)), "\n")
		result.Text, result.Quiet = []output.Block{output.Text(text)}, strings.Split(text, "\n")
	}
	return p.Print(result)
}

// foundKey is a key of either kind, and what it is in words.
type foundKey struct {
	what    string
	private *sign.PrivateKey // nil for a public key
	public  *sign.PublicKey
}

// forms is the key itself, private if it is.
func (f foundKey) forms() keyForms {
	if f.private != nil {
		return f.private
	}
	return f.public
}

// findKey reads the key of a file or, without one, the profile's private key.
func (c *cli) findKey(p *output.Printer, args []string) (foundKey, error) {
	if len(args) > 0 {
		return c.keyInFile(p, args[0])
	}
	m, err := c.merchant(p)
	if err != nil {
		return foundKey{}, err
	}
	return foundKey{"private key of " + m.profile.Title(), m.key, m.key.Public()}, nil
}

// keyInFile reads a key of either kind and says which it is.
func (c *cli) keyInFile(p *output.Printer, file string) (foundKey, error) {
	private, warnings, err := secret.PrivateKey("", c.abs(file))
	if err == nil {
		for _, warning := range warnings {
			p.Warn("%s", warning)
		}
		return foundKey{"private key " + file, private, private.Public()}, nil
	}
	if !errors.Is(err, &sign.KeyError{Reason: sign.KeyIsPublic}) {
		return foundKey{}, noKey(file, err)
	}
	public, err := secret.PublicKey(c.abs(file))
	return foundKey{"public key " + file, nil, public}, err
}

// noKey says of a file that may have been of either kind why it is neither.
func noKey(file string, err error) error {
	reason, remedy := errors.Unwrap(err), "name a file that exists and can be read"
	if refused, ok := errors.AsType[*sign.KeyError](err); ok {
		remedy = refused.Hint()
	}
	return &setupError{message: fmt.Sprintf("key %s: %s", file, reason), remedy: remedy}
}
