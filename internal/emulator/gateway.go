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

// exchange is one request on its way through the checks.
type exchange struct {
	request  *http.Request
	target   string // as received: absolute form reduced, query and // kept
	clientID string
	key      *sign.PublicKey // of the client
	body     []byte
	endpoint antom.Endpoint
	now      time.Time // of the transaction that answered it
}

// refusal is an answer other than S.
type refusal struct {
	code    string
	message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func (r *refusal) result() antom.Result { return resultOf(r.code, r.message) }

// unsignedCodes are answered without a signature: there is no pair of keys that
// both sides are known to have (G24 digital_signature; INF but for the second).
var unsignedCodes = [...]string{"CLIENT_INVALID", "INVALID_SIGNATURE", "KEY_NOT_FOUND"}

// check is one thing that the gateway looks at before it does anything.
type check func(*Emulator, *exchange) *refusal

// gatewayCheck is a row of the table of checks.
type gatewayCheck struct {
	code   string // that it refuses with
	on     string
	check  check
	source string
}

// gatewayChecks in their order (INF: Antom documents none).
func gatewayChecks() []gatewayCheck {
	return []gatewayCheck{
		{"METHOD_NOT_SUPPORTED", "another method than POST", checkMethod, "G24"},
		{"MEDIA_TYPE_NOT_ACCEPTABLE", "no Content-Type line says application/json", checkMediaType, "G24"},
		{"NO_INTERFACE_DEF", "a path that is none of the six operations', with or without the sandbox prefix", checkPath, "G24"},
		{"CLIENT_INVALID", "no client-id, or one that is not registered", checkClient, "G24"},
		{"KEY_NOT_FOUND", "a client id that is registered without a public key", checkKey, "G24"},
		{"PARAM_ILLEGAL", "a header or the body breaks its limits: no request-time, an agent-token over 128 characters, a body over 1 MiB", checkEnvelope, "G24, INF"},
		{"INVALID_SIGNATURE", "the signature does not hold", checkSignature, "G24"},
		{"PARAM_ILLEGAL", "the body is no JSON object or a field breaks a documented rule; the message names the field", checkFields, "G24"},
	}
}

// Limits of a request: the body's is INF, the token's is documented (G24).
const (
	largestRequest    = 1 << 20
	longestAgentToken = 128
)

func checkMethod(_ *Emulator, x *exchange) *refusal {
	if x.request.Method != http.MethodPost {
		return &refusal{"METHOD_NOT_SUPPORTED", fmt.Sprintf("method %s is not supported, use POST", shorten(x.request.Method))}
	}
	return nil
}

// checkMediaType takes any of several Content-Type lines: the Go SDK sends two.
func checkMediaType(_ *Emulator, x *exchange) *refusal {
	for _, value := range x.request.Header.Values("Content-Type") {
		if media, _, err := mime.ParseMediaType(value); err == nil && media == "application/json" {
			return nil
		}
	}
	return &refusal{"MEDIA_TYPE_NOT_ACCEPTABLE", "content-type must be application/json"}
}

// checkPath takes both prefixes from every client; that a client of the sandbox
// calls the path of production is only remarked on (C5).
func checkPath(e *Emulator, x *exchange) *refusal {
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
	return &refusal{"NO_INTERFACE_DEF", fmt.Sprintf("no API at %s%s", shorten(path), surplus(path))}
}

// surplus says what a client's gateway URL has too much: Antom's SDKs put the
// path behind it as it is, a slash at its end included.
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

func checkClient(e *Emulator, x *exchange) *refusal {
	if x.clientID == "" {
		return &refusal{"CLIENT_INVALID", "header client-id is missing"}
	}
	if _, known := e.merchant(x.clientID); !known {
		return &refusal{"CLIENT_INVALID", fmt.Sprintf("client %s is unknown here; the emulator's is %s", shorten(x.clientID), clientID)}
	}
	return nil
}

func checkKey(e *Emulator, x *exchange) *refusal {
	merchant, _ := e.merchant(x.clientID) // checkClient found it
	if merchant.OwnKey {
		own, err := e.keys.merchant()
		if err != nil {
			return &refusal{"SYSTEM_ERROR", err.Error()}
		}
		merchant.Key = own.Public()
	}
	if merchant.Key == nil {
		return &refusal{"KEY_NOT_FOUND", fmt.Sprintf("client %s is registered without a public key", shorten(x.clientID))}
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

// checkEnvelope reads the body, and looks at the headers beside the signature.
// All spellings of the time that SDKs send are taken: they sign what they send.
func checkEnvelope(_ *Emulator, x *exchange) *refusal {
	if err := sign.CheckTime(x.request.Header.Get(antom.HeaderRequestTime)); err != nil {
		return &refusal{"PARAM_ILLEGAL", "header request-time: " + err.Error()}
	}
	if n := utf8.RuneCountInString(x.request.Header.Get(antom.HeaderAgentToken)); n > longestAgentToken {
		return &refusal{"PARAM_ILLEGAL", fmt.Sprintf("header agent-token: has %d characters, at most %d are allowed", n, longestAgentToken)}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, x.request.Body, largestRequest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &refusal{"PARAM_ILLEGAL", fmt.Sprintf("the body is over %d bytes", largestRequest)}
	}
	if err != nil {
		return &refusal{"PARAM_ILLEGAL", "the body could not be read: " + err.Error()}
	}
	x.body = body
	return nil
}

func checkSignature(_ *Emulator, x *exchange) *refusal {
	if _, err := antom.VerifyMessage(x.request, x.target, x.body, x.key, ""); err != nil {
		return &refusal{"INVALID_SIGNATURE", err.Error()}
	}
	return nil
}

// checkFields refuses what breaks a documented rule; inferred ones are only
// remarked on.
func checkFields(e *Emulator, x *exchange) *refusal {
	findings, err := rules.Check(x.endpoint.Operation, x.body)
	if err != nil {
		return &refusal{"PARAM_ILLEGAL", err.Error()}
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
		return &refusal{"PARAM_ILLEGAL", strings.Join(broken, "; ")}
	}
	return nil
}

// ServeHTTP answers a call: HTTP 200 whatever the result, as Antom does.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, refused := e.examine(r)
	e.respond(w, x, refused)
}

// examine holds a call against the gateway's own checks, and changes nothing.
func (e *Emulator) examine(r *http.Request) (*exchange, *refusal) {
	x := &exchange{request: r, target: antom.Target(r), clientID: r.Header.Get(antom.HeaderClientID)}
	for _, row := range gatewayChecks() {
		if refused := row.check(e, x); refused != nil {
			return x, refused
		}
	}
	return x, nil
}

// respond carries out a call that was examined, and answers it.
func (e *Emulator) respond(w http.ResponseWriter, x *exchange, refused *refusal) {
	answer, err := e.carryOut(x, refused)
	if err == nil {
		e.reply(w, x, answer, true)
		return
	}
	var isRefusal bool
	refused, isRefusal = errors.AsType[*refusal](err)
	switch {
	case !isRefusal:
		e.logger.Error("emulator", "op", x.endpoint.Operation, "error", err)
		text := err.Error()
		if damaged, ok := errors.AsType[*DamagedError](err); ok {
			text += ": " + damaged.Hint()
		}
		refused, x.now = &refusal{"SYSTEM_ERROR", text}, e.now() // the state that has the time may be what failed
	case x.now.IsZero():
		x.now = e.timeOr(x.request.Context(), e.now())
	}
	e.reply(w, x, refusedAnswer{refused.result()}, e.signAll || e.signs(x, refused))
}

// signs reports whether a refusal is signed: not where the client is unknown or
// has no key, whichever check came first.
func (e *Emulator) signs(x *exchange, refused *refusal) bool {
	m, known := e.merchant(x.clientID)
	return known && (m.OwnKey || m.Key != nil) && !slices.Contains(unsignedCodes[:], refused.code)
}

// refusedAnswer is all that a refusal says.
type refusedAnswer struct {
	Result antom.Result `json:"result"`
}

// timeOr is the emulator's time or, where the state can't be read, another.
func (e *Emulator) timeOr(ctx context.Context, other time.Time) time.Time {
	if now, err := e.Time(context.WithoutCancel(ctx)); err == nil {
		return now
	}
	return other
}

// longestMessage is the documented length of resultMessage.
const longestMessage = 256

func (e *Emulator) carryOut(x *exchange, refused *refusal) (any, error) {
	if refused != nil {
		return nil, refused
	}
	row, _ := lookupOperation(x.endpoint.Operation) // checkPath found it
	return row.do(e, x)
}

// reply signs and writes an answer. The header names are in lower case on the
// wire: the Python and PHP SDKs look for exactly those.
func (e *Emulator) reply(w http.ResponseWriter, x *exchange, answer any, signed bool) {
	body, err := encode(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header["Content-Type"] = []string{antom.ContentType}
	header.Set("Content-Length", strconv.Itoa(len(body))) // else a long answer would come in chunks and a short one not
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
	_, _ = w.Write(body) // a client that left needs no answer
}

// sign signs a message as Antom.
func (e *Emulator) sign(m sign.Message) (string, error) {
	key, err := e.keys.antom()
	if err != nil {
		return "", err
	}
	return key.Sign(m, keyVersion)
}

// encode writes JSON as Antom does: & and < stand for themselves.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// shorten is what a message shows of a text of the request.
func shorten(s string) string { return redact.Clip(s, 64) }
