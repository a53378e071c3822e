package profilecmd

import (
	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/profile"
)

func newUseCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:     "use NAME",
		Short:   "Make a profile the current one",
		Long:    "Make a profile the one that is used when none is named. The built-in emulator may be named too.",
		Example: "  antom profile use sandbox",
		Args:    cli.OneArg("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			return editConfig(c, func(file *profile.File) error { return file.Use(args[0]) }, "%q is the current profile", args[0])
		},
	}
}
