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

// Client calls Antom's API for one merchant. It is safe for concurrent use and keeps its
// connections open; create one and reuse it.
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

// service is the base of every service of a client.
type service struct{ client *Client }

// DefaultRequestTimeout limits one call. Antom's SDKs use the same value.
const DefaultRequestTimeout = 15 * time.Second

// DefaultMaxResponse limits the body of an answer: 4 MiB. Antom's answers are a few kilobytes.
const DefaultMaxResponse = 4 << 20

// defaultKeyVersion is the default of Antom's SDKs.
const defaultKeyVersion = 1

// longestAgentToken is the documented maximum length (G24 api_fund).
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

// Option configures a client. It returns an error for a value that can't work.
type Option func(*clientOptions) error

// NewClient returns a client for the merchant clientID. It signs requests with key and verifies
// answers with antomKey, which is Antom's public key, not the merchant's own. By default it
// calls the gateway in Asia.
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
		return errors.New("no public key of Antom to verify answers with")
	}
	return nil
}

// isHeaderText reports whether s can be used as a header value.
func isHeaderText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// connectionsPerHost limits the connections to one gateway. All of them may stay open, so that
// frequent waits do not reconnect.
const connectionsPerHost = 64

// sharedTransport is the transport of every client in the process, so that they share one
// connection pool. Unlike the transport of net/http it keeps enough connections for many
// concurrent waits, and limits the size of the header that a wrong host may send.
var sharedTransport = sync.OnceValue(func() http.RoundTripper {
	own, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // the program has replaced it
	}
	transport := own.Clone()
	transport.MaxIdleConnsPerHost = connectionsPerHost
	transport.MaxConnsPerHost = connectionsPerHost
	transport.MaxIdleConns = 0 // the limit per host is enough
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true) // like Antom's SDKs
	transport.ForceAttemptHTTP2 = false
	transport.MaxResponseHeaderBytes = 64 << 10
	return transport
})

// SharedTransport returns the transport that clients use without [WithTransport], so that
// callers can wrap or clone it.
func SharedTransport() http.RoundTripper { return sharedTransport() }

// keepRedirect makes a redirect the answer: following it would send a signed request to another
// place.
func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// readableRedirects removes a Location header that is not a URL. net/http parses it before
// calling keepRedirect, and would return an error that contains it instead of the answer.
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

// WithRegion uses the gateway of a region.
func WithRegion(region Region) Option {
	return func(o *clientOptions) error {
		if _, err := ParseRegion(string(region)); err != nil {
			return err
		}
		return WithGatewayURL(region.URL())(o)
	}
}

// WithGatewayURL uses the gateway at a URL; see [ParseGatewayURL].
func WithGatewayURL(gateway string) Option {
	return func(o *clientOptions) error {
		u, err := ParseGatewayURL(gateway)
		o.gateway = u
		return err
	}
}

// ParseGatewayURL parses the address of a gateway: an absolute URL without user name and
// fragment, with the scheme https, or http for this machine. A base path and a query are kept
// and signed. The error never contains a password.
func ParseGatewayURL(gateway string) (*url.URL, error) {
	u, err := url.Parse(gateway)
	if err != nil {
		return nil, errors.New("gateway URL: not a URL") // the text may contain a password
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

// WithTransport sets the transport. The default uses the proxy variables of the environment and
// is shared by all clients.
func WithTransport(transport http.RoundTripper) Option {
	return func(o *clientOptions) error {
		if transport == nil {
			return errors.New("transport: nil")
		}
		o.transport = transport
		return nil
	}
}

// WithKeyVersion sets the version of the private key; the default is 1.
func WithKeyVersion(version int) Option {
	return func(o *clientOptions) error {
		if version < 1 {
			return fmt.Errorf("key version %d: must be 1 or more", version)
		}
		o.keyVersion = version
		return nil
	}
}

// WithAgentToken sets the token of an Antom partner, at most 128 characters. An empty token is
// not sent.
func WithAgentToken(token string) Option {
	return func(o *clientOptions) error {
		switch {
		case !isHeaderText(token):
			return errors.New("agent token: must be printable ASCII") // a secret: not shown
		case len(token) > longestAgentToken:
			return fmt.Errorf("agent token: has %d characters, Antom accepts at most %d", len(token), longestAgentToken)
		}
		o.agentToken = token
		return nil
	}
}

// WithLogger logs each call at debug level, without bodies and headers.
func WithLogger(logger *slog.Logger) Option {
	return func(o *clientOptions) error {
		if logger == nil {
			return errors.New("logger: nil")
		}
		o.logger = logger
		return nil
	}
}

// Exchange is a call and its result, as passed to an observer.
type Exchange struct {
	Operation Operation
	Host      string    // of the gateway
	Request   []byte    // the body sent
	Response  *Response // nil if none was read
	Err       error     // nil only for S with a valid signature
}

// WithObserver calls observe after each call, before the call returns. Request and Response
// contain everything that the merchant sent and Antom answered, including buyer and card data:
// keep only what you need.
func WithObserver(observe func(Exchange)) Option {
	return func(o *clientOptions) error {
		if observe == nil {
			return errors.New("observer: nil")
		}
		o.observe = observe
		return nil
	}
}

// WithRequestTimeout limits one call; the default is [DefaultRequestTimeout].
func WithRequestTimeout(timeout time.Duration) Option {
	return func(o *clientOptions) error {
		if timeout <= 0 {
			return fmt.Errorf("request timeout %s: must be more than 0", timeout)
		}
		o.timeout = timeout
		return nil
	}
}

// WithMaxResponse limits the body of an answer, in bytes; the default is [DefaultMaxResponse].
func WithMaxResponse(limit int64) Option {
	return func(o *clientOptions) error {
		if limit < 1 {
			return fmt.Errorf("response limit %d: must be 1 or more", limit)
		}
		o.maxResponse = limit
		return nil
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(agent string) Option {
	return func(o *clientOptions) error {
		if agent == "" || !isHeaderText(agent) {
			return fmt.Errorf("user agent %q: must be printable ASCII", agent)
		}
		o.userAgent = agent
		return nil
	}
}
