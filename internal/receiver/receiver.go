// Package receiver receives the notifications that Antom sends: it verifies, stores and
// acknowledges each one as Antom requires, and forwards it to the merchant's own server.
//
// An acknowledged notification is never lost, and one that is not genuine or could not be
// stored is never acknowledged. The store is a [Journal] of JSON lines, synced to the disk
// before the answer is sent. The [Forwarder] reads its work from there, so that it continues
// after a restart.
package receiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// HopHeader lists the listeners that have forwarded a notification, one value each, so that a
// loop is detected.
const HopHeader = "X-Antom-Hop"

// Options configures a [Receiver].
type Options struct {
	Key       *sign.PublicKey            // Antom's
	ClientID  string                     // refuses notifications for other clients; "" accepts all
	Target    func(*http.Request) string // the path and query that Antom signed; nil for those of the request
	Hop       string                     // our own value of HopHeader; "" disables loop detection
	BodyLimit int64                      // bytes; 0 for antom.DefaultBodyLimit
	Forward   bool                       // stored records wait to be forwarded
	Journal   *Journal
	Now       func() time.Time
	Notify    func(Event) // called for every event, from several goroutines
}

// Receiver is the endpoint that Antom calls, an [http.Handler].
type Receiver struct{ o Options }

// New returns a receiver that stores into the journal of the options.
func New(o Options) *Receiver {
	if o.BodyLimit == 0 {
		o.BodyLimit = antom.DefaultBodyLimit
	}
	if o.Target == nil {
		o.Target = antom.Target
	}
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	return &Receiver{o}
}

// PublicTarget returns a function that computes the target that Antom signed if the receiver's
// public URL differs from its own, as behind a tunnel: the path of the public URL, with its
// query or else that of the request. A path that ends with a slash is a prefix of the request's
// path.
func PublicTarget(public string) (func(*http.Request) string, error) {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q: must be an absolute http or https URL", public)
	}
	path := u.EscapedPath()
	prefix := path == "" || strings.HasSuffix(path, "/")
	return func(r *http.Request) string {
		own, query, asked := strings.Cut(antom.Target(r), "?")
		target := path
		if prefix {
			target = strings.TrimSuffix(path, "/") + own
		}
		switch {
		case u.RawQuery != "":
			target += "?" + u.RawQuery
		case asked:
			target += "?" + query
		}
		return target
	}, nil
}

// refusal is an answer that Antom does not accept as an acknowledgement: neither its HTTP
// status nor its body reports success.
type refusal struct {
	status int
	code   string
	err    error
}

// ServeHTTP receives one notification.
func (rc *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if serve.Health(w, r, "") {
		return
	}
	record, refused := rc.receive(w, r)
	if refused != nil {
		rc.refuse(w, r, record, refused)
		return
	}
	err := acknowledge(w)
	rc.o.Notify(Event{Type: Received, Time: record.Time, Record: record, Status: http.StatusOK, Err: err})
}

// acknowledge returns after flushing the answer, so that slow observers don't delay it.
func acknowledge(w http.ResponseWriter) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(antom.AcknowledgementBody())))
	if err := antom.Acknowledge(w); err != nil {
		return err
	}
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("acknowledge the notification: %w", err)
	}
	return nil
}

// receive verifies and stores a notification. The record is nil if the request was not read.
func (rc *Receiver) receive(w http.ResponseWriter, r *http.Request) (*Record, *refusal) {
	if r.Method != http.MethodPost {
		return nil, &refusal{http.StatusMethodNotAllowed, "METHOD_NOT_SUPPORTED", fmt.Errorf("method %s: Antom sends notifications by POST", redact.Clip(r.Method, 40))}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rc.o.BodyLimit))
	if err != nil {
		return nil, readRefusal(err)
	}
	record := newRecord(r, rc.o.Target(r), body, rc.o.Now())
	if rc.o.Hop != "" && slices.Contains(r.Header.Values(HopHeader), rc.o.Hop) {
		return record, &refusal{http.StatusLoopDetected, "PARAM_ILLEGAL", errors.New("loop: this listener has already forwarded this notification")}
	}
	if err := rc.verify(r, record.URL, body); err != nil {
		return record, &refusal{http.StatusUnauthorized, "INVALID_SIGNATURE", err}
	}
	if !json.Valid(body) { // genuine, but of no use to a merchant
		return record, &refusal{http.StatusBadRequest, "PARAM_ILLEGAL", errors.New("the body is not JSON")}
	}
	record.Forward = rc.o.Forward
	if err := rc.o.Journal.Append(record); err != nil {
		return record, &refusal{http.StatusServiceUnavailable, "PROCESS_FAIL", &StoreError{err}}
	}
	return record, nil
}

// verify reports why a request is not genuine. Unlike antom.VerifyRequest it does not decode
// the message: a genuine one is accepted whatever it contains.
func (rc *Receiver) verify(r *http.Request, target string, body []byte) error {
	_, err := antom.VerifyMessage(r, target, body, rc.o.Key, rc.o.ClientID)
	return err
}

// readRefusal maps a read error to 413 or 400.
func readRefusal(err error) *refusal {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &refusal{http.StatusRequestEntityTooLarge, "PARAM_ILLEGAL", fmt.Errorf("the body is longer than %d bytes", tooLong.Limit)}
	}
	return &refusal{http.StatusBadRequest, "PARAM_ILLEGAL", fmt.Errorf("read the body: %w", err)}
}

func (rc *Receiver) refuse(w http.ResponseWriter, r *http.Request, record *Record, no *refusal) {
	if no.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	w.Header().Set("Content-Type", antom.ContentType)
	w.WriteHeader(no.status)
	answer, err := json.Marshal(map[string]antom.Result{"result": {ResultStatus: antom.StatusF, ResultCode: no.code, ResultMessage: publicMessage(no.err)}})
	if err == nil {
		_, _ = w.Write(answer) // on a closed connection: Antom will send it again
	}
	if record == nil {
		record = newRecord(r, rc.o.Target(r), nil, rc.o.Now())
	}
	kind := Refused
	if _, ok := errors.AsType[*StoreError](no.err); ok {
		kind = NotStored
	}
	rc.o.Notify(Event{Type: kind, Time: record.Time, Record: record, Status: no.status, Err: no.err})
}

// publicMessage is what the other side may see of an error: nothing about this machine.
func publicMessage(err error) string {
	if _, ok := errors.AsType[*StoreError](err); ok {
		return "not stored"
	}
	return err.Error()
}

// StoreError reports why a genuine notification is not in the journal.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return "store the notification: " + e.Err.Error() }

// Unwrap returns the error of the journal.
func (e *StoreError) Unwrap() error { return e.Err }

// Hint returns what to do about it.
func (e *StoreError) Hint() string {
	return "free some disk space, or make the folder writable; Antom sends unacknowledged notifications again"
}
