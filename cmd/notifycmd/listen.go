package notifycmd

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/cmd/notifycmd/verifycmd"
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/secret"
)

// notifyListen is `antom notify listen`.
type notifyListen struct {
	c             *cli.CLI
	listen        string
	forwardTo     string
	forwardHeader []string
	headers       http.Header // parsed forwardHeader
	resends       int
	publicURL     string
	publicKeyFile string
	save          string
	readyFile     string
	bodyLimit     int64
	goal          listenGoal
	timeout       time.Duration
}

func newListenCmd(c *cli.CLI) *cobra.Command {
	o := &notifyListen{c: c}
	cmd := &cobra.Command{
		Use:   "listen",
		Short: "Receive notifications: verify, store, acknowledge, forward",
		Long: `Receive notifications from Antom or the emulator, on any path. Each one is verified
with the profile's public key of Antom, written to a journal in the state folder and
synced to the disk, and only then acknowledged. A line is printed for each. A
request that does not verify (HTTP 401), can't be stored (503), is not a POST (405)
or is too long (413) is answered with result F and a status other than 200, so that
it can't be mistaken for an acknowledgement. If one does not verify, the cause is
shown as by antom notify verify, for the first few in a row and then once a second.

With --forward-to, bytes and headers are forwarded to your own server unchanged, in
order for each payment. If the URL has no path, the signed path is kept, which your
server needs to verify the notification. While the server is down the notifications
wait, even if this command is restarted. Its answers are checked as Antom checks
them, and unacknowledged notifications are sent again up to --resends times.

Behind a tunnel, --public-url is the URL that Antom calls; its path is signed. A
path that ends with a slash is a prefix: see antom help tunnels.

For scripts: --until PAYMENT ends with exit code 0 after the payment's
PAYMENT_RESULT was received and, with --forward-to, forwarded; --count N after N
different notifications; --timeout ends with 5. With -o jsonl the first record is
{"type":"ready","url",…}. GET /healthz answers 200. An interrupt ends with 0. With
--quiet nothing is printed.`,
		Example: `  antom notify listen
  antom notify listen --listen 127.0.0.1:0 --forward-to http://127.0.0.1:3000
  antom notify listen --listen 127.0.0.1:0 --count 2 --timeout 5m \
    --save deliveries -o jsonl`,
		Args: cli.NoArgs,
		RunE: cli.Filled(func(cmd *cobra.Command, _ []string) error {
			if err := o.validate(cmd.Flags().Changed); err != nil {
				return err
			}
			return o.run(cmd.Context())
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:4242", "`host:port` to listen on; port 0 takes a free one")
	flags.StringVar(&o.forwardTo, "forward-to", "", "`URL` of your own server")
	flags.StringArrayVar(&o.forwardHeader, "forward-header", nil, "send this header to your server: `'Name: value'`; may be repeated")
	flags.IntVar(&o.resends, "resends", receiver.DefaultResends, "how often to resend what your server did not acknowledge")
	flags.StringVar(&o.publicURL, "public-url", "", "`URL` that Antom calls, if a tunnel or proxy changes its path")
	flags.StringVar(&o.publicKeyFile, "public-key-file", "", "verify with the public key in `FILE`, without a profile")
	flags.StringVar(&o.save, "save", "", "write each delivery into the folder `DIR` as raw HTTP, refused ones too")
	flags.StringVar(&o.readyFile, "ready-file", "", "write the URL to `FILE` once listening; it is removed at the end")
	flags.Int64Var(&o.bodyLimit, "body-limit", 1<<20, "longest body to read, in `bytes`")
	flags.StringVar(&o.goal.until, "until", "", "end when the final notification of this `payment` has arrived")
	flags.IntVar(&o.goal.count, "count", 0, "end after `N` different notifications")
	flags.DurationVar(&o.timeout, "timeout", 0, "end after this time, with exit code 5")
	return cmd
}

func (o *notifyListen) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	l := &listening{o: o, p: p}
	if err := o.prepare(ctx, l); err != nil {
		return err
	}
	defer l.close()
	return l.serve(ctx)
}

// validate checks the flags. A flag that was given explicitly must have a meaningful value, so
// 0 is refused.
func (o *notifyListen) validate(given func(flag string) bool) error {
	switch {
	case o.c.Global.Format == output.FormatCSV, o.c.Global.Format == output.FormatJSON:
		return cli.Usagef("-o %s: the result is a stream", o.c.Global.Format).WithHint("-o jsonl prints one record a line")
	case given("count") && o.goal.count < 1:
		return cli.Usagef("--count %d: must be 1 or more", o.goal.count).WithHint("without --count it runs until it is interrupted")
	case given("timeout") && o.timeout <= 0:
		return cli.Usagef("--timeout %s: must be more than 0", o.timeout).WithHint("without --timeout it runs until it is interrupted")
	case o.resends < 0:
		return cli.Usagef("--resends %d: must not be negative", o.resends).WithHint("0 forwards each notification once")
	case o.bodyLimit < 1:
		return cli.Usagef("--body-limit %d: must be more than 0", o.bodyLimit)
	}
	if len(o.forwardHeader) > 0 && o.forwardTo == "" {
		return cli.Usagef("--forward-header without --forward-to").WithHint("--forward-to http://127.0.0.1:3000")
	}
	if err := o.readHeaders(); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return cli.Usagef("--listen %q: %s", o.listen, err).WithHint("write host:port, such as 127.0.0.1:4242")
	}
	return nil
}

// readHeaders parses --forward-header.
func (o *notifyListen) readHeaders() error {
	o.headers = http.Header{}
	for _, text := range o.forwardHeader {
		name, value, found := strings.Cut(text, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !found || name == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) || strings.ContainsAny(name, " \"(),/;<=>?@[\\]{}"):
			return cli.Usagef("--forward-header %q: must be Name: value", name).WithHint("such as --forward-header 'X-Tenant: shop-1'")
		case slices.Contains([]string{"Signature", "Client-Id", "Request-Time", "Host", "Content-Length", "Transfer-Encoding"}, http.CanonicalHeaderKey(name)):
			return cli.Usagef("--forward-header %s: this header belongs to the notification", name).WithHint("it is forwarded unchanged, or set for the connection")
		}
		o.headers.Add(name, value)
	}
	return nil
}

