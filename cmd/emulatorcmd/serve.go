package emulatorcmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/emulator/browser"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// emulatorServe is `antom emulator serve`.
type emulatorServe struct {
	c *cli.CLI

	listen      string
	allowRemote bool
	https       bool
	cert, key   string
	hosts       []string
	readyFile   string

	notify        string
	resend        string
	notifyURL     string
	notifyTimeout time.Duration

	browser   string
	unlock    string // one-time code of the inspector
	publicURL string
	pageHosts []string // hosts of pages that may frame the form
	state     string
	began     int // number of orders in --state

	clock string
	seed  uint64

	faults    []string
	faultFile string

	clientID        string
	merchantKeyFile string
	signAll         bool
}

func newServeCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorServe{c: c}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the simulated gateway on this machine, for any client",
		Long: `Serve the simulated gateway on this machine, for any client: Antom's own SDKs in Go,
Java, Python and PHP, curl, and the profile "emulator" of other antom commands,
which use this server while it runs. antom emulator keys --format dotenv prints the
settings for a client.

With --https it has a certificate for localhost, 127.0.0.1 and ::1 from its own
authority. The authority's certificate is in the state folder, so that clients can
trust it.

Notifications are signed and really sent to the session's notify URL. They are sent
again, as Antom does in production, until the endpoint's answer acknowledges them.
--fault injects faults; antom emulator fault kinds lists them.

With --state FILE it starts with the orders, payments, captures and refunds of a
file instead of those it has, and emulator reset restores them: a test suite needs
no calls for its setup. antom emulator export writes such a file. A short one is

  orders: [{paymentRequestId: order-1, amount: 42.00 SGD, payments: [{}]}]

With --seed and --clock virtual an empty state gives the same ids and times in every
run: its clock begins at ` + seededStart + `. Otherwise a virtual clock begins where the
clock is.

A line is printed for each call and each notification; with -o jsonl a record, the
first of them {"type":"ready",…}. An interrupt ends it with exit code 0. The control
API under /_emulator/ requires the token in the state folder.`,
		Example: `  antom emulator serve --listen 127.0.0.1:4300
  antom emulator serve --https --ready-file emulator.url
  antom emulator serve --state orders.yaml --clock virtual
  antom emulator serve --fault inquiryPayment:2=latency:500ms \
    --fault 'capture:1=lost-answer'`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(cmd.Context(), cmd.Flags().Changed("seed"))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` and port; port 0 is a free one")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "allow an address that other machines can reach")
	flags.BoolVar(&o.https, "https", false, "serve https with a certificate of the emulator's own authority")
	flags.StringVar(&o.cert, "cert", "", "serve https with the certificate in this PEM `file`")
	flags.StringVar(&o.key, "key", "", "PEM `file` of the key that belongs to --cert")
	flags.StringSliceVar(&o.hosts, "host", nil, "more `names` or addresses for the certificate of --https")
	flags.StringVar(&o.readyFile, "ready-file", "", "write the URL to this `file` once listening; it is removed at the end")
	flags.StringVar(&o.publicURL, "public-url", "", "`URL` at which others reach it, such as a proxy's: links in answers lead there")
	flags.StringSliceVar(&o.pageHosts, "page-host", nil, "more host `names` whose pages may show the card form, such as a shop in docker compose")
	flags.StringVar(&o.state, "state", "", "YAML or JSON `file` of orders to start with, instead of the existing ones; reset restores them")
	flags.Var(cli.NewEnum(&o.notify, "on", "off"), "notify", "send notifications: on or off (they stay queued)")
	flags.Var(cli.NewEnum(&o.resend, string(emulator.ResendProduction), string(emulator.ResendSandbox)), "resend",
		"resend unacknowledged notifications: production (8 times in 24 h) or sandbox (never)")
	flags.StringVar(&o.notifyURL, "notify-url", "", "`URL` for sessions without one")
	flags.DurationVar(&o.notifyTimeout, "notify-timeout", emulator.DefaultNotifyTimeout, "time limit of one attempt to notify")
	flags.Var(cli.NewEnum(&o.browser, "", "on", "off"), "browser", "serve the browser side: web SDK, card form, 3-D Secure, hosted page; on or off (default: on, off with --allow-remote)")
	flags.Var(cli.NewEnum(&o.clock, "", "real", "virtual"), "clock", "real, or virtual: it moves only when told to (default: as in the state)")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that makes ids repeatable (default: random ids)")
	flags.StringArrayVar(&o.faults, "fault", nil, "`fault` to inject, such as capture:1=lost-answer; may be repeated; see antom emulator fault")
	flags.StringVar(&o.faultFile, "fault-file", "", "`file` of faults, one a line")
	flags.StringVar(&o.clientID, "client-id", "", "register this client `id` in addition to the emulator's own")
	flags.StringVar(&o.merchantKeyFile, "merchant-public-key-file", "", "`file` of the public key that --client-id signs with (default: the emulator's own merchant key)")
	flags.BoolVar(&o.signAll, "sign-refusals", false, "sign INVALID_SIGNATURE and CLIENT_INVALID too, which the real gateway does not")
	return cmd
}

func (o *emulatorServe) validate() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case err != nil:
		return cli.Usagef("--listen %q: must be ADDRESS:PORT", o.listen).WithHint("for example 127.0.0.1:4300")
	case !antom.IsLoopback(host) && !o.allowRemote:
		return cli.Usagef("--listen %q: other machines could reach it", o.listen).
			WithHint("use 127.0.0.1, or add --allow-remote: anyone who can reach it can then create payments and, with the token of the control API, move its clock")
	case (o.cert == "") != (o.key == ""):
		return cli.Usagef("--cert and --key belong together").WithHint("--https alone creates a certificate")
	case o.cert != "" && (o.https || len(o.hosts) > 0):
		return cli.Usagef("--cert names a certificate, but --https and --host create one")
	case len(o.hosts) > 0 && !o.https:
		return cli.Usagef("--host names belong to the certificate of --https")
	case strings.ContainsFunc(o.clientID, func(r rune) bool { return r <= ' ' || r > '~' }):
		return cli.Usagef("--client-id %q: must be plain letters, digits and signs: it is a header's value", o.clientID).WithHint("such as SANDBOX_5X00000000000000")
	case o.merchantKeyFile != "" && o.clientID == "":
		return cli.Usagef("--merchant-public-key-file requires the --client-id that signs with it")
	case o.notifyURL != "" && !isWebURL(o.notifyURL):
		return cli.Usagef("--notify-url %q: must be an absolute http or https URL", o.notifyURL)
	case o.publicURL != "" && checkPublicURL(o.publicURL) != nil:
		return checkPublicURL(o.publicURL)
	case checkPageHosts(o.pageHosts) != nil:
		return checkPageHosts(o.pageHosts)
	case o.notifyTimeout <= 0:
		return cli.Usagef("--notify-timeout %s: must be more than 0", o.notifyTimeout)
	}
	return nil
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func (o *emulatorServe) run(ctx context.Context, seeded bool) (err error) {
	if format := o.c.Global.Format; format == output.FormatJSON {
		return cli.Usagef("-o %s: the result is a stream", format).WithHint("-o jsonl prints one record a line")
	}
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	options, err := o.options()
	if err != nil {
		return err
	}
	gateway, err := o.open(ctx, seeded)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gateway.Close()) }()
	if err := o.secure(gateway, &options); err != nil {
		return err
	}
	listener, err := o.c.Listen(ctx, o.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	log := &serveLog{printer: p, stop: stop, terminal: o.c.Term.Out}
	options.Observe = log.record
	o.serveBrowser(gateway, &options)
	server, err := gateway.NewServer(options)
	if err != nil {
		return err
	}
	defer server.Close()
	address, err := server.Publish(listener)
	if err != nil {
		return err
	}
	if err := o.ready(ctx, p, gateway, address, options); err != nil {
		return err
	}
	defer o.removeReadyFile()
	if err := server.Serve(ctx, listener); err != nil {
		return err
	}
	if cause := context.Cause(ctx); errors.Is(cause, output.ErrClosedPipe) {
		return cause
	}
	return nil
}

// open opens the state exclusively for this server and sets it up as requested.
func (o *emulatorServe) open(ctx context.Context, seeded bool) (*emulator.Emulator, error) {
	dir, err := o.c.EmulatorDir()
	if err != nil {
		return nil, err
	}
	options := emulator.Options{
		Now: o.c.Now, Logger: o.c.Logger(), Resend: emulator.Resend(o.resend), NotifyURL: o.notifyURL, SignInvalidSignature: o.signAll,
		KeysLater: true,
	}
	if o.clientID != "" {
		merchant, err := o.merchant()
		if err != nil {
			return nil, err
		}
		options.Merchants = []emulator.Merchant{merchant}
	}
	gateway, err := emulator.OpenToServe(dir, options)
	if err != nil {
		return nil, err
	}
	if err := o.begin(ctx, gateway); err != nil {
		return nil, errors.Join(err, gateway.Close())
	}
	if err := o.setTime(ctx, gateway, seeded); err != nil {
		return nil, errors.Join(err, gateway.Close())
	}
	return gateway, nil
}

// merchant returns the client that --client-id registers.
func (o *emulatorServe) merchant() (emulator.Merchant, error) {
	if o.merchantKeyFile == "" {
		return emulator.Merchant{ClientID: o.clientID, OwnKey: true}, nil
	}
	text, err := os.ReadFile(o.c.Abs(o.merchantKeyFile))
	if err != nil {
		return emulator.Merchant{}, fmt.Errorf("read --merchant-public-key-file: %w", err)
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return emulator.Merchant{}, fmt.Errorf("read --merchant-public-key-file %q: %w", o.merchantKeyFile, err)
	}
	return emulator.Merchant{ClientID: o.clientID, Key: key}, nil
}

// options returns the options that do not depend on the state.
func (o *emulatorServe) options() (emulator.ServeOptions, error) {
	options := emulator.ServeOptions{
		PublicURL: strings.TrimRight(o.publicURL, "/"), Hold: o.notify == "off", NotifyTimeout: o.notifyTimeout,
		HTTPErrors: func(line string) { o.c.Logger().Debug("http", "line", line) },
	}
	var err error
	if options.Faults, err = o.readFaults(); err != nil {
		return options, err
	}
	if o.c.Global.CACert != "" {
		options.NotifyRoots, err = o.c.Trusted()
	}
	return options, err
}

func (o *emulatorServe) readFaults() ([]emulator.Fault, error) {
	var list []emulator.Fault
	if o.faultFile != "" {
		text, err := os.ReadFile(o.c.Abs(o.faultFile))
		if err != nil {
			return nil, fmt.Errorf("read --fault-file: %w", err)
		}
		if list, err = emulator.ParseFaults(string(text)); err != nil {
			return nil, usageOf(fmt.Sprintf("--fault-file %s", o.faultFile), err)
		}
	}
	for _, text := range o.faults {
		f, err := emulator.ParseFault(text)
		if err != nil {
			return nil, usageOf("--fault", err)
		}
		list = append(list, f)
	}
	return list, nil
}

// usageOf turns a parser's refusal into a usage error.
func usageOf(where string, err error) error {
	usage := cli.Usagef("%s: %s", where, err)
	if refused, ok := errors.AsType[*emulator.Refusal](err); ok && refused.Hint() != "" {
		return usage.WithHint("%s", refused.Hint())
	}
	return usage
}

// secure sets the certificate.
func (o *emulatorServe) secure(gateway *emulator.Emulator, options *emulator.ServeOptions) (err error) {
	switch {
	case o.cert != "":
		options.CACertFile = o.c.Abs(o.cert)
		options.TLS, err = emulator.LoadTLS(options.CACertFile, o.c.Abs(o.key))
	case o.https:
		options.CACertFile = gateway.CACertFile()
		options.TLS, err = gateway.ServerTLS(o.hosts...)
	}
	return err
}

// serveBrowser adds the browser side, unless it is turned off. By default it is on only if
// other machines can't reach the server.
func (o *emulatorServe) serveBrowser(gateway *emulator.Emulator, options *emulator.ServeOptions) {
	if o.browser == "off" || (o.browser == "" && o.allowRemote) {
		return
	}
	o.unlock = rand.Text()
	options.BrowserOwns = browser.Owns
	options.Browser = func(s *emulator.Server) http.Handler {
		return browser.New(gateway, s, browser.Options{Hosts: o.publicHosts(), UnlockCode: o.unlock})
	}
}

// readyRecord is the first record of the stream.
type readyRecord struct {
	Type       string    `json:"type"`
	Time       time.Time `json:"time"`
	URL        string    `json:"url"`
	PublicURL  string    `json:"publicUrl,omitempty"`
	PID        int       `json:"pid"`
	ClientID   string    `json:"clientId"`
	CACertFile string    `json:"caCertFile,omitempty"`
	TokenFile  string    `json:"tokenFile"`
	Notify     string    `json:"notify"`
	Resend     string    `json:"resend"`
	Clock      string    `json:"clock"`
	Now        time.Time `json:"now"` // by its clock
	Faults     []string  `json:"faults,omitempty"`
	SDKURL     string    `json:"sdkUrl,omitempty"`    // of the web SDK's stand-in
	Inspector  string    `json:"inspector,omitempty"` // one-time link
}

// ready prints that the server listens, and where.
func (o *emulatorServe) ready(ctx context.Context, p *output.Printer, gateway *emulator.Emulator, address emulator.Address, options emulator.ServeOptions) error {
	record := readyRecord{
		Type: "ready", Time: o.c.Now().UTC(), URL: address.URL, PID: address.PID, ClientID: gateway.ClientID(),
		PublicURL: options.PublicURL, CACertFile: address.CACert, TokenFile: gateway.TokenFile(), Notify: o.notify, Resend: o.resend,
	}
	if o.clientID != "" {
		record.ClientID = o.clientID
	}
	if options.Browser != nil {
		base := cmp.Or(options.PublicURL, address.URL)
		record.SDKURL, record.Inspector = base+browser.SDKPath, base+"/#"+o.unlock
	}
	clock, err := gateway.Clock(ctx)
	if err != nil {
		return err
	}
	record.Clock, record.Now = "real", clock.Time.UTC()
	if clock.Virtual {
		record.Clock = "virtual"
	}
	for _, f := range options.Faults {
		record.Faults = append(record.Faults, f.String())
	}
	if o.readyFile != "" {
		if err := serve.WriteReady(o.c.Abs(o.readyFile), address.URL); err != nil {
			return err
		}
	}
	if o.c.Global.Quiet {
		return p.Print(output.Result{Quiet: []string{address.URL}})
	}
	if err := p.Event(cli.Encode(record), "ready at "+p.Styled(address.URL, output.Key)); err != nil {
		return err
	}
	o.advise(p, address, record)
	return nil
}

func (o *emulatorServe) advise(p *output.Printer, address emulator.Address, record readyRecord) {
	if p.Streams() {
		return
	}
	if o.allowRemote {
		p.Warn("other machines may reach this server and create payments on it")
	}
	if o.https {
		p.Note("to trust its certificate: --cacert %s (also: curl --cacert, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS)", address.CACert)
	}
	if record.SDKURL != "" {
		p.Note("inspect and control it at %s (the link works once; without the part after # it is read-only)", record.Inspector)
		p.Note("the web SDK is at %s: load it instead of Antom's script", record.SDKURL)
	}
	if o.state != "" {
		p.Note("it started with the %d orders of %s; antom emulator reset restores them", o.began, o.state)
	}
	if record.Clock == "virtual" {
		p.Note("its clock stays at %s until antom emulator clock advance moves it", record.Now.Format(time.RFC3339))
	}
	p.Note("client settings: antom emulator keys --format dotenv; stop with Ctrl-C")
}

func (o *emulatorServe) removeReadyFile() {
	if o.readyFile != "" {
		os.Remove(o.c.Abs(o.readyFile))
	}
}

// serveLog prints the server's records when they happen.
type serveLog struct {
	printer  *output.Printer
	stop     context.CancelCauseFunc
	terminal bool
	mu       sync.Mutex
}

// record prints a record; it is safe for concurrent use. If the output is closed, it stops the
// server.
func (l *serveLog) record(record emulator.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.printer.Event(cli.Encode(record), l.line(record)); err != nil {
		l.stop(err)
	}
}

// line formats a record for people: the emulator's time, the operation, its result, and the id
// of the capture or refund and of the payment if known.
func (l *serveLog) line(record emulator.Record) string {
	at := record.EmulatorTime
	parts := []string{at.Format(time.RFC3339)}
	if l.terminal && at.Sub(record.Time).Abs() < time.Hour { // otherwise the clock is virtual, and the date matters
		parts[0] = at.Local().Format(time.TimeOnly)
	}
	id := cmp.Or(record.CaptureRequestID, record.RefundRequestID)
	if id = cmp.Or(id, record.PaymentRequestID, record.PaymentID); id != record.PaymentRequestID {
		id = strings.TrimSpace(id + "  " + record.PaymentRequestID)
	}
	if record.Type == "delivery" {
		parts = append(parts, "sent", string(record.NotifyType), l.styled(record.Verdict, *record.Acknowledged), id, record.URL, fmt.Sprintf("attempt %d", record.Attempt))
	} else {
		what := record.Operation
		if what == "" {
			what = record.Method + " " + record.Path
		}
		parts = append(parts, what, l.styled(outcomeOf(record), record.ResultStatus == "S"), id, record.ResultMessage)
	}
	if len(record.Faults) > 0 {
		parts = append(parts, "fault "+strings.Join(record.Faults, ", "))
	}
	parts = append(parts, fmt.Sprintf("%.1fms", record.TookMS))
	return strings.Join(cli.NonEmpty(parts), "  ")
}

func (l *serveLog) styled(text string, good bool) string {
	style := output.Warn
	if good {
		style = output.OK
	}
	return l.printer.Styled(text, style)
}

func outcomeOf(record emulator.Record) string {
	switch {
	case record.ResultCode != "":
		return record.ResultStatus + " " + record.ResultCode
	case record.HTTPStatus == 0:
		return "no answer"
	}
	return fmt.Sprintf("HTTP %d", record.HTTPStatus)
}
