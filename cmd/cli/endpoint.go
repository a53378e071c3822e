package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
)

// LongestSaid bounds what is shown of a body that is no acknowledgement.
const LongestSaid = 200

// Said is the beginning of an answer on one line, safe to print; of one that is
// no text, such as a compressed one, nothing.
func Said(body []byte) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), 4*LongestSaid)]), "\ufffd")
	if strings.Count(text, "\ufffd") > 2 {
		return ""
	}
	return redact.Clip(strings.Join(strings.Fields(text), " "), LongestSaid)
}

// ItSaid adds what an endpoint answered to a message; of nothing, nothing.
func ItSaid(answer string) string {
	if answer == "" {
		return ""
	}
	return "; it said: " + answer
}

// EndpointError is an endpoint that is not there.
type EndpointError struct {
	URL string
	Err error
}

func (e EndpointError) Error() string {
	cause := e.Err
	if of, ok := errors.AsType[*url.Error](cause); ok {
		cause = of.Err
	}
	return fmt.Sprintf("send to %s: %s", e.URL, cause)
}

// Unwrap returns what the network said.
func (e EndpointError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e EndpointError) Hint() string {
	return "start the endpoint and name it by its whole URL; antom notify listen is one"
}

var _ Hinter = EndpointError{}

// Listen opens a port for a server.
func (c *CLI) Listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &ListenError{addr, err}
	}
	return listener, nil
}

// ListenError is a port that can't be had.
type ListenError struct {
	addr string
	err  error
}

func (e *ListenError) Error() string {
	cause := e.err
	if of, ok := errors.AsType[*net.OpError](cause); ok { // it names the address again
		cause = of.Err
	}
	if of, ok := errors.AsType[*os.SyscallError](cause); ok {
		cause = of.Err
	}
	return fmt.Sprintf("listen on %s: %s", e.addr, cause)
}

// Unwrap returns what the network said.
func (e *ListenError) Unwrap() error { return e.err }

// Hint says how to come by a free port, or by one that is kept for root: Antom's
// Python SDK calls 443 and no other.
func (e *ListenError) Hint() string {
	if errors.Is(e.err, fs.ErrPermission) {
		return `a port below 1024 is kept for root; on Linux this lets antom have it: sudo setcap cap_net_bind_service=+ep "$(command -v antom)"`
	}
	return "--listen 127.0.0.1:0 takes a free port"
}

var _ Hinter = (*ListenError)(nil)

// EndpointURL reads the URL of a merchant's server.
func EndpointURL(what, text string) (*url.URL, error) {
	if host, _, _ := strings.Cut(text, "/"); !strings.Contains(text, "://") && strings.Contains(host, ":") {
		text = "http://" + text // host:port, as people type it
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Fragment != "" {
		return nil, Usagef("%s %q: must be an absolute http or https URL", what, text).WithHint("such as http://127.0.0.1:3000/antom/notify")
	}
	return u, nil
}

// EndpointClient makes the client that calls a merchant's server, for so many
// calls at a time.
func (c *CLI) EndpointClient(timeout time.Duration, conns int) (*http.Client, error) {
	transport, err := c.ownTransport()
	if err != nil {
		return nil, err
	}
	transport.MaxIdleConnsPerHost, transport.MaxConnsPerHost = conns, 0
	transport.DisableCompression = true // headers go as they came
	return &http.Client{
		Transport: transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}
