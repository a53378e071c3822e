// Package checkoutcmd is antom checkout: it shows a payment session in the browser and prints
// the events of the page in the terminal.
package checkoutcmd

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/hearing"
	"github.com/antom-cli/antom/cmd/sessionflags"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// checkoutCmd is `antom checkout`.
type checkoutCmd struct {
	c          *cli.CLI
	session    sessionflags.Flags
	sessionArg string // --session
	last       bool
	options    sdkOptions
	sdk        sdkFlags

	address   string
	listen    string
	notifyURL string // --notify-url, as typed
	readyFile string
	noOpen    bool
	interval  time.Duration
	timeout   time.Duration
	expect    string
	verbose   bool
	print     string
}

// New makes antom checkout.
func New(c *cli.CLI) *cobra.Command {
	o := &checkoutCmd{c: c, session: sessionflags.Flags{CLI: c}}
	cmd := &cobra.Command{
		Use:   "checkout --amount AMOUNT --currency CODE",
		Short: "Pay a session in the browser and read the web SDK's events",
		Long: `Create a payment session, open a page on this machine that shows it with
Antom's web SDK, and print every event of the page with its meaning and what to
do. The command ends when the payment is final, with the exit code of payment
wait.

The flags of session create create the session. --session takes an existing
one: session data, or the JSON answer of createPaymentSession, - for standard
input. --last takes the session that an earlier checkout left open. Session
data alone do not name the payment: give it with --request-id.

The page is on 127.0.0.1, and its link works once. On a terminal the browser is
opened; --no-open only prints the link. What the page reports is a hint: when
it reports a result, antom calls inquiryPayment every two seconds, and only its
answer counts.

--listen receives the payment's notifications as notify listen does. The
command warns where the page, the notification and inquiryPayment disagree.

The web SDK comes from Antom's CDN (--sdk-version, --sdk-url), from a file
(--sdk-file), or on the profile "emulator" from the emulator's stand-in. Its
environment follows from the profile: prod on a live profile, otherwise
sandbox.

--popup (the default) and --embedded show the classic card form, --element the
Payment Element. The other flags are the options of Antom's guide.

--print prints the smallest page (html), component (react, vue) or server
(node) with the options of the other flags. Nothing is sent, and no session is
created.

Exit code 0: the payment ended in SUCCESS. 7: it ended otherwise (with
--expect, 0 means that it ended as expected). 5: --timeout passed. 6: the web
SDK would not accept the session. 130: interrupted; the command says what is
still open.

With --quiet the final paymentStatus is printed. With -o jsonl the first record
is {"type":"ready","url",…}, each event is
{"type":"event","seq","channel","code",…}, each change of the payment
{"type":"status",…}, and the end {"type":"result",…,"exit"}. JSON output is the
gateway's last answer.`,
		Example: `  antom checkout --amount 42.00 --currency SGD
  antom checkout --amount 42.00 --currency SGD --embedded --locale pt_BR \
    --no-open
  antom session create --amount 42.00 --currency SGD -o json |
    antom checkout --session -
  antom checkout --last
  antom checkout --print html --embedded --locale en_US
  antom checkout --print node --amount 42.00 --currency SGD`,
		Args: cli.NoArgs,
		RunE: cli.Filled(func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd.Flags()); err != nil {
				return err
			}
			return o.run(cmd.Context())
		}),
	}
	o.bind(cmd.Flags())
	return cmd
}

func (o *checkoutCmd) bind(flags *pflag.FlagSet) {
	flags.StringVar(&o.sessionArg, "session", "", "pay this session: `data`, or the JSON answer with them; - is standard input")
	flags.BoolVar(&o.last, "last", false, "pay the session that the last checkout of this profile left open")
	o.options.bind(flags)
	o.sdk.bind(flags)
	flags.Var(cli.NewEnum(&o.print, formWords()...), "print", "only print the integration with these options: "+strings.Join(cli.NonEmpty(formWords()), ", "))
	flags.StringVar(&o.address, "page", "127.0.0.1:0", "loopback `address` and port of the page; port 0 is a free one")
	flags.StringVar(&o.listen, "listen", "", "receive the notifications too, at this `address` and port; port 0 is a free one")
	flags.StringVar(&o.readyFile, "ready-file", "", "write the link into this `file` once it works; it is removed at the end")
	flags.BoolVar(&o.noOpen, "no-open", false, "print the link and open no browser")
	flags.DurationVar(&o.interval, "interval", antom.DefaultPollInterval, "time from one inquiry to the next")
	flags.DurationVar(&o.timeout, "timeout", cli.DefaultWait, "time limit of the whole checkout")
	flags.Var(cli.NewEnum(&o.expect, "", "SUCCESS", "FAIL", "CANCELLED"), "expect", "exit 0 if the payment ended so, else 7")
	flags.BoolVar(&o.verbose, "verbose", false, "also show errors of the device fingerprint, and requests that were blocked on the emulator")
	o.session.Bind(flags)
}

