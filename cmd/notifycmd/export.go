package notifycmd

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
)

// notifyExport is `antom notify export`.
type notifyExport struct {
	c      *cli.CLI
	choice selection
}

func newExportCmd(c *cli.CLI) *cobra.Command {
	o := &notifyExport{c: c}
	cmd := &cobra.Command{
		Use:   "export DIR [ID...]",
		Short: "Write stored notifications as raw HTTP files",
		Long: `Write the notifications that antom notify listen has stored for this profile into a
folder, one raw HTTP file each, byte for byte. antom notify verify and replay can
read them. An ID is that of a delivery (n12), of a capture or refund, or of a
payment with everything that belongs to it; without ids, all are written. Existing
files are replaced.

With --quiet only the file names are printed.`,
		Example: `  antom notify export deliveries
  antom notify export deliveries --since 24h --type CAPTURE_RESULT -o json`,
		Args: cli.AtLeastOne("DIR"),
		RunE: cli.Filled(func(_ *cobra.Command, args []string) error {
			o.choice.ids = args[1:]
			return o.run(args[0])
		}),
	}
	o.choice.bind(cmd.Flags())
	return cmd
}

// exported is a file that was written. Its JSON form is stable.
type exported struct {
	ID               string `json:"id"`
	File             string `json:"file"`
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentID        string `json:"paymentId"`
	DuplicateOf      string `json:"duplicateOf"`
}

func (o *notifyExport) run(dir string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	records, err := storedRecords(o.c, p, &o.choice)
	if err != nil {
		return err
	}
	to, err := openSaver(o.c, dir)
	if err != nil {
		return err
	}
	defer func() { _ = to.root.Close() }() // the files are already written
	table := output.Table{Cols: []output.Col{{Name: "id", Title: "ID"}, {Name: "notifyType", Title: "TYPE"}, {Name: "paymentRequestId", Title: "PAYMENT REQUEST", Shrinks: true}, {Name: "file", Title: "FILE"}}}
	result := output.Result{}
	for _, record := range records {
		file, err := to.write(savedName(record), record)
		if err != nil {
			return err
		}
		result.Rows = append(result.Rows, cli.Encode(exported{record.ID, file, record.NotifyType, record.PaymentRequestID, record.PaymentID, record.DuplicateOf}))
		result.Quiet = append(result.Quiet, file)
		table.Rows = append(table.Rows, []output.Cell{{Text: record.ID}, {Text: record.NotifyType}, {Text: record.PaymentRequestID}, {Text: file}})
	}
	result.JSON, result.Table, result.Text = cli.JSONList(result.Rows), &table, []output.Block{table}
	if err := p.Print(result); err != nil {
		return err
	}
	p.Note("%d written to %s", len(records), filepath.Clean(dir))
	return o.choice.incomplete()
}
