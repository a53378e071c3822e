package antom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// Response is the answer to a call as it came.
type Response struct {
	Operation  Operation
	StatusCode int
	Header     http.Header
	// Body holds the exact bytes, which the signature covers.
	Body []byte
	// Time is the response-time header.
	Time string
	// TraceID identifies the call to Antom's support, if the gateway named one.
	TraceID string
	Result  Result
	// Signed is true if the signature was checked and holds.
	Signed bool
	// KeyVersion names the key that Antom signed with.
	KeyVersion string
	// Took is the time from sending the request to the end of the answer.
	Took time.Duration
	// Received is when the whole answer was there, by the clock of this machine.
	Received time.Time
}

// ClockOffset is by how much the gateway's clock, by the response-time header, is
// ahead of this machine's; ok is false if the answer names no time. Minutes of it
// are a wrong clock on one side, or an old answer given again.
func (r *Response) ClockOffset() (offset time.Duration, ok bool) {
	at, err := sign.ParseTime(r.Time)
	if err != nil || r.Received.IsZero() {
		return 0, false
	}
	return at.Sub(r.Received), true
}

// traceHeaders are where a trace id is looked for; no page documents one (INF).
var traceHeaders = [...]string{"Trace-Id", "Traceid", "X-Trace-Id"}

func newResponse(op Operation, answer *http.Response) *Response {
	response := &Response{
		Operation: op, StatusCode: answer.StatusCode, Header: answer.Header, Time: answer.Header.Get(HeaderResponseTime),
	}
	for _, name := range traceHeaders {
		if id := answer.Header.Get(name); id != "" {
			response.TraceID = oneLine(id)
			break
		}
	}
	return response
}

// Result is what every answer and most notifications begin with.
type Result struct {
	ResultStatus  ResultStatus `json:"resultStatus"`  // S, F or U
	ResultCode    string       `json:"resultCode"`    // max 64
	ResultMessage string       `json:"resultMessage"` // max 256; for people: its wording varies
}

// readResult finds the result in the body. If there is none it says what the
// body is instead.
func (r *Response) readResult() (TransportKind, error) {
	var envelope struct {
		Result *Result `json:"result"`
	}
	err := json.Unmarshal(r.Body, &envelope)
	switch text := bytes.TrimSpace(r.Body); {
	case len(text) == 0:
		return NotJSON, errors.New("the body is empty")
	case text[0] == '<':
		return WebPage, errors.New("the body looks like a web page")
	case endsEarly(err):
		return CutShort, fmt.Errorf("the JSON ends after %d bytes", len(r.Body))
	case err != nil:
		return NotJSON, err
	case envelope.Result == nil:
		return NotJSON, errors.New("the body has no result")
	}
	switch envelope.Result.ResultStatus {
	case StatusS, StatusF, StatusU:
		r.Result = *envelope.Result
		return "", nil
	}
	return NotJSON, fmt.Errorf("resultStatus %q is not S, F or U", envelope.Result.ResultStatus)
}

// endsEarly tells JSON that is right as far as it goes from other bad JSON.
func endsEarly(err error) bool {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	return ok && syntax.Error() == "unexpected end of JSON input"
}

// refusal is nil for S and a [*ResultError] for F and U.
func (r *Response) refusal() error {
	if r.Result.ResultStatus == StatusS {
		return nil
	}
	row, known := LookupResultCode(r.Result.ResultCode)
	return &ResultError{Operation: r.Operation, Result: r.Result, Row: row.In(r.Operation.place()), Known: known, Signed: r.Signed, Response: r}
}
