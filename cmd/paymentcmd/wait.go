package paymentcmd

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/hearing"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentWait is `antom payment wait`.
type paymentWait struct {
	c     *cli.CLI
	flags cli.InquiryFlags
	wait  cli.WaitFlags
	file  string
	rate  float64

	resumed string // the file of an earlier run
	witness witnessFlags
}

func newWaitCmd(c *cli.CLI) *cobra.Command {
	o := &paymentWait{c: c}
	cmd := &cobra.Command{
		Use:   "wait PAYMENT_REQUEST_ID...",
		Short: "Wait until payments are final (inquiryPayment every 2 s)",
		Long: `Ask for the state of a payment at once and then every two seconds, from start to
start, until it is final or --timeout has passed. Several payments are waited
for side by side, named as arguments or by --file, one id a line; empty lines and
what follows a # are left out. However many there are, they share one pool of
connections, at most 16 inquiries are under way at a time, and at most --rate
begin in a second, so that more than 40 are asked for less often than every two
seconds.

Network faults and U answers are survived by asking less often. ORDER_NOT_EXIST
means that the buyer has not paid yet, or that the id is wrong: the wait goes on,
unless --missing fail is given, which ends it after three such answers.

Exit code 0: every payment ended in SUCCESS. 7: one ended otherwise (--expect
turns the wanted ending into 0). 5: --timeout passed.

Each result is printed as it comes. A run that was cut off goes on with --resume
and the file of what it printed: payments that are final there are not asked for
again, and count for the exit code.

With --listen the notifications are received too, verified and acknowledged; the
session's notify URL must lead there. The first final evidence is told at once, the
second witness is waited for (--grace). If they disagree about status or amount that is
exit code 6, and both are shown. --require both makes a notification that does not come
exit code 5; else a note tells of it. A notification alone ends the wait, if inquiries
don't confirm it within the grace time.

With --quiet the final paymentStatus is printed. With -o jsonl each change is one
event {"type":"status",…}, and at the end each payment {"type":"result",…,"exit"};
with --listen also {"type":"notification",…} and {"type":"witnesses",…,"agree"}.
JSON output is the gateway's last answer, of several payments a list; a payment
that was never found stands in it with its id alone.

The columns of several payments off a terminal and in CSV are paymentRequestId,
paymentId, paymentStatus, paymentResultCode and seconds.`,
		Example: `  antom payment wait 20261124090000-k3v5q7r2m4x6
  antom payment wait "$id" --timeout 2m --expect FAIL
  antom payment wait "$first" "$second" -o jsonl
  echo "$id" | antom payment wait -f - --rate 5
  antom payment wait "$id" --listen 127.0.0.1:0 --require both
  antom payment wait -f ids.txt -o jsonl --resume first.jsonl >>first.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.witness.validate(cmd.Flags().Changed); err != nil {
				return err
			}
			inquiries, err := o.inquiries(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiries)
		},
	}
	o.flags.Bind(cmd)
	o.wait.Bind(cmd.Flags())
	cmd.Flags().StringVarP(&o.file, "file", "f", "", "`file` of paymentRequestIds, one a line; - is standard input")
	cmd.Flags().StringVar(&o.resumed, "resume", "", "`file` that an earlier run printed; what is final there is not asked for")
	o.witness.bind(cmd.Flags())
	cmd.Flags().Float64Var(&o.rate, "rate", wait.DefaultRate, "`number` of inquiries that begin in a second at most")
	return cmd
}

// inquiries returns the payments that the command line names.
func (o *paymentWait) inquiries(cmd *cobra.Command, args []string) ([]antom.Inquiry, error) {
	if err := o.wait.Validate(); err != nil {
		return nil, err
	}
	if o.rate < slowestRate || o.rate > fastestRate {
		return nil, cli.Usagef("--rate %v: must be from %v to %v requests a second", o.rate, slowestRate, fastestRate)
	}
	if (len(args) <= 1 || o.flags.Last) && o.file == "" && o.resumed == "" {
		inquiry, err := o.flags.Inquiry(cmd, args)
		return []antom.Inquiry{inquiry}, err
	}
	if o.flags.PaymentID != "" || o.flags.Last {
		return nil, cli.Usagef("--payment-id and --last take the place of the ids").WithHint("name the payments once")
	}
	if slices.Contains(args, "") {
		return nil, cli.Usagef("%s: an empty id", cmd.CommandPath()).WithHint("usage: %s", cmd.UseLine())
	}
	return inquiriesOf(args), nil
}

// The range of --rate.
const (
	slowestRate = 0.01
	fastestRate = 1000.0
)

// inquiriesOf returns one inquiry for each different paymentRequestId.
func inquiriesOf(ids []string) []antom.Inquiry {
	inquiries := make([]antom.Inquiry, 0, len(ids))
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			inquiries = append(inquiries, antom.Inquiry{PaymentRequestID: id})
		}
	}
	return inquiries
}

// listed reads the ids of --file, which come after those of the command line.
func (o *paymentWait) listed(ctx context.Context, named []antom.Inquiry) ([]antom.Inquiry, error) {
	text, err := o.c.ReadInput(ctx, o.file, cli.LargestIDList)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, inquiry := range named {
		ids = append(ids, inquiry.PaymentRequestID)
	}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		id, _, _ := strings.Cut(string(line), "#")
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if strings.ContainsAny(id, " \t,;") {
			return nil, cli.Usagef("%s:%d: %q is not a paymentRequestId", cli.ShownName(o.file), number, id).WithHint("one id a line")
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, cli.Usagef("%s names no payment", cli.ShownName(o.file)).WithHint("one paymentRequestId a line")
	}
	return inquiriesOf(ids), nil
}

func (o *paymentWait) run(ctx context.Context, inquiries []antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	m, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	if o.file != "" {
		if inquiries, err = o.listed(ctx, inquiries); err != nil {
			return err
		}
	}
	var settled []error
	if o.resumed != "" {
		before, err := readEarlier(ctx, o.c, o.resumed)
		if err != nil {
			return err
		}
		if inquiries, settled = before.resume(p, inquiries, o.flags.Expect); len(inquiries) == 0 {
			return cli.Joined(settled)
		}
	}
	if inquiries, err = o.c.IdentifyAll(m, inquiries); err != nil {
		return err
	}
	if len(inquiries) > 1 && o.c.Global.Raw {
		return cli.Usagef("--raw prints one answer, and %d payments are named", len(inquiries)).WithHint("-o json prints the answers as a list")
	}
	waiting := &view.PaymentWait{CLI: o.c, Printer: p, Client: client, Flags: o.wait, Rate: o.rate, Expect: o.flags.Expect}
	err = o.witnessed(ctx, p, m, waiting, targetsOf(inquiries))
	if len(settled) == 0 {
		return err
	}
	return cli.Joined(append(settled, err))
}

// witnessed waits, and with --listen also receives the notifications.
func (o *paymentWait) witnessed(ctx context.Context, p *output.Printer, m *cli.Merchant, waiting *view.PaymentWait, targets []wait.Target) error {
	if o.witness.listen == "" {
		return waiting.Run(ctx, targets)
	}
	h, err := hearing.Open(ctx, o.c, p, hearing.Options{Address: o.witness.listen, Public: o.witness.public, Merchant: m})
	if err != nil {
		return err
	}
	defer h.Close()
	p.Note("receiving notifications at %s", h.URL)
	second := newWitnesses(o, p, h, targets)
	waiting.Second = second
	serving, stop := context.WithCancel(ctx)
	defer stop()
	group, serving := errgroup.WithContext(serving)
	group.Go(func() error { return h.Serve(serving) })
	failed := waiting.Run(ctx, targets)
	second.await(ctx)
	stop()
	errs := slices.DeleteFunc([]error{failed, second.conclude(), group.Wait()}, func(err error) bool { return err == nil })
	if len(errs) == 0 {
		return nil
	}
	return cli.Joined(errs)
}

func targetsOf(inquiries []antom.Inquiry) []wait.Target {
	targets := make([]wait.Target, len(inquiries))
	for i, inquiry := range inquiries {
		targets[i] = wait.Target{PaymentRequestID: inquiry.PaymentRequestID, PaymentID: inquiry.PaymentID}
	}
	return targets
}
