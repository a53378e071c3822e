package profilecmd

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
)

func newShowCmd(c *cli.CLI) *cobra.Command {
	explain := false
	cmd := &cobra.Command{
		Use:   "show [NAME]",
		Short: "Show the settings in force",
		Long: `Show the settings of a profile, or of the one in force, after the environment has
been applied. With --explain each one says where it comes from. Keys are named by
their files and never shown. With --quiet the client id is printed. What an
incomplete profile has is shown too, with what it lacks and exit code 4.`,
		Example: "  antom profile show\n  antom profile show sandbox --explain",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				c.Global.Profile = args[0]
			}
			p, err := c.Printer()
			if err != nil {
				return err
			}
			chosen, incomplete := c.LoadProfile(p)
			if chosen == nil {
				return incomplete
			}
			if chosen.Builtin {
				m, err := c.Emulated(chosen)
				if err != nil {
					return err
				}
				chosen = m.Profile
			}
			return cmp.Or(p.Print(profileCard(chosen, explain)), incomplete)
		},
	}
	cmd.Flags().BoolVar(&explain, "explain", false, "say where each setting comes from")
	return cmd
}

func profileCard(chosen *profile.Profile, explain bool) output.Result {
	card := output.Card{}
	object := []byte("{}")
	values := chosen.Values()
	for _, v := range slices.Backward(values) { // the last inserted stands first
		object = output.InsertFirst(object, v.Name, v.Value)
	}
	for _, v := range values {
		text := v.Value
		if explain && v.Origin.Layer != "" {
			text += "  (" + v.Origin.String() + ")"
		}
		card.Pairs = append(card.Pairs, output.Pair{Label: v.Name, Name: v.Name, Value: output.Cell{Text: text}})
	}
	return output.Result{JSON: object, Quiet: []string{chosen.ClientID}, Text: []output.Block{card}}
}
