package keycmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/pkg/sign"
)

// keyGenerate is `antom key generate`.
type keyGenerate struct {
	c      *cli.CLI
	out    string
	bits   string
	format string
	force  bool
}

func newGenerateCmd(c *cli.CLI) *cobra.Command {
	o := &keyGenerate{c: c}
	cmd := &cobra.Command{
		Use:   "generate --out FILE",
		Short: "Generate an RSA key pair",
		Long: `Generate an RSA key pair of 2048 bits, as Antom's Dashboard does, or a longer one.
The private key is written to a file with mode 0600 and never printed; an existing
file is kept unless --force is given. The public key is printed as one line of
base64, the form that the Dashboard accepts.

--format is the form of the private key's file: pem (PKCS#8), base64 (PKCS#8 on one
line without a line end, which all four of Antom's SDKs accept), or pkcs1 (PEM, for
older tools).`,
		Example: "  antom key generate --out merchant.pem\n  antom key generate --out sdk-key.txt --format base64 -q > merchant.pub",
		Args:    cli.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return o.run() },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "`file` for the private key")
	flags.Var(cli.NewEnum(&o.bits, "2048", "3072", "4096"), "bits", "length of the key: 2048, 3072 or 4096")
	flags.Var(cli.NewEnum(&o.format, keyFormPEM, keyFormBase64, keyFormPKCS1), "format", "form of the private key's file: pem, base64 or pkcs1")
	flags.BoolVar(&o.force, "force", false, "replace an existing file")
	return cmd
}

func (o *keyGenerate) run() error {
	if o.out == "" {
		return cli.Usagef("no file given for the private key").WithHint("antom key generate --out merchant.pem")
	}
	p, err := o.c.Printer()
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
	if err := writeSecret(o.c.Abs(o.out), inForm(key, o.format), o.force); err != nil {
		return err
	}
	p.Note("the private key is in %s; register the public key in Antom's Dashboard", o.out)
	return p.Print(publicKeyResult("private key "+o.out, key.Public()))
}

// writeSecret atomically writes a file that only its owner can read.
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
		err = os.Link(temporary.Name(), path) // never replaces an existing file
	}
	if errors.Is(err, fs.ErrExist) {
		return cli.Usagef("%s already exists", path).WithHint("name another file; --force replaces it, and the old key is gone")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
