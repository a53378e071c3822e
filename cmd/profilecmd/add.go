package profilecmd

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/sign"
)

// profileAdd is `antom profile add`.
type profileAdd struct {
	c        *cli.CLI
	settings profile.Settings
	use      bool
	replace  bool
	keyring  bool
}

func newAddCmd(c *cli.CLI) *cobra.Command {
	o := &profileAdd{c: c}
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a profile to the configuration",
		Long: `Add a profile. What is needed and not given by a flag is asked for on a terminal;
elsewhere it is an error. The keys are read once to see that they are keys. The
first profile becomes the current one.

With --keyring the private key is copied from its file (- is standard input) into
the keyring of the operating system, and the configuration says so.`,
		Example: `  antom profile add sandbox
  antom profile add sandbox --client-id SANDBOX_5X00000000000000 \
    --private-key-file ~/keys/antom-sandbox.pem \
    --antom-public-key-file ~/keys/antom-sandbox.pub`,
		Args: cli.OneArg("NAME"),
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.settings.ClientID, "client-id", "", "client `id`, from Antom's Dashboard")
	flags.StringVar(&o.settings.Region, "region", "", "`region` of the gateway: sg, us or de")
	flags.StringVar(&o.settings.GatewayURL, "gateway-url", "", "`URL` of the gateway, instead of a region")
	flags.StringVar(&o.settings.PrivateKeyFile, "private-key-file", "", "`file` with the merchant's private key")
	flags.StringVar(&o.settings.AntomPublicKeyFile, "antom-public-key-file", "", "`file` with Antom's public key")
	flags.IntVar(&o.settings.KeyVersion, "key-version", 0, "version of the private key (default: 1)")
	flags.StringVar(&o.settings.NotifyURL, "notify-url", "", "`URL` that notifications go to")
	flags.StringVar(&o.settings.RedirectURL, "redirect-url", "", "`URL` that the buyer returns to")
	flags.StringVar(&o.settings.Currency, "currency", "", "currency `code` of sessions")
	flags.StringVar(&o.settings.SettlementCurrency, "settlement-currency", "", "settlement currency `code`")
	flags.StringVar(&o.settings.MaxAmount, "max-amount", "", "most that one call may move if the profile is live: `amount` such as 10.00, or 10.00 SGD")
	flags.BoolVar(&o.keyring, "keyring", false, "keep the private key in the operating system's keyring")
	flags.BoolVar(&o.use, "use", false, "make it the current profile")
	flags.BoolVar(&o.replace, "replace", false, "replace a profile of this name")
	return cmd
}

func (o *profileAdd) run(name string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := o.checkName(name); err != nil {
		return err
	}
	if err := o.ask(p, name); err != nil {
		return err
	}
	if err := o.settings.Check(name); err != nil {
		return err
	}
	key, err := o.checkKeys(p)
	if err != nil {
		return err
	}
	if err := o.keep(name, key); err != nil {
		return err
	}
	var (
		current string
		before  profile.Settings // of the profile that is replaced, if there is one
	)
	err = profile.Edit(configPath(o.c), func(file *profile.File) error {
		before, _ = file.Get(name)
		if err := o.store(file, name); err != nil {
			return err
		}
		current = file.Current()
		return nil
	})
	if err != nil {
		return err
	}
	if !o.keyring {
		dropKeyringKey(p, name, before)
	}
	p.Note("profile %q is in %s", name, configPath(o.c))
	o.tellLive(p)
	if current == name {
		p.Note("it is the current profile; next: antom session create --amount 42.00 --currency SGD")
	}
	return nil
}

// tellLive explains what a live profile is.
func (o *profileAdd) tellLive(p *output.Printer) {
	added := profile.Profile{ClientID: o.settings.ClientID, GatewayURL: o.settings.GatewayURL}
	if !added.Live() {
		return
	}
	p.Note("it is live: commands that create or move money ask first, or need --live")
}

// store adds the profile and makes it current if asked to, or if it is the first.
func (o *profileAdd) store(file *profile.File, name string) error {
	add := file.Add
	if o.replace {
		add = file.Replace
	}
	if err := add(name, o.settings); err != nil {
		return err
	}
	if o.use || file.Current() == "" {
		return file.Use(name)
	}
	return nil
}

// checkKeys reads the keys as a call does, so that a wrong one is found now.
func (o *profileAdd) checkKeys(p *output.Printer) (*sign.PrivateKey, error) {
	key, warnings, err := o.readPrivateKey()
	for _, warning := range warnings {
		p.Warn("%s", warning)
	}
	if err != nil {
		return nil, err
	}
	if o.settings.PrivateKeyFile != "-" {
		o.settings.PrivateKeyFile = keyPath(o.c, o.settings.PrivateKeyFile)
	}
	o.settings.AntomPublicKeyFile = keyPath(o.c, o.settings.AntomPublicKeyFile)
	antomKey, err := secret.AntomKey("", o.settings.AntomPublicKeyFile)
	if err != nil {
		return nil, err
	}
	return key, notOwn(antomKey, key, o.settings.AntomPublicKeyFile)
}

// readPrivateKey reads the key from its file or, if it goes to the keyring, also from standard
// input. A profile needs a file that stays in place.
func (o *profileAdd) readPrivateKey() (*sign.PrivateKey, []string, error) {
	if o.settings.PrivateKeyFile == "-" {
		if !o.keyring {
			return nil, nil, cli.Usagef("--private-key-file -: the key can't be found there again").WithHint("--keyring keeps a key that is read from standard input")
		}
		key, err := secret.ReadPrivateKey(o.c.Stdin, "from standard input")
		return key, nil, err
	}
	return secret.PrivateKey("", keyPath(o.c, o.settings.PrivateKeyFile))
}

// keep stores the key in the keyring if requested. This comes before the configuration, because
// a profile must not name a key that does not exist.
func (o *profileAdd) keep(name string, key *sign.PrivateKey) error {
	if !o.keyring {
		return nil
	}
	file, err := profile.Open(configPath(o.c)) // it may be made just now
	if err != nil {
		return err
	}
	if !o.replace && slices.Contains(file.Names(), name) {
		return file.Add(name, o.settings) // it says that the name is taken
	}
	o.settings.PrivateKey, o.settings.PrivateKeyFile = profile.Keyring, ""
	return secret.StoreKeyringKey(name, key)
}

// keyPath makes a path absolute, so that it works in any folder.
func keyPath(c *cli.CLI, path string) string { return c.Abs(profile.ExpandHome(path, c.Home())) }
