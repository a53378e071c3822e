package cli

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
	"github.com/antom-cli/antom/internal/trace"
	"github.com/antom-cli/antom/pkg/antom"
)

// ConfirmLive must precede every call that creates or moves real money. On a live profile it
// asks; if nobody can answer, --live is required. A command that forgets it sends nothing, see
// liveGuard.
func (c *CLI) ConfirmLive(m *Merchant, action string) error {
	err := c.askLive(m, action)
	m.confirmed = err == nil
	return err
}

func (c *CLI) askLive(m *Merchant, action string) error {
	if !m.Profile.Live() || c.Global.live {
		return nil
	}
	if !c.Interactive() {
		return Usagef("%s is live: refusing to %s without --live", m.Profile.Title(), action).
			WithHint("--live says that real money is meant; --profile names another profile")
	}
	if c.Global.yes {
		return nil
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(liveQuestion(m, action))
	if err != nil {
		return err
	}
	if !yes {
		return Usagef("not confirmed: nothing was sent")
	}
	return nil
}

func liveQuestion(m *Merchant, action string) string {
	title := m.Profile.Title()
	return fmt.Sprintf("%s%s is live. Really %s?", strings.ToUpper(title[:1]), title[1:], action)
}

// The forms of --dry-run.
const (
	dryHTTP = "http"
	dryCurl = "curl"
)

// BindDryRun adds --dry-run[=http|curl] to a command that changes something.
func BindDryRun(flags *pflag.FlagSet, form *string) {
	flags.Var(NewEnum(form, "", dryHTTP, dryCurl), "dry-run", "send nothing; print the signed request, or with =curl the curl command that sends it")
	flags.Lookup("dry-run").NoOptDefVal = dryHTTP
}

// OrForm wraps a check of arguments, which may be nil. It first reports a form of --dry-run
// that was given without "=".
func OrForm(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if n := len(args); n > 0 && cmd.Flags().Changed("dry-run") && (args[n-1] == dryHTTP || args[n-1] == dryCurl) {
			return Usagef("%s: the form of --dry-run stands behind an equals sign, got %q", cmd.CommandPath(), args[n-1]).WithHint("--dry-run=%s", args[n-1])
		}
		if check == nil {
			return nil
		}
		return check(cmd, args)
	}
}

// DryCall is a call to print instead of sending it.
type DryCall struct {
	Endpoint antom.Endpoint
	Body     []byte
	Form     string
}

// PrintDryRun prints the signed request that a call would send, and sends
// nothing.
func (c *CLI) PrintDryRun(ctx context.Context, p *output.Printer, client *antom.Client, call DryCall) error {
	request, err := client.NewRequest(ctx, call.Endpoint, call.Body)
	if err != nil {
		return err
	}
	err = c.PrintRequests(ctx, p, intake.Request, call.Form, request)
	if err == nil && call.Form == dryCurl && request.URL.Host == emulator.Host {
		p.Note("the emulator is not served, so curl can't reach it: run antom emulator serve, then print the command again")
	}
	return err
}

// PrintRequests prints requests in a form of --dry-run: as on the wire, or as curl commands; in
// JSON, one object each.
func (c *CLI) PrintRequests(ctx context.Context, p *output.Printer, kind intake.Kind, form string, requests ...*http.Request) error {
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

// shown returns a request in a form of --dry-run, as text and as a JSON object.
func (c *CLI) shown(ctx context.Context, form string, request *http.Request, m *intake.Message) (text, object []byte, err error) {
	if form == dryHTTP {
		object, err = intake.Envelope(m)
		return intake.RawHTTP(m), object, err
	}
	if bytes.IndexByte(m.Body, 0) >= 0 {
		return nil, nil, Usagef("--dry-run=curl: the body contains a NUL byte, which a command line can't").WithHint("--dry-run=http prints it")
	}
	caCert, err := c.trustFor(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	command := trace.Curl(request, m.Body, caCert)
	return []byte(command), Encode(struct {
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

// trustFor returns the certificate file that a request needs: that of --cacert or, for a served
// emulator, the emulator's own.
func (c *CLI) trustFor(ctx context.Context, r *http.Request) (string, error) {
	if c.Global.CACert != "" {
		return c.Abs(c.Global.CACert), nil
	}
	if r.URL.Scheme != "https" || !antom.IsLoopback(r.URL.Hostname()) {
		return "", nil
	}
	served, err := c.RunningEmulator(ctx)
	if err != nil || served == nil || !strings.HasSuffix(served.Address.URL, "://"+r.URL.Host) {
		return "", err
	}
	return served.Address.CACert, nil
}
