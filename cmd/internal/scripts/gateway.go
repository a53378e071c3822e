package scripts

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// gatewayMode is one way in which a scripted gateway answers. FILE is the body, byte for byte
// except for $ASKED.
type gatewayMode struct {
	name, usage string
	args        int
	make        func(s *scripted, args []string) (http.HandlerFunc, error)
}

// gatewayModes are the modes for `gateway NAME` in a script.
func gatewayModes() []gatewayMode {
	return []gatewayMode{
		{"signed", "FILE", 1, fileMode(signedBy("antom"))},
		{"unsigned", "FILE", 1, fileMode(unsigned)},
		{"wrongkey", "FILE", 1, fileMode(signedBy("other"))},
		{"half", "FILE", 1, fileMode(without("Response-Time"))},
		{"timeonly", "FILE", 1, fileMode(without("Signature"))},
		{"status", "CODE FILE", 2, statusMode},
		{"html", "", 0, plain(answerHTML)},
		{"redirect", "", 0, plain(answerRedirect)},
		{"big", "", 0, plain(answerBig)},
		{"cut", "", 0, plain(answerCut)},
		{"slow", "", 0, plain(answerNever)},
	}
}

// scripted is a gateway with scripted answers.
type scripted struct {
	dir  string // of the script's files
	keys map[string]*sign.PrivateKey
}

// CmdGateway starts a gateway on loopback and sets GATEWAY_URL and ANTOM_GATEWAY_URL to its
// address. In addition to gatewayModes there are
//
//	sequence STEP…   one step per request, the last one repeated; a step is
//	                 FILE (signed) or MODE:FILE, status:CODE:FILE, html:, …
//	unreachable      the address of a port on which nothing listens
//
// Each request is recorded in $WORK/NAME.log and in $WORK/gateway.log: the request line, the
// sorted headers, an empty line, the body and a line end.
func CmdGateway(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: gateway NAME MODE [argument]...")
	}
	var address string
	var err error
	if args[1] == "unreachable" {
		address, err = closedAddress()
	} else {
		address, err = startGateway(ts, args[0], args[1], args[2:])
	}
	ts.Check(err)
	ts.Setenv("GATEWAY_URL", "http://"+address)
	ts.Setenv("ANTOM_GATEWAY_URL", "http://"+address)
}

func startGateway(ts *testscript.TestScript, name, mode string, args []string) (address string, err error) {
	s := &scripted{dir: ts.MkAbs("."), keys: map[string]*sign.PrivateKey{}}
	work := ts.Getenv("WORK")
	for _, owner := range [...]string{"antom", "other"} {
		text, err := os.ReadFile(filepath.Join(work, "keys", owner+".pem"))
		if err != nil {
			return "", err
		}
		if s.keys[owner], err = sign.ParsePrivateKey(text); err != nil {
			return "", err
		}
	}
	answer, err := s.answer(mode, args)
	if err != nil {
		return "", err
	}
	records, err := openRecords(filepath.Join(work, name+".log"), filepath.Join(work, "gateway.log"))
	if err != nil {
		return "", err
	}
	server := httptest.NewUnstartedServer(records.wrap(answer))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports answers that are incomplete on purpose
	server.Start()
	ts.Defer(func() {
		server.CloseClientConnections()
		server.Close()
		records.close()
	})
	return server.Listener.Addr().String(), nil
}

