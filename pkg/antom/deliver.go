package antom

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// AcknowledgementLimit limits an endpoint's answer, in bytes after decompression: a longer one
// is not an acknowledgement, whatever it begins with. An acknowledgement has about 80 bytes.
// Antom's pages name no limit (INF).
const AcknowledgementLimit = 64 << 10

// Answer is an endpoint's answer to a notification.
type Answer struct {
	// Status is the HTTP status; 0 if there was no answer.
	Status int
	// Body is the decompressed beginning of the answer: at most [AcknowledgementLimit] bytes.
	Body []byte
	// Refused is the reason why Antom would send the notification again. It is nil if the
	// answer is an acknowledgement, or if there was no complete answer.
	Refused error
	// Lost is the reason why there was no complete answer: the endpoint was not reached, or
	// closed the connection. It wraps the network error.
	Lost error
}

// Acknowledged reports whether Antom would accept the answer as an acknowledgement.
func (a *Answer) Acknowledged() bool { return a.Refused == nil && a.Lost == nil }

// Err returns the reason why Antom would send the notification again, or nil if it would not.
func (a *Answer) Err() error {
	if a.Lost != nil {
		return a.Lost
	}
	return a.Refused
}

// Deliver sends a notification made by [NewNotificationRequest] and checks the endpoint's
// answer as Antom does; see [CheckAcknowledgement]. The client must not follow redirects: Antom
// does not (INF), and the signature covers one path.
func Deliver(client *http.Client, request *http.Request) Answer {
	response, err := client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the caller knows the URL
		}
		return Answer{Lost: err}
	}
	defer response.Body.Close()
	return ReadAnswer(response)
}

// ReadAnswer reads and checks an endpoint's answer, which may be compressed with gzip. It does
// not close the body.
func ReadAnswer(r *http.Response) Answer {
	a := Answer{Status: r.StatusCode}
	wire := &watchedBody{in: r.Body}
	var in io.Reader = wire
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			a.Refused, a.Lost = fmt.Errorf("the body is not valid gzip: %w", err), wire.broken
			return a
		}
		in = unpacked
	}
	body, err := io.ReadAll(io.LimitReader(in, AcknowledgementLimit+1))
	a.Body = body[:min(len(body), AcknowledgementLimit)]
	switch {
	case wire.broken != nil:
		a.Lost = wire.broken
	case err != nil && r.StatusCode == http.StatusOK:
		a.Refused = fmt.Errorf("read the body: %w", err)
	case len(body) > AcknowledgementLimit:
		a.Refused = fmt.Errorf("the body is longer than %d KiB", AcknowledgementLimit>>10)
	default:
		a.Refused = CheckAcknowledgement(r.StatusCode, body)
	}
	return a
}

// CheckAnswer returns nil if Antom would accept an endpoint's HTTP response as an
// acknowledgement, else the reason why it would send the notification again. It reads the body
// as [ReadAnswer] does.
func CheckAnswer(r *http.Response) error {
	answer := ReadAnswer(r)
	return answer.Err()
}

// watchedBody records the network error of a connection, which a decompressor may hide.
type watchedBody struct {
	in     io.Reader
	broken error
}

// Read reads from the connection.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.broken = fmt.Errorf("it closed the connection before the end of its answer: %w", err)
	}
	return n, err
}

// AcknowledgementBody returns the body that Antom expects (J24). It is not signed.
func AcknowledgementBody() []byte {
	return []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
}

// Acknowledge answers a notification, so that Antom does not send it again. Call it only after
// the notification was verified and stored.
func Acknowledge(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", ContentType)
	if _, err := w.Write(AcknowledgementBody()); err != nil {
		return fmt.Errorf("acknowledge the notification: %w", err)
	}
	return nil
}

// CheckAcknowledgement returns nil if Antom would accept an endpoint's answer as an
// acknowledgement, else the reason why it would send the notification again. Only resultCode
// and resultStatus of the body count: Antom's own pages write the message in two ways.
// Requiring the status 200 is our reading: all of Antom's samples have it.
func CheckAcknowledgement(status int, body []byte) error {
	var answer struct {
		Result *struct {
			ResultStatus ResultStatus `json:"resultStatus"`
			ResultCode   string       `json:"resultCode"`
		} `json:"result"`
	}
	err := json.Unmarshal(body, &answer)
	switch text := bytes.TrimSpace(body); {
	case status != http.StatusOK:
		return fmt.Errorf("HTTP status %d, want 200", status)
	case len(text) == 0:
		return errors.New("the body is empty")
	case !json.Valid(text):
		return errors.New("the body is not JSON")
	case err != nil:
		return fmt.Errorf("the body does not have the form of an acknowledgement: %w", err)
	case answer.Result == nil:
		return errors.New("result missing")
	case answer.Result.ResultStatus == "":
		return errors.New("resultStatus missing")
	case answer.Result.ResultStatus != StatusS:
		return fmt.Errorf("resultStatus is %q, want %q", answer.Result.ResultStatus, StatusS)
	case answer.Result.ResultCode == "":
		return errors.New("resultCode missing")
	case answer.Result.ResultCode != CodeSuccess:
		return fmt.Errorf("resultCode is %q, want %q", answer.Result.ResultCode, CodeSuccess)
	}
	return nil
}

// NewNotificationRequest returns the signed request that delivers a notification to an
// endpoint, as Antom does. It is for test gateways: a notification signed with a key other than
// Antom's is not genuine. Its time is ISO 8601 (INF: Antom's pages show no other form).
func NewNotificationRequest(ctx context.Context, endpoint, clientID string, key *sign.PrivateKey, body []byte) (*http.Request, error) {
	if key == nil {
		return nil, errors.New("sign the notification: no private key")
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("notify URL %q: must be an absolute http or https URL", endpoint)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the notification: %w", err)
	}
	message := sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: clientID, Time: time.Now().UTC().Format(time.RFC3339), Body: body,
	}
	signature, err := key.Sign(message, defaultKeyVersion)
	if err != nil {
		return nil, fmt.Errorf("sign the notification: %w", err)
	}
	r.Header = http.Header{
		HeaderClientID: {clientID}, HeaderRequestTime: {message.Time}, HeaderSignature: {signature}, "Content-Type": {ContentType},
	}
	return r, nil
}