// prepare finds the keys and opens the journal and the port; nothing is answered yet.
func (o *notifyListen) prepare(ctx context.Context, l *listening) error {
	from, err := o.acceptedSender(l.p)
	if err != nil {
		return err
	}
	var target func(*http.Request) string
	if o.publicURL != "" {
		if target, err = receiver.PublicTarget(o.publicURL); err != nil {
			return cli.Usagef("--public-url %s", err)
		}
	}
	var to *url.URL
	if o.forwardTo != "" {
		if to, err = endpoint.URL("--forward-to", o.forwardTo); err != nil {
			return err
		}
	}
	if l.saver, err = openSaver(o.c, o.save); err != nil {
		return err
	}
	if err := l.open(from, to); err != nil {
		return err
	}
	if l.listener, err = o.c.Listen(ctx, o.listen); err != nil {
		l.close()
		return err
	}
	if to != nil && isOwn(to, l.listener.Addr()) {
		_ = l.listener.Close() // not in use yet
		l.close()
		return cli.Usagef("--forward-to %s: this is the listener itself (%s): each notification would come back forever", o.forwardTo, l.listener.Addr()).
			WithHint("give the URL of your own server, or listen elsewhere: --listen 127.0.0.1:0")
	}
	l.handler = receiver.New(receiver.Options{
		Key: from.key.Public, ClientID: from.clientID, Target: target, Hop: l.hop, BodyLimit: o.bodyLimit, Forward: to != nil,
		Journal: l.journal, Now: o.c.Now, Notify: l.notify,
	})
	return nil
}

// acceptedSender is the gateway and client whose notifications are accepted.
type acceptedSender struct {
	profile  string // names the journal's folder
	clientID string
	key      diagnose.Key
}

func (o *notifyListen) acceptedSender(p *output.Printer) (acceptedSender, error) {
	if o.publicKeyFile != "" {
		key, err := secret.AntomKey("", o.c.Abs(o.publicKeyFile))
		return acceptedSender{profile: cli.NamelessJournal, key: diagnose.Key{Name: "the key of " + o.publicKeyFile, Public: key}}, err
	}
	chosen, err := o.c.LoadProfile(p)
	if err != nil {
		return acceptedSender{}, err
	}
	if chosen.Builtin {
		m, err := o.c.Emulated(chosen)
		if err != nil {
			return acceptedSender{}, err
		}
		named, _ := verifycmd.NamedKeys(m.Profile, m.AntomKey, nil)
		return acceptedSender{journalName(chosen), m.Profile.ClientID, named}, nil
	}
	key, err := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	named, _ := verifycmd.NamedKeys(chosen, key, nil)
	return acceptedSender{journalName(chosen), chosen.ClientID, named}, err
}

func journalName(chosen *profile.Profile) string {
	if chosen.Name == "" {
		return cli.NamelessJournal
	}
	return chosen.Name
}

// isOwn reports whether a URL leads to our own address. All names of this machine's loopback
// are equal, and a listener on all addresses has all addresses of the machine.
func isOwn(to *url.URL, own net.Addr) bool {
	listener, ok := own.(*net.TCPAddr)
	port := to.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[to.Scheme]
	}
	if !ok || port != strconv.Itoa(listener.Port) {
		return false
	}
	host := net.ParseIP(to.Hostname())
	if strings.EqualFold(to.Hostname(), "localhost") {
		host = net.IPv6loopback
	}
	if host == nil {
		return false
	}
	if listener.IP.IsUnspecified() {
		mine, _ := net.InterfaceAddrs() // on an error, HopHeader still detects a loop
		return host.IsLoopback() || host.IsUnspecified() || slices.ContainsFunc(mine, func(a net.Addr) bool {
			of, ok := a.(*net.IPNet)
			return ok && of.IP.Equal(host)
		})
	}
	return loopback(host).Equal(loopback(listener.IP))
}

// loopback returns 127.0.0.1 for other addresses of loopback.
func loopback(ip net.IP) net.IP {
	if ip.IsUnspecified() || ip.Equal(net.IPv6loopback) {
		return net.IPv4(127, 0, 0, 1)
	}
	return ip
}
