package notifycmd

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/sign"
)

// notifyCheck is `antom notify check`.
type notifyCheck struct {
	c        *cli.CLI
	only     []string
	sets     []string
	list     bool
	clientID string
	deadline time.Duration
	junit    string
}

func newCheckCmd(c *cli.CLI) *cobra.Command {
	o := &notifyCheck{c: c}
	cmd := &cobra.Command{
		Use:   "check URL",
		Short: "Check how a merchant's endpoint answers notifications",
		Long: `Send genuine, unusual and tampered notifications to an endpoint and check its
answers: genuine ones must be acknowledged as Antom requires and in time, however
they are formatted; others must not be acknowledged. Each check says why it matters
and, if it fails, what to do (--list prints them all).

The notifications are signed with the emulator's key, so it needs the profile
emulator, and the endpoint must be configured with the emulator's public key and
client id. To print both:
  antom emulator keys
Then
  antom notify check http://127.0.0.1:3000/antom/notify

They are about payments that do not exist; --set makes them match your order:
  --set paymentRequestId=order-1 --set paymentAmount.value=4200

Exit code 6: a check failed. With --quiet the ids of the failed checks are printed;
--junit writes a report for CI servers.`,
		Example: `  antom notify check --list
  antom notify check "$notify_url" --only duplicate,five-at-once \
    --junit report.xml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return cli.NoArgs(cmd, args)
			}
			return cli.OneArg("URL")(cmd, args)
		},
		RunE: cli.Filled(func(cmd *cobra.Command, args []string) error {
			p, err := o.c.Printer()
			if err != nil {
				return err
			}
			chosen, err := conformance.Select(o.only)
			if err != nil {
				return unknownCheck(err)
			}
			if o.list {
				return p.Print(listOfChecks(chosen, o.c.Term.Out))
			}
			return o.run(cmd.Context(), p, args[0], chosen)
		}),
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.only, "only", nil, "run only these checks, by `id`, after the first one")
	flags.StringArrayVar(&o.sets, "set", nil, "set a value in every notification: `path=value`, or path:=JSON; may be repeated")
	flags.BoolVar(&o.list, "list", false, "list the checks and send nothing")
	flags.StringVar(&o.clientID, "client-id", "", "client `id` to send for (default: the emulator's)")
	flags.DurationVar(&o.deadline, "deadline", conformance.DefaultDeadline, "time limit of one answer; Antom documents no limit")
	flags.StringVar(&o.junit, "junit", "", "write a JUnit report to `FILE`")
	return cmd
}

func unknownCheck(err error) error {
	usage := cli.Usagef("--only: %s", err)
	if h, ok := err.(cli.Hinter); ok {
		return usage.WithHint("%s", h.Hint())
	}
	return usage
}

// listOfChecks shows the checks as paragraphs on a terminal, as rows elsewhere.
func listOfChecks(chosen []check.Check, terminal bool) output.Result {
	table := &output.Table{Cols: []output.Col{{Name: "id", Title: "CHECK"}, {Name: "title", Title: "WHAT MUST HOLD"}, {Name: "why", Title: "WHY"}, {Name: "remedy", Title: "REMEDY"}}}
	result := output.Result{Table: table}
	var text bytes.Buffer
	for _, c := range chosen {
		row := check.Finding{Check: c}.Row()
		table.Rows = append(table.Rows, []output.Cell{{Text: row.ID}, {Text: row.Title}, {Text: row.Why}, {Text: row.Remedy}})
		result.Rows = append(result.Rows, cli.Encode(row))
		result.Quiet = append(result.Quiet, row.ID)
		fmt.Fprintf(&text, "%s\t%s\n  why: %s\n  remedy: %s\n", row.ID, row.Title, row.Why, row.Remedy)
	}
	result.JSON, result.Text = cli.JSONList(result.Rows), []output.Block{*table}
	if terminal {
		result.Text = []output.Block{output.Verbatim(text.Bytes())}
	}
	return result
}

func (o *notifyCheck) run(ctx context.Context, p *output.Printer, endpoint string, chosen []check.Check) error {
	e, err := o.endpoint(p, endpoint)
	if err != nil {
		return err
	}
	var findings []check.Finding
	rows := p.Rows(findingColumns()...)
	err = conformance.Run(ctx, e, chosen, func(f check.Finding) error {
		findings = append(findings, f)
		switch {
		case o.whole():
			return nil
		case o.rows():
			return rows.Add(output.Row{Cells: findingCells(f)})
		}
		return p.Event(cli.Encode(f.Row()), f.Text(styled(p)))
	})
	if o.junit != "" && len(findings) > 0 {
		if failed := o.writeJUnit(e.URL, findings); err == nil {
			err = failed
		}
	}
	if err != nil {
		return err
	}
	report := newCheckReport(e.URL.String(), findings)
	if o.whole() || o.c.Global.Quiet {
		if err := p.Print(report.result(findings)); err != nil {
			return err
		}
	}
	p.Note("%s", report.summary())
	return report.verdict()
}

// rows reports whether the output is rows for a program, not paragraphs for people.
func (o *notifyCheck) rows() bool {
	g := o.c.Global
	return !o.c.Term.Out && g.Format == output.FormatText && !g.Quiet && g.JQ == ""
}

// findingColumns are the columns of the findings in CSV and in pipes.
func findingColumns() []output.Col {
	return []output.Col{{Name: "id", Title: "CHECK"}, {Name: "status", Title: "STATUS"}, {Name: "title", Title: "WHAT MUST HOLD"}, {Name: "detail", Title: "DETAIL"}}
}

func findingCells(f check.Finding) []output.Cell {
	return []output.Cell{{Text: f.Check.ID}, {Text: string(f.Status)}, {Text: f.Check.Title}, {Text: f.Detail}}
}

// whole reports whether the output is one value at the end, not a stream.
func (o *notifyCheck) whole() bool {
	g := o.c.Global
	return g.Format == output.FormatJSON || g.Format == output.FormatCSV || g.JQ != "" && g.Format != output.FormatJSONL
}

func (o *notifyCheck) endpoint(p *output.Printer, text string) (*conformance.Endpoint, error) {
	to, err := endpoint.URL("URL", text)
	if err != nil {
		return nil, err
	}
	if to.Path == "" {
		to.Path = "/"
	}
	settings, err := readSettings(p, o.sets)
	if err != nil {
		return nil, err
	}
	if o.deadline <= 0 {
		return nil, cli.Usagef("--deadline %s: must be more than 0", o.deadline)
	}
	if len(settings) > 0 { // report an unknown path before anything is sent
		if _, err := message("PAYMENT_RESULT", conformance.Subject{Now: o.c.Now()}, settings); err != nil {
			return nil, err
		}
	}
	signer, err := newSigner(o.c, p, "check an endpoint", o.clientID)
	if err != nil {
		return nil, err
	}
	stranger, err := sign.GenerateKey()
	if err != nil {
		return nil, err
	}
	client, err := endpoint.Client(o.c, 0, 1)
	if err != nil {
		return nil, err
	}
	return &conformance.Endpoint{
		URL: to, ClientID: signer.clientID, Key: signer.key, Stranger: stranger, Settings: settings,
		Run: cli.NewRequestID(o.c.Now()), Deadline: o.deadline, Client: client, Now: o.c.Now,
	}, nil
}

func (o *notifyCheck) writeJUnit(to *url.URL, findings []check.Finding) error {
	report, err := check.JUnit("antom notify check "+to.String(), "antom.notify.check", findings)
	if err == nil {
		err = os.WriteFile(o.c.Abs(o.junit), report, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write --junit: %w", err)
	}
	return nil
}

// styled colours the word for a check's status.
func styled(p *output.Printer) func(word string, s check.Status) string {
	return func(word string, s check.Status) string {
		switch s {
		case check.Passed:
			return p.Styled(word, output.OK)
		case check.Failed:
			return p.Styled(word, output.Bad)
		}
		return p.Styled(word, output.Warn)
	}
}

// checkReport is the report of a run. Its JSON form is stable.
type checkReport struct {
	URL      string      `json:"url"`
	Passed   int         `json:"passed"`
	Failed   int         `json:"failed"`
	Unproven int         `json:"unproven"`
	Checks   []check.Row `json:"checks"`
	failed   []string
	stopped  bool // at a dead end
}

func newCheckReport(endpoint string, findings []check.Finding) *checkReport {
	r := &checkReport{URL: endpoint}
	for _, f := range findings {
		r.Checks = append(r.Checks, f.Row())
		switch f.Status {
		case check.Passed:
			r.Passed++
		case check.Unproven:
			r.Unproven++
			r.stopped = r.stopped || strings.HasPrefix(f.Detail, conformance.NotTried)
		default:
			r.Failed++
			r.failed = append(r.failed, f.Check.ID)
		}
	}
	return r
}

func (r *checkReport) result(findings []check.Finding) output.Result {
	table := &output.Table{Cols: findingColumns()}
	for _, f := range findings {
		table.Rows = append(table.Rows, findingCells(f))
	}
	return output.Result{JSON: cli.Encode(r), Table: table, Quiet: r.failed}
}

func (r *checkReport) summary() string {
	text := fmt.Sprintf("%d checks: %d ok, %d failed", len(r.Checks), r.Passed, r.Failed)
	if r.Unproven > 0 {
		text += fmt.Sprintf(", %d unproven", r.Unproven)
	}
	return text
}

func (r *checkReport) verdict() error {
	if r.Failed == 0 {
		return nil
	}
	remedy := "each failed check says why it matters and what to do"
	if r.failed[0] == "genuine" {
		remedy = r.Checks[0].Remedy
	}
	if r.failed[0] == "genuine" && !r.stopped {
		remedy = "does the endpoint verify with the emulator's public key and client id? antom emulator keys"
	}
	what := fmt.Sprintf("%d of %d checks failed", r.Failed, len(r.Checks))
	if r.Failed == 1 {
		what = "check " + cmp.Or(r.failed...) + " failed"
	}
	return cli.OutcomeError{Code: cli.ExitVerify, Message: r.URL + ": " + what, Remedy: remedy}
}
