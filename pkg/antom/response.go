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

// Response is the answer to a call.
type Response struct {
	Operation  Operation
	StatusCode int
	Header     http.Header
	// Body contains the exact bytes, which the signature covers.
	Body []byte
	// Time is the response-time header.
	Time string
	// TraceID identifies the call to Antom's support, if the gateway named one.
	TraceID string
	Result  Result
	// Signed is true if the signature was verified.
	Signed bool
	// KeyVersion is the version of the key that Antom signed with.
	KeyVersion string
	// Took is the time from sending the request to the end of the answer.
	Took time.Duration
	// Received is when the answer was complete, by this machine's clock.
	Received time.Time
}

// ClockOffset returns how far the gateway's clock, according to the response-time header, is
// ahead of this machine's. ok is false if the answer has no time. An offset of minutes means
// that one clock is wrong, or that an old answer was returned again.
func (r *Response) ClockOffset() (offset time.Duration, ok bool) {
	at, err := sign.ParseTime(r.Time)
	if err != nil || r.Received.IsZero() {
		return 0, false
	}
	return at.Sub(r.Received), true
}

// traceHeaders may contain a trace id; no page documents one (INF).
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

// Result is part of every answer and most notifications.
type Result struct {
	ResultStatus  ResultStatus `json:"resultStatus"`  // S, F or U
	ResultCode    string       `json:"resultCode"`    // max 64
	ResultMessage string       `json:"resultMessage"` // max 256; for people: the wording varies
}

// readResult reads the result from the body. Without one, the error describes the body.
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

// endsEarly distinguishes truncated JSON from other invalid JSON.
func endsEarly(err error) bool {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	return ok && syntax.Error() == "unexpected end of JSON input"
}

// resultError returns nil for S and a [*ResultError] for F and U.
func (r *Response) resultError() error {
	if r.Result.ResultStatus == StatusS {
		return nil
	}
	row, known := LookupResultCode(r.Result.ResultCode)
	return &ResultError{Operation: r.Operation, Result: r.Result, Row: row.For(r.Operation), Known: known, Signed: r.Signed, Response: r}
}
