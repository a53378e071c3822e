package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// exchange is one request on its way through the checks.
type exchange struct {
	request  *http.Request
	target   string // as received: absolute form reduced, query and // kept
	clientID string
	body     []byte
	endpoint antom.Endpoint
}

// refusal is an answer other than S.
type refusal struct {
	code     string
	message  string
	unsigned bool
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

// check is one thing that the gateway looks at before it does anything.
type check func(*Emulator, *exchange) *refusal

// gatewayChecks in their order (INF: Antom documents none).
func gatewayChecks() []check {
	return []check{checkMethod, checkMediaType, checkPath, checkClient, checkBody, checkSignature, checkFields}
}

// largestRequest bounds the body of a request (INF).
const largestRequest = 1 << 20

func checkMethod(_ *Emulator, x *exchange) *refusal {
	if x.request.Method != http.MethodPost {
		return &refusal{code: "METHOD_NOT_SUPPORTED", message: fmt.Sprintf("method %s is not supported, use POST", x.request.Method)}
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
	return &refusal{code: "MEDIA_TYPE_NOT_ACCEPTABLE", message: "content-type must be application/json"}
}

func checkPath(_ *Emulator, x *exchange) *refusal {
	path, _, _ := strings.Cut(x.target, "?")
	for _, row := range antom.Endpoints() {
		if _, built := lookupOperation(row.Operation); built && (path == row.Path || path == antom.SandboxPath(row.Path)) {
			x.endpoint = row
			return nil
		}
	}
	return &refusal{code: "NO_INTERFACE_DEF", message: fmt.Sprintf("no API at %s", shorten(path))}
}

func checkClient(_ *Emulator, x *exchange) *refusal {
	switch {
	case x.clientID == "":
		return &refusal{code: "CLIENT_INVALID", message: "header client-id is missing", unsigned: true}
	case x.clientID != clientID:
		return &refusal{code: "CLIENT_INVALID", message: fmt.Sprintf("client %s is unknown here; the emulator's is %s", shorten(x.clientID), clientID), unsigned: true}
	}
	return nil
}

func checkBody(_ *Emulator, x *exchange) *refusal {
	body, err := io.ReadAll(http.MaxBytesReader(nil, x.request.Body, largestRequest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &refusal{code: "PARAM_ILLEGAL", message: fmt.Sprintf("the body is over %d bytes", largestRequest)}
	}
	if err != nil {
		return &refusal{code: "PARAM_ILLEGAL", message: "the body could not be read: " + err.Error()}
	}
	x.body = body
	return nil
}

// checkSignature answers a bad signature unsigned, as the real gateway does.
func checkSignature(e *Emulator, x *exchange) *refusal {
	message := sign.Message{
		Method: x.request.Method, Target: x.target, ClientID: x.clientID, Time: x.request.Header.Get("Request-Time"), Body: x.body,
	}
	if _, err := e.keys.merchant.Public().Verify(message, x.request.Header.Get("Signature")); err != nil {
		return &refusal{code: "INVALID_SIGNATURE", message: err.Error(), unsigned: true}
	}
	return nil
}

func checkFields(_ *Emulator, x *exchange) *refusal {
	findings, err := rules.Check(x.endpoint.Operation, x.body)
	if err != nil {
		return &refusal{code: "PARAM_ILLEGAL", message: err.Error()}
	}
	var broken []string
	for _, finding := range findings {
		if finding.Level == rules.Documented {
			broken = append(broken, finding.Message)
		}
	}
	if len(broken) > 0 {
		return &refusal{code: "PARAM_ILLEGAL", message: strings.Join(broken, "; ")}
	}
	return nil
}

// ServeHTTP answers a call: HTTP 200 whatever the result, as Antom does.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{request: r, target: r.URL.RequestURI(), clientID: r.Header.Get("Client-Id")}
	answer, err := e.answer(x)
	refused, isRefusal := errors.AsType[*refusal](err)
	if err != nil && !isRefusal {
		e.logger.Error("emulator", "op", x.endpoint.Operation, "error", err)
		refused = &refusal{code: "SYSTEM_ERROR", message: err.Error()}
	}
	if refused != nil {
		answer = struct {
			Result antom.Result `json:"result"`
		}{refused.result()}
	}
	e.reply(w, x, answer, refused == nil || !refused.unsigned)
}

// result is the refusal on the wire; the status is the code's own.
func (r *refusal) result() antom.Result {
	row, known := antom.LookupResultCode(r.code)
	if !known {
		row.Status = antom.StatusF
	}
	return antom.Result{ResultStatus: row.Status, ResultCode: r.code, ResultMessage: clip(r.message, longestMessage)}
}

// longestMessage is the documented length of resultMessage.
const longestMessage = 256

func (e *Emulator) answer(x *exchange) (any, error) {
	for _, check := range gatewayChecks() {
		if refused := check(e, x); refused != nil {
			return nil, refused
		}
	}
	do, _ := lookupOperation(x.endpoint.Operation) // checkPath found it
	return do(e, x)
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
	if x.clientID != "" && !strings.ContainsAny(x.clientID, "\r\n") {
		header["client-id"] = []string{x.clientID}
	}
	if signed {
		at := string(wireTime(e.now()))
		signature, err := e.keys.antom.Sign(sign.Message{
			Method: x.request.Method, Target: x.target, ClientID: x.clientID, Time: at, Body: body,
		}, 1)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		header["response-time"], header["signature"] = []string{at}, []string{signature}
	}
	_, _ = w.Write(body) // a client that left needs no answer
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

func shorten(s string) string { return clip(s, 64) }

// clip cuts a text to so many characters.
func clip(s string, longest int) string {
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return s
}
