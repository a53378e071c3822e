package antom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
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
	Took       time.Duration
}

// traceHeaders are where a trace id is looked for; no page documents one (INF).
var traceHeaders = [...]string{"Trace-Id", "Traceid", "X-Trace-Id"}

func newResponse(op Operation, answer *http.Response) *Response {
	response := &Response{
		Operation: op, StatusCode: answer.StatusCode, Header: answer.Header, Time: answer.Header.Get("Response-Time"),
	}
	for _, name := range traceHeaders {
		if id := answer.Header.Get(name); id != "" {
			response.TraceID = id
			break
		}
	}
	return response
}

// checkStatus refuses every status but 200: Antom answers 200 to F and U too.
func checkStatus(answer *http.Response, fail func(TransportKind, error) *TransportError) error {
	switch {
	case answer.StatusCode == http.StatusOK:
		return nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fail(Redirected, fmt.Errorf("HTTP %d to %s", answer.StatusCode, redirectHost(answer)))
	case answer.StatusCode >= 500, answer.StatusCode == http.StatusTooManyRequests:
		return fail(ServerFault, fmt.Errorf("HTTP %s", answer.Status))
	}
	return fail(BadStatus, fmt.Errorf("HTTP %s", answer.Status))
}

func redirectHost(answer *http.Response) string {
	location, err := answer.Location()
	if err != nil || location.Host == "" {
		return "an unknown place"
	}
	return location.Host
}

// readResult finds the result in the body, and says what the body is if there
// is none.
func (r *Response) readResult(fail func(TransportKind, error) *TransportError) error {
	var envelope struct {
		Result *Result `json:"result"`
	}
	text := bytes.TrimSpace(r.Body)
	switch err := json.Unmarshal(r.Body, &envelope); {
	case len(text) == 0:
		return fail(NotJSON, errors.New("the body is empty"))
	case text[0] == '<':
		return fail(NotJSON, errors.New("the body is a web page"))
	case err != nil:
		return fail(NotJSON, err)
	case envelope.Result == nil || envelope.Result.ResultStatus == "":
		return fail(NotJSON, errors.New("the body has no result"))
	}
	r.Result = *envelope.Result
	switch r.Result.ResultStatus {
	case StatusS, StatusF, StatusU:
		return nil
	}
	return fail(NotJSON, fmt.Errorf("resultStatus %q is not S, F or U", r.Result.ResultStatus))
}

// refusal is nil for S and a [*ResultError] for F and U.
func (r *Response) refusal() error {
	if r.Result.ResultStatus == StatusS {
		return nil
	}
	row, known := LookupResultCode(r.Result.ResultCode)
	return &ResultError{Operation: r.Operation, Result: r.Result, Row: row, Known: known, Signed: r.Signed, Response: r}
}

// withoutURL drops the URL that net/http puts before its errors: its query may
// hold a secret.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
