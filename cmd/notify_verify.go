package cmd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// notifyVerify is `antom notify verify`.
type notifyVerify struct {
	c             *cli
	kind          string
	defaults      intake.Defaults
	publicKeyFile string
}

func newNotifyVerifyCmd(c *cli) *cobra.Command {
	o := &notifyVerify{c: c}
	cmd := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "Verify the signature of saved or pasted notifications",
		Long: `Verify saved notifications, from files, a pipe or pasted into the terminal.

Forms, told apart by content:
  raw HTTP       as nc or a proxy saves it, to the byte
  JSON envelope  {"url","headers","body" or "bodyBase64"}, also one a line
  body alone     with --time and --signature from the headers; --client-id and
                 --url default to the profile's

A body without an exact length (a paste, a body file, a pipe) is tried as it is
and then without one final line end, which shells and editors add.

Notifications and responses are verified with Antom's public key, requests with
the merchant's: the profile's, or --public-key-file.

Exit code 6: a message did not verify. 1: a message could not be read. With
--quiet nothing is printed; with -o json or jsonl one verdict object a message.`,
		Example: `  antom notify verify notification.http
  antom notify verify - < log.jsonl
  antom notify verify body.json --time 2026-11-24T09:00:00Z --signature "$signature" --url /antom/notify`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args)
		},
	}
	flags := cmd.Flags()
	flags.Var(newEnum(&o.kind, "notification", "response", "request"), "kind", "what a message is that does not say it: notification, response or request")
	flags.StringVar(&o.defaults.Time, "time", "", "request-time (response-time) `header` of a body alone")
	flags.StringVar(&o.defaults.Signature, "signature", "", "signature `header` of a body alone")
	flags.StringVar(&o.defaults.ClientID, "client-id", "", "client-id `header` of a body alone (default: the profile's)")
	flags.StringVar(&o.defaults.URL, "url", "", "`URL` or path that the message was sent to (default: the profile's notify_url)")
	flags.StringVar(&o.defaults.Method, "method", "POST", "HTTP `method` of a body alone")
	flags.StringVar(&o.publicKeyFile, "public-key-file", "", "verify with the public key in `FILE`, without a profile")
	return cmd
}

func (o *notifyVerify) run(ctx context.Context, files []string) error {
	p, err := o.c.printer()
	if err != nil {
		return err
	}
	keys, err := o.keys(p)
	if err != nil {
		return err
	}
	o.defaults.Kind = intake.Kind(o.kind)
	tally := verdictTally{}
	for message, err := range o.messages(ctx, files) {
		if err != nil {
			tally.broken = append(tally.broken, err)
			continue
		}
		verdict := judge(message, keys[message.Kind])
		tally.take(verdict)
		if err := o.show(p, verdict); err != nil {
			return err
		}
	}
	return tally.err()
}

// keyring holds the key that verifies each kind of message.
type keyring map[intake.Kind]*sign.PublicKey

// keys finds the verifying keys before any input is read.
func (o *notifyVerify) keys(p *output.Printer) (keyring, error) {
	if o.publicKeyFile != "" {
		key, err := secret.AntomKey("", o.c.abs(o.publicKeyFile))
		return keyring{intake.Notification: key, intake.Response: key, intake.Request: key}, err
	}
	chosen, err := o.c.loadProfile(p)
	if err != nil {
		return nil, err
	}
	if chosen.Builtin {
		m, err := o.c.emulated(chosen)
		if err != nil {
			return nil, err
		}
		o.adopt(m.profile)
		return keyring{intake.Notification: m.antomKey, intake.Response: m.antomKey, intake.Request: m.key.Public()}, nil
	}
	o.adopt(chosen)
	if o.kind == string(intake.Request) {
		key, _, err := secret.PrivateKey(chosen.PrivateKey, chosen.PrivateKeyFile)
		if err != nil {
			return nil, err
		}
		return keyring{intake.Request: key.Public()}, nil
	}
	key, err := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	return keyring{intake.Notification: key, intake.Response: key}, err
}

// adopt takes from the profile what the flags did not say.
func (o *notifyVerify) adopt(chosen *profile.Profile) {
	o.defaults.ClientID = cmp.Or(o.defaults.ClientID, chosen.ClientID)
	o.defaults.URL = cmp.Or(o.defaults.URL, chosen.NotifyURL)
}

// messages reads the files in order, standard input for "-" or none, or asks
// for a paste on a terminal.
func (o *notifyVerify) messages(ctx context.Context, files []string) iter.Seq2[*intake.Message, error] {
	return func(yield func(*intake.Message, error) bool) {
		if len(files) == 0 {
			files = []string{"-"}
		}
		for _, name := range files {
			for message, err := range o.read(ctx, name) {
				if ctx.Err() != nil {
					yield(nil, ctx.Err())
					return
				}
				if !yield(message, err) {
					return
				}
			}
		}
	}
}

