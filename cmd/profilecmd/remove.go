package profilecmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
)

func newRemoveCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a profile from the configuration",
		Long: `Remove a profile from the configuration. Its key files stay where they are; a key
that antom put into the keyring is removed with it. Asks first on a terminal;
elsewhere it wants --yes.`,
		Example: "  antom profile remove sandbox --yes",
		Args:    cli.OneArg("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := c.OpenConfig()
			if err != nil {
				return err
			}
			settings, err := file.Get(args[0])
			if err != nil {
				return err
			}
			p, err := c.Printer()
			if err != nil {
				return err
			}
			if err := c.Confirm(fmt.Sprintf("Remove profile %q?", args[0])); err != nil {
				return err
			}
			if err := profile.Edit(configPath(c), func(file *profile.File) error { return file.Remove(args[0]) }); err != nil {
				return err
			}
			dropKeyringKey(p, args[0], settings)
			p.Note("profile %q is removed; its key files are untouched", args[0])
			return nil
		},
	}
}

// dropKeyringKey removes a profile's key from the keyring when no profile names it any more. If
// the keyring does not answer, it warns; the profile is removed anyway.
func dropKeyringKey(p *output.Printer, name string, settings profile.Settings) {
	if settings.PrivateKey != profile.Keyring {
		return
	}
	if err := secret.DropKeyringKey(name); err != nil {
		p.Warn("%s; the key may still be there", err)
	}
}
