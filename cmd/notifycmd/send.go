package notifycmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/pkg/antom"
)

// notifySend is `antom notify send`.
type notifySend struct {
	c        *cli.CLI
	kind     string
	sets     []string
	from     string
	file     string
	clientID string
	dryRun   string
}

func newSendCmd(c *cli.CLI) *cobra.Command {
	o := &notifySend{c: c}
	cmd := &cobra.Command{
		Use:   "send URL",
		Short: "Send a signed notification of any type to an endpoint",
		Long: `Send one notification to an endpoint, signed with the emulator's key, and check the
answer as Antom does: by its status and its body. It needs the profile emulator,
because only Antom has its own key; the endpoint must verify with the emulator's
public key (antom emulator keys).

Types: ` + strings.Join(conformance.Types(), ", ") + `
(VAULTING is our name for the one without a type on the wire.)

The notification is a complete example of its type. --set changes a value by its
path, such as paymentAmount.value=4300, paymentAmount="43.00 SGD" or
promotionResult[0].promotionType=DISCOUNT; path:=JSON sets a JSON value. --from uses
the ids, amount and outcome of a payment, from an inquiry; -f sends the bytes of a
file unchanged.

Exit code 6: the endpoint did not acknowledge. With --quiet nothing is printed.`,
		Example: `  antom notify send "$notify_url" --type CAPTURE_RESULT
  antom notify send "$notify_url" --from "$id" --set paymentAmount.value=4300
  antom notify send http://127.0.0.1:3000/antom/notify --dry-run`,
		Args: cli.OrForm(cli.OneArg("URL")),
		RunE: cli.Filled(func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[0])
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.kind, "type", string(antom.NotifyPaymentResult), "notify `type`")
	flags.StringArrayVar(&o.sets, "set", nil, "set a value: `path=value`, or path:=JSON; may be repeated")
	flags.StringVar(&o.from, "from", "", "use the ids and amount of this `payment`")
	flags.StringVarP(&o.file, "file", "f", "", "send the body in `FILE`, byte for byte; - is standard input")
	flags.StringVar(&o.clientID, "client-id", "", "client `id` to send for (default: the emulator's)")
	cli.BindDryRun(flags, &o.dryRun)
	_ = cmd.RegisterFlagCompletionFunc("type", cobra.FixedCompletions(conformance.Types(), cobra.ShellCompDirectiveNoFileComp)) // the flag exists
	cmd.MarkFlagsMutuallyExclusive("file", "from")
	cmd.MarkFlagsMutuallyExclusive("file", "set")
	cmd.MarkFlagsMutuallyExclusive("file", "type")
	return cmd
}

func (o *notifySend) run(ctx context.Context, target string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	to, err := endpoint.URL("URL", target)
	if err != nil {
		return err
	}
	signer, err := newSigner(o.c, p, "send a notification", o.clientID)
	if err != nil {
		return err
	}
	body, err := o.body(ctx, p)
	if err != nil {
		return err
	}
	request, err := signer.request(ctx, to, body)
	if err != nil {
		return err
	}
	if o.dryRun != "" {
		return o.c.PrintRequests(ctx, p, intake.Notification, o.dryRun, request)
	}
	deliverer, err := newDeliverer(o.c, p)
	if err != nil {
		return err
	}
	about := &receiver.Record{Text: new(string(body))}
	about.Summarise()
	if err := deliverer.deliver(request, about); err != nil {
		return err
	}
	return deliverer.verdict(to)
}

// body returns the file's content, or a complete notification of the type.
func (o *notifySend) body(ctx context.Context, p *output.Printer) ([]byte, error) {
	if o.file == "-" {
		return io.ReadAll(io.LimitReader(o.c.Stdin, antom.DefaultBodyLimit))
	}
	if o.file != "" {
		return os.ReadFile(o.c.Abs(o.file))
	}
	settings, err := readSettings(p, o.sets)
	if err != nil {
		return nil, err
	}
	about := conformance.Subject{Amount: antom.Amount{Currency: "SGD", Value: 4200}, Now: o.c.Now()}
	var outcome []conformance.Setting
	if o.from != "" {
		if about, outcome, err = o.inquire(ctx, p); err != nil {
			return nil, err
		}
	} else {
		about.PaymentRequestID = cli.NewRequestID(o.c.Now())
		about.PaymentID = about.Now.UTC().Format("20060102150405") + fmt.Sprintf("%09d", about.Now.Nanosecond())
	}
	return message(o.kind, about, append(outcome, withMeaning(settings)...))
}

// withMeaning adds the meaning of a result code that was set without a message.
func withMeaning(settings []conformance.Setting) []conformance.Setting {
	meaning := ""
	for _, s := range settings {
		switch s.Path {
		case "result.resultMessage":
			return settings
		case "result.resultCode":
			if s.Value == antom.CodeSuccess {
				return settings
			}
			code, _ := antom.LookupResultCode(s.Value)
			meaning = cmp.Or(code.Meaning, s.Value)
		}
	}
	if meaning == "" {
		return settings
	}
	return append(settings, conformance.Setting{Path: "result.resultMessage", Value: meaning})
}

// message returns a notification. An invalid type or path is a usage error.
func message(kind string, about conformance.Subject, settings []conformance.Setting) ([]byte, error) {
	body, err := conformance.Message(kind, about, settings...)
	if err != nil {
		usage := cli.Usagef("%s", err)
		if h, ok := err.(cli.Hinter); ok && h.Hint() != "" {
			return nil, usage.WithHint("%s", h.Hint())
		}
		return nil, usage
	}
	return body, nil
}

// readSettings parses the values of --set.
func readSettings(p *output.Printer, sets []string) ([]conformance.Setting, error) {
	assigned, err := draft.ParseSets(sets)
	if err != nil {
		usage := cli.Usagef("%s", err)
		if h, ok := err.(cli.Hinter); ok {
			usage = usage.WithHint("%s", h.Hint())
		}
		return nil, usage
	}
	var settings []conformance.Setting
	for _, a := range assigned {
		if a.Note != "" {
			p.Note("%s", a.Note)
		}
		settings = append(settings, conformance.Setting{Path: a.Path, Value: a.Text, JSON: a.JSON})
	}
	return settings, nil
}

// inquire gets the subject of a notification from the gateway's answer.
func (o *notifySend) inquire(ctx context.Context, p *output.Printer) (conformance.Subject, []conformance.Setting, error) {
	_, client, err := o.c.Connect(p)
	if err != nil {
		return conformance.Subject{}, nil, err
	}
	found, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentRequestID: o.from})
	if err != nil {
		return conformance.Subject{}, nil, err
	}
	about := conformance.Subject{
		PaymentRequestID: found.PaymentRequestID, PaymentID: found.PaymentID, Amount: found.PaymentAmount, Card: found.PaymentResultInfo, Now: o.c.Now(),
	}
	if rows := found.Captures(); len(rows) > 0 {
		about.CaptureID, about.CaptureRequestID = rows[0].TransactionID, rows[0].TransactionRequestID
	}
	if rows := found.Refunds(); len(rows) > 0 {
		about.RefundID, about.RefundRequestID = rows[0].TransactionID, rows[0].TransactionRequestID
	}
	if o.kind != string(antom.NotifyPaymentResult) || found.PaymentStatus != antom.PaymentFail {
		return about, nil, nil
	}
	return about, []conformance.Setting{
		{Path: "result.resultStatus", Value: string(antom.StatusF)}, {Path: "result.resultCode", Value: found.PaymentResultCode},
		{Path: "result.resultMessage", Value: found.PaymentResultMessage}, {Path: "paymentTime", Value: ""},
	}, nil
}
