package emulatorcmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// emulatorDeliver is `antom emulator deliver`.
type emulatorDeliver struct {
	c        *cli.CLI
	last     cli.LastFlag
	clientID string
	dryRun   string
}

func newDeliverCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorDeliver{c: c}
	cmd := &cobra.Command{
		Use:   "deliver [PAYMENT_REQUEST_ID]",
		Short: "Send the due notifications, or print them",
		Long: `Send the notifications that Antom would have sent by now and that are not
acknowledged: those of one payment, or all whose next attempt is due by Antom's
resend schedule (immediately, then after 2, 10 and 10 minutes, 1, 2, 6 and 15
hours). They are signed with the emulator's key and verify with antom notify verify.
The answer is checked as Antom checks it, by its body, and recorded: antom emulator
show lists the attempts. antom emulator serve sends by itself.

With --dry-run the signed requests of a payment are printed as raw HTTP, or with
=curl as commands, including acknowledged ones, and nothing is sent.`,
		Example: `  antom emulator deliver "$id"
  antom emulator deliver "$id" --dry-run |
    antom notify verify --profile emulator`,
		Args: cli.OrForm(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !o.last.Set && o.dryRun != "" {
				return cli.Usagef("--dry-run requires a payment").WithHint("antom emulator deliver PAYMENT_REQUEST_ID --dry-run")
			}
			if len(args) == 0 && !o.last.Set && o.clientID != "" {
				return cli.Usagef("--client-id requires a payment").WithHint("antom emulator deliver PAYMENT_REQUEST_ID --client-id %s", o.clientID)
			}
			return o.run(cmd.Context(), args)
		},
	}
	o.last.Bind(cmd)
	cmd.Flags().StringVar(&o.clientID, "client-id", "", clientIDUsage)
	cli.BindDryRun(cmd.Flags(), &o.dryRun)
	return cmd
}

func (o *emulatorDeliver) run(ctx context.Context, args []string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if args, err = o.last.Payment(o.c, args); err != nil {
		return err
	}
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	if o.dryRun != "" {
		return o.print(ctx, p, gateway, args[0])
	}
	due, err := o.due(ctx, p, gateway, args)
	if err != nil {
		return err
	}
	client := &http.Client{
		Timeout:       o.c.Global.RequestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	failed := undelivered{of: len(due)}
	for _, d := range due {
		if err := deliver(ctx, p, gateway, client, d); err != nil {
			p.Warn("%s %s: %s", d.Type, d.PaymentRequestID, err)
			failed.errs = append(failed.errs, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if len(failed.errs) == 0 {
		return nil
	}
	return failed
}

// undelivered collects the errors of a command that delivers several notifications.
type undelivered struct {
	errs []error
	of   int
}

var _ cli.Hinter = undelivered{}

func (u undelivered) Error() string {
	return fmt.Sprintf("%d of %s not acknowledged", len(u.errs), counted(u.of, "notification was", "notifications were"))
}

// Unwrap returns the errors, which determine the exit code.
func (u undelivered) Unwrap() []error { return u.errs }

// Hint returns what to check.
func (u undelivered) Hint() string {
	if !slices.ContainsFunc(u.errs, cli.Is[cli.OutcomeError]) { // no answers at all
		return endpoint.Error{}.Hint()
	}
	return "antom emulator show PAYMENT_REQUEST_ID lists the attempts\nan endpoint must answer HTTP 200 with " + string(antom.AcknowledgementBody())
}

// print prints the due notifications of a payment.
func (o *emulatorDeliver) print(ctx context.Context, p *output.Printer, gateway *emulator.Remote, id string) error {
	requests, err := gateway.Notifications(ctx, emulator.OrderOf(id, o.clientID))
	switch {
	case err != nil:
		return err
	case len(requests) == 0:
		return nothingDue(id)
	}
	return o.c.PrintRequests(ctx, p, intake.Notification, o.dryRun, requests...)
}

func nothingDue(id string) error {
	return cli.OutcomeError{Code: cli.ExitPending, Message: "no notification is due yet for " + id, Remedy: "antom payment wait " + id}
}

// due returns the notifications to send, and prints a note if there are none.
func (o *emulatorDeliver) due(ctx context.Context, p *output.Printer, gateway *emulator.Remote, args []string) ([]emulator.Delivery, error) {
	if len(args) == 1 {
		open, acknowledged, err := gateway.Undelivered(ctx, emulator.OrderOf(args[0], o.clientID))
		switch {
		case err != nil:
			return nil, err
		case len(open) == 0 && acknowledged == 0:
			return nil, nothingDue(args[0])
		case len(open) == 0:
			p.Note("all due notifications for %s are acknowledged", args[0])
		}
		return open, nil
	}
	due, err := gateway.DueDeliveries(ctx)
	if err == nil && len(due) == 0 {
		p.Note("no notification is due")
	}
	return due, err
}

// deliver sends one notification, checks the merchant's answer as Antom does and records the
// attempt.
func deliver(ctx context.Context, p *output.Printer, gateway *emulator.Remote, client *http.Client, d emulator.Delivery) error {
	request, err := gateway.NotificationRequest(ctx, d)
	if err != nil {
		return err
	}
	attempt, err := send(client, request)
	if kept := gateway.RecordAttempt(context.WithoutCancel(ctx), d.ID, attempt); kept != nil {
		return errors.Join(err, kept)
	}
	if err == nil {
		p.Note("%s %s: delivered to %s and acknowledged", d.Type, d.PaymentRequestID, d.URL)
	}
	return err
}

// send sends one notification. The error is the reason why it was not acknowledged.
func send(client *http.Client, request *http.Request) (emulator.Attempt, error) {
	answer := antom.Deliver(client, request)
	attempt := emulator.NewAttempt(answer)
	switch {
	case answer.Lost != nil && answer.Status == 0:
		return attempt, fmt.Errorf("deliver the notification to %s: %w", request.URL, answer.Lost)
	case answer.Lost != nil:
		return attempt, fmt.Errorf("read the acknowledgement of %s: %w", request.URL, answer.Lost)
	case answer.Refused != nil:
		return attempt, cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%s did not acknowledge: %s%s", request.URL, answer.Refused, endpoint.ItSaid(endpoint.Said(answer.Body))), Remedy: "answer " + string(antom.AcknowledgementBody())}
	}
	return attempt, nil
}
