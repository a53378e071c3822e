// Package verifycmd is antom notify verify: it finds the messages that the command line
// names and the keys that verify them, runs internal/verify and shows what comes of it.
package verifycmd

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/internal/verify"
)

// notifyVerify is `antom notify verify`.
type notifyVerify struct {
	c             *cli.CLI
	kind          string
	defaults      intake.Defaults
	publicKeyFile string
	failFast      bool
	explain       string
	kindGiven     bool     // --kind was given outright
	forBodyAlone  []string // flags given that only a body alone needs
	passed        []string // in a folder: what is neither file nor folder
}

// New makes antom notify verify.
func New(c *cli.CLI) *cobra.Command {
	o := &notifyVerify{c: c}
	cmd := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "Verify the signature of notifications, and say why one does not match",
		Long: `Verify saved notifications, from files, folders, a pipe or pasted into the
terminal, and say why a signature does not match.

A webhook that fails? Save one request as it came in and name the file:

  antom notify verify request.http

If its signature does not match, every known cause is tried: the key, the path
behind a proxy, the client id, the time, a body that was parsed and written
again, a signature that lost its plus signs. The cause is told with the remedy
for Express, Spring, Flask, Django, Laravel and net/http. An explanation is never
a verification: the exit code stays 6. --explain CAUSE prints all that is known of a
cause.

Forms, told apart by content; each of them also as gzip:
  raw HTTP       as nc or a proxy saves it: CRLF or LF, chunked or not
  JSON envelope  {"url","headers","body" or "bodyBase64"}, also one a line
  HAR            as browsers and recording proxies export it
  curl commands  as browsers, Postman and --dry-run=curl write them
  JSON of others headers and body as API Gateway, Lambda, ngrok, Express, pino,
                 nginx, Sentry, Postman and Insomnia write them
  any other text a line of any framework's log, a dump of headers, a snippet of
                 code, curl -v, a hex dump, base64: see below
  body alone     with --time and --signature from the headers; --client-id and
                 --url default to the profile's. With --signature the input is
                 the body, whatever it looks like

A body without an exact length (a paste, a body file, a pipe) is tried as it is
and then without one final line end, which shells and editors add.

In any other text the signature, the time, the client id, the path and the body
are looked for, and the combination that verifies is the message. None that does
not verify is ever called genuine. The parts must stand within 64 KiB of the
signature; logs of any length are searched, and messages in them are told apart,
each with its line.

A notification saved together with its answer is an exchange: the answer is
judged as Antom judges an acknowledgement. The exit code is the signature's.

A genuine message that makes no sense is told of: an amount with a decimal point,
an unknown currency, a time in the future, a member twice, a success beside a
refusal, more captured than authorised.

Notifications and responses are verified with Antom's public key, requests with
the merchant's: the profile's, or --public-key-file. A message that is genuine and
for another client id than the profile's or --client-id is refused, as listen
refuses it; with --public-key-file alone any is taken, and told.

Answers do not say which call they answer: name its path with --url.

Many messages are verified on all cores and told in order, in constant memory. A
message that can't be read is a row of its own, with its place.

Exit code 6: a message did not verify. 1: a message could not be read. With
--quiet nothing is printed; with -o json or jsonl one verdict object a message,
with -o csv one row.`,
		Example: `  antom notify verify notification.http
  antom notify verify - < log.jsonl
  antom notify verify --explain path-prefix-lost
  antom notify verify body.json --time 2026-11-24T09:00:00Z \
    --signature "$signature" --url /antom/notify`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("explain") {
				return o.explainOnly(args)
			}
			if cmd.Flags().Changed("url") {
				o.defaults.Target = o.defaults.URL
			}
			if cmd.Flags().Changed("method") {
				o.defaults.Verb = o.defaults.Method
			}
			o.kindGiven = cmd.Flags().Changed("kind")
			for _, name := range []string{"time", "signature"} {
				if cmd.Flags().Changed(name) {
					o.forBodyAlone = append(o.forBodyAlone, "--"+name)
				}
			}
			return o.run(cmd.Context(), args)
		},
	}
	o.bind(cmd)
	return cmd
}

func (o *notifyVerify) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(cli.NewEnum(&o.kind, "notification", "response", "request"), "kind", "what a message is that does not say it: notification, response or request")
	flags.StringVar(&o.defaults.Time, "time", "", "request-time (response-time) `header` of a body alone")
	flags.StringVar(&o.defaults.Signature, "signature", "", "signature `header` of a body alone")
	flags.StringVar(&o.defaults.ClientID, "client-id", "", "`ID` that messages must be for, and the header of a body alone (default: the profile's)")
	flags.StringVar(&o.defaults.URL, "url", "", "`URL` or path that Antom called; wins over the message's own (default: the profile's notify_url)")
	flags.StringVar(&o.defaults.Method, "method", "POST", "HTTP `method` that Antom used; wins over the message's own")
	flags.StringVar(&o.publicKeyFile, "public-key-file", "", "verify with the public key in `FILE`, without a profile")
	flags.StringVar(&o.explain, "explain", "", "explain a `CAUSE` of a verdict, and verify nothing")
	_ = cmd.RegisterFlagCompletionFunc("explain", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return causeIDs(), cobra.ShellCompDirectiveNoFileComp
	}) // the flag is there
	flags.BoolVar(&o.failFast, "fail-fast", false, "stop at the first message that does not verify or can't be read")
}

func (o *notifyVerify) explainOnly(args []string) error {
	if len(args) > 0 {
		return cli.Usagef("--explain verifies nothing, and %d files are named", len(args)).WithHint("antom notify verify --explain %s", cli.ShellWord(o.explain))
	}
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	return explainCauses(p, o.explain)
}

func (o *notifyVerify) run(ctx context.Context, files []string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	keys, err := o.keys(p)
	if err != nil {
		return err
	}
	o.defaults.Kind = intake.Kind(o.kind)
	o.defaults.ReadFile = o.readFile
	inputs := o.sources(ctx, files)
	for _, name := range o.passed[:min(len(o.passed), view.MostNotes)] {
		p.Note("%s: passed over, since it is a link to a folder, or no file", name)
	}
	if more := len(o.passed) - view.MostNotes; more > 0 {
		p.Note("%d more like it passed over", more)
	}
	return newVerifyBatch(o, p).run(ctx, inputs, keys)
}

// annotate says what a verdict owes to the command line: which flags changed
// nothing for a message, and which one gives what a body alone lacks.
func (o *notifyVerify) annotate(v *verify.Verdict, m *intake.Message) {
	if m.Alone {
		nameFlag(v, m.Kind)
	}
	if len(o.forBodyAlone) > 0 && !m.Alone {
		v.Note("flags", "not used, since the message has headers of its own: "+strings.Join(o.forBodyAlone, ", "))
	}
	if o.kindGiven && v.Kind != o.kind {
		v.Note("kind", "not used, since the message says that it is a "+v.Kind+": --kind "+o.kind)
	}
}

// readFile reads what a curl command names, up to what a body may hold.
func (o *notifyVerify) readFile(name string) ([]byte, error) {
	file, err := os.Open(o.c.Abs(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, 16<<20+1))
}

// pasteOrPipe is standard input: piped as it comes, or pasted on a terminal.
func pasteOrPipe(ctx context.Context, c *cli.CLI) (io.Reader, string, error) {
	if !c.Term.In {
		return c.Stdin, "stdin", nil
	}
	if !c.Interactive() {
		return nil, "", cli.Usagef("no message given").WithHint("name a file, or pipe the message in")
	}
	pasted, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Paste(ctx)
	return pasted, "paste", err
}
