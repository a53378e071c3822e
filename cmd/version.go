package cmd

import (
	"encoding/json"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/buildinfo"
	"github.com/antom-cli/antom/internal/output"
)

func newVersionCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Print the version, the commit it was built from and the Go release it was built with.",
		Example: "  antom version\n  antom version -o json --jq .version",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			info := buildinfo.Read()
			object, err := json.Marshal(map[string]string{
				"version": info.Version, "commit": info.Commit, "date": info.Date,
				"go": info.Go, "platform": runtime.GOOS + "/" + runtime.GOARCH,
			})
			if err != nil {
				return err
			}
			return p.Print(output.Result{
				JSON:  object,
				Quiet: []string{info.Version},
				Text:  []output.Block{output.Text("antom " + info.Version + " " + runtime.GOOS + "/" + runtime.GOARCH)},
			})
		},
	}
}

// bindVersion makes antom --version equal to antom version, because users of other programs try
// it first.
func bindVersion(root *cobra.Command, c *cli.CLI) {
	var asked bool
	root.Flags().BoolVar(&asked, "version", false, "print the version")
	root.Flags().Lookup("version").Hidden = true
	group := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if asked && len(args) == 0 {
			return newVersionCmd(c).RunE(cmd, args)
		}
		return group(cmd, args)
	}
}
