package emulatorcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// emulatorPay is `antom emulator pay`.
type emulatorPay struct {
	c       *cli.CLI
	last    cli.LastFlag
	request emulator.PayRequest
}

func newPayCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorPay{c: c}
	cmd := &cobra.Command{
		Use:   "pay PAYMENT_REQUEST_ID",
		Short: "Submit the card form, as the buyer would",
		Long: `Submit the card form of a session, as the buyer would. The payment is PROCESSING for
a while and then final; with automatic capture its capture follows a second later.

Antom's test cards determine the outcome:

` + testCardsPage() + `
Any expiry date and any three digits are accepted. The expiry month 13, a CVV of two
digits and the amounts 11, 1100 and 1111 (minor units) are refused as in Antom's
sandbox; a number with a wrong check digit is INVALID_CARD_NUMBER; other numbers
succeed. --outcome ends the payment with any payment result code. Card numbers are
never stored. The codes:

` + outcomeCodes() + `

With is3DSAuthentication true (session create --three-ds) the card is challenged and
the buyer passes, unless --challenge says otherwise: fail refuses the payment,
abandon leaves it unpaid until the order is closed after 14 minutes. In other
sessions --challenge makes the issuer require 3-D Secure.

A successful payment stores the card: its cardToken is in paymentResultInfo, and
--card-token pays with it. With --quiet the paymentId is printed.`,
		Example: `  antom emulator pay "$(antom session create --amount 42.00 --currency SGD -q)"
  antom emulator pay "$id" --card 4054692760174822 --processing 0s
  antom emulator pay "$id" --outcome USER_BALANCE_NOT_ENOUGH
  id=$(antom session create --amount 42.00 --currency SGD --three-ds -q) &&
    antom emulator pay "$id" --challenge abandon`,
		Args: cli.OneArg("PAYMENT_REQUEST_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd.Flags()); err != nil {
				return err
			}
			return o.run(cmd.Context(), args)
		},
	}
	o.last.Bind(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.request.ClientID, "client-id", "", clientIDUsage)
	flags.StringVar(&o.request.Card, "card", "", "card `number`; by default the session's stored card, or "+emulator.DefaultCard)
	flags.StringVar(&o.request.CardToken, "card-token", "", "pay with the stored card of this `token`")
	flags.StringVar(&o.request.Expiry, "expiry", emulator.DefaultExpiry, "expiry date as `MM/YY`")
	flags.StringVar(&o.request.CVV, "cvv", emulator.DefaultCVV, "card verification `digits`")
	flags.StringVar(&o.request.Holder, "holder", "", "`name` on the card")
	flags.Var(cli.NewEnum(&o.request.Challenge, "", emulator.ChallengePass, emulator.ChallengeFail, emulator.ChallengeAbandon), "challenge", "what the buyer does with the 3-D Secure challenge: pass, fail or abandon")
	flags.StringVar(&o.request.Outcome, "outcome", "", "payment result `code` of the payment")
	flags.StringVar(&o.request.CaptureOutcome, "capture-outcome", "", "result `code` of the automatic capture")
	flags.DurationVar(&o.request.Processing, "processing", emulator.DefaultProcessing, "how long the payment stays PROCESSING")
	flags.BoolVar(&o.request.Pending, "pending", false, "PENDING instead: the buyer has finished and the result is pending")
	billing := &o.request.Billing
	flags.StringVar(&billing.Region, "billing-region", "", "`country` of the billing address, for address verification")
	flags.StringVar(&billing.State, "billing-state", "", "`state` of the billing address")
	flags.StringVar(&billing.City, "billing-city", "", "`city` of the billing address")
	flags.StringVar(&billing.Address1, "billing-address1", "", "first `line` of the billing address")
	flags.StringVar(&billing.Address2, "billing-address2", "", "second `line` of the billing address")
	flags.StringVar(&billing.ZipCode, "billing-zip", "", "`postcode` of the billing address")
	return cmd
}

// outcomeCodes lists the payment result codes, several on each line.
func outcomeCodes() string {
	const widest = 78
	var b strings.Builder
	at := 0
	for _, code := range emulator.OutcomeCodes() {
		switch {
		case at == 0:
			b.WriteString("  ")
		case at+1+len(code) > widest:
			b.WriteString("\n  ")
			at = 0
		default:
			b.WriteByte(' ')
		}
		b.WriteString(code)
		at += 1 + len(code)
	}
	return b.String()
}

// testCardsPage lists the documented test cards.
func testCardsPage() string {
	var b strings.Builder
	for _, card := range rules.TestCards() {
		fmt.Fprintf(&b, "  %s  %-10s  %-6s  %s\n", card.Number, card.Brand, card.Region, card.Purpose)
	}
	return b.String()
}

func (o *emulatorPay) validate(flags *pflag.FlagSet) error {
	for _, name := range [...]string{"card", "card-token"} {
		if flag := flags.Lookup(name); flag.Changed && flag.Value.String() == "" {
			return cli.Usagef("--%s is empty", name).WithHint("omit it to pay with the session's stored card, or Antom's first test card")
		}
	}
	billing := o.request.Billing
	switch {
	case o.request.Pending && o.request.Processing == 0:
		return cli.Usagef("--pending and --processing 0s: the payment would be final immediately, and never PENDING").WithHint("--processing 3s")
	case o.request.Processing < 0:
		return cli.Usagef("--processing %s: must not be negative", o.request.Processing)
	case o.request.Card != "" && o.request.CardToken != "":
		return cli.Usagef("--card and --card-token are two cards").WithHint("give one of them")
	case billing != (antom.Address{}) && billing.Region == "":
		return cli.Usagef("--billing-region is missing: a billing address has a country").WithHint("--billing-region SG")
	}
	return asUsage(o.request.Check())
}

// asUsage turns a refusal of the arguments into a usage error.
func asUsage(err error) error {
	if refused, ok := errors.AsType[*emulator.Refusal](err); ok {
		return cli.Usagef("%s", refused).WithHint("%s", refused.Hint())
	}
	return err
}

func (o *emulatorPay) run(ctx context.Context, args []string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if args, err = o.last.Payment(o.c, args); err != nil {
		return err
	}
	o.request.PaymentRequestID = args[0]
	gateway, err := o.c.ControlEmulator()
	if err != nil {
		return err
	}
	paid, err := gateway.Pay(ctx, o.request)
	if err != nil {
		return err
	}
	err = p.Print(output.Result{
		JSON:  cli.Encode(paid),
		Quiet: []string{paid.PaymentID},
		Text: []output.Block{output.Card{Pairs: view.Present([]output.Pair{
			{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: paid.PaymentRequestID, Style: output.Key}},
			{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: paid.PaymentID}},
			{Label: "Amount", Name: "paymentAmount", Value: view.AmountCell(paid.Amount)},
			{Label: "Card", Name: "card", Value: output.Cell{Text: strings.TrimSpace(paid.CardBrand + " " + paid.MaskedCard)}},
			{Label: "3-D Secure", Name: "challenge", Value: output.Cell{Text: paid.Challenge}},
			{Label: "Status", Name: "paymentStatus", Value: view.StatusCell(paid.Status)},
		})}},
	})
	if err != nil {
		return err
	}
	next := "antom payment wait " + cli.IDArg(paid.PaymentRequestID)
	if paid.Virtual && !paid.Status.Final() {
		next = "antom emulator clock advance DURATION, because the clock is virtual"
	}
	if !gateway.Served() {
		next += "; antom emulator deliver sends its notifications"
	}
	p.Note("final at %s; next: %s", paid.FinalTime, next)
	return nil
}
