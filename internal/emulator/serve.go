package emulator

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/serve"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Limits of a server.
const (
	headerTimeout   = 10 * time.Second // for the request header
	readTimeout     = 30 * time.Second // for a whole request: as long as Antom's SDKs wait
	idleTimeout     = 60 * time.Second // of a connection between two calls
	idleConnections = 256              // above that, the connection idle for longest is closed
	largestHeader   = 64 << 10
	settleTimeout   = 15 * time.Second // how long an answer waits for notifications
)

// ServeOptions say how an emulator is served.
type ServeOptions struct {
	TLS             *tls.Config       // https; nil for http
	PublicURL       string            // the address for others, without a trailing slash; empty: the server's own
	CACertFile      string            // for clients to trust, written to the address file
	Hold            bool              // leave notifications in the queue
	Resend          Resend            // how often an unacknowledged notification is sent
	Faults          []Fault           // active from the start
	Observe         func(Record)      // receives every exchange and delivery; may be nil
	NotifyRoots     *x509.CertPool    // trusted for https notifications; nil for the system's
	NotifyTimeout   time.Duration     // of one attempt; 0 for DefaultNotifyTimeout
	IdleTimeout     time.Duration     // of a connection; 0 for a minute
	IdleConnections int               // how many are kept open between calls; 0 for 256
	HTTPErrors      func(line string) // receives errors of connections; may be nil

	// Browser makes the browser side, which answers the paths that BrowserOwns reports.
	Browser     func(*Server) http.Handler
	BrowserOwns func(path string) bool
}

// Server serves an emulator over HTTP, and sends its notifications.
type Server struct {
	emulator *Emulator
	options  ServeOptions
	faults   faults
	sender   *sender
	token    string
	address  Address
	rotated  func() (*sign.PrivateKey, error)
	changes  changes
	ending   chan struct{}
	end      func() // closes ending

	moving sync.Mutex // held while the clock is read and moved in several steps

	lateMu       sync.Mutex
	lateFailures map[string]string // idempotency key of a call → code for its repeats
}

// OpenToServe opens the emulator whose state is in dir, and holds the state until Close. If
// another process has the state, the error is an [*InUseError].
func OpenToServe(dir string, options Options) (*Emulator, error) {
	options.Hold = true
	e, err := Open(dir, options)
	if _, held := errors.AsType[*Refusal](err); held {
		return nil, inUse(dir)
	}
	return e, err
}

// NewServer makes the server of an emulator opened with [OpenToServe].
func (e *Emulator) NewServer(options ServeOptions) (*Server, error) {
	token, err := e.token()
	if err != nil {
		return nil, err
	}
	s := &Server{
		emulator: e, options: options, token: token, lateFailures: map[string]string{}, ending: make(chan struct{}),
		address: Address{PID: os.Getpid(), Instance: rand.Text(), CACert: options.CACertFile, Name: serverName(options.TLS), Started: e.now().UTC()},
	}
	s.rotated = sync.OnceValues(func() (*sign.PrivateKey, error) { return loadKey(filepath.Join(e.dir, rotatedKeyFile)) })
	s.end = sync.OnceFunc(func() { close(s.ending) })
	s.sender = newSender(s)
	for _, f := range options.Faults {
		if _, err := s.AddFault(f); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close removes the address file.
func (s *Server) Close() { s.address.withdraw(s.emulator.dir) }

// Publish writes a listener's address to a file beside the state, for the profile "emulator"
// of other processes, and returns it.
func (s *Server) Publish(listener net.Listener) (Address, error) {
	s.address.URL = serve.URL(listener.Addr(), s.options.TLS != nil)
	s.emulator.store.web = cmp.Or(s.options.PublicURL, s.address.URL) // nothing is answered yet
	return s.address, s.address.publish(s.emulator.dir)
}

// Serve answers calls and sends notifications until ctx ends, then lets running calls finish.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &serve.Server{Handler: s.Handler(), Limits: s.limits(), TLS: s.options.TLS, Log: s.options.HTTPErrors}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(s.emulator.keys.wait) // keys still being made; calls that need one wait
	group.Go(func() error { return s.sender.run(ctx) })
	group.Go(func() error { return server.Serve(ctx, listener) })
	group.Go(func() error {
		<-ctx.Done()
		s.end()
		return nil
	})
	return group.Wait()
}

// limits sets the limits of connections. Idle ones are limited because Antom's Go SDK opens a
// connection per call and never closes it: otherwise the server would run out of descriptors
// before they time out.
func (s *Server) limits() serve.Limits {
	return serve.Limits{
		Header: headerTimeout, Read: readTimeout, HeaderBytes: largestHeader,
		Idle: cmp.Or(s.options.IdleTimeout, idleTimeout), IdleConnections: cmp.Or(s.options.IdleConnections, idleConnections),
	}
}

// Handler is the whole server: the gateway and the control API.
func (s *Server) Handler() http.Handler {
	control := s.controlHandler()
	var pages http.Handler
	if s.options.Browser != nil {
		pages = s.options.Browser(s)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case serve.Health(w, r, s.address.Instance):
		case strings.HasPrefix(r.URL.Path, controlPath):
			control.ServeHTTP(w, r)
		case pages != nil && s.options.BrowserOwns(r.URL.Path):
			pages.ServeHTTP(w, r)
		case isBuyerPage(r):
			s.buyerPage(w, r)
		default:
			s.gateway(w, r)
		}
	})
}