// closedAddress returns the address of a port that was free a moment ago.
func closedAddress() (string, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// answer returns the handler of a mode.
func (s *scripted) answer(name string, args []string) (http.HandlerFunc, error) {
	if name == "sequence" {
		return s.sequence(args)
	}
	for _, mode := range gatewayModes() {
		if mode.name != name {
			continue
		}
		if len(args) != mode.args {
			return nil, fmt.Errorf("usage: gateway NAME %s %s", mode.name, mode.usage)
		}
		return mode.make(s, args)
	}
	return nil, fmt.Errorf("gateway: no such mode: %q", name)
}

func (s *scripted) sequence(steps []string) (http.HandlerFunc, error) {
	if len(steps) == 0 {
		return nil, errors.New("usage: gateway NAME sequence STEP [STEP]")
	}
	var answers []http.HandlerFunc
	for _, step := range steps {
		mode, rest, named := strings.Cut(step, ":")
		if !named {
			mode, rest = "signed", step
		}
		var args []string
		if rest != "" {
			args = strings.Split(rest, ":")
		}
		answer, err := s.answer(mode, args)
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		answers[min(int(asked.Add(1)), len(answers))-1](w, r)
	}, nil
}

// stamp sets the headers of an answer that identify its sender.
type stamp func(s *scripted, header http.Header, r *http.Request, body []byte) error

// fileMode answers with the body of a file and the headers of a stamp.
func fileMode(put stamp) func(*scripted, []string) (http.HandlerFunc, error) {
	return func(s *scripted, args []string) (http.HandlerFunc, error) {
		return s.fileAnswer(args[0], http.StatusOK, put)
	}
}

// asked is replaced in a file by the paymentRequestId of the request, which an answer must
// contain.
const asked = "$ASKED"

// paymentAsked returns the paymentRequestId of a request, whose body wrap has buffered.
func paymentAsked(r *http.Request) string {
	var inquiry struct {
		PaymentRequestID string `json:"paymentRequestId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&inquiry) // empty if the request has none
	return inquiry.PaymentRequestID
}

func statusMode(s *scripted, args []string) (http.HandlerFunc, error) {
	code, err := strconv.Atoi(args[0])
	if err != nil {
		return nil, fmt.Errorf("gateway: %q is not a status", args[0])
	}
	return s.fileAnswer(args[1], code, signedBy("antom"))
}

func (s *scripted) fileAnswer(file string, status int, put stamp) (http.HandlerFunc, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(s.dir, file)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		body := bytes.ReplaceAll(body, []byte(asked), []byte(paymentAsked(r)))
		if err := put(s, w.Header(), r, body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write(body) // the script checks a client that closed the connection
	}, nil
}

func unsigned(*scripted, http.Header, *http.Request, []byte) error { return nil }

// signedBy signs as Antom does, with the named key.
func signedBy(owner string) stamp {
	return func(s *scripted, header http.Header, r *http.Request, body []byte) error {
		return testkit.SignAnswer(header, r, body, s.keys[owner])
	}
}

// without signs as Antom does and then removes one header.
func without(name string) stamp {
	put := signedBy("antom")
	return func(s *scripted, header http.Header, r *http.Request, body []byte) error {
		err := put(s, header, r, body)
		header.Del(name)
		return err
	}
}

func plain(answer http.HandlerFunc) func(*scripted, []string) (http.HandlerFunc, error) {
	return func(*scripted, []string) (http.HandlerFunc, error) { return answer, nil }
}

func answerHTML(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<html><body><h1>Scheduled maintenance</h1></body></html>\n")
}

func answerRedirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
}

// answerBig is a JSON value of 10 MB.
func answerBig(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = fmt.Fprintf(w, `{"padding":%q}`, bytes.Repeat([]byte("x"), 10<<20))
}

// answerCut sends less than its Content-Length and closes the connection.
func answerCut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"result":{"resultStatus":"S"`)
}

// answerNever keeps the client waiting until the client or the script gives up.
func answerNever(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// records records requests for the script to check.
type records struct {
	mu    sync.Mutex
	files []*os.File
}

func openRecords(names ...string) (*records, error) {
	r := &records{}
	for _, name := range names {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			r.close()
			return nil, err
		}
		r.files = append(r.files, file)
	}
	return r, nil
}

func (r *records) close() {
	for _, file := range r.files {
		_ = file.Close() // every write was checked
	}
}

// wrap records a request before it is answered.
func (r *records) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var text bytes.Buffer
		fmt.Fprintf(&text, "%s %s %s\nHost: %s\n", request.Method, request.RequestURI, request.Proto, request.Host)
		_ = request.Header.WriteSubset(&crlfToLF{&text}, nil) // a bytes.Buffer takes everything
		body, err := io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintf(&text, "\n%s\n", body)
		if err := r.write(text.Bytes()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, request)
	})
}

func (r *records) write(text []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, file := range r.files {
		if _, err := file.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// crlfToLF makes header lines easy to match in a script.
type crlfToLF struct{ out io.Writer }

func (w *crlfToLF) Write(p []byte) (int, error) {
	_, err := w.out.Write(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")))
	return len(p), err
}

// CmdCapture accepts one HTTP request on CAPTURE_URL and writes it to a file byte for byte. The
// answer acknowledges a notification; by then the file is complete.
func CmdCapture(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: capture FILE")
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("CAPTURE_URL", "http://"+listener.Addr().String())
	file := ts.MkAbs(args[0])
	done := make(chan error, 1)
	go func() { done <- captureOne(listener, file) }()
	ts.Defer(func() {
		_ = listener.Close() // ends a capture without a request
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) {
			ts.Logf("capture %s: %s", args[0], err) // the file shows what was received
		}
	})
}

func captureOne(listener net.Listener, name string) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(Patience)); err != nil {
		return err
	}
	var verbatim bytes.Buffer
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &verbatim)))
	if err == nil {
		_, err = io.Copy(io.Discard, request.Body)
	}
	if writeErr := os.WriteFile(name, verbatim.Bytes(), 0o600); writeErr != nil {
		return writeErr
	}
	if err != nil {
		return err
	}
	answer := antom.AcknowledgementBody()
	_, err = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(answer), answer)
	return err
}
