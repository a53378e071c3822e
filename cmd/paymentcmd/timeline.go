package paymentcmd

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/timeline"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentTimeline is `antom payment timeline`.
type paymentTimeline struct {
	c        *cli.CLI
	flags    cli.PaymentFlags
	offline  bool
	markdown bool
	bundle   string
}

func newTimelineCmd(c *cli.CLI) *cobra.Command {
	o := &paymentTimeline{c: c}
	cmd := &cobra.Command{
		Use:   "timeline PAYMENT_REQUEST_ID",
		Short: "Tell the whole story of a payment, in order",
		Long: `Tell the story of a payment from all that is known of it: the calls of this machine
(refused, lost, repeated), the notifications that antom notify listen received (late,
duplicate), the payment with its captures and refunds as the gateway tells it now
and, on the emulator, what happened inside and every attempt to notify.

Below the events stands what is missing, late or open: a final state without a
notification, a call of which nobody knows the outcome, money that may still be
captured, and until when.

The gateway is asked once (inquiryPayment); --offline asks nobody. --markdown prints
the story for a ticket. --bundle writes a ZIP file for Antom's support: the story, the
calls with their trace ids, and each notification and the answer of the inquiry with
their headers, bodies and signed strings. What is not on a list of harmless fields is
hidden in it: no key, no token, no card number, nothing of the buyer. Each file says
whether its body is exact, and has the SHA-256 of the bytes that were signed.

With --quiet the paymentStatus is printed. -o jsonl and csv have one event a line.`,
		Example: `  antom payment timeline "$id"
  antom payment timeline --last --offline --markdown
  antom payment timeline "$id" --bundle ticket.zip`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inquiry, err := o.flags.Inquiry(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), inquiry)
		},
	}
	o.flags.Bind(cmd)
	cmd.Flags().BoolVar(&o.offline, "offline", false, "ask nobody: only what this machine has recorded")
	cmd.Flags().BoolVar(&o.markdown, "markdown", false, "print the story in Markdown")
	cmd.Flags().StringVar(&o.bundle, "bundle", "", "write what support needs to the ZIP `FILE`")
	return cmd
}

func (o *paymentTimeline) run(ctx context.Context, inquiry antom.Inquiry) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if o.markdown && o.c.Global.Format != output.FormatText {
		return cli.Usagef("--markdown is a form of its own").WithHint("leave out -o %s", o.c.Global.Format)
	}
	known, err := o.gather(ctx, p, inquiry)
	if err != nil {
		return err
	}
	if len(known.story.Events) == 0 {
		return cmp.Or(known.unasked, known.missing, error(cli.Usagef("nothing is known about %q", cmp.Or(inquiry.PaymentRequestID, inquiry.PaymentID)).WithHint("antom history list shows the payments of this machine")))
	}
	if o.bundle != "" {
		if err := o.writeBundle(p, known); err != nil {
			return err
		}
	}
	if err := o.print(p, known.story); err != nil {
		return err
	}
	return known.unasked
}

// known is everything that was gathered about a payment.
type known struct {
	begun    time.Time // the inquiry of this command is no part of the story
	story    timeline.Story
	records  records
	answer   *antom.Response // of the inquiry; nil if the gateway was not asked, or did not answer
	target   string          // of the inquiry, as it is signed
	merchant *cli.Merchant   // nil if the profile is not complete, with --offline
	unasked  error           // why the gateway's part is missing
	missing  error           // the gateway says that there is no such payment
}

// gather reads the records of this machine and asks the gateway.
func (o *paymentTimeline) gather(ctx context.Context, p *output.Printer, inquiry antom.Inquiry) (*known, error) {
	k := &known{begun: o.c.Now()}
	chosen, err := o.c.LoadProfile(p)
	if err != nil {
		return nil, err
	}
	if inquiry, err = o.c.Identify(&cli.Merchant{Profile: chosen}, inquiry); err != nil {
		return nil, err
	}
	if !o.offline {
		if err := o.ask(ctx, p, inquiry, k); err != nil {
			return nil, err
		}
	}
	ids := idsOf(inquiry, &k.story)
	if err := o.read(p, chosen.Name, ids, k); err != nil {
		return nil, err
	}
	k.story.PaymentRequestID, k.story.PaymentID = ids.request, ids.payment
	sources := [][]timeline.Event{k.records.calls(), k.records.notifications(), k.payment()}
	if chosen.Name == profile.Emulator && !o.offline {
		inside, err := o.emulated(ctx, ids.request)
		if err != nil {
			return nil, err
		}
		sources = append(sources, inside)
	}
	k.story.Merge(o.c.Now(), sources...)
	return k, nil
}

// ask inquires the payment. If it does not exist yet or the gateway does not answer, the story
// has the other sources only. An answer that fails verification is an error.
func (o *paymentTimeline) ask(ctx context.Context, p *output.Printer, inquiry antom.Inquiry, k *known) error {
	merchant, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	k.merchant = merchant
	payment, response, err := client.Payments.Inquire(ctx, inquiry)
	if refused, ok := errors.AsType[*antom.ResultError](err); ok && refused.Result.ResultCode == antom.CodeOrderNotExist {
		p.Note("the gateway does not know the payment: nobody has paid yet, or the id is wrong")
		k.missing = err
		return nil
	}
	if _, ok := errors.AsType[*antom.TransportError](err); ok {
		p.Warn("the gateway's part is missing; --offline leaves it out")
		k.unasked = err
		return nil
	}
	if err != nil {
		return err
	}
	request, err := client.NewRequest(ctx, antom.InquiryPayment.Endpoint(), nil)
	if err != nil {
		return err
	}
	k.answer, k.target = response, request.URL.RequestURI()
	k.story.Tell(payment)
	k.records.payment = payment
	return nil
}
