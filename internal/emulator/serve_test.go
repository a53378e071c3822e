package emulator_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// rawCall writes bytes on a connection and returns the head and the body of the
// answer as they came.
func rawCall(t testing.TB, connection net.Conn, reader *bufio.Reader, request []byte) (head, body string) {
	t.Helper()
	if _, err := connection.Write(request); err != nil {
		t.Fatal(err)
	}
	return rawAnswer(t, reader)
}

func rawAnswer(t testing.TB, reader *bufio.Reader) (head, body string) {
	t.Helper()
	length := 0
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatalf("read the answer after %q: %s", head, err)
		}
		if line == "\r\n" {
			break
		}
		head += line
		_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(reader, text); err != nil {
		t.Fatal(err)
	}
	return head, string(text)
}

// signedHead are the headers of a signed call, one a line as name and value.
func (s *served) signedHead(op antom.Operation, body []byte) (path string, headers [][2]string) {
	s.t.Helper()
	request, err := s.client.NewRequest(s.t.Context(), op.Endpoint(), body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range [...]string{"Client-Id", "Request-Time", "Signature"} {
		headers = append(headers, [2]string{name, request.Header.Get(name)})
	}
	return request.URL.RequestURI(), headers
}

func (s *served) dial() (net.Conn, *bufio.Reader) {
	s.t.Helper()
	u, err := url.Parse(s.address.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	connection, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", u.Host)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { connection.Close() })
	return connection, bufio.NewReader(connection)
}

// TestServe_spellings speaks HTTP as each of Antom's SDKs does, over a bare
// socket: header lines without a blank (PHP), an absolute target (Python), two
// content types and an empty agent token (Go), and all on one connection.
func TestServe_spellings(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	s.paid("paid", "", automatic)
	body := inquiry("paid")
	connection, reader := s.dial()
	host := strings.TrimPrefix(s.address.URL, "http://")
	for _, spelling := range [...]struct {
		name, target, colon, more string
		lower                     bool
	}{
		{name: "plain", colon: ": ", more: "Content-Type: application/json; charset=UTF-8\r\n"},
		{name: "php", colon: ":", more: "Content-Type:application/json\r\nUser-Agent:global-alipay-sdk-php\r\nAccept: */*\r\n"},
		{name: "python", target: s.address.URL, colon: ": ", more: "Content-type: application/json; charset=UTF-8\r\nAccept: text/plain,text/xml,text/javascript,text/html\r\n"},
		{name: "go", colon: ": ", more: "Content-Type: application/json\r\nContent-Type: application/json; charset=UTF-8\r\nAgent-Token: \r\nKey-Version: 1\r\n"},
		{name: "java", colon: ": ", lower: true, more: "content-type: application/json; charset=UTF-8\r\nAccept: text/plain,text/xml\r\n"},
	} {
		path, headers := s.signedHead(antom.InquiryPayment, body)
		var request bytes.Buffer
		fmt.Fprintf(&request, "POST %s%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n%s", spelling.target, path, host, len(body), spelling.more)
		for _, h := range headers {
			if spelling.lower {
				h[0] = strings.ToLower(h[0])
			}
			fmt.Fprintf(&request, "%s%s%s\r\n", h[0], spelling.colon, h[1])
		}
		request.WriteString("\r\n")
		request.Write(body)
		head, answer := rawCall(t, connection, reader, request.Bytes())
		if !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") || !strings.Contains(answer, `"resultCode":"SUCCESS"`) {
			t.Errorf("%s: %s%s", spelling.name, head, answer)
		}
		for _, want := range [...]string{"\nsignature: algorithm=RSA256,keyVersion=1,signature=", "\nresponse-time: ", "\nclient-id: "} {
			if !strings.Contains(head, want) { // lower case: the Python and PHP SDKs look for exactly that
				t.Errorf("%s: the answer has no %q:\n%s", spelling.name, want, head)
			}
		}
		if strings.Count(strings.ToLower(head), "signature") != 2 { // the name and the third part
			t.Errorf("%s: another header names the signature, which the PHP SDK trips over:\n%s", spelling.name, head)
		}
	}
}

// TestServe_bodyLimit wants a body that is too large refused, and the server
// alive.
func TestServe_bodyLimit(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	body := fmt.Appendf(nil, `{"paymentRequestId":"%s"}`, strings.Repeat("x", 2<<20))
	_, err := s.client.Do(t.Context(), antom.InquiryPayment, body)
	if refused, ok := errors.AsType[*antom.ResultError](err); !ok || refused.Result.ResultCode != "PARAM_ILLEGAL" {
		t.Errorf("2 MB of body: %v", err)
	}
	s.fault("inquiryPayment=latency:1ms")
	if _, err := s.client.Do(t.Context(), antom.InquiryPayment, body); err == nil {
		t.Error("2 MB of body with a fault in place: no error")
	}
	connection, reader := s.dial()
	head, _ := rawCall(t, connection, reader, []byte("GET / HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", 1<<20)+"\r\n\r\n"))
	if !strings.Contains(head, " 431 ") {
		t.Errorf("1 MB of header: %s", head)
	}
	s.paid("alive", "", automatic)
}

