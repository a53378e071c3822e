package antom

import (
	"bytes"
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

// ContentType is the content type of every message of the API.
const ContentType = "application/json; charset=UTF-8"

// call encodes a request, sends it and decodes the answer.
func call[T any](ctx context.Context, c *Client, op Operation, request any) (*T, *Response, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: encode the request: %w", op, err)
	}
	response, err := c.Do(ctx, op, body)
	if err != nil {
		return nil, response, err
	}
	value := new(T)
	if err := json.Unmarshal(response.Body, value); err != nil {
		return nil, response, &TransportError{Kind: NotJSON, Operation: op, Host: c.options.gateway.Host, Err: err}
	}
	return value, response, nil
}

// NewRequest makes the signed request that calls op with exactly this body. It
// sends nothing.
func (c *Client) NewRequest(ctx context.Context, op Operation, body []byte) (*http.Request, error) {
	endpoint, ok := LookupEndpoint(op)
	if !ok {
		return nil, fmt.Errorf("operation %q: unknown", op)
	}
	target := c.target(endpoint.Path)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.options.gateway.Scheme+"://"+c.options.gateway.Host+target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	message := sign.Message{
		Method: http.MethodPost, Target: request.URL.RequestURI(), ClientID: c.clientID,
		Time: strconv.FormatInt(time.Now().UnixMilli(), 10), Body: body,
	}
	signature, err := c.key.Sign(message, c.options.keyVersion)
	if err != nil {
		return nil, fmt.Errorf("%s: sign the request: %w", op, err)
	}
	request.Header = http.Header{
		"Client-Id": {c.clientID}, "Request-Time": {message.Time}, "Signature": {signature},
		"Content-Type": {ContentType}, "User-Agent": {c.options.userAgent},
	}
	if c.options.agentToken != "" {
		request.Header["Agent-Token"] = []string{c.options.agentToken}
	}
	return request, nil
}

// target is the path of an operation at this gateway, with the gateway's own
// base path before it and its query after it.
func (c *Client) target(path string) string {
	if IsSandboxID(c.clientID) {
		path = SandboxPath(path)
	}
	target := strings.TrimSuffix(c.options.gateway.EscapedPath(), "/") + path
	if c.options.gateway.RawQuery != "" {
		target += "?" + c.options.gateway.RawQuery
	}
	return target
}

// Do calls op with exactly this body and returns the verified answer. The error
// is a [*ResultError] for F and U, a [*TransportError], or wraps a
// [*sign.Error]; a Response comes with it if one was read.
func (c *Client) Do(ctx context.Context, op Operation, body []byte) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.timeout)
	defer cancel()
	request, err := c.NewRequest(ctx, op, body)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	response, err := c.exchange(request, op)
	if response != nil {
		response.Took = time.Since(start)
	}
	c.log(ctx, op, response, err)
	return response, err
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

// exchange sends the request, reads the answer and decides what it is worth.
func (c *Client) exchange(request *http.Request, op Operation) (*Response, error) {
	fail := func(kind TransportKind, err error) *TransportError {
		return &TransportError{Kind: kind, Operation: op, Host: request.URL.Host, Err: err}
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, c.unreached(request.Context(), fail, err)
	}
	defer answer.Body.Close()
	response := newResponse(op, answer)
	if transportErr := checkStatus(answer, fail); transportErr != nil {
		return response, transportErr
	}
	response.Body, err = io.ReadAll(io.LimitReader(answer.Body, c.options.maxResponse+1))
	switch {
	case err != nil:
		return response, c.unread(request.Context(), fail, err)
	case int64(len(response.Body)) > c.options.maxResponse:
		return response, fail(TooLarge, fmt.Errorf("over %d bytes", c.options.maxResponse))
	}
	if err := response.readResult(fail); err != nil {
		return response, err
	}
	if err := c.verify(request, response); err != nil {
		return response, fmt.Errorf("%s: the gateway's answer: %w", op, err)
	}
	return response, response.refusal()
}

// unreached tells a time-out and an end of the caller's context from other
// failures to reach the gateway.
func (c *Client) unreached(ctx context.Context, fail func(TransportKind, error) *TransportError, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("call to %s: %w", c.options.gateway.Host, context.Canceled)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fail(TimedOut, fmt.Errorf("no answer within %s", c.options.timeout))
	}
	return fail(Unreachable, withoutURL(err))
}

func (c *Client) unread(ctx context.Context, fail func(TransportKind, error) *TransportError, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fail(CutShort, err)
	}
	if ctx.Err() != nil {
		return c.unreached(ctx, fail, err)
	}
	return fail(CutShort, withoutURL(err))
}

// verify applies Antom's rule: both headers and a true signature, or neither of
// them and no success.
func (c *Client) verify(request *http.Request, response *Response) error {
	signature, at := response.Header.Get("Signature"), response.Header.Get("Response-Time")
	switch {
	case signature == "" && at == "":
		if response.Result.ResultStatus == StatusS {
			return sign.NewError(sign.SignatureMissing, "an unsigned success is never accepted")
		}
		return nil
	case signature == "":
		return sign.NewError(sign.SignatureMissing, "response-time without signature")
	case at == "":
		return sign.NewError(sign.TimeMissing, "signature without response-time")
	}
	if other := response.Header.Get("Client-Id"); other != "" && other != c.clientID {
		return sign.NewError(sign.Mismatch, fmt.Sprintf("it is for client id %q", other))
	}
	header, err := c.antomKey.Verify(sign.Message{
		Method: request.Method, Target: request.URL.RequestURI(), ClientID: c.clientID, Time: at, Body: response.Body,
	}, signature)
	response.KeyVersion, response.Signed = header.KeyVersion, err == nil
	return err
}
