package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// exchange is one request being checked and answered.
type exchange struct {
	request  *http.Request
	target   string // as received, without an absolute form's scheme and host; query and // kept
	clientID string
	key      *sign.PublicKey // of the client
	body     []byte
	endpoint antom.Endpoint
	now      time.Time // of the transaction that answered it
}

// resultError is an answer other than S.
type resultError struct {
	code    string
	message string
}

func (r *resultError) Error() string { return r.code + ": " + r.message }

func (r *resultError) result() antom.Result { return resultOf(r.code, r.message) }

// unsignedCodes are answered without a signature: in these cases there are no keys that both
// sides are known to have (G24 digital_signature; INF except for the second).
var unsignedCodes = [...]string{"CLIENT_INVALID", "INVALID_SIGNATURE", "KEY_NOT_FOUND"}

// check is one check of the gateway before it does anything.
type check func(*Emulator, *exchange) *resultError

// gatewayCheck is a row of the table of checks.
type gatewayCheck struct {
	code   string // on failure
	on     string
	check  check
	source string
}

// gatewayChecks in their order (INF: Antom documents none).
func gatewayChecks() []gatewayCheck {
	return []gatewayCheck{
		{"METHOD_NOT_SUPPORTED", "another method than POST", checkMethod, "G24"},
		{"MEDIA_TYPE_NOT_ACCEPTABLE", "no Content-Type line is application/json", checkMediaType, "G24"},
		{"NO_INTERFACE_DEF", "a path other than those of the six operations, with or without the sandbox prefix", checkPath, "G24"},
		{"CLIENT_INVALID", "no client-id, or one that is not registered", checkClient, "G24"},
		{"KEY_NOT_FOUND", "a client id that is registered without a public key", checkKey, "G24"},
		{"PARAM_ILLEGAL", "a header or the body breaks its limits: no request-time, an agent-token over 128 characters, a body over 1 MiB", checkEnvelope, "G24, INF"},
		{"INVALID_SIGNATURE", "the signature does not match", checkSignature, "G24"},
		{"PARAM_ILLEGAL", "the body is not a JSON object or a field breaks a documented rule; the message names the field", checkFields, "G24"},
	}
}

// Limits of a request: that of the body is INF, that of the token is documented (G24).
const (
	largestRequest    = 1 << 20
	longestAgentToken = 128
)

func checkMethod(_ *Emulator, x *exchange) *resultError {
	if x.request.Method != http.MethodPost {
		return &resultError{"METHOD_NOT_SUPPORTED", fmt.Sprintf("method %s is not supported, use POST", shorten(x.request.Method))}
	}
	return nil
}

// checkMediaType accepts any of several Content-Type lines: the Go SDK sends two.
func checkMediaType(_ *Emulator, x *exchange) *resultError {
	for _, value := range x.request.Header.Values("Content-Type") {
		if media, _, err := mime.ParseMediaType(value); err == nil && media == "application/json" {
			return nil
		}
	}
	return &resultError{"MEDIA_TYPE_NOT_ACCEPTABLE", "content-type must be application/json"}
}

// checkPath accepts both prefixes from every client; a sandbox client that calls the
// production path only gets a log line (C5).
func checkPath(e *Emulator, x *exchange) *resultError {
	path, _, _ := strings.Cut(x.target, "?")
	for _, row := range antom.Endpoints() {
		if _, built := lookupOperation(row.Operation); built && (path == row.Path || path == antom.SandboxPath(row.Path)) {
			x.endpoint = row
			if path == row.Path && antom.IsSandboxID(x.clientID) {
				e.logger.Warn("a sandbox client calls the path of production", "path", path, "sandbox_path", antom.SandboxPath(path))
			}
			return nil
		}
	}
	return &resultError{"NO_INTERFACE_DEF", fmt.Sprintf("no API at %s%s", shorten(path), surplus(path))}
}

// surplus describes what a client's gateway URL has after the host: Antom's SDKs append the
// path without joining, so even a trailing slash breaks it.
func surplus(path string) string {
	for _, row := range antom.Endpoints() {
		for _, known := range [...]string{row.Path, antom.SandboxPath(row.Path)} {
			if before, is := strings.CutSuffix(path, known); is && before != "" {
				return fmt.Sprintf(": the gateway URL must end with its host, not with %s", shorten(before))
			}
		}
	}
	return ""
}

func checkClient(e *Emulator, x *exchange) *resultError {
	if x.clientID == "" {
		return &resultError{"CLIENT_INVALID", "header client-id is missing"}
	}
	if _, known := e.merchant(x.clientID); !known {
		return &resultError{"CLIENT_INVALID", fmt.Sprintf("client %s is unknown here; the emulator's is %s", shorten(x.clientID), clientID)}
	}
	return nil
}

func checkKey(e *Emulator, x *exchange) *resultError {
	merchant, _ := e.merchant(x.clientID) // found by checkClient
	if merchant.OwnKey {
		own, err := e.keys.merchant()
		if err != nil {
			return &resultError{"SYSTEM_ERROR", err.Error()}
		}
		merchant.Key = own.Public()
	}
	if merchant.Key == nil {
		return &resultError{"KEY_NOT_FOUND", fmt.Sprintf("client %s is registered without a public key", shorten(x.clientID))}
	}
	x.key = merchant.Key
	return nil
}

// merchant finds a client by its id.
func (e *Emulator) merchant(id string) (m Merchant, known bool) {
	for _, m := range e.merchants {
		if m.ClientID == id {
			return m, true
		}
	}
	return Merchant{ClientID: id, OwnKey: true}, id == clientID
}

