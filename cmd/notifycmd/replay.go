package notifycmd

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
)

// notifyReplay is `antom notify replay`.
type notifyReplay struct {
	c        *cli.CLI
	choice   selection
	all      bool
	files    []string
	times    int
	resign   bool
	clientID string
	dryRun   string
}

func newReplayCmd(c *cli.CLI) *cobra.Command {
	o := &notifyReplay{c: c}
	cmd := &cobra.Command{
		Use:   "replay URL [ID...]",
		Short: "Send stored notifications again",
		Long: `Send notifications that antom notify listen has stored for this profile, or those in
files (-f), to an endpoint, in the order in which they were received. An ID is that
of a delivery (n12), of a capture or refund, or of a payment, which includes its
captures and refunds; --since, --before, --type and --last narrow the choice; --all
selects everything. Duplicates are sent again too. If nothing matches, the exit code
is 2.

They are sent unchanged, headers and body byte for byte, so that they verify with
Antom's own key. The URL must then have the path that was signed; if it has no path,
the signed path is used. --resign signs them again for the URL, with the emulator's
key and the current time; that needs the profile emulator.

Exit code 6: one was not acknowledged. With --quiet nothing is printed.`,
		Example: `  antom notify replay "$notify_url" -f notification.http
  antom notify replay "$notify_url" -f log.jsonl --resign --times 2`,
		Args: cli.OrForm(cli.AtLeastOne("URL")),
		RunE: cli.Filled(func(cmd *cobra.Command, args []string) error {
			o.choice.ids = args[1:]
			return o.run(cmd.Context(), args[0])
		}),
	}
	flags := cmd.Flags()
	o.choice.bind(flags)
	flags.BoolVar(&o.all, "all", false, "send everything in the journal")
	flags.StringArrayVarP(&o.files, "file", "f", nil, "send the notifications in `FILE` or folder instead of the journal's; may be repeated")
	flags.IntVar(&o.times, "times", 1, "how often to send each")
	flags.BoolVar(&o.resign, "resign", false, "sign again with the emulator's key")
	flags.StringVar(&o.clientID, "client-id", "", "with --resign: client `id` to send for (default: the emulator's)")
	cli.BindDryRun(flags, &o.dryRun)
	return cmd
}

func (o *notifyReplay) run(ctx context.Context, target string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	to, err := endpoint.URL("URL", target)
	if err != nil {
		return err
	}
	if err := o.validate(); err != nil {
		return err
	}
	var signer gatewaySigner
	if o.resign {
		if signer, err = newSigner(o.c, p, "sign a notification again", o.clientID); err != nil {
			return err
		}
	}
	records, err := o.records(p)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return cli.Usagef("no stored notification matches").WithHint("antom notify listen stores what it receives; antom notify export DIR writes all stored deliveries")
	}
	o.warnOfPath(p, to, records)
	request := func(record *receiver.Record) (*http.Request, error) { return o.request(ctx, signer, record, to) }
	if o.dryRun != "" {
		return errors.Join(o.print(ctx, p, records, request), o.choice.incomplete())
	}
	deliverer, err := newDeliverer(o.c, p)
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := o.send(deliverer, record, request); err != nil {
			return err
		}
	}
	return errors.Join(deliverer.verdict(to), o.choice.incomplete())
}

// requester returns the request that sends a record again.
type requester func(*receiver.Record) (*http.Request, error)

// send replays a record as often as requested.
func (o *notifyReplay) send(deliverer *deliverer, record *receiver.Record, request requester) error {
	for range o.times {
		r, err := request(record)
		if err != nil {
			return err
		}
		if err := deliverer.deliver(r, record); err != nil {
			return err
		}
	}
	return nil
}

// print prints what would be sent, as often as requested.
func (o *notifyReplay) print(ctx context.Context, p *output.Printer, records []*receiver.Record, request requester) error {
	var all []*http.Request
	for _, record := range records {
		for range o.times {
			r, err := request(record)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
	}
	return o.c.PrintRequests(ctx, p, intake.Notification, o.dryRun, all...)
}

func (o *notifyReplay) validate() error {
	switch {
	case o.times < 1:
		return cli.Usagef("--times %d: must be 1 or more", o.times)
	case len(o.files) > 0 && (o.all || !o.choice.empty()):
		return cli.Usagef("-f sends everything in the files").WithHint("omit the ids and filters, which select from the journal")
	case len(o.files) == 0 && !o.all && o.choice.empty():
		return cli.Usagef("nothing selected to replay").WithHint("give ids, --since 10m, --last 1, or --all")
	case o.clientID != "" && !o.resign:
		return cli.Usagef("--client-id changes the signed data").WithHint("add --resign")
	}
	return nil
}

func (o *notifyReplay) records(p *output.Printer) ([]*receiver.Record, error) {
	if len(o.files) > 0 {
		return savedMessages(o.c, o.files)
	}
	return storedRecords(o.c, p, &o.choice)
}

// storedRecords returns the selected deliveries of the profile.
func storedRecords(c *cli.CLI, p *output.Printer, choice *selection) ([]*receiver.Record, error) {
	chosen, err := c.LoadProfile(p)
	if err != nil {
		return nil, err
	}
	dir, err := c.JournalDir(journalName(chosen))
	if err != nil {
		return nil, err
	}
	records, err := choice.records(c, chosen.Name, dir)
	for _, damage := range choice.damaged[:min(len(choice.damaged), view.MostNotes)] {
		p.Warn("%s; skipped", damage)
	}
	return records, err
}

func (o *notifyReplay) request(ctx context.Context, signer gatewaySigner, record *receiver.Record, to *url.URL) (*http.Request, error) {
	request, err := receiver.NewRequest(ctx, record, to)
	if err != nil || !o.resign {
		return request, err
	}
	return signer.request(ctx, request.URL, record.Body())
}

// warnOfPath warns if a notification was signed for a path other than the endpoint's.
func (o *notifyReplay) warnOfPath(p *output.Printer, to *url.URL, records []*receiver.Record) {
	if o.resign || to.Path == "" || to.Path == "/" {
		return
	}
	for _, record := range records {
		if record.URL != to.RequestURI() {
			p.Note("%s was signed for %s but is sent to %s, where it will not verify; --resign signs it again", record.ID, redact.Line(record.URL), to.RequestURI())
			return
		}
	}
}
