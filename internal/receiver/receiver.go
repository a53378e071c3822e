// Package receiver receives the notifications that Antom sends: it verifies each
// one, stores it, acknowledges it as Antom demands and hands it on to the
// merchant's own server.
//
// What was acknowledged is never lost, and what is not genuine or could not be
// stored is never acknowledged. The store is a [Journal] of JSON lines, synced to
// the disk before the answer leaves; the [Forwarder] reads its work from there,
// so that it goes on after a restart where it was.
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

// HopHeader names the listeners that have forwarded a notification, one value
// each, so that one that comes back is not sent round for ever.
const HopHeader = "X-Antom-Hop"

// Options say what a receiver takes and where it puts it.
type Options struct {
	Key       *sign.PublicKey            // Antom's
	ClientID  string                     // refuses notifications for others; "" takes all
	Target    func(*http.Request) string // the path and query that Antom signed; nil for those of the request
	Hop       string                     // our own value of HopHeader; "" does not look for loops
	BodyLimit int64                      // bytes; 0 for antom.DefaultBodyLimit
	Forward   bool                       // what is stored waits to be forwarded
	Journal   *Journal
	Now       func() time.Time
	Notify    func(Event) // told of everything, from several goroutines
}

// Receiver is the endpoint that Antom calls, an [http.Handler].
type Receiver struct{ o Options }

// New makes a receiver that stores into a journal.
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

// PublicTarget returns what Antom signed for a receiver whose public URL is
// another than its own, as behind a tunnel: the path of that URL, and its query
// or else the request's. A path that ends with a slash is a prefix of the
// request's own path.
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

// refusal is an answer that Antom takes for no acknowledgement: neither its HTTP
// status nor its body says that all is well.
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

// acknowledge answers, and returns when the answer has left: whoever is told of
// it may take his time.
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

// receive verifies and stores a notification. The record is nil if the request
// was not read.
func (rc *Receiver) receive(w http.ResponseWriter, r *http.Request) (*Record, *refusal) {
	if r.Method != http.MethodPost {
		return nil, &refusal{http.StatusMethodNotAllowed, "METHOD_NOT_SUPPORTED", fmt.Errorf("method %s: Antom sends notifications by POST", redact.Clip(r.Method, 40))}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rc.o.BodyLimit))
	if err != nil {
		return nil, unread(err)
	}
	record := newRecord(r, rc.o.Target(r), body, rc.o.Now())
	if rc.o.Hop != "" && slices.Contains(r.Header.Values(HopHeader), rc.o.Hop) {
		return record, &refusal{http.StatusLoopDetected, "PARAM_ILLEGAL", errors.New("a loop: this listener has forwarded it before; it is cut here")}
	}
	if err := rc.verify(r, record.URL, body); err != nil {
		return record, &refusal{http.StatusUnauthorized, "INVALID_SIGNATURE", err}
	}
	if !json.Valid(body) { // signed, and still nothing that a merchant could act on
		return record, &refusal{http.StatusBadRequest, "PARAM_ILLEGAL", errors.New("the body is not JSON")}
	}
	record.Forward = rc.o.Forward
	if err := rc.o.Journal.Append(record); err != nil {
		return record, &refusal{http.StatusServiceUnavailable, "PROCESS_FAIL", &StoreError{err}}
	}
	return record, nil
}

// verify says why a request is not genuine. Unlike antom.VerifyRequest it does
// not read the message: a genuine one is taken whatever it says.
func (rc *Receiver) verify(r *http.Request, target string, body []byte) error {
	_, err := antom.VerifyMessage(r, target, body, rc.o.Key, rc.o.ClientID)
	return err
}

// unread tells a body that is too long from one that did not come.
func unread(err error) *refusal {
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
	answer, err := json.Marshal(map[string]antom.Result{"result": {ResultStatus: antom.StatusF, ResultCode: no.code, ResultMessage: answerable(no.err)}})
	if err == nil {
		_, _ = w.Write(answer) // a client that has left will send it again
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

// answerable is what the other side may know of an error: nothing of this
// machine.
func answerable(err error) string {
	if _, ok := errors.AsType[*StoreError](err); ok {
		return "not stored"
	}
	return err.Error()
}

// StoreError says why a genuine notification is not in the journal.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return "store the notification: " + e.Err.Error() }

// Unwrap returns what the file system said.
func (e *StoreError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *StoreError) Hint() string {
	return "make room on the disk, or let it be written; Antom sends what was not acknowledged again"
}
