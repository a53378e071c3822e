package antom

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// Client calls Antom's API on behalf of one merchant. It may be used by many
// goroutines at a time and keeps its connections; make one and keep it.
type Client struct {
	Sessions *SessionsService
	Payments *PaymentsService
	Captures *CapturesService
	Refunds  *RefundsService

	options  clientOptions
	clientID string
	key      *sign.PrivateKey
	antomKey *sign.PublicKey
	http     *http.Client
	common   service
}

// service is what every service of a client is: the client itself.
type service struct{ client *Client }

// DefaultRequestTimeout bounds one call: what Antom's SDKs wait.
const DefaultRequestTimeout = 15 * time.Second

// DefaultMaxResponse bounds the body of an answer: 4 MiB. Antom's are a few
// kilobytes.
const DefaultMaxResponse = 4 << 20

// defaultKeyVersion is what Antom's SDKs send unless told otherwise.
const defaultKeyVersion = 1

// longestAgentToken is the length that Antom documents (G24 api_fund).
const longestAgentToken = 128

type clientOptions struct {
	gateway     *url.URL
	transport   http.RoundTripper
	keyVersion  int
	agentToken  string
	logger      *slog.Logger
	timeout     time.Duration
	maxResponse int64
	userAgent   string
	observe     func(Exchange)
}

// Option changes how a client is made; it refuses a value that can't work.
type Option func(*clientOptions) error

// NewClient makes a client for the merchant clientID, who signs with key and
// verifies answers with antomKey, Antom's public key (not the merchant's own).
// Without an option it calls the gateway in Asia.
func NewClient(clientID string, key *sign.PrivateKey, antomKey *sign.PublicKey, opts ...Option) (*Client, error) {
	if err := checkIdentity(clientID, key, antomKey); err != nil {
		return nil, fmt.Errorf("antom client: %w", err)
	}
	options := clientOptions{
		keyVersion: defaultKeyVersion, timeout: DefaultRequestTimeout, maxResponse: DefaultMaxResponse,
		logger: slog.New(slog.DiscardHandler), userAgent: "antom-go", transport: sharedTransport(),
	}
	for _, opt := range append([]Option{WithRegion(RegionSG)}, opts...) {
		if err := opt(&options); err != nil {
			return nil, fmt.Errorf("antom client: %w", err)
		}
	}
	c := &Client{options: options, clientID: clientID, key: key, antomKey: antomKey}
	c.http = &http.Client{Transport: readableRedirects{options.transport}, CheckRedirect: keepRedirect}
	c.common.client = c
	c.Sessions = (*SessionsService)(&c.common)
	c.Payments = (*PaymentsService)(&c.common)
	c.Captures = (*CapturesService)(&c.common)
	c.Refunds = (*RefundsService)(&c.common)
	return c, nil
}

func checkIdentity(clientID string, key *sign.PrivateKey, antomKey *sign.PublicKey) error {
	switch {
	case clientID == "":
		return errors.New("no client id")
	case !isHeaderText(clientID) || strings.Contains(clientID, " "):
		return fmt.Errorf("client id %q: must be printable ASCII without blanks", clientID)
	case key == nil:
		return errors.New("no private key to sign requests with")
	case antomKey == nil:
		return errors.New("no public key of Antom: without it no answer can be verified")
	}
	return nil
}

// isHeaderText reports whether s may stand in a header as it is.
func isHeaderText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// connectionsPerHost bounds the connections to one gateway. All of them may stay
// open, so that none is dialled twice while waits come and go.
const connectionsPerHost = 64

// sharedTransport is the transport of every client of the process, so that all
// share one pool. Unlike net/http's own it keeps enough connections for many
// waits at a time, and it bounds what a wrong host may send as a header.
var sharedTransport = sync.OnceValue(func() http.RoundTripper {
	own, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // the program has put its own in place
	}
	transport := own.Clone()
	transport.MaxIdleConnsPerHost = connectionsPerHost
	transport.MaxConnsPerHost = connectionsPerHost
	transport.MaxIdleConns = 0 // the limit of each host is enough
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true) // as Antom's SDKs
	transport.ForceAttemptHTTP2 = false
	transport.MaxResponseHeaderBytes = 64 << 10
	return transport
})

// SharedTransport is the transport that clients use unless [WithTransport] names
// another one: for wrapping it, or for clones of it.
func SharedTransport() http.RoundTripper { return sharedTransport() }

// keepRedirect returns a redirect as the answer: following it would send a
// signed request somewhere else.
func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// readableRedirects takes a Location away that is no URL: net/http reads it
// before it asks keepRedirect, and would show it whole in place of the answer.
type readableRedirects struct{ transport http.RoundTripper }

