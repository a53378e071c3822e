package antom

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// Client calls Antom's API on behalf of one merchant. It may be used by many
// goroutines at a time and keeps its connections; make one and keep it.
type Client struct {
	Sessions *SessionsService
	Payments *PaymentsService

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

const defaultMaxResponse = 4 << 20

type clientOptions struct {
	gateway     *url.URL
	transport   http.RoundTripper
	keyVersion  int
	agentToken  string
	logger      *slog.Logger
	timeout     time.Duration
	maxResponse int64
	userAgent   string
}

// Option changes how a client is made.
type Option func(*clientOptions) error

// NewClient makes a client for the merchant clientID, who signs with key and
// verifies answers with antomKey, Antom's public key. Without an option it calls
// the gateway in Asia.
func NewClient(clientID string, key *sign.PrivateKey, antomKey *sign.PublicKey, opts ...Option) (*Client, error) {
	switch {
	case clientID == "":
		return nil, errors.New("antom client: no client id")
	case key == nil:
		return nil, errors.New("antom client: no private key to sign with")
	case antomKey == nil:
		return nil, errors.New("antom client: no public key of Antom to verify answers with")
	case strings.ContainsAny(clientID, "\r\n"):
		return nil, fmt.Errorf("antom client: client id %q has a line break", clientID)
	}
	options := clientOptions{
		keyVersion: 1, timeout: DefaultRequestTimeout, maxResponse: defaultMaxResponse,
		logger: slog.New(slog.DiscardHandler), userAgent: "antom-go", transport: http.DefaultTransport,
	}
	for _, opt := range append([]Option{WithRegion(RegionSG)}, opts...) {
		if err := opt(&options); err != nil {
			return nil, fmt.Errorf("antom client: %w", err)
		}
	}
	c := &Client{options: options, clientID: clientID, key: key, antomKey: antomKey}
	c.http = &http.Client{Transport: options.transport, CheckRedirect: keepRedirect}
	c.common.client = c
	c.Sessions = (*SessionsService)(&c.common)
	c.Payments = (*PaymentsService)(&c.common)
	return c, nil
}

// keepRedirect returns a redirect as the answer: following it would send a
// signed request somewhere else.
func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// WithRegion calls the gateway of a region.
func WithRegion(region Region) Option {
	return func(o *clientOptions) error {
		if region.URL() == "" {
			return fmt.Errorf("region %q: unknown", region)
		}
		return WithGatewayURL(region.URL())(o)
	}
}

// WithGatewayURL calls another gateway. A base path and a query are kept and
// signed. The scheme is https, or http to this machine.
func WithGatewayURL(gateway string) Option {
	return func(o *clientOptions) error {
		u, err := url.Parse(gateway)
		if err != nil {
			return fmt.Errorf("gateway URL: %w", err)
		}
		switch {
		case u.Host == "" || u.Opaque != "":
			return fmt.Errorf("gateway URL %q: must be an absolute URL such as https://open-sea-global.alipay.com", gateway)
		case u.User != nil || u.Fragment != "":
			return fmt.Errorf("gateway URL of host %q: must have no user name and no fragment", u.Host)
		case u.Scheme == "https", u.Scheme == "http" && IsLoopback(u.Hostname()):
			o.gateway = u
			return nil
		}
		return fmt.Errorf("gateway URL %q: must be https (http is for this machine only)", gateway)
	}
}

// WithTransport sends requests through another transport.
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
		if strings.ContainsAny(token, "\r\n") || len(token) > 128 {
			return errors.New("agent token: longer than 128 characters, or with a line break")
		}
		o.agentToken = token
		return nil
	}
}

// WithLogger logs each exchange at debug level, without bodies.
func WithLogger(logger *slog.Logger) Option {
	return func(o *clientOptions) error {
		if logger == nil {
			return errors.New("logger: nil")
		}
		o.logger = logger
		return nil
	}
}

// WithRequestTimeout bounds one call; the default is 15 s.
func WithRequestTimeout(timeout time.Duration) Option {
	return func(o *clientOptions) error {
		if timeout <= 0 {
			return fmt.Errorf("request timeout %s: must be more than 0", timeout)
		}
		o.timeout = timeout
		return nil
	}
}

// WithMaxResponse bounds the body of an answer, in bytes; the default is 4 MiB.
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
		o.userAgent = agent
		return nil
	}
}
