package antom

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// ContentType is the content type of all messages of the API.
const ContentType = "application/json; charset=UTF-8"

// call encodes a request, sends it and decodes the answer.
func call[T any](ctx context.Context, c *Client, op Operation, request any) (*T, *Response, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: encode the request: %w", op, err)
	}
	return callWith[T](ctx, c, op, body)
}

// callWith sends an encoded request and decodes the answer.
func callWith[T any](ctx context.Context, c *Client, op Operation, body []byte) (*T, *Response, error) {
	response, err := c.Do(ctx, op, body)
	if err != nil {
		return nil, response, err
	}
	value := new(T)
	if err := json.Unmarshal(response.Body, value); err != nil {
		return nil, response, c.failure(op, NotJSON, err)
	}
	return value, response, nil
}

// Do calls op with exactly this body and returns the verified answer. The error is a
// [*ResultError] for F and U, a [*TransportError], a [*BindingError], or wraps a [*sign.Error]
// or the error of ctx. The Response is not nil if an answer was read.
func (c *Client) Do(ctx context.Context, op Operation, body []byte) (*Response, error) {
	endpoint, ok := LookupEndpoint(op)
	if !ok {
		return nil, fmt.Errorf("operation %q: unknown", op)
	}
	return c.Call(ctx, endpoint, body)
}

// Call is [Client.Do] for any endpoint, including those that are not in the table. In an
// Endpoint literal, Operation is the name used in messages, Path is called unchanged, and the
// answer is bound to the request by the fields in Names, if any.
func (c *Client) Call(ctx context.Context, endpoint Endpoint, body []byte) (*Response, error) {
	limited, cancel := context.WithTimeout(ctx, c.options.timeout)
	defer cancel()
	request, err := c.NewRequest(limited, endpoint, body)
	if err != nil {
		return nil, err
	}
	op := endpoint.Operation
	start := time.Now()
	response, err := c.exchange(request, op)
	if err == nil || response != nil && isRefusal(err) {
		if unbound := checkBinding(endpoint, body, response); unbound != nil {
			err = unbound
		}
	}
	if _, lost := errors.AsType[*TransportError](err); lost && ctx.Err() != nil {
		// The caller's own context ended: not an error of the gateway.
		err = fmt.Errorf("%s: call to %s: %w", op, c.options.gateway.Host, ctx.Err())
	}
	if response != nil {
		response.Received = time.Now()
		response.Took = response.Received.Sub(start)
	}
	c.log(ctx, op, response, err)
	if c.options.observe != nil {
		c.options.observe(Exchange{Operation: op, Host: c.options.gateway.Host, Request: body, Response: response, Err: err})
	}
	return response, err
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*ResultError](err)
	return ok
}

// NewRequest returns the signed request that calls an endpoint with exactly this body. It sends
// nothing.
func (c *Client) NewRequest(ctx context.Context, endpoint Endpoint, body []byte) (*http.Request, error) {
	op := endpoint.Operation
	switch {
	case endpoint.Path == "":
		return nil, fmt.Errorf("operation %q: unknown", op)
	case endpoint.Path[0] != '/':
		return nil, fmt.Errorf("%s: path %q must begin with a slash", op, endpoint.Path)
	}
	method := cmp.Or(endpoint.Method, http.MethodPost)
	request, err := http.NewRequestWithContext(ctx, method, c.endpointURL(endpoint.Path), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	message := sign.Message{
		Method: method, Target: request.URL.RequestURI(), ClientID: c.clientID,
		Time: strconv.FormatInt(time.Now().UnixMilli(), 10), Body: body,
	}
	signature, err := c.key.Sign(message, c.options.keyVersion)
	if err != nil {
		return nil, fmt.Errorf("%s: sign the request: %w", op, err)
	}
	request.Header = http.Header{
		HeaderClientID: {c.clientID}, HeaderRequestTime: {message.Time}, HeaderSignature: {signature},
		"Content-Type": {ContentType}, "User-Agent": {c.options.userAgent},
	}
	if c.options.agentToken != "" {
		request.Header[HeaderAgentToken] = []string{c.options.agentToken}
	}
	return request, nil
}

// endpointURL returns the URL of a path at this gateway, between the gateway's own base path
// and query.
func (c *Client) endpointURL(path string) string {
	if IsSandboxID(c.clientID) {
		path = SandboxPath(path)
	}
	gateway := c.options.gateway
	text := gateway.Scheme + "://" + gateway.Host + strings.TrimSuffix(gateway.EscapedPath(), "/") + path
	if gateway.RawQuery != "" {
		text += "?" + gateway.RawQuery
	}
	return text
}

// exchange sends the request, then reads and checks the answer.
func (c *Client) exchange(request *http.Request, op Operation) (*Response, error) {
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, c.connectError(op, err)
	}
	defer answer.Body.Close()
	response := newResponse(op, answer)
	response.Body, err = readBody(answer, c.options.maxResponse)
	switch tooLarge := int64(len(response.Body)) > c.options.maxResponse; {
	case answer.StatusCode != http.StatusOK:
		return response, c.badStatus(op, answer) // whatever the body
	case err != nil:
		return response, c.readError(op, err)
	case tooLarge:
		response.Body = response.Body[:c.options.maxResponse]
		return response, c.failure(op, TooLarge, fmt.Errorf("over the limit of %d bytes", c.options.maxResponse))
	}
	return response, c.checkAnswer(request, response)
}

