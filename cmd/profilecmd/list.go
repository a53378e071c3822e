package profilecmd

import (
	"cmp"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/pkg/antom"
)

func newListCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the profiles",
		Long: `List the profiles of the configuration and the built-in one. The columns off a
terminal and in CSV are name, current, clientId and gateway. With --quiet just
the names are printed.`,
		Example: "  antom profile list\n  antom profile list -q",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := c.Printer()
			if err != nil {
				return err
			}
			file, err := c.OpenConfig()
			if err != nil {
				return err
			}
			return p.Print(profileList(file))
		},
	}
}

type profileRow struct {
	Name     string `json:"name"`
	Current  bool   `json:"current"`
	ClientID string `json:"clientId"`
	Gateway  string `json:"gateway"`
}

// gatewayOf returns the URL or the region of a profile; the sandbox has a default.
func gatewayOf(settings profile.Settings) string {
	region := settings.Region
	if region == "" && antom.IsSandboxID(settings.ClientID) {
		region = string(antom.RegionSG)
	}
	return cmp.Or(settings.GatewayURL, region, "not set")
}

func profileList(file *profile.File) output.Result {
	var rows []profileRow
	for _, name := range file.Names() {
		settings, _ := file.Get(name)
		rows = append(rows, profileRow{name, name == file.Current(), settings.ClientID, gatewayOf(settings)})
	}
	rows = append(rows, profileRow{profile.Emulator, file.Current() == profile.Emulator, "", "built in"})
	table := output.Table{Cols: []output.Col{
		{Name: "name", Title: "NAME"}, {Name: "current", Title: "CURRENT"}, {Name: "clientId", Title: "CLIENT ID"}, {Name: "gateway", Title: "GATEWAY"},
	}}
	result := output.Result{JSON: cli.Encode(rows)}
	for _, row := range rows {
		mark := output.Cell{Text: "", Plain: strconv.FormatBool(row.Current)}
		if row.Current {
			mark.Text, mark.Style = "current", output.OK
		}
		table.Rows = append(table.Rows, []output.Cell{{Text: row.Name, Style: output.Key}, mark, {Text: row.ClientID}, {Text: row.Gateway}})
		result.Rows = append(result.Rows, cli.Encode(row))
		result.Quiet = append(result.Quiet, row.Name)
	}
	result.Table, result.Text = &table, []output.Block{table}
	return result
}
