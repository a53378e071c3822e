package emulatorcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator/statefile"
	"github.com/antom-cli/antom/internal/output"
)

// emulatorExport is `antom emulator export`.
type emulatorExport struct {
	c    *cli.CLI
	file string
}

func newExportCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorExport{c: c}
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the emulator's orders to a file for serve --state",
		Long: `Write the emulator's orders, with their payments, captures and refunds, as YAML, or
with -o json as JSON. antom emulator serve --state FILE starts with them, and antom
emulator reset restores them.

A virtual clock is included. The keys, scenarios, faults and the seed are not, and
neither are attempts to notify: past notifications count as acknowledged. Card
numbers are masked.`,
		Example: `  antom emulator export >orders.yaml
  antom emulator serve --state orders.yaml`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&o.file, "write", "", "write to this `file` (mode 0600) and print nothing")
	return cmd
}

func (o *emulatorExport) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	state, err := gateway.Export(ctx)
	if err != nil {
		return err
	}
	text, err := statefile.YAML(state)
	if err != nil {
		return err
	}
	if o.file != "" {
		if err := writePrivate(o.c.Abs(o.file), string(text)); err != nil {
			return fmt.Errorf("write --write: %w", err)
		}
		p.Note("wrote %s", o.file)
		return nil
	}
	return p.Print(output.Result{JSON: state, Text: []output.Block{output.Text(strings.TrimSuffix(string(text), "\n"))}})
}