// checkEnvelope reads the body and checks the headers other than the signature. Every time
// format that SDKs send is accepted, since they sign what they send.
func checkEnvelope(_ *Emulator, x *exchange) *resultError {
	if err := sign.CheckTime(x.request.Header.Get(antom.HeaderRequestTime)); err != nil {
		return &resultError{"PARAM_ILLEGAL", "header request-time: " + err.Error()}
	}
	if n := utf8.RuneCountInString(x.request.Header.Get(antom.HeaderAgentToken)); n > longestAgentToken {
		return &resultError{"PARAM_ILLEGAL", fmt.Sprintf("header agent-token: has %d characters, at most %d are allowed", n, longestAgentToken)}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, x.request.Body, largestRequest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &resultError{"PARAM_ILLEGAL", fmt.Sprintf("the body is over %d bytes", largestRequest)}
	}
	if err != nil {
		return &resultError{"PARAM_ILLEGAL", "the body could not be read: " + err.Error()}
	}
	x.body = body
	return nil
}

func checkSignature(_ *Emulator, x *exchange) *resultError {
	if _, err := antom.VerifyMessage(x.request, x.target, x.body, x.key, ""); err != nil {
		return &resultError{"INVALID_SIGNATURE", err.Error()}
	}
	return nil
}

// checkFields refuses requests that break a documented rule; a broken inferred rule is only
// logged.
func checkFields(e *Emulator, x *exchange) *resultError {
	findings, err := rules.Check(x.endpoint.Operation, x.body)
	if err != nil {
		return &resultError{"PARAM_ILLEGAL", err.Error()}
	}
	var broken []string
	for _, finding := range findings {
		if finding.Level == rules.Documented {
			broken = append(broken, finding.Message)
			continue
		}
		e.logger.Warn("a field breaks an inferred rule", "op", x.endpoint.Operation, "field", finding.Path, "rule", finding.Rule, "hint", finding.Hint)
	}
	if len(broken) > 0 {
		return &resultError{"PARAM_ILLEGAL", strings.Join(broken, "; ")}
	}
	return nil
}

// ServeHTTP answers a call: always with HTTP 200, as Antom does.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, refused := e.examine(r)
	e.respond(w, x, refused)
}

// examine applies the gateway's own checks to a call, and changes nothing.
func (e *Emulator) examine(r *http.Request) (*exchange, *resultError) {
	x := &exchange{request: r, target: antom.Target(r), clientID: r.Header.Get(antom.HeaderClientID)}
	for _, row := range gatewayChecks() {
		if refused := row.check(e, x); refused != nil {
			return x, refused
		}
	}
	return x, nil
}

// respond carries out an examined call, and answers it.
func (e *Emulator) respond(w http.ResponseWriter, x *exchange, refused *resultError) {
	answer, err := e.carryOut(x, refused)
	if err == nil {
		e.reply(w, x, answer, true)
		return
	}
	var isRefusal bool
	refused, isRefusal = errors.AsType[*resultError](err)
	switch {
	case !isRefusal:
		e.logger.Error("emulator", "op", x.endpoint.Operation, "error", err)
		text := err.Error()
		if damaged, ok := errors.AsType[*DamagedError](err); ok {
			text += ": " + damaged.Hint()
		}
		refused, x.now = &resultError{"SYSTEM_ERROR", text}, e.now() // reading the time from the state may fail for the same reason
	case x.now.IsZero():
		x.now = e.timeOr(x.request.Context(), e.now())
	}
	e.reply(w, x, errorAnswer{refused.result()}, e.signAll || e.signs(x, refused))
}

// signs reports whether a resultError is signed: not if the client is unknown or has no key,
// whichever check came first.
func (e *Emulator) signs(x *exchange, refused *resultError) bool {
	m, known := e.merchant(x.clientID)
	return known && (m.OwnKey || m.Key != nil) && !slices.Contains(unsignedCodes[:], refused.code)
}

// errorAnswer is the whole body of an answer other than S.
type errorAnswer struct {
	Result antom.Result `json:"result"`
}

// timeOr is the emulator's time, or fallback if the state can't be read.
func (e *Emulator) timeOr(ctx context.Context, other time.Time) time.Time {
	if now, err := e.Time(context.WithoutCancel(ctx)); err == nil {
		return now
	}
	return other
}

// longestMessage is the documented length of resultMessage.
const longestMessage = 256

func (e *Emulator) carryOut(x *exchange, refused *resultError) (any, error) {
	if refused != nil {
		return nil, refused
	}
	row, _ := lookupOperation(x.endpoint.Operation) // found by checkPath
	return row.do(e, x)
}

// reply signs and writes an answer. The header names are sent in lower case: the Python and
// PHP SDKs look for exactly those.
func (e *Emulator) reply(w http.ResponseWriter, x *exchange, answer any, signed bool) {
	body, err := encode(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header["Content-Type"] = []string{antom.ContentType}
	header.Set("Content-Length", strconv.Itoa(len(body))) // without a length, long answers would be chunked and short ones not
	if x.clientID != "" && !strings.ContainsAny(x.clientID, "\r\n") {
		header["client-id"] = []string{x.clientID}
	}
	if signed {
		at := string(wireTime(x.now))
		signature, err := e.sign(sign.Message{Method: x.request.Method, Target: x.target, ClientID: x.clientID, Time: at, Body: body})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		header["response-time"], header["signature"] = []string{at}, []string{signature}
	}
	_, _ = w.Write(body) // nobody to answer: the client has left
}

// sign signs a message as Antom does.
func (e *Emulator) sign(m sign.Message) (string, error) {
	key, err := e.keys.antom()
	if err != nil {
		return "", err
	}
	return key.Sign(m, keyVersion)
}

// encode writes JSON as Antom does: & and < are not escaped.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// shorten shortens a request's text for a message.
func shorten(s string) string { return redact.Clip(s, 64) }
