package historycmd

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/history"
)

func newClearCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Delete the calls made from this machine",
		Long: `Delete the calls made from this machine; with --profile those of one profile. Asks
first on a terminal; elsewhere it requires --yes. The ledger of the ids of captures and
refunds stays: it keeps money from being moved twice.`,
		Example: "  antom history clear --yes",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			log := c.History()
			if log == nil {
				return &cli.SetupError{Message: "the location of the history is unknown", Remedy: "set HOME or ANTOM_STATE_DIR"}
			}
			name := c.Global.Profile
			whose := cmp.Or(name, "all profiles")
			if err := c.Confirm(fmt.Sprintf("Delete the history of %s?", whose)); err != nil {
				return err
			}
			err = log.Clear(func(r history.Record) bool { return name != "" && r.Profile != name })
			if err != nil {
				return err
			}
			p.Note("the history of %s is empty", whose)
			return nil
		},
	}
}
