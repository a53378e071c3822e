// Package verifycmd is antom notify verify: it finds the messages that the command line names
// and the keys to verify them, runs internal/verify and prints the results.
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
		Long:  help,
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
		p.Note("%s: skipped: it is a link to a folder, or not a file", name)
	}
	if more := len(o.passed) - view.MostNotes; more > 0 {
		p.Note("%d more skipped", more)
	}
	return newVerifyBatch(o, p).run(ctx, inputs, keys)
}

// annotate adds notes about the command line to a verdict: flags that had no effect, and the
// flag for a part that a body alone lacks.
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

// readFile reads a file that a curl command names, up to the largest body.
func (o *notifyVerify) readFile(name string) ([]byte, error) {
	file, err := os.Open(o.c.Abs(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, 16<<20+1))
}

// pasteOrPipe returns standard input: a pipe, or a paste on a terminal.
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