// pipeListener hands out the server's ends of pipes, which fake time can wait
// for.
type pipeListener struct {
	ends   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case end := <-l.ends:
		return end, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// TestServe_timeouts wants connections that say nothing, or not enough, closed
// in their time.
func TestServe_timeouts(t *testing.T) {
	t.Parallel()
	dir := stateFolder(t)
	for _, row := range [...]struct {
		name, says string
		least      time.Duration
		most       time.Duration
	}{
		{"half a head", "POST /ams/sandbox/api/v1/payments/capture HTTP/1.1\r\nHost: x\r\n", 9 * time.Second, 11 * time.Second},
		{"no body", "POST /ams/sandbox/api/v1/payments/capture HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n", 9 * time.Second, 40 * time.Second},
		{"idle", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 59 * time.Second, 61 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			gateway, err := emulator.OpenToServe(dir, emulator.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer closeIt(t, gateway)
			server, err := gateway.NewServer(emulator.ServeOptions{Hold: true})
			if err != nil {
				t.Fatal(err)
			}
			listener := &pipeListener{ends: make(chan net.Conn), closed: make(chan struct{})}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- server.Serve(ctx, listener) }()
			ours, theirs := net.Pipe()
			listener.ends <- theirs
			began := time.Now()
			go func() { _, _ = io.WriteString(ours, row.says) }()
			if _, err := io.Copy(io.Discard, ours); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took < row.least || took > row.most {
				t.Errorf("%s: closed after %s, want %s to %s", row.name, took, row.least, row.most)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestServe_idleConnections wants the connections that are kept bounded: of six,
// three are closed and the others go on. Which ones is not looked at, since a
// client may see its answer before the server sees the connection idle.
func TestServe_idleConnections(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true, IdleConnections: 3}, emulator.Options{})
	request := []byte("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	var connections []net.Conn
	ends := make(chan error, 6)
	for range 6 {
		connection, reader := s.dial()
		head, _ := rawCall(t, connection, reader, request)
		if !strings.Contains(head, " 200 ") {
			t.Fatal(head)
		}
		connections = append(connections, connection)
		go func() {
			_, err := reader.ReadByte()
			ends <- err
		}()
	}
	for range 3 {
		if err := <-ends; !errors.Is(err, io.EOF) {
			t.Errorf("a connection too many: %v, want it closed", err)
		}
	}
	for _, connection := range connections {
		_, _ = connection.Write(request) // three of them are closed
	}
	for range 3 {
		if err := <-ends; err != nil {
			t.Errorf("a connection that is kept: %v", err)
		}
	}
}

func TestServe_https(t *testing.T) {
	t.Parallel()
	dir := stateFolder(t)
	gateway, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := gateway.ServerTLS("emulator.test", "10.0.0.7")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(gateway.CACertFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	for _, row := range [...]struct {
		name  string
		roots *x509.CertPool
		ok    bool
	}{
		{"localhost", roots, true}, {"127.0.0.1", roots, true}, {"::1", roots, true}, {"emulator.test", roots, true}, {"10.0.0.7", roots, true},
		{"example.com", roots, false}, {"localhost", x509.NewCertPool(), false},
	} {
		if err := handshake(t, config, &tls.Config{ServerName: row.name, RootCAs: row.roots, MinVersion: tls.VersionTLS12}); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	again, err := gateway.ServerTLS() // another start: the authority stays
	if err != nil {
		t.Fatal(err)
	}
	if err := handshake(t, again, &tls.Config{ServerName: "localhost", RootCAs: roots, MinVersion: tls.VersionTLS12}); err != nil {
		t.Error(err)
	}
	for name, mode := range map[string]os.FileMode{"ca.pem": 0o600, "ca.key.pem": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go func() { _ = tls.Server(a, server).HandshakeContext(t.Context()) }() // its error is the client's too
	return tls.Client(b, client).HandshakeContext(t.Context())
}

// TestServe_callsOverHTTPS sends signed calls through TLS, and meets the faults
// that need the connection itself.
func TestServe_callsOverHTTPS(t *testing.T) {
	t.Parallel()
	s := serveHTTPS(t)
	if !strings.HasPrefix(s.address.URL, "https://127.0.0.1:") {
		t.Fatal(s.address.URL)
	}
	s.paid("paid", "", automatic)
	s.fault("inquiryPayment:2=lost-answer")
	s.fault("inquiryPayment:3=cut-body")
	for i, want := range [...]string{"ok", "dropped", "cut-short", "ok"} {
		if _, err := s.client.Do(t.Context(), antom.InquiryPayment, inquiry("paid")); verdict(err) != want {
			t.Errorf("inquiry %d: %v, want %s", i+1, err, want)
		}
	}
}

// TestServe_twoOnOneFolder wants the second server to say who is there, and a
// note that a killed server left behind to count for nothing.
func TestServe_twoOnOneFolder(t *testing.T) {
	t.Parallel()
	s := serveIt(t, emulator.ServeOptions{Hold: true}, emulator.Options{})
	_, err := emulator.OpenToServe(s.dir, emulator.Options{})
	inUse, ok := errors.AsType[*emulator.InUseError](err)
	if !ok || !strings.Contains(err.Error(), s.address.URL) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || inUse.Hint() == "" {
		t.Errorf("the second server: %v", err)
	}
	remote, err := emulator.Running(t.Context(), s.dir)
	if err != nil || remote == nil || remote.Address.URL != s.address.URL {
		t.Errorf("the running server: %v, %v", remote, err)
	}
	note, err := os.ReadFile(filepath.Join(s.dir, "serve.json"))
	if err != nil {
		t.Fatal(err)
	}
	other := stateFolder(t)
	if err := os.WriteFile(filepath.Join(other, "serve.json"), note, 0o600); err != nil {
		t.Fatal(err)
	}
	if remote, err := emulator.Running(t.Context(), other); remote != nil || err != nil {
		t.Errorf("a note without a server: %v, %v", remote, err)
	}
	third, err := emulator.OpenToServe(other, emulator.Options{}) // holds the lock, and is not the one of the note
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, third)
	s.server.Close()
	if _, err := os.Stat(filepath.Join(s.dir, "serve.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the note of a server that ended: %v", err)
	}
}

// TestServe_manyClients lets 64 clients take a payment each through its steps at
// the same time, over sockets.
func TestServe_manyClients(t *testing.T) {
	t.Parallel()
	s, shop := serveWithShop(t, acknowledge, emulator.Options{})
	var clients sync.WaitGroup
	for n := range 64 {
		clients.Go(func() {
			id := fmt.Sprintf("order-%d", n)
			if _, err := s.client.Do(t.Context(), antom.CreatePaymentSession, sessionBody(id, shop.URL, automatic)); err != nil {
				t.Error(err)
				return
			}
			if _, err := s.gateway.Pay(t.Context(), emulator.PayRequest{PaymentRequestID: id}); err != nil {
				t.Error(err)
			}
			if _, err := s.client.Do(t.Context(), antom.InquiryPayment, inquiry(id)); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	s.advance(time.Minute)
	if got := len(shop.kinds()); got != 128 {
		t.Errorf("%d notifications, want 64 of payments and 64 of captures", got)
	}
}

// TestServe_noGrowth makes 100,000 calls, one in ten on a connection of its own
// that is left open as Antom's Go SDK leaves it, and wants no more goroutines and
// descriptors after them than the cap on idle connections allows. One in ten is
// verified and its answer signed; the others cost no RSA, because 100,000
// signatures take a minute.
func TestServe_noGrowth(t *testing.T) {
	const calls, workers, idle = growthCalls, 8, 16
	s := serveIt(t, emulator.ServeOptions{Hold: true, IdleConnections: idle, Observe: func(emulator.Record) {}}, emulator.Options{})
	s.paid("paid", "", automatic)
	path, headers := s.signedHead(antom.InquiryPayment, inquiry("paid"))
	good := rawInquiry(path, headers, inquiry("paid"))
	bad := bytes.Replace(good, []byte(headers[0][1]), []byte("SANDBOX_5XNOBODY0000001"), 1)
	health := []byte("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	var signed atomic.Int64
	before, files := runtime.NumGoroutine(), openFiles(t)
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			c := &careless{s: s}
			defer c.close()
			for n := range calls / workers {
				request, want := bad, `"CLIENT_INVALID"`
				switch {
				case n%20 == 0 || n%20 == 11: // on a new connection and on one that was kept
					request, want = good, `"SUCCESS"`
					signed.Add(1)
				case n%10 == 5:
					request, want = health, `"ok"`
				}
				if answer, err := c.call(request, n%10 == 0); err != nil || !strings.Contains(answer, want) {
					t.Errorf("call %d: %q, %v", n, answer, err)
					return
				}
			}
		})
	}
	work.Wait()
	if n := signed.Load(); n < calls/10 {
		t.Errorf("%d of %d calls were signed, want one in ten", n, calls)
	}
	eventually(t, func() bool { return runtime.NumGoroutine() <= before+2*idle && openFiles(t) <= files+idle })
}

// careless is a client that leaves connections open.
type careless struct {
	s    *served
	open []net.Conn
	last *bufio.Reader
}

// call calls on the last connection or on a new one; where the server has closed
// the last one in the meantime, on a new one too.
func (c *careless) call(request []byte, fresh bool) (answer string, err error) {
	for range 3 {
		if fresh || c.last == nil {
			connection, err := (&net.Dialer{}).DialContext(c.s.t.Context(), "tcp", strings.TrimPrefix(c.s.address.URL, "http://"))
			if err != nil {
				return "", err
			}
			c.open, c.last = append(c.open, connection), bufio.NewReader(connection)
		}
		if len(c.open) > 20 {
			c.open[0].Close()
			c.open = c.open[1:]
		}
		if answer, err = c.ask(request); err == nil {
			return answer, nil
		}
		fresh = true
	}
	return "", err
}

func (c *careless) ask(request []byte) (string, error) {
	if _, err := c.open[len(c.open)-1].Write(request); err != nil {
		return "", err
	}
	response, err := http.ReadResponse(c.last, nil)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func (c *careless) close() {
	for _, connection := range c.open {
		connection.Close()
	}
}

func rawInquiry(path string, headers [][2]string, body []byte) []byte {
	var request bytes.Buffer
	fmt.Fprintf(&request, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", path, len(body))
	for _, h := range headers {
		fmt.Fprintf(&request, "%s: %s\r\n", h[0], h[1])
	}
	request.WriteString("\r\n")
	request.Write(body)
	return request.Bytes()
}

func openFiles(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // a system that does not tell
	}
	return len(entries)
}

// eventually waits for what becomes true by itself.
func eventually(t testing.TB, isSo func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(10 * time.Second)
	for !isSo() {
		if time.Now().After(deadline) {
			t.Fatalf("still not so after 10 s: %d goroutines, %d files", runtime.NumGoroutine(), openFiles(t))
		}
		<-tick.C
	}
}

// TestServe_ownCertificate serves with a certificate of the user's that is for
// another name than the address: commands on this machine ask for that name.
func TestServe_ownCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile := writeCertificate(t, dir, "shop.test")
	config, err := emulator.LoadTLS(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	s := serveIt(t, emulator.ServeOptions{Hold: true, TLS: config, CACertFile: certFile}, emulator.Options{})
	s.paid("paid", "", automatic)
	if remote, err := emulator.Running(t.Context(), s.dir); err != nil || remote == nil {
		t.Errorf("%v, %v", remote, err)
	}
	if _, err := emulator.LoadTLS(keyFile, certFile); err == nil || !strings.Contains(err.Error(), keyFile) {
		t.Errorf("key and certificate exchanged: %v", err)
	}
}

// writeCertificate makes a certificate that vouches for itself.
func writeCertificate(t *testing.T, dir, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}
