// Package profilecmd is antom profile: add, list, show, choose and remove profiles.
package profilecmd

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/profile"
)

// New makes antom profile with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "profile",
		Short: "Manage profiles: client id, keys, URLs",
		Long: `A profile holds what a call needs: the client id, the merchant's private key,
Antom's public key, the gateway and the URLs of the shop. Keys stay in their own
files; the configuration names them.`,
		Example: "  antom profile add sandbox\n  antom profile use sandbox\n  antom profile show --explain",
	})
	c.Below(cmd, newAddCmd, newListCmd, newShowCmd, newUseCmd, newRemoveCmd)
	return cmd
}

// configPath returns the configuration file in use.
func configPath(c *cli.CLI) string {
	if named := c.NamedConfig(); named != "" {
		return named
	}
	return profile.ConfigPath(c.Getenv, runtime.GOOS)
}

// editConfig changes the configuration file and prints a note.
func editConfig(c *cli.CLI, edit func(*profile.File) error, note string, args ...any) error {
	p, err := c.Printer()
	if err != nil {
		return err
	}
	if err := profile.Edit(configPath(c), edit); err != nil {
		return err
	}
	p.Note(note, args...)
	return nil
}