func (r readableRedirects) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := r.transport.RoundTrip(request)
	if err != nil || answer == nil {
		return nil, err
	}
	if location := answer.Header.Get("Location"); location != "" {
		if _, err := url.Parse(location); err != nil {
			answer.Header.Del("Location")
		}
	}
	return answer, nil
}

// WithRegion calls the gateway of a region.
func WithRegion(region Region) Option {
	return func(o *clientOptions) error {
		if _, err := ParseRegion(string(region)); err != nil {
			return err
		}
		return WithGatewayURL(region.URL())(o)
	}
}

// WithGatewayURL calls another gateway, as [ParseGatewayURL] reads it.
func WithGatewayURL(gateway string) Option {
	return func(o *clientOptions) error {
		u, err := ParseGatewayURL(gateway)
		o.gateway = u
		return err
	}
}

// ParseGatewayURL reads the address of a gateway: an absolute URL without user
// name and fragment, of the scheme https, or http to this machine. A base path
// and a query are kept and signed. The error never holds a password.
func ParseGatewayURL(gateway string) (*url.URL, error) {
	u, err := url.Parse(gateway)
	if err != nil {
		return nil, errors.New("gateway URL: not a URL") // the text may hold a password
	}
	switch {
	case u.User != nil || u.Fragment != "":
		return nil, fmt.Errorf("gateway URL of host %q: must have no user name and no fragment", u.Host)
	case u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("gateway URL %q: must be an absolute URL such as %s", gateway, RegionSG.URL())
	case u.Scheme == "https", u.Scheme == "http" && IsLoopback(u.Hostname()):
		return u, nil
	}
	return nil, fmt.Errorf("gateway URL %q: must be https (http is for this machine only)", gateway)
}

// WithTransport sends requests through another transport. The default honours
// the proxy variables of the environment and is shared by all clients.
func WithTransport(transport http.RoundTripper) Option {
	return func(o *clientOptions) error {
		if transport == nil {
			return errors.New("transport: nil")
		}
		o.transport = transport
		return nil
	}
}

// WithKeyVersion names the version of the private key; the default is 1.
func WithKeyVersion(version int) Option {
	return func(o *clientOptions) error {
		if version < 1 {
			return fmt.Errorf("key version %d: must be 1 or more", version)
		}
		o.keyVersion = version
		return nil
	}
}

// WithAgentToken sends the token that partners of Antom have, at most 128
// characters. An empty one is not sent.
func WithAgentToken(token string) Option {
	return func(o *clientOptions) error {
		switch {
		case !isHeaderText(token):
			return errors.New("agent token: must be printable ASCII") // a secret: not shown
		case len(token) > longestAgentToken:
			return fmt.Errorf("agent token: has %d characters, Antom takes at most %d", len(token), longestAgentToken)
		}
		o.agentToken = token
		return nil
	}
}

// WithLogger logs each exchange at debug level: facts, never bodies or headers.
func WithLogger(logger *slog.Logger) Option {
	return func(o *clientOptions) error {
		if logger == nil {
			return errors.New("logger: nil")
		}
		o.logger = logger
		return nil
	}
}

// Exchange is a call and what came of it, as an observer is told of it.
type Exchange struct {
	Operation Operation
	Host      string    // of the gateway
	Request   []byte    // the body that was sent
	Response  *Response // nil if none was read
	Err       error     // nil only for an S whose signature holds
}

// WithObserver tells observe of each call when it has ended, before it returns.
// Request and Response hold whatever the merchant sent and Antom answered, buyer
// and card data among it: keep only what you need.
func WithObserver(observe func(Exchange)) Option {
	return func(o *clientOptions) error {
		if observe == nil {
			return errors.New("observer: nil")
		}
		o.observe = observe
		return nil
	}
}

// WithRequestTimeout bounds one call; the default is [DefaultRequestTimeout].
func WithRequestTimeout(timeout time.Duration) Option {
	return func(o *clientOptions) error {
		if timeout <= 0 {
			return fmt.Errorf("request timeout %s: must be more than 0", timeout)
		}
		o.timeout = timeout
		return nil
	}
}

// WithMaxResponse bounds the body of an answer, in bytes; the default is
// [DefaultMaxResponse].
func WithMaxResponse(limit int64) Option {
	return func(o *clientOptions) error {
		if limit < 1 {
			return fmt.Errorf("response limit %d: must be 1 or more", limit)
		}
		o.maxResponse = limit
		return nil
	}
}

// WithUserAgent names the program in the User-Agent header.
func WithUserAgent(agent string) Option {
	return func(o *clientOptions) error {
		if agent == "" || !isHeaderText(agent) {
			return fmt.Errorf("user agent %q: must be printable ASCII", agent)
		}
		o.userAgent = agent
		return nil
	}
}
