// Package endpoint is what commands have in common that call a merchant's server: its URL,
// the client, the error of one that is not there, and what it said.
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

// Error is an endpoint that is not there.
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

// Unwrap returns what the network said.
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

// Client makes the client that calls a merchant's server, for so many
// calls at a time.
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