// gateway answers a call of the API, with its faults.
func (s *Server) gateway(w http.ResponseWriter, r *http.Request) {
	seen := &observedWriter{ResponseWriter: w, keep: s.options.Observe != nil}
	if seen.keep {
		r.Body = &copiedBody{ReadCloser: r.Body, into: &seen.requestBody}
	}
	start := s.emulator.now()
	op := operationAt(antom.Target(r))
	met := s.answer(seen, r, op)
	s.sender.wake()
	if s.options.Observe != nil {
		s.options.Observe(s.exchangeRecord(seen, r, op, met, s.emulator.now().Sub(start)))
	}
}

// answer answers a call and returns its faults. A call of no known operation has none.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, op antom.Operation) (met []Fault) {
	if op == "" || (!s.faults.any() && !s.hasLateFailures()) {
		s.emulator.ServeHTTP(w, r)
		return nil
	}
	x := &faultyCall{server: s, w: w, op: op, answer: recorder{header: http.Header{}}}
	x.exchange, x.refused = s.emulator.examine(r)
	if x.refused == nil && x.refuseRepeat() {
		return nil
	}
	var taken aspect
	if x.refused != nil || len(op.Endpoint().Names) == 0 {
		taken = theSubject
	}
	if x.refused != nil && !s.emulator.signAll && !s.emulator.signs(x.exchange, x.refused) {
		taken |= theSignature | theTime
	}
	met = s.faults.inject(string(op), x.refused == nil, taken)
	x.carryOut(met)
	return met
}

// operationAt is the operation of a request's target; empty if there is none.
func operationAt(target string) antom.Operation {
	path, _, _ := strings.Cut(target, "?")
	for _, row := range antom.Endpoints() {
		if path == row.Path || path == antom.SandboxPath(row.Path) {
			return row.Operation
		}
	}
	return ""
}

// Record is what an observer receives: an exchange or a delivery, when it is over.
type Record struct {
	Type           string           `json:"type"` // exchange or delivery
	Time           time.Time        `json:"time"`
	EmulatorTime   time.Time        `json:"emulatorTime"` // differs from Time on a virtual clock
	ClientID       string           `json:"clientId,omitempty"`
	Operation      string           `json:"operation,omitempty"` // of an exchange
	Method         string           `json:"method,omitempty"`
	Path           string           `json:"path,omitempty"`
	NotifyType     antom.NotifyType `json:"notifyType,omitempty"` // of a delivery
	NotificationID string           `json:"notificationId,omitempty"`
	URL            string           `json:"url,omitempty"`
	Attempt        int              `json:"attempt,omitempty"`
	recordIDs
	HTTPStatus    int      `json:"httpStatus,omitempty"` // 0 if there was no answer
	ResultStatus  string   `json:"resultStatus,omitempty"`
	ResultCode    string   `json:"resultCode,omitempty"`
	ResultMessage string   `json:"resultMessage,omitempty"`
	Acknowledged  *bool    `json:"acknowledged,omitempty"` // of a delivery
	Verdict       string   `json:"verdict,omitempty"`
	Faults        []string `json:"faults,omitempty"`
	TookMS        float64  `json:"tookMs"`
}

// recordIDs are the ids in a call or notification.
type recordIDs struct {
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	CaptureRequestID string `json:"captureRequestId,omitempty"`
	RefundRequestID  string `json:"refundRequestId,omitempty"`
}

// addIDs takes the ids from a body; ids missing there keep their values.
func (r *Record) addIDs(body []byte) {
	known := r.recordIDs
	if json.Unmarshal(body, &r.recordIDs) != nil {
		r.recordIDs = known // ignore a body that can't be parsed
	}
}

