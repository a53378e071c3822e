package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
)

// keyGenerate is `antom key generate`.
type keyGenerate struct {
	c      *cli
	out    string
	format string
	force  bool
}

func newKeyGenerateCmd(c *cli) *cobra.Command {
	o := &keyGenerate{c: c}
	cmd := &cobra.Command{
		Use:   "generate --out FILE",
		Short: "Make an RSA key pair of 2048 bits",
		Long: `Make an RSA key pair of 2048 bits, as Antom wants it. The private key goes into a
file of mode 0600 and is never printed; an existing file is kept unless --force is
given. The public key is printed as one line of base64, the form that the
Dashboard takes.

--format is the form of the private key's file: pem (PKCS#8), or base64, the one
line without a line end that all four of Antom's SDKs take.`,
		Example: "  antom key generate --out merchant.pem\n  antom key generate --out sdk-key.txt --format base64 -q > merchant.pub",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return o.run() },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "`file` for the private key")
	flags.Var(newEnum(&o.format, keyFormPEM, keyFormBase64), "format", "form of the private key's file: pem or base64")
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
	key, err := sign.GenerateKey()
	if err != nil {
		return err
	}
	text := key.PEM()
	if o.format == keyFormBase64 {
		text = []byte(key.Base64())
	}
	path := o.c.abs(o.out)
	if err := writeSecret(path, text, o.force); err != nil {
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

func newKeyShowCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "show [FILE]",
		Short: "Say what a key file holds, without showing a private key",
		Long: `Say what a key file holds: private or public, how many bits, the fingerprint of
its public key and that public key as one line of base64. Without a file: the
private key of the profile. A private key itself is never printed. With --quiet
just the public key is printed.`,
		Example: "  antom key show keys/merchant.pem\n  antom key show keys/antom.pub -o json --jq .fingerprint",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				m, err := c.merchant(p)
				if err != nil {
					return err
				}
				return p.Print(publicKeyResult("private key of "+m.profile.Title(), m.key.Public()))
			}
			what, key, err := c.keyInFile(p, args[0])
			if err != nil {
				return err
			}
			return p.Print(publicKeyResult(what, key))
		},
	}
}

// keyInFile reads a key of either kind and says which it is.
func (c *cli) keyInFile(p *output.Printer, file string) (what string, key *sign.PublicKey, err error) {
	private, warnings, err := secret.PrivateKey("", c.abs(file))
	if err == nil {
		for _, warning := range warnings {
			p.Warn("%s", warning)
		}
		return "private key " + file, private.Public(), nil
	}
	if !errors.Is(err, &sign.KeyError{Reason: sign.KeyIsPublic}) {
		return "", nil, err
	}
	key, err = secret.PublicKey(c.abs(file))
	return "public key " + file, key, err
}

func newKeyCheckCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "check PRIVATE PUBLIC",
		Short: "Say whether a private and a public key belong together",
		Long: `Say whether a private key and a public key are a pair: whether what the one signs
verifies with the other. Exit code 0 if they are, 6 if they are not, 4 if one of
the files is no such key. With --quiet nothing is printed.`,
		Example: "  antom key check keys/merchant.pem keys/merchant.pub",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("%s: wants a private and a public key, got %d arguments", cmd.CommandPath(), len(args)).hint("usage: %s", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			return c.keyCheck(p, args[0], args[1])
		},
	}
}

func (c *cli) keyCheck(p *output.Printer, privateFile, publicFile string) error {
	private, warnings, err := secret.PrivateKey("", c.abs(privateFile))
	for _, warning := range warnings {
		p.Warn("%s", warning)
	}
	if err != nil {
		return err
	}
	public, err := secret.PublicKey(c.abs(publicFile))
	if err != nil {
		return err
	}
	pair := private.Public().Equal(public)
	word := output.Cell{Text: "FAILED", Style: output.Bad}
	if pair {
		word = output.Cell{Text: "ok", Style: output.OK}
	}
	err = p.Print(output.Result{
		JSON: encode(map[string]any{"pair": pair, "private": private.Public().Fingerprint(), "public": public.Fingerprint()}),
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Pair", Name: "pair", Value: word},
			{Label: "Private key", Name: "private", Value: output.Cell{Text: private.Public().Fingerprint()}},
			{Label: "Public key", Name: "public", Value: output.Cell{Text: public.Fingerprint()}},
		}}},
	})
	if err != nil || pair {
		return err
	}
	return saidError{
		code: exitVerify, message: fmt.Sprintf("%s does not belong to %s", privateFile, publicFile),
		remedy: "the public key of this private key is shown by antom key show " + privateFile + "; Antom's own public key has its private part at Antom",
	}
}
