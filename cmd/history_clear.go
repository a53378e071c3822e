package cmd

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/history"
)

func newHistoryClearCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Forget the calls made from this machine",
		Long: `Forget the calls made from this machine; with --profile those of one profile. Asks
first on a terminal; elsewhere it wants --yes.`,
		Example: "  antom history clear --yes",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			log := c.history()
			if log == nil {
				return &setupError{message: "there is no place for a history", remedy: "set HOME or ANTOM_STATE_DIR"}
			}
			name := c.global.profile
			whose := cmp.Or(name, "all profiles")
			if err := c.confirm(fmt.Sprintf("Forget the history of %s?", whose)); err != nil {
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