func (s *Server) exchangeRecord(seen *observedWriter, r *http.Request, op antom.Operation, met []Fault, took time.Duration) Record {
	now := s.emulator.now().UTC()
	record := Record{
		Type: "exchange", Time: now, EmulatorTime: s.emulator.timeOr(r.Context(), now).UTC(), Operation: string(op), ClientID: redact.Clip(r.Header.Get(antom.HeaderClientID), longestExcerpt), Method: r.Method, Path: redact.Clip(antom.Target(r), longestExcerpt),
		HTTPStatus: seen.status, Faults: kindsOf(met), TookMS: milliseconds(took),
	}
	record.addIDs(seen.requestBody.Bytes())
	record.addIDs(seen.body.Bytes())
	var answer struct {
		Result antom.Result `json:"result"`
	}
	if json.Unmarshal(seen.body.Bytes(), &answer) == nil {
		record.ResultStatus, record.ResultCode = string(answer.Result.ResultStatus), answer.Result.ResultCode
		if answer.Result.ResultStatus != antom.StatusS {
			record.ResultMessage = answer.Result.ResultMessage
		}
	}
	return record
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// observedWriter keeps a copy of the answer for the observer.
type observedWriter struct {
	http.ResponseWriter
	keep        bool
	status      int
	requestBody bytes.Buffer
	body        bytes.Buffer
}

// copiedBody copies a body while it is read.
type copiedBody struct {
	io.ReadCloser
	into *bytes.Buffer
}

func (o *copiedBody) Read(b []byte) (int, error) {
	n, err := o.ReadCloser.Read(b)
	o.into.Write(b[:n])
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *observedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *observedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *observedWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.keep {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// ClientTransport sends requests to the server and trusts its certificate.
func (s *Server) ClientTransport() (*http.Transport, error) {
	remote, err := newRemote(s.emulator.dir, s.address)
	if err != nil {
		return nil, err
	}
	return remote.transport, nil
}

// ClearFaults removes the faults with these ids, or all, and returns them. Repeats of calls
// that failed late are then no longer refused.
func (s *Server) ClearFaults(ids ...int) []Fault {
	gone := s.faults.clear(ids...)
	if slices.ContainsFunc(gone, func(f Fault) bool { return f.Kind == "late-failure" }) {
		s.clearLateFailures()
	}
	return gone
}

// clearLateFailures lets the repeats of calls that failed late succeed.
func (s *Server) clearLateFailures() {
	s.lateMu.Lock()
	defer s.lateMu.Unlock()
	clear(s.lateFailures)
}

// AdvanceClock moves the clock; notifications that become due are sent.
func (s *Server) AdvanceClock(ctx context.Context, by time.Duration) error {
	_, err := s.advanceClock(ctx, by)
	return err
}

// Settle waits until every due notification has been tried.
func (s *Server) Settle(ctx context.Context) error {
	if s.options.Hold {
		return nil
	}
	return s.sender.settle(ctx)
}

// AddFault adds a fault.
func (s *Server) AddFault(f Fault) (Fault, error) {
	if err := f.check(f.String()); err != nil {
		return Fault{}, err
	}
	if f.Kind == "key-rotation" {
		if _, err := s.rotatedKey(); err != nil { // made now, so that no call waits for it
			return Fault{}, err
		}
	}
	return s.faults.add(f), nil
}

// The key with which Antom signs after a rotation.
const (
	rotatedKeyFile = "antom-2.pem"
	rotatedVersion = 2
)

// RotatedKey is the public key for verifying answers after a key-rotation fault; nil if there
// was none.
func (e *Emulator) RotatedKey() (*sign.PublicKey, error) {
	path := filepath.Join(e.dir, rotatedKeyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	key, err := loadKey(path)
	if err != nil {
		return nil, err
	}
	return key.Public(), nil
}

func (s *Server) rotatedKey() (*sign.PrivateKey, error) { return s.rotated() }

func (s *Server) failRepeats(identity, code string) {
	s.lateMu.Lock()
	defer s.lateMu.Unlock()
	s.lateFailures[identity] = code
}

func (s *Server) failureOf(identity string) (code string, yes bool) {
	s.lateMu.Lock()
	defer s.lateMu.Unlock()
	code, yes = s.lateFailures[identity]
	return code, yes
}

func (s *Server) hasLateFailures() bool {
	s.lateMu.Lock()
	defer s.lateMu.Unlock()
	return len(s.lateFailures) > 0
}
