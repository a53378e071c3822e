package cmd

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/profile"
)

func newProfileCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "profile",
		Short: "Manage profiles: client id, keys, URLs",
		Long: `A profile holds what a call needs: the client id, the merchant's private key,
Antom's public key, the gateway and the URLs of the shop. Keys stay in their own
files; the configuration names them.`,
		Example: "  antom profile add sandbox\n  antom profile use sandbox\n  antom profile show --explain",
	})
	c.below(cmd, newProfileAddCmd, newProfileListCmd, newProfileShowCmd, newProfileUseCmd, newProfileRemoveCmd)
	return cmd
}

// configPath is the configuration file in force.
func (c *cli) configPath() string {
	if named := c.namedConfig(); named != "" {
		return named
	}
	return profile.ConfigPath(c.Getenv, runtime.GOOS)
}

// editConfig changes the configuration file and says so.
func (c *cli) editConfig(edit func(*profile.File) error, note string, args ...any) error {
	p, err := c.printer()
	if err != nil {
		return err
	}
	if err := profile.Edit(c.configPath(), edit); err != nil {
		return err
	}
	p.Note(note, args...)
	return nil
}
