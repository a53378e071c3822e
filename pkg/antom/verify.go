package antom

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/antom-cli/antom/pkg/sign"
)

// Target returns the path and the query of a request as its sender signed them, even if a
// router such as [http.StripPrefix] has changed the URL. Some clients send an absolute URL; its
// path and query are what was signed.
func Target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	if sent, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return sent.RequestURI()
	}
	return r.URL.RequestURI()
}

// Signed returns the message that a signature covers, and the signature header. target is the
// path with its query; for an answer, that of its request. timeHeader is [HeaderRequestTime],
// or [HeaderResponseTime] for an answer.
//
// Each of the headers must occur once: if there are two values, a proxy, a framework and a
// signature check may each use another one. The error is then a [*sign.Error]. An absent header
// is left empty; [sign.PublicKey.Verify] refuses it.
func Signed(method, target, timeHeader string, headers http.Header, body []byte) (message sign.Message, signature string, err error) {
	for _, name := range [...]string{HeaderSignature, HeaderClientID, timeHeader} {
		values := headers[name]
		if len(values) < 2 {
			continue
		}
		reason := sign.HeaderDoubled
		if name == HeaderSignature {
			reason = sign.SignatureMalformed
		}
		return sign.Message{}, "", sign.NewError(reason, fmt.Sprintf("the message has %d %s headers", len(values), strings.ToLower(name)))
	}
	return sign.Message{
		Method: method, Target: target, ClientID: headers.Get(HeaderClientID), Time: headers.Get(timeHeader), Body: body,
	}, headers.Get(HeaderSignature), nil
}

// DefaultBodyLimit limits the body of a notification: 1 MiB. Antom's are a few kilobytes.
const DefaultBodyLimit = 1 << 20

type verifyOptions struct {
	limit    int64
	target   string
	clientID string
}

// VerifyOption configures [VerifyRequest].
type VerifyOption func(*verifyOptions)

// WithBodyLimit limits the body, in bytes; the default is [DefaultBodyLimit].
func WithBodyLimit(limit int64) VerifyOption { return func(o *verifyOptions) { o.limit = limit } }

// WithTarget sets the path and query that Antom signed, for a server behind a proxy that
// changes them: those of the notify URL.
func WithTarget(target string) VerifyOption { return func(o *verifyOptions) { o.target = target } }

// WithClientID refuses notifications for other clients.
func WithClientID(clientID string) VerifyOption {
	return func(o *verifyOptions) { o.clientID = clientID }
}

// VerifyRequest reads a notification from a request and verifies its signature with Antom's
// public key over the exact bytes of the body. It returns only genuine notifications. A
// notification may be a repetition: check whether it is new to you before you act on it.
//
// The error wraps a [*sign.Error] if the signature is invalid or a signed header occurs twice,
// and a [*http.MaxBytesError] if the body is over the limit.
func VerifyRequest(r *http.Request, antomKey *sign.PublicKey, opts ...VerifyOption) (*Notification, error) {
	if antomKey == nil {
		return nil, errors.New("verify the notification: no public key of Antom")
	}
	options := verifyOptions{limit: DefaultBodyLimit, target: Target(r)}
	for _, opt := range opts {
		opt(&options)
	}
	body, err := readLimited(r.Body, options.limit)
	if err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	header, err := VerifyMessage(r, options.target, body, antomKey, options.clientID)
	if err != nil {
		return nil, fmt.Errorf("verify the notification: %w", err)
	}
	n, err := ParseNotification(body)
	if err != nil {
		return nil, err
	}
	n.ClientID, n.Time, n.KeyVersion = r.Header.Get(HeaderClientID), r.Header.Get(HeaderRequestTime), header.KeyVersion
	return n, nil
}

// VerifyMessage verifies a request or a notification whose body has been read, by the rule of
// [VerifyRequest]. It does not decode the body. target is what was signed; see [Target]. If
// clientID is not empty, the message must be for that client; see [CheckClientID].
func VerifyMessage(r *http.Request, target string, body []byte, key *sign.PublicKey, clientID string) (sign.Header, error) {
	message, signature, err := Signed(r.Method, target, HeaderRequestTime, r.Header, body)
	if err != nil {
		return sign.Header{}, err
	}
	header, err := key.Verify(message, signature)
	if err == nil {
		err = CheckClientID(message.ClientID, clientID)
	}
	return header, err
}

// CheckClientID returns an error if a genuine message is for a client other than want,
// according to the client-id header, which is signed. An empty want accepts any client. Antom
// signs the messages of all its clients with its own keys, so the signature alone does not show
// that a message is yours (INF: no page says whether two clients may share a key). The error is
// a [*sign.Error] with the reason [sign.ClientIDOther].
func CheckClientID(got, want string) error {
	if want == "" || got == want {
		return nil
	}
	err := sign.NewError(sign.ClientIDOther, fmt.Sprintf("%s, not %q", quoteShort(got), want))
	err.Matches = true
	return err
}

func readLimited(body io.ReadCloser, limit int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	return io.ReadAll(http.MaxBytesReader(nil, body, limit))
}