// validate refuses combinations of flags that are wrong with every profile.
func (o *checkoutCmd) validate(flags *pflag.FlagSet) error {
	if o.c.Global.Format == output.FormatCSV {
		return cli.Usagef("-o csv: the result is a stream").WithHint("forms: text, json, jsonl")
	}
	if err := cli.First(o.validateSource(flags), o.validatePage(flags), o.options.validate(o.c), o.sdk.validate()); err != nil {
		return err
	}
	if o.interval <= 0 || o.timeout <= 0 {
		return cli.Usagef("--interval and --timeout must be more than 0")
	}
	return nil
}

// existing reports whether the session exists already: it comes from --session or --last.
func (o *checkoutCmd) existing() bool { return o.sessionArg != "" || o.last }

// validateSource checks that the session has one source: the flags of session create, --session
// or --last.
func (o *checkoutCmd) validateSource(flags *pflag.FlagSet) error {
	if o.sessionArg != "" && o.last {
		return cli.Usagef("--session and --last both given").WithHint("give one")
	}
	if o.options.element && !flags.Changed("scene") && !o.existing() {
		if err := flags.Set("scene", "element"); err != nil {
			return err
		}
	}
	if err := cli.First(o.validateScene(flags.Lookup("scene").Value.String()), o.storedCard(flags)); err != nil {
		return err
	}
	if o.print != "" {
		return o.validatePrint(flags)
	}
	if !o.existing() {
		return o.session.Validate(flags)
	}
	made := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&sessionflags.Flags{}).Bind(made)
	var wrong error
	flags.Visit(func(flag *pflag.Flag) {
		names := flag.Name == "request-id" || flag.Name == "notify-url" && o.listen != "" // they name the payment and the public URL of --listen
		if made.Lookup(flag.Name) != nil && !names {
			wrong = cli.Usagef("--%s is for a new session, but --session or --last takes an existing one", flag.Name).WithHint("leave one of them out")
		}
	})
	return cli.First(wrong, cli.CheckID("--request-id", o.session.Write.RequestID))
}

func (o *checkoutCmd) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if o.print != "" {
		return o.printSnippet(ctx, p)
	}
	r := &run{o: o, p: p}
	defer r.close()
	if err := r.prepare(ctx); err != nil || r.sent() {
		return err
	}
	return r.serve(ctx)
}

// validateScene checks, before a session is created, that the chosen form can show it.
func (o *checkoutCmd) validateScene(scene string) error {
	switch {
	case o.existing():
		return nil
	case scene == "checkout-page":
		return cli.Usagef("--scene checkout-page has no form to show: the buyer pays on a page of Antom's").
			WithHint("antom session create --scene checkout-page --wait prints its address and waits")
	case scene == "element" && !o.options.element:
		return cli.Usagef("--scene element makes a session for the Payment Element").WithHint("--element shows it, and sets the scene by itself")
	case scene == "classic" && o.options.element:
		return cli.Usagef("--scene classic makes a session that the Payment Element does not show").WithHint("leave out --scene: --element sets it")
	}
	return nil
}

// storedCard puts the token of --stored-card into the request.
func (o *checkoutCmd) storedCard(flags *pflag.FlagSet) error {
	switch {
	case o.options.storedCard == "":
		return nil
	case o.existing():
		return cli.Usagef("--stored-card is for a new session, but --session or --last takes an existing one").WithHint("leave one of them out")
	}
	return flags.Set("set", "paymentMethod.paymentMethodId="+o.options.storedCard)
}

// validatePrint refuses flags that only matter to a run. An amount is required only where the
// request is printed.
func (o *checkoutCmd) validatePrint(flags *pflag.FlagSet) error {
	if o.existing() {
		return cli.Usagef("--print shows how to create sessions and takes no existing one").WithHint("leave out --session and --last")
	}
	if o.print != "node" {
		return nil
	}
	return o.session.Validate(flags)
}

// validatePage checks that the address of the page is a loopback address.
func (o *checkoutCmd) validatePage(flags *pflag.FlagSet) error {
	o.notifyURL = flags.Lookup("notify-url").Value.String()
	if err := hearing.CheckAddress(o.listen); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(o.address)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsLoopback() {
		return cli.Usagef("--page %q: must be a loopback address and a port", o.address).WithHint("such as 127.0.0.1:4343; the page can pay a session, so other machines must not reach it")
	}
	return nil
}
