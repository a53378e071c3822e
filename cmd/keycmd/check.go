package keycmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

func newCheckCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "check [[PRIVATE_FILE] PUBLIC_FILE]",
		Short: "Check whether a private and a public key belong together",
		Long: `Check whether a private key and a public key are a pair: whether a signature of the
one verifies with the other. With one file: the profile's private key and that
public key, such as the one in the Dashboard. Without a file: whether the profile
has the right kinds of keys, a private key and Antom's public key, and not the
merchant's own public key by mistake.

Exit code 0: the keys are right. 6: they are not. 4: a file does not contain such a
key. With --quiet nothing is printed.`,
		Example: "  antom key check keys/merchant.pem keys/merchant.pub\n  antom key check --profile emulator",
		Args:    cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			check, err := checkKey(c, p, args)
			if err != nil {
				return err
			}
			if err := p.Print(check.result()); err != nil {
				return err
			}
			return check.verdict
		},
	}
}

// keyCheck is the comparison of two keys.
type keyCheck struct {
	private, public *sign.PublicKey
	label           string // label of the public key
	verdict         error  // nil if the keys are right
}

func (k keyCheck) result() output.Result {
	word := output.Cell{Text: "ok", Style: output.OK}
	if k.verdict != nil {
		word = output.Cell{Text: "FAILED", Style: output.Bad}
	}
	return output.Result{
		JSON: cli.Encode(struct {
			OK      bool   `json:"ok"`
			Pair    bool   `json:"pair"`
			Private string `json:"private"`
			Public  string `json:"public"`
		}{k.verdict == nil, k.private.Equal(k.public), k.private.Fingerprint(), k.public.Fingerprint()}),
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Check", Name: "check", Value: word},
			{Label: "Private key", Name: "private", Value: output.Cell{Text: k.private.Fingerprint()}},
			{Label: k.label, Name: "public", Value: output.Cell{Text: k.public.Fingerprint()}},
		}}},
	}
}

// checkKey compares the keys of two files, the profile's private key with a file, or the
// profile's two keys.
func checkKey(c *cli.CLI, p *output.Printer, args []string) (keyCheck, error) {
	if len(args) == 0 {
		m, err := c.Merchant(p)
		if err != nil {
			return keyCheck{}, err
		}
		return profileCheck(m), nil
	}
	owner, err := findPrivateKey(c, p, args[:len(args)-1])
	if err != nil {
		return keyCheck{}, err
	}
	file := args[len(args)-1]
	public, err := secret.PublicKey(c.Abs(file))
	if err != nil {
		return keyCheck{}, err
	}
	check := keyCheck{private: owner.public, public: public, label: "Public key"}
	if !owner.public.Equal(public) {
		check.verdict = mismatch(c, owner, file, public)
	}
	return check, nil
}

// findPrivateKey reads the private key from a file, or the profile's if no file is given.
func findPrivateKey(c *cli.CLI, p *output.Printer, args []string) (foundKey, error) {
	if len(args) == 0 {
		return findKey(c, p, nil)
	}
	private, warnings, err := secret.PrivateKey("", c.Abs(args[0]))
	for _, warning := range warnings {
		p.Warn("%s", warning)
	}
	if err != nil {
		return foundKey{}, err
	}
	return foundKey{args[0], private, private.Public()}, nil
}

// profileCheck detects the merchant's own public key in place of Antom's.
func profileCheck(m *cli.Merchant) keyCheck {
	check := keyCheck{private: m.Key.Public(), public: m.AntomKey, label: "Antom's public key"}
	if check.private.Equal(check.public) {
		check.verdict = cli.OutcomeError{
			Code:    cli.ExitVerify,
			Message: fmt.Sprintf("%s: Antom's public key is set to your own public key", m.Profile.Title()),
			Remedy:  "copy the key that the Dashboard shows as Antom's (Alipay's) public key",
		}
	}
	return check
}

// mismatch explains why the keys are not a pair, as far as the profile shows it.
func mismatch(c *cli.CLI, owner foundKey, file string, public *sign.PublicKey) error {
	outcome := cli.OutcomeError{
		Code:    cli.ExitVerify,
		Message: fmt.Sprintf("%s does not belong to %s", owner.what, file),
		Remedy:  "antom key show prints the public key of a private key; register that one in the Dashboard",
	}
	if title := antomKeyOf(c, public); title != "" {
		outcome.Message += fmt.Sprintf(": that is Antom's public key of %s", title)
		outcome.Remedy = "Antom's public key verifies what Antom sends; only Antom has its private key. " + outcome.Remedy
	}
	return outcome
}

// antomKeyOf returns the title of the current profile if this is its public key of Antom, else
// "".
func antomKeyOf(c *cli.CLI, public *sign.PublicKey) string {
	chosen, _, err := profile.Load(c.ProfileSources())
	if err != nil {
		return ""
	}
	if chosen.Builtin {
		if m, err := c.Emulated(chosen); err == nil && m.AntomKey.Equal(public) {
			return chosen.Title()
		}
		return ""
	}
	antomKey, err := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	if err != nil || !antomKey.Equal(public) {
		return ""
	}
	return chosen.Title()
}
