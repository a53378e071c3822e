package cmd

import (
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

// noArgsOrForm refuses arguments; one that is a form of --dry-run lost its "=".
func noArgsOrForm(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && cmd.Flags().Changed("dry-run") && (args[0] == dryHTTP || args[0] == dryCurl) {
		return usagef("%s: takes no argument, got %q", cmd.CommandPath(), args[0]).hint("--dry-run=%s", args[0])
	}
	return noArgs(cmd, args)
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
	if call.form == dryHTTP {
		return printRequests(p, intake.Request, request)
	}
	caCert, err := c.trustFor(ctx, request)
	if err != nil {
		return err
	}
	command := curlCommand(request, call.body, caCert)
	err = p.Print(output.Result{
		Raw: []byte(command), Text: []output.Block{output.Verbatim(command)},
		JSON: encode(struct {
			Command string `json:"command"`
		}{command}),
	})
	if err == nil && request.URL.Host == emulator.Host {
		p.Note("the emulator is not served, so curl finds nobody: run antom emulator serve, and ask for the command again")
	}
	return err
}

// printRequests prints requests as they would stand on the wire; as JSON, one
// saved message each.
func printRequests(p *output.Printer, kind intake.Kind, requests ...*http.Request) error {
	var wire []byte
	var envelopes [][]byte
	for _, request := range requests {
		message, err := savedMessage(kind, request)
		if err != nil {
			return err
		}
		envelope, err := intake.Envelope(message)
		if err != nil {
			return err
		}
		wire = append(wire, intake.RawHTTP(message)...)
		envelopes = append(envelopes, envelope)
	}
	return p.Print(output.Result{Raw: wire, JSON: oneOrList(envelopes), Rows: envelopes, Text: []output.Block{output.Verbatim(wire)}})
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

// jsonList is a JSON array of objects, each as it stands.
func jsonList(objects [][]byte) []byte {
	list := []byte{'['}
	for i, object := range objects {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, object...)
	}
	return append(list, ']')
}

// oneOrList is the one object, or the list of several.
func oneOrList(objects [][]byte) []byte {
	if len(objects) == 1 {
		return objects[0]
	}
	return jsonList(objects)
}
