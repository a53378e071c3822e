// Package endpoint has what commands share that call a merchant's server: reading its URL, the
// client, the error if it can't be reached, and the excerpt of its answer.
package endpoint

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/redact"
)

// LongestSaid limits the excerpt of a body that is not an acknowledgement.
const LongestSaid = 200

// Said returns the beginning of an answer on one line, safe to print. It is empty for binary
// answers, such as compressed ones.
func Said(body []byte) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), 4*LongestSaid)]), "\ufffd")
	if strings.Count(text, "\ufffd") > 2 {
		return ""
	}
	return redact.Clip(strings.Join(strings.Fields(text), " "), LongestSaid)
}

// ItSaid returns the suffix of a message with the endpoint's answer; empty without one.
func ItSaid(answer string) string {
	if answer == "" {
		return ""
	}
	return "; it said: " + answer
}

// Error reports an endpoint that can't be reached.
type Error struct {
	URL string
	Err error
}

func (e Error) Error() string {
	cause := e.Err
	if of, ok := errors.AsType[*url.Error](cause); ok {
		cause = of.Err
	}
	return fmt.Sprintf("send to %s: %s", e.URL, cause)
}

// Unwrap returns the error of the network.
func (e Error) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e Error) Hint() string {
	return "start the endpoint and name it by its whole URL; antom notify listen is one"
}

var _ cli.Hinter = Error{}

// URL reads the URL of a merchant's server.
func URL(what, text string) (*url.URL, error) {
	if host, _, _ := strings.Cut(text, "/"); !strings.Contains(text, "://") && strings.Contains(host, ":") {
		text = "http://" + text // host:port, as people type it
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Fragment != "" {
		return nil, cli.Usagef("%s %q: must be an absolute http or https URL", what, text).WithHint("such as http://127.0.0.1:3000/antom/notify")
	}
	return u, nil
}

// Client returns a client for a merchant's server that keeps conns connections.
func Client(c *cli.CLI, timeout time.Duration, conns int) (*http.Client, error) {
	transport, err := c.OwnTransport()
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
