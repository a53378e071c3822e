// Package apicmd is antom api: any signed call; the answer is verified and printed unchanged.
package apicmd

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// call is `antom api`.
type call struct {
	c      *cli.CLI
	write  cli.WriteFlags
	file   string
	method string
}

// New makes antom api.
func New(c *cli.CLI) *cobra.Command {
	o := &call{c: c}
	cmd := &cobra.Command{
		Use:   "api OPERATION | PATH",
		Short: "Make any signed call, and print the verified answer",
		Long: `Make any signed call of Antom's API. OPERATION is one that this program knows, such
as inquiryPayment; PATH is the path of any other, such as
/ams/api/v1/payments/updateAmount, and is called as it stands, double slashes
included. A sandbox client calls below /ams/sandbox/api, as Antom's SDKs do.

The body is --file, byte for byte, or what --set says, or both; of an operation that
is known it is checked against Antom's rules, and --no-check sends it anyway.

The answer must be signed, and for a known operation must be about what was asked
for. It is printed as it came, also if it is a refusal; exit code 3 then, 5 for U.
--retry sends it again after a lost answer or U, if a second call of the operation is
known to do no harm. With --quiet the resultCode is printed. On a live profile anything but an inquiry
is asked about first.`,
		Example: `  antom api inquiryPayment --set paymentRequestId=20261124090000-k3v5q7r2m4x6
  antom api capture -f capture.json --dry-run
  antom api /ams/api/v1/payments/inquiryPayment -f inquiry.json \
    --jq .paymentStatus`,
		Args: cli.OrForm(cli.OneArgAs("OPERATION or PATH", func(text string) error { _, err := endpointOf(text); return err })),
		RunE: func(cmd *cobra.Command, args []string) error {
			endpoint, err := endpointOf(args[0])
			if err != nil {
				return err
			}
			if err := o.write.Validate(); err != nil {
				return err
			}
			if o.write.Retry > 0 && endpoint.Recourse == "" {
				return cli.Usagef("--retry: it is not known what a second call of %s does", endpoint.Operation)
			}
			endpoint.Method = strings.ToUpper(o.method)
			return o.run(cmd.Context(), endpoint, args[0])
		},
	}
	cmd.Flags().StringVarP(&o.file, "file", "f", "", "`file` with the body in JSON; - is standard input")
	cmd.Flags().StringVar(&o.method, "method", "POST", "HTTP `method`")
	cmd.Flags().BoolVar(&o.write.Again, "again", false, "capture or refund the same amount of the same payment again within ten minutes")
	o.write.Bind(cmd.Flags(), "")
	return cmd
}

// endpointOf reads the argument: an operation or a path. A path in the table of endpoints is
// treated as its operation.
func endpointOf(text string) (antom.Endpoint, error) {
	if !strings.HasPrefix(text, "/") {
		row, ok := antom.LookupEndpoint(antom.Operation(text))
		if ok {
			return row, nil
		}
		var names []string
		for _, op := range antom.Operations() {
			names = append(names, string(op))
		}
		unknown := cli.Usagef("operation %q: unknown", text)
		if near := rules.Nearest(text, names); near != "" {
			unknown = unknown.WithHint("did you mean %s?", near)
		}
		return antom.Endpoint{}, unknown.WithHint("known are %s; any other is called by its path, such as /ams/api/v1/payments/%s", strings.Join(names, ", "), path.Base(text))
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return antom.Endpoint{}, cli.Usagef("path %q: must be plain characters without blanks", text).WithHint("write others as %%XX")
	}
	for _, row := range antom.Endpoints() {
		if text == row.Path || text == antom.SandboxPath(row.Path) {
			return row, nil
		}
	}
	bare, _, _ := strings.Cut(text, "?")
	return antom.Endpoint{Operation: antom.Operation(path.Base(bare)), Path: text}, nil
}

func (o *call) run(ctx context.Context, endpoint antom.Endpoint, named string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := p.NoList(); err != nil {
		return err
	}
	m, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	d, err := o.body(ctx, endpoint)
	if err != nil {
		return err
	}
	if cli.OnlyAsks(endpoint.Path) {
		cli.Asks(m)
	}
	w := &cli.Write{
		Printer: p, Merchant: m, Client: client, Endpoint: endpoint, Draft: d, Flags: &o.write,
		Action: "call " + string(endpoint.Operation), Command: "antom api " + cli.ShellWord(named),
	}
	response, err := o.c.Send(ctx, w)
	if refused, ok := errors.AsType[*antom.ResultError](err); ok && refused.Signed {
		response = refused.Response
	}
	if response == nil {
		return err
	}
	return cli.First(p.Print(result(response)), err)
}

// body returns the body to send: the file unchanged, or with the fields of --set.
func (o *call) body(ctx context.Context, endpoint antom.Endpoint) (*draft.Draft, error) {
	d := draft.New(endpoint.Operation)
	if o.file != "" {
		text, err := o.c.ReadInput(ctx, o.file, cli.LargestRequest)
		if err != nil {
			return nil, err
		}
		if d, err = draft.Read(endpoint.Operation, cli.ShownName(o.file), text); err != nil {
			return nil, cli.AsUsage(err)
		}
	}
	return d, cli.AsUsage(cli.First(draft.Conflict(o.write.Assigned), d.Assign(o.write.Assigned...)))
}

// result returns the unchanged answer in every output form.
func result(response *antom.Response) output.Result {
	return output.Result{
		JSON: response.Body, Raw: response.Body, Quiet: []string{response.Result.ResultCode},
		Text: []output.Block{output.Verbatim(append(append([]byte{}, response.Body...), '\n'))},
	}
}
