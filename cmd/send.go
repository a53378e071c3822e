package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/pkg/antom"
)

// confirmLive stands before every call that makes or moves real money: on a
// live profile it asks, and where nobody can answer it wants --live. A command
// that forgets it sends nothing, see liveGuard.
func (c *cli) confirmLive(m *merchant, deed string) error {
	err := c.askLive(m, deed)
	m.confirmed = err == nil
	return err
}

func (c *cli) askLive(m *merchant, deed string) error {
	if !m.profile.Live() || c.global.live {
		return nil
	}
	if !c.interactive() {
		return usagef("%s is live: refusing to %s without --live", m.profile.Title(), deed).
			hint("--live says that real money is meant; --profile names another profile")
	}
	if c.global.yes {
		return nil
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(liveQuestion(m, deed))
	if err != nil {
		return err
	}
	if !yes {
		return usagef("not confirmed: nothing was sent")
	}
	return nil
}

func liveQuestion(m *merchant, deed string) string {
	title := m.profile.Title()
	return fmt.Sprintf("%s%s is live. Really %s?", strings.ToUpper(title[:1]), title[1:], deed)
}

// The forms of --dry-run.
const (
	dryHTTP = "http"
	dryCurl = "curl"
)

// bindDryRun adds --dry-run[=http|curl] to a command that changes something.
func bindDryRun(flags *pflag.FlagSet, form *string) {
	flags.Var(newEnum(form, "", dryHTTP, dryCurl), "dry-run", "send nothing; print the signed request, or with =curl the curl command that sends it")
	flags.Lookup("dry-run").NoOptDefVal = dryHTTP
}

// orForm is a check of arguments before which a form of --dry-run that lost its
// "=" is refused.
func orForm(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if n := len(args); n > 0 && cmd.Flags().Changed("dry-run") && (args[n-1] == dryHTTP || args[n-1] == dryCurl) {
			return usagef("%s: the form of --dry-run stands behind an equals sign, got %q", cmd.CommandPath(), args[n-1]).hint("--dry-run=%s", args[n-1])
		}
		return check(cmd, args)
	}
}

// dryCall is a call that is only shown.
type dryCall struct {
	op   antom.Operation
	body []byte
	form string
}

// printDryRun prints the signed request that a call would send, and sends
// nothing.
func (c *cli) printDryRun(ctx context.Context, p *output.Printer, client *antom.Client, call dryCall) error {
	request, err := client.NewRequest(ctx, call.op, call.body)
	if err != nil {
		return err
	}
	err = c.printRequests(ctx, p, intake.Request, call.form, request)
	if err == nil && call.form == dryCurl && request.URL.Host == emulator.Host {
		p.Note("the emulator is not served, so curl finds nobody: run antom emulator serve, and ask for the command again")
	}
	return err
}

// printRequests prints requests in a form of --dry-run, as they would stand on
// the wire or as curl commands; as JSON, one object each.
func (c *cli) printRequests(ctx context.Context, p *output.Printer, kind intake.Kind, form string, requests ...*http.Request) error {
	var text []byte
	var objects [][]byte
	for _, request := range requests {
		message, err := savedMessage(kind, request)
		if err != nil {
			return err
		}
		shown, object, err := c.shown(ctx, form, request, message)
		if err != nil {
			return err
		}
		text = append(text, shown...)
		objects = append(objects, object)
	}
	return p.Print(output.Result{Raw: text, JSON: oneOrList(objects), Rows: objects, Text: []output.Block{output.Verbatim(text)}})
}

// shown is a request in a form of --dry-run, as text and as an object.
func (c *cli) shown(ctx context.Context, form string, request *http.Request, m *intake.Message) (text, object []byte, err error) {
	if form == dryHTTP {
		object, err = intake.Envelope(m)
		return intake.RawHTTP(m), object, err
	}
	if bytes.IndexByte(m.Body, 0) >= 0 {
		return nil, nil, usagef("--dry-run=curl: the body holds a NUL byte, which no command line can").hint("--dry-run=http prints it")
	}
	caCert, err := c.trustFor(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	command := curlCommand(request, m.Body, caCert)
	return []byte(command), encode(struct {
		Command string `json:"command"`
	}{command}), nil
}

func savedMessage(kind intake.Kind, r *http.Request) (*intake.Message, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request body: %w", err)
	}
	header := r.Header.Clone()
	header.Set("Host", r.URL.Host)
	return &intake.Message{
		Kind: kind, Method: r.Method, Target: r.URL.RequestURI(),
		Header: header, Body: body, Exact: true,
	}, nil
}
