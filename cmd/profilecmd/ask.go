package profilecmd

import (
	"fmt"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// question asks for a required setting of a profile.
type question struct {
	setting *string
	flag    string
	text    string
	needed  func() bool // nil for always
	check   func() error
}

// questions are asked in this order. A live client id has no default region.
func (o *profileAdd) questions(name string) []question {
	settings := func() error { return o.settings.Check(name) }
	live := func() bool { return o.settings.GatewayURL == "" && !antom.IsSandboxID(o.settings.ClientID) }
	private := func() error {
		if o.settings.PrivateKeyFile == "-" {
			return cli.Usagef("standard input answers these questions").WithHint("name a file; --private-key-file - reads the key from standard input")
		}
		_, _, err := o.readPrivateKey()
		return err
	}
	return []question{
		{&o.settings.ClientID, "client-id", "Client id (Dashboard, Integration resources)", nil, settings},
		{&o.settings.Region, "region", "Region of the live gateway: sg, us or de", live, settings},
		{&o.settings.PrivateKeyFile, "private-key-file", "File with your private key", nil, private},
		{&o.settings.AntomPublicKeyFile, "antom-public-key-file", "File with Antom's public key", nil, o.checkAntomKey},
	}
}

// ask asks on a terminal for the settings that were not given. Each answer is checked at once;
// the question is repeated if the answer is invalid.
func (o *profileAdd) ask(p *output.Printer, name string) error {
	for _, q := range o.questions(name) {
		if *q.setting != "" || q.needed != nil && !q.needed() {
			continue
		}
		if !o.c.Interactive() {
			return cli.Usagef("profile %q: --%s is missing", name, q.flag).WithHint("antom profile add %s --%s …", name, q.flag)
		}
		if err := o.answer(p, name, q); err != nil {
			return err
		}
	}
	return nil
}

func (o *profileAdd) answer(p *output.Printer, name string, q question) error {
	for {
		answer, err := prompt.Terminal{In: o.c.Stdin, Out: o.c.Stderr}.Line(q.text)
		if err != nil {
			return err
		}
		if *q.setting = answer; answer == "" {
			return cli.Usagef("profile %q: no answer to %q", name, q.text).WithHint("or give it with --%s", q.flag)
		}
		refused := q.check()
		if refused == nil {
			return nil
		}
		p.Warn("%s", refused)
		if hinted, ok := refused.(interface{ Hint() string }); ok && hinted.Hint() != "" {
			p.Note("%s", hinted.Hint())
		}
	}
}

// checkName returns an error for a name that can't be added, before anything is asked.
func (o *profileAdd) checkName(name string) error {
	if err := profile.CheckName(name); err != nil || o.replace {
		return err
	}
	if file, err := profile.Open(configPath(o.c)); err == nil { // else there is none yet, or the change itself fails
		return file.Free(name)
	}
	return nil
}

// checkAntomKey reads Antom's public key. It returns an error for the merchant's own key.
func (o *profileAdd) checkAntomKey() error {
	path := keyPath(o.c, o.settings.AntomPublicKeyFile)
	antomKey, err := secret.AntomKey("", path)
	if err != nil {
		return err
	}
	if o.settings.PrivateKeyFile == "-" {
		return nil // standard input is read once
	}
	key, _, err := o.readPrivateKey()
	if err != nil {
		return err
	}
	return notOwn(antomKey, key, path)
}

func notOwn(antomKey *sign.PublicKey, key *sign.PrivateKey, path string) error {
	if !antomKey.Equal(key.Public()) {
		return nil
	}
	return &cli.SetupError{
		Message: fmt.Sprintf("read %q: this is your own public key, not Antom's", path),
		Remedy:  "copy the key that the Dashboard shows as Antom's (Alipay's) public key",
	}
}
