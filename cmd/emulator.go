package cmd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/pkg/antom"
)

func newEmulatorCmd(c *cli) *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "emulator",
		Short: "Steer the built-in stand-in gateway",
		Long: `The emulator is a gateway inside antom: the profile "emulator" talks to it without
a port, and every request and answer is really signed and verified. Its state is
one file in the state folder. These commands play the buyer and look after it.`,
		Example: `  antom session create --profile emulator --amount 42.00 --currency SGD
  antom emulator pay PAYMENT_REQUEST_ID`,
	})
	cmd.AddCommand(newEmulatorPayCmd(c), newEmulatorDeliverCmd(c), newEmulatorKeysCmd(c), newEmulatorResetCmd(c),
		newEmulatorServeCmd(c), newEmulatorFaultCmd(c))
	return cmd
}

// emulatorPay is `antom emulator pay`.
type emulatorPay struct {
	c       *cli
	request emulator.PayRequest
}

func newEmulatorPayCmd(c *cli) *cobra.Command {
	o := &emulatorPay{c: c}
	cmd := &cobra.Command{
		Use:   "pay PAYMENT_REQUEST_ID",
		Short: "Submit the card form, as the buyer would",
		Long: `Submit the card form of a session, as the buyer would. The payment is PROCESSING
for a while and then final; with automatic capture its capture follows a second
later.

Antom's test cards decide the outcome: 4054695723100768 and 5162774114974622
succeed, 4054692760174822 and 5162770472561357 fail. The expiry month 13, a CVV of
two digits and the amount 11 (minor units) are refused as in Antom's sandbox. Card
numbers are never stored.

With --quiet the paymentId is printed.`,
		Example: `  antom emulator pay 20261124090000-k3v5q7r2m4x6
  antom emulator pay "$id" --card 4054692760174822 --processing 0s`,
		Args: oneArg("PAYMENT_REQUEST_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.request.PaymentRequestID = args[0]
			return o.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.request.Card, "card", emulator.DefaultCard, "test card `number`")
	flags.StringVar(&o.request.Expiry, "expiry", emulator.DefaultExpiry, "expiry date as `MM/YY`")
	flags.StringVar(&o.request.CVV, "cvv", emulator.DefaultCVV, "card verification `digits`")
	flags.DurationVar(&o.request.Processing, "processing", emulator.DefaultProcessing, "how long the payment stays PROCESSING")
	return cmd
}

func (o *emulatorPay) run(ctx context.Context) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	if o.request.Processing < 0 {
		return usagef("--processing %s: must not be negative", o.request.Processing)
	}
	gateway, err := o.c.steer(ctx)
	if err != nil {
		return err
	}
	paid, err := gateway.Pay(ctx, o.request)
	if err != nil {
		return err
	}
	err = p.Print(output.Result{
		JSON:  encode(paid),
		Quiet: []string{paid.PaymentID},
		Text: []output.Block{output.Card{Pairs: []output.Pair{
			{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: paid.PaymentRequestID, Style: output.Key}},
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: paid.PaymentID}},
			{Label: "Amount", Name: "paymentAmount", Value: amountCell(paid.Amount)},
			{Label: "Card", Name: "card", Value: output.Cell{Text: paid.CardBrand + " " + paid.MaskedCard}},
			{Label: "Status", Name: "paymentStatus", Value: statusCell(paid.Status)},
		}}},
	})
	if err == nil {
		p.Note("final in %s; next: antom payment wait %s", o.request.Processing.Round(time.Millisecond), paid.PaymentRequestID)
	}
	return err
}

// emulatorDeliver is `antom emulator deliver`.
type emulatorDeliver struct {
	c      *cli
	dryRun bool
}

func newEmulatorDeliverCmd(c *cli) *cobra.Command {
	o := &emulatorDeliver{c: c}
	cmd := &cobra.Command{
		Use:   "deliver PAYMENT_REQUEST_ID",
		Short: "Send the due notifications of a payment, or print them",
		Long: `Send the notifications that Antom would have sent for a payment by now to the
session's notify URL: the payment result, then the capture result. They are
signed with the emulator's key and verify with antom notify verify. The answer is
judged as Antom judges it, by its body.

With --dry-run the signed requests are printed as raw HTTP and nothing is sent.`,
		Example: `  antom emulator deliver "$id"
  antom emulator deliver "$id" --dry-run | antom notify verify --profile emulator`,
		Args: oneArg("PAYMENT_REQUEST_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[0])
		},
	}
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the signed requests and send nothing")
	return cmd
}

func (o *emulatorDeliver) run(ctx context.Context, id string) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	gateway, err := o.c.steer(ctx)
	if err != nil {
		return err
	}
	due, err := gateway.Notifications(ctx, id)
	switch {
	case err != nil:
		return err
	case len(due) == 0:
		return saidError{code: exitPending, message: "no notification is due yet for " + id, remedy: "antom payment wait " + id}
	case o.dryRun:
		return printRequests(p, intake.Notification, due...)
	}
	client := &http.Client{
		Timeout:       o.c.global.requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, notification := range due {
		if err := deliver(p, client, notification); err != nil {
			return err
		}
	}
	return nil
}

// longestAcknowledgement bounds what is read of a merchant's answer.
const longestAcknowledgement = 64 << 10

// deliver sends one notification and judges the merchant's answer as Antom does.
func deliver(p *output.Printer, client *http.Client, notification *http.Request) error {
	response, err := client.Do(notification)
	if err != nil {
		return fmt.Errorf("deliver the notification: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAcknowledgement))
	if err != nil {
		return fmt.Errorf("read the acknowledgement of %s: %w", notification.URL, err)
	}
	if err := antom.JudgeAcknowledgement(response.StatusCode, body); err != nil {
		return saidError{code: exitVerify, message: fmt.Sprintf("%s did not acknowledge: %s", notification.URL, err), remedy: "answer " + string(antom.AcknowledgementBody())}
	}
	p.Note("delivered to %s and acknowledged", notification.URL)
	return nil
}

func newEmulatorResetCmd(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:     "reset",
		Short:   "Forget every session and payment of the emulator",
		Long:    "Forget every session and payment of the emulator. Its keys stay. Asks first on a terminal; elsewhere it wants --yes.",
		Example: "  antom emulator reset --yes",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := c.printer()
			if err != nil {
				return err
			}
			if err := c.confirm("Forget every session and payment of the emulator?"); err != nil {
				return err
			}
			gateway, err := c.steer(cmd.Context())
			if err != nil {
				return err
			}
			if err := gateway.Reset(cmd.Context()); err != nil {
				return err
			}
			p.Note("the emulator's state is empty; its keys are kept")
			return nil
		},
	}
}

// confirm asks before something is destroyed; where nobody can answer it wants
// --yes.
func (c *cli) confirm(question string) error {
	if c.global.yes {
		return nil
	}
	if !c.interactive() {
		return usagef("not confirmed: %s", question).hint("--yes answers the question")
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(question)
	if err != nil {
		return err
	}
	if !yes {
		return usagef("not confirmed: nothing was changed")
	}
	return nil
}
