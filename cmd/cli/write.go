package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/internal/repeat"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// WriteFlags are the flags of every command that changes something at the gateway.
type WriteFlags struct {
	RequestID string
	Sets      []string
	NoCheck   bool
	Strict    bool // inferred rules refuse too
	DryRun    string
	Again     bool // a second call that moves the same money is meant
	Retry     int  // how often a call whose outcome is open is made again
	Delay     time.Duration

	Assigned []draft.Assignment // what --set says, once parsed
	flags    *pflag.FlagSet     // as they were typed
}

// Bind adds --set, --no-check and --dry-run, and --request-id if the operation has a request id
// of its own.
func (f *WriteFlags) Bind(flags *pflag.FlagSet, requestID string) {
	if requestID != "" {
		flags.StringVar(&f.RequestID, "request-id", "", requestID+", at most 64 characters (default: a new one)")
	}
	flags.StringArrayVar(&f.Sets, "set", nil, "set a field: `path=value`, or path:=JSON; may be repeated")
	flags.BoolVar(&f.NoCheck, "no-check", false, "send even what breaks Antom's documented rules")
	flags.BoolVar(&f.Strict, "strict", false, "refuse what breaks inferred rules too, which otherwise warn")
	BindDryRun(flags, &f.DryRun)
	flags.IntVar(&f.Retry, "retry", 0, "after a lost answer or U, send the same request again, at most `N` times")
	flags.DurationVar(&f.Delay, "retry-delay", time.Second, "with --retry: time before the first repeat; each further one waits twice as long")
	f.flags = flags
}

// mostRetries is the largest --retry: with the longest delay it takes 10 minutes.
const mostRetries = 20

// Validate reads --set and checks the range of --retry.
func (f *WriteFlags) Validate() error {
	var err error
	f.Assigned, err = draft.ParseSets(f.Sets)
	switch {
	case f.Strict && f.NoCheck:
		return Usagef("--strict and --no-check contradict each other").WithHint("give one of them")
	case f.Retry < 0 || f.Retry > mostRetries:
		return Usagef("--retry %d: must be 0 to %d", f.Retry, mostRetries)
	case f.Delay <= 0 || f.Delay > repeat.Longest:
		return Usagef("--retry-delay %s: must be more than 0 and at most %s", f.Delay, repeat.Longest)
	case f.flags.Changed("retry-delay") && f.Retry == 0:
		return Usagef("--retry-delay without --retry").WithHint("add --retry 3")
	}
	return First(AsUsage(err), CheckID("--request-id", f.RequestID))
}

// AsUsage turns errors about assignments and sources into usage errors. Amount errors are usage
// errors already.
func AsUsage(err error) error {
	if err == nil || Is[*antom.AmountError](err) {
		return err
	}
	usage := Usagef("%s", err)
	if h, ok := err.(Hinter); ok && h.Hint() != "" {
		return usage.WithHint("%s", h.Hint())
	}
	return usage
}

// Write is one call that changes something at the gateway, from its draft to its answer.
type Write struct {
	Printer  *output.Printer
	Merchant *Merchant
	Client   *antom.Client
	Endpoint antom.Endpoint
	Draft    *draft.Draft
	Flags    *WriteFlags

	Action string // in words, for the question on a live profile
	Typed  string // what must be typed there; empty: yes or no
	Named  bool   // the thing was named on the command line, not taken by --last

	FlagOf   func(path string) string // how the user names a field
	Findings []rules.Finding          // beside those of the field rules
	Command  string                   // the command and its arguments, to be repeated
	IDFlag   string                   // the flag that names the request id
}

// Send checks the request, prints it with --dry-run, asks on a live profile, calls, and says
// how to find out about an unknown outcome. The response is nil if nothing was sent.
func (c *CLI) Send(ctx context.Context, w *Write) (*antom.Response, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	w.tell()
	if w.Flags.DryRun != "" {
		return nil, c.PrintDryRun(ctx, w.Printer, w.Client, DryCall{Endpoint: w.Endpoint, Body: w.Draft.Body(), Form: w.Flags.DryRun})
	}
	if err := w.withinCap(); err != nil {
		return nil, err
	}
	if err := c.confirmWrite(w); err != nil {
		return nil, err
	}
	ended, err := c.enter(w)
	if err != nil {
		return nil, err
	}
	call := repeat.Call{
		Client: w.Client, Endpoint: w.Endpoint, Body: w.Draft.Body(), ID: w.id(),
		Times: w.Flags.Retry, Delay: w.Flags.Delay, Tell: w.Printer.Note,
	}
	response, err := call.Do(ctx)
	ended(err)
	if err != nil {
		return nil, w.unsettled(err)
	}
	return response, nil
}