// checkAnswer returns nil only for S with a valid signature.
func (c *Client) checkAnswer(request *http.Request, response *Response) error {
	kind, unreadable := response.readResult()
	if kind == CutShort {
		return c.failure(response.Operation, kind, unreadable)
	}
	if err := c.verify(request, response); err != nil {
		return fmt.Errorf("%s: the gateway's answer: %w", response.Operation, err)
	}
	if unreadable != nil {
		return c.failure(response.Operation, kind, unreadable)
	}
	return response.resultError()
}

// verify applies Antom's rule of September 2026: both headers with a valid signature, or
// neither of them and no success.
func (c *Client) verify(request *http.Request, response *Response) error {
	message, signature, err := Signed(request.Method, request.URL.RequestURI(), HeaderResponseTime, response.Header, response.Body)
	if err != nil {
		return err
	}
	switch {
	case signature == "" && response.Time == "":
		if response.Result.ResultStatus == StatusS {
			return sign.NewError(sign.SignatureMissing, "an unsigned success is never accepted")
		}
		return nil
	case signature == "":
		return sign.NewError(sign.SignatureMissing, "it has a response-time without a signature")
	case response.Time == "":
		return sign.NewError(sign.TimeMissing, "it has a signature without a response-time")
	}
	if other := message.ClientID; other != "" && other != c.clientID {
		return sign.NewError(sign.Mismatch, fmt.Sprintf("it is for client id %q", other))
	}
	message.ClientID = c.clientID
	header, err := c.antomKey.Verify(message, signature)
	response.KeyVersion, response.Signed = header.KeyVersion, err == nil
	return err
}

func (c *Client) log(ctx context.Context, op Operation, response *Response, err error) {
	if !c.options.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("op", string(op)), slog.String("host", c.options.gateway.Host)}
	if response != nil {
		attrs = append(attrs, slog.Int("status", response.StatusCode), slog.Duration("took", response.Took),
			slog.Bool("signed", response.Signed), slog.String("result", response.Result.ResultCode), slog.String("trace_id", response.TraceID))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.options.logger.LogAttrs(ctx, slog.LevelDebug, "call", attrs...)
}

// readBody reads at most one byte more than the limit, so that the caller can detect a body
// that is too large. It returns what was read together with an error.
func readBody(answer *http.Response, limit int64) ([]byte, error) {
	var buffer bytes.Buffer
	buffer.Grow(int(min(max(answer.ContentLength, 0), limit, 64<<10)) + bytes.MinRead)
	_, err := buffer.ReadFrom(io.LimitReader(answer.Body, limit+1))
	return buffer.Bytes(), err
}

func (c *Client) failure(op Operation, kind TransportKind, err error) *TransportError {
	return &TransportError{Kind: kind, Operation: op, Host: c.options.gateway.Host, Err: err}
}

// badStatus returns the error for a status other than 200. Antom answers F and U with 200 too.
func (c *Client) badStatus(op Operation, answer *http.Response) error {
	switch code := answer.StatusCode; {
	case code >= 300 && code < 400:
		return c.failure(op, Redirected, fmt.Errorf("HTTP %d to %s", code, redirectHost(answer)))
	case code == http.StatusTooManyRequests:
		failure := c.failure(op, ServerFault, fmt.Errorf("HTTP %s", answer.Status))
		failure.rateLimited = true
		return failure
	case code >= 500:
		return c.failure(op, ServerFault, fmt.Errorf("HTTP %s", answer.Status))
	}
	return c.failure(op, BadStatus, fmt.Errorf("HTTP %s", answer.Status))
}

func redirectHost(answer *http.Response) string {
	location, err := answer.Location()
	if err != nil || location.Host == "" {
		return "an unknown address"
	}
	return location.Host
}

// connectError explains why there is no answer.
func (c *Client) connectError(op Operation, err error) error {
	err = withoutURL(err)
	if isTimeout(err) {
		return c.failure(op, TimedOut, fmt.Errorf("no answer within %s: %w", c.options.timeout, context.DeadlineExceeded))
	}
	return c.failure(op, kindOf(err), err)
}

// readError explains why an answer could not be read to its end.
func (c *Client) readError(op Operation, err error) error {
	if isTimeout(err) {
		return c.failure(op, TimedOut, fmt.Errorf("the answer did not end within %s: %w", c.options.timeout, context.DeadlineExceeded))
	}
	return c.failure(op, CutShort, withoutURL(err))
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && timeout.Timeout()
}
