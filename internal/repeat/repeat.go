// Package repeat makes a call that changes something, and makes it again where Antom's
// rules allow it. The verdicts are those of [antom.Endpoint.Verdict].
package repeat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Longest is the longest time between two tries.
const Longest = 30 * time.Second

// Call is a call and how often it is made again.
type Call struct {
	Client   *antom.Client
	Endpoint antom.Endpoint
	Body     []byte
	ID       string                           // the request id in the body; empty if the operation has none
	Times    int                              // how often it is made again at most
	Delay    time.Duration                    // before the first repeat; each further one waits twice as long
	Tell     func(format string, args ...any) // what is done next, and why
}

// OpenError says that the last try was not carried out, and that an earlier one may
// have been.
type OpenError struct {
	Last    error
	Earlier error // what left the outcome open
}

func (e *OpenError) Error() string {
	return fmt.Sprintf("%s; an earlier try may have been carried out: %s", e.Last, e.Earlier)
}

// Unwrap returns what the earlier try ended with: the outcome is as open as it left it.
func (e *OpenError) Unwrap() error { return e.Earlier }

// Do makes the call until its outcome is known, it must not be made again, it was made
// often enough, or ctx ends. The response and the error are those of
// [antom.Client.Call] or, of a cancel that turns out to be carried out, the answer of
// inquiryPayment; or the error is an [*OpenError].
func (c *Call) Do(ctx context.Context) (*antom.Response, error) {
	response, err := c.Client.Call(ctx, c.Endpoint, c.Body)
	var open error
	delay := c.Delay
	for n := 1; err != nil && n <= c.Times && ctx.Err() == nil; n++ {
		if leavesOpen(err) {
			open = err
		}
		verdict := c.Endpoint.Verdict(err)
		if !c.may(verdict) {
			c.Tell("not sent again: %s: %s", verdict.Reason, why(verdict.Retry))
			break
		}
		c.Tell("%s; %s in %s (%d of %d)", verdict.Reason, c.how(), delay, n, c.Times)
		if !pause(ctx, delay) {
			return response, fmt.Errorf("%w; not sent again: %w", err, ctx.Err())
		}
		delay = min(2*delay, Longest)
		response, err = c.again(ctx)
	}
	if err != nil && open != nil && !leavesOpen(err) && !decides(err) {
		return response, &OpenError{Last: err, Earlier: open}
	}
	return response, err
}

// may reports whether the call is made again. Without a request id a second call would
// be another one.
func (c *Call) may(v antom.Verdict) bool {
	switch c.Endpoint.Recourse {
	case antom.SameID:
		return v.Passing && v.Retry == antom.RetrySameID && c.ID != ""
	case antom.InquireFirst:
		return v.Passing
	}
	return v.Passing && v.Retry == antom.RetrySameID
}

// reasons say why a call is not made again.
var reasons = [...]struct {
	retry antom.Retry
	text  string
}{
	{antom.RetryNever, "another try would not help"},
	{antom.RetrySameID, "this is for you to mend first"},
	{antom.RetryNewID, "another try needs a new request id"},
	{antom.RetryInquire, "inquire before anything else"},
	{antom.RetryFix, "correct the request or the set-up first"},
}

func why(retry antom.Retry) string {
	for _, row := range reasons {
		if row.retry == retry {
			return row.text
		}
	}
	return string(retry)
}

// how says in what way the call is made again.
func (c *Call) how() string {
	switch {
	case c.Endpoint.Recourse == antom.InquireFirst:
		return "inquiring, and sending it again if it did not happen,"
	case c.ID != "":
		return fmt.Sprintf("sending it again with the same %s %s", c.Endpoint.Key, c.ID)
	}
	return "sending the same request again"
}

// again makes the call once more. A cancel is asked about first: inquiryPayment knows
// whether it happened.
func (c *Call) again(ctx context.Context) (*antom.Response, error) {
	if c.Endpoint.Recourse == antom.InquireFirst {
		var named antom.Inquiry
		if err := json.Unmarshal(c.Body, &named); err != nil {
			return nil, fmt.Errorf("read the payment's id: %w", err)
		}
		payment, response, err := c.Client.Payments.Inquire(ctx, antom.Inquiry{PaymentID: named.PaymentID, PaymentRequestID: named.PaymentRequestID})
		switch refused, isResult := errors.AsType[*antom.ResultError](err); {
		case err == nil && payment.PaymentStatus == antom.PaymentCancelled:
			c.Tell("the payment is %s: it happened", payment.PaymentStatus)
			return response, nil
		case err != nil && (!isResult || refused.Result.ResultStatus != antom.StatusF):
			return response, err
		}
	}
	return c.Client.Call(ctx, c.Endpoint, c.Body)
}

// leavesOpen reports whether the call may have been carried out.
func leavesOpen(err error) bool {
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		return refused.Result.ResultStatus != antom.StatusF
	}
	if failed, ok := errors.AsType[*antom.TransportError](err); ok {
		return failed.Sent()
	}
	return true
}

func decides(err error) bool {
	refused, ok := errors.AsType[*antom.ResultError](err)
	return ok && refused.Decides()
}

// pause waits and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