// id returns the request id of the call; empty if the operation has none.
func (w *Write) id() string {
	if w.Endpoint.Key == "" {
		return ""
	}
	return w.Draft.Text(w.Endpoint.Key)
}

// check checks the body against Antom's rules: documented rules return an error, inferred ones
// warn, or return an error with --strict. If the payment itself forbids the call, the fields
// are not checked.
func (w *Write) check() error {
	findings := w.Findings
	refused := slices.ContainsFunc(findings, func(f rules.Finding) bool { return f.Level == rules.Documented })
	if !refused && rules.Fields(w.Endpoint.Operation) != nil { // of an operation without a row nothing is known
		ofFields, err := w.Draft.Check()
		if err != nil {
			return err
		}
		findings = append(ofFields, findings...)
	}
	var broken []rules.Finding
	for _, finding := range findings {
		if (finding.Level == rules.Documented || w.Flags.Strict) && !w.Flags.NoCheck {
			broken = append(broken, finding)
			continue
		}
		w.Printer.Warn("%s", finding.Message)
	}
	return w.refuse(broken)
}

// refuse returns one usage error for all broken rules that are documented.
func (w *Write) refuse(broken []rules.Finding) error {
	if len(broken) == 0 {
		return nil
	}
	var messages []string
	for _, finding := range broken {
		messages = append(messages, finding.Message)
	}
	refusal := Usagef("%s", strings.Join(messages, "\n"))
	for _, finding := range broken {
		field := finding.Path
		if w.FlagOf != nil {
			field = w.FlagOf(field)
		}
		if field == "" {
			refusal = refusal.WithHint("%s", finding.Hint)
			continue
		}
		refusal = refusal.WithHint("%s: %s", field, finding.Hint)
	}
	if !slices.ContainsFunc(broken, func(f rules.Finding) bool { return f.Level == rules.Documented }) {
		return refusal.WithHint("without --strict this is a warning: the rule is inferred, not documented")
	}
	return refusal.WithHint("--no-check sends it anyway")
}

// tell prints notes about --set paths that were read in another form than written.
func (w *Write) tell() {
	for _, a := range w.Flags.Assigned {
		if a.Note != "" {
			w.Printer.Note("%s", a.Note)
		}
	}
}

// Asks marks a call that changes nothing, so that it needs no confirmation.
func Asks(m *Merchant) { m.asks = true }

// confirmWrite asks before real money moves. Calls that can't be undone need more than a yes:
// on a terminal the amount or id must be typed, elsewhere --live and --yes are required and the
// subject must be named.
func (c *CLI) confirmWrite(w *Write) error {
	if w.Merchant.asks {
		return nil
	}
	if w.Typed == "" || !w.Merchant.Profile.Live() {
		return c.ConfirmLive(w.Merchant, w.Action)
	}
	err := c.confirmTyped(w)
	w.Merchant.confirmed = err == nil
	return err
}

func (c *CLI) confirmTyped(w *Write) error {
	title := w.Merchant.Profile.Title()
	if !c.Interactive() || c.Global.live && c.Global.yes {
		if c.Global.live && c.Global.yes && w.Named {
			return nil
		}
		return Usagef("%s is live: refusing to %s without --live, --yes and the id on the command line", title, w.Action).
			WithHint("it can't be undone; --live and --yes say that it is meant, and the id says what")
	}
	answer, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Line(fmt.Sprintf("%s%s is live. To %s type %s:", strings.ToUpper(title[:1]), title[1:], w.Action, w.Typed))
	if err != nil {
		return err
	}
	if strings.TrimSpace(answer) != w.Typed {
		return Usagef("not confirmed: nothing was sent").WithHint("type %s to go on", w.Typed)
	}
	return nil
}

// unsettled adds to an error with an unknown outcome how to find out.
func (w *Write) unsettled(err error) error {
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		if refused.Result.ResultStatus != antom.StatusU || refused.UnderWay() {
			return err // decided, or under way: the code's own hint says what to do
		}
	}
	if failed, ok := errors.AsType[*antom.TransportError](err); ok && !failed.Sent() {
		return err
	}
	if Is[*UsageError](err) { // nothing was sent
		return err
	}
	open := &UnsettledError{Err: err, ID: w.id(), IDName: w.Endpoint.Key, Recourse: w.Endpoint.Recourse, Repeat: w.Command}
	if open.ID != "" && w.IDFlag != "" {
		open.Repeat += FlagsAsTyped(w.Flags.flags, strings.TrimPrefix(w.IDFlag, "--")) + " " + w.IDFlag + " " + ShellWord(open.ID)
	}
	return open
}

// UnderWay reports whether a call was accepted and is still being carried out: U with a code to
// wait for.
func UnderWay(err error) bool {
	refused, ok := errors.AsType[*antom.ResultError](err)
	return ok && refused.UnderWay()
}

// First returns the first error that is not nil.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
