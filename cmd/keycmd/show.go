package keycmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
)

// keyShow is `antom key show`.
type keyShow struct {
	c      *cli.CLI
	format string
	out    string
	force  bool
}

func newShowCmd(c *cli.CLI) *cobra.Command {
	o := &keyShow{c: c}
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show the contents of a key file, except a private key itself",
		Long: `Show what a key file contains: private or public, the number of bits, the
fingerprint of its public key, and that public key as one line of base64. Without a
file: the private key of the profile. A private key itself is never printed. With
--quiet only the public key is printed.

--format prints only the public key, in another form: pem (SPKI), base64 or pkcs1.
With --out the key itself, private if FILE is, is written to a new file with mode
0600 in that form.`,
		Example: `  antom key show keys/merchant.pem
  antom key show keys/antom.pub -o json --jq .fingerprint
  antom key show keys/merchant.pem --format base64 --out sdk.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args) },
	}
	flags := cmd.Flags()
	flags.Var(cli.NewEnum(&o.format, "", keyFormPEM, keyFormBase64, keyFormPKCS1), "format", "form of the key: pem, base64 or pkcs1")
	flags.StringVar(&o.out, "out", "", "`file` to write the key to, in the form of --format")
	flags.BoolVar(&o.force, "force", false, "replace an existing file")
	return cmd
}

func (o *keyShow) run(args []string) error {
	if o.out == "" && o.force {
		return cli.Usagef("--force replaces the file of --out, but --out is not given").WithHint("--out FILE")
	}
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	found, err := findKey(o.c, p, args)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := writeSecret(o.c.Abs(o.out), inForm(found.forms(), o.format), o.force); err != nil {
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