func (o *notifyVerify) read(ctx context.Context, name string) iter.Seq2[*intake.Message, error] {
	if name == "-" {
		input, label, err := o.c.pasteOrPipe(ctx)
		if err != nil {
			return failure(err)
		}
		return intake.Read(input, label, o.defaults)
	}
	file, err := os.Open(o.c.abs(name))
	if err != nil {
		return failure(err)
	}
	return func(yield func(*intake.Message, error) bool) {
		defer file.Close()
		intake.Read(file, name, o.defaults)(yield)
	}
}

func failure(err error) iter.Seq2[*intake.Message, error] {
	return func(yield func(*intake.Message, error) bool) { yield(nil, err) }
}

// pasteOrPipe is standard input: piped as it comes, or pasted on a terminal.
func (c *cli) pasteOrPipe(ctx context.Context) (io.Reader, string, error) {
	if !c.Term.In {
		return c.Stdin, "stdin", nil
	}
	if !c.interactive() {
		return nil, "", usagef("no message given").hint("name a file, or pipe the message in")
	}
	pasted, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Paste(ctx)
	return pasted, "paste", err
}

// verdict is what is said of one message; its JSON form is a promise.
type verdict struct {
	Source           string `json:"source"`
	Kind             string `json:"kind"`
	Verified         bool   `json:"verified"`
	KeyVersion       string `json:"keyVersion"`
	Reason           string `json:"reason"`
	Cause            string `json:"cause"`
	Remedy           string `json:"remedy"`
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentID        string `json:"paymentId"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`

	note    string
	problem string
	err     error
}

// judge verifies a message and reads what it tells of.
func judge(m *intake.Message, key *sign.PublicKey) verdict {
	v := verdict{Source: m.Source, Kind: string(m.Kind), Reason: "ok", problem: intake.BodyProblem(m.Body)}
	if key == nil {
		v.Reason, v.err = "key-missing", &setupError{message: "no key to verify a " + string(m.Kind) + " with", remedy: "--kind " + string(m.Kind)}
		return v
	}
	checked := m.Verify(key)
	v.KeyVersion = checked.Header.KeyVersion
	v.Verified = checked.Err == nil
	if checked.TrailingLineEndIgnored {
		v.note = "trailing line end ignored"
	}
	if checked.Err != nil {
		v.fail(checked.Err)
	}
	v.describe(m.Body)
	return v
}

func (v *verdict) fail(err error) {
	v.err = err
	if refused, ok := errors.AsType[*sign.Error](err); ok {
		v.Reason, v.Remedy = string(refused.Reason), refused.Hint()
	}
}

// describe fills in what the body says; a body that can't be read leaves it out.
func (v *verdict) describe(body []byte) {
	var told struct {
		NotifyType       string       `json:"notifyType"`
		PaymentRequestID string       `json:"paymentRequestId"`
		PaymentID        string       `json:"paymentId"`
		Result           antom.Result `json:"result"`
	}
	if json.Unmarshal(body, &told) != nil {
		return
	}
	v.NotifyType, v.PaymentRequestID, v.PaymentID = told.NotifyType, told.PaymentRequestID, told.PaymentID
	v.ResultStatus, v.ResultCode = string(told.Result.ResultStatus), told.Result.ResultCode
}

// show prints the verdict on one message and what else there is to say of it.
func (o *notifyVerify) show(p *output.Printer, v verdict) error {
	if v.note != "" {
		p.Note("%s: %s", v.Source, v.note)
	}
	if v.problem != "" {
		p.Note("%s: %s", v.Source, v.problem)
	}
	return p.Event(encode(v), v.line(p))
}

// line is the verdict in words.
func (v verdict) line(p *output.Printer) string {
	if !v.Verified {
		return fmt.Sprintf("%s  %s  %s: %s", p.Styled("FAILED", output.Bad), v.Source, v.Reason, v.err)
	}
	subject := cmp.Or(v.NotifyType, v.Kind)
	id := cmp.Or(v.PaymentRequestID, v.PaymentID)
	return fmt.Sprintf("%s  %s  %s  %s  %s", p.Styled("ok", output.OK), v.Source, subject, id, v.ResultCode)
}

// verdictTally counts towards the exit code.
type verdictTally struct {
	total  int
	failed []verdict
	broken []error
}

func (t *verdictTally) take(v verdict) {
	t.total++
	if !v.Verified {
		t.failed = append(t.failed, v)
	}
}

func (t *verdictTally) err() error {
	var errs []error
	if t.total == 0 && len(t.broken) == 0 {
		return usagef("no message given").hint("the input is empty")
	}
	errs = append(errs, t.broken...)
	switch len(t.failed) {
	case 0:
	case 1:
		errs = append(errs, fmt.Errorf("verify %s: %w", t.failed[0].Source, t.failed[0].err))
	default:
		errs = append(errs, saidError{code: exitVerify, message: fmt.Sprintf("%d of %d messages do not verify", len(t.failed), t.total)})
	}
	return joined(errs)
}
