package antom

import (
	"errors"
	"fmt"
)

// Retry says whether and how a call may be repeated.
type Retry string

// The ways to repeat a call.
const (
	// RetryNever means that a repetition would not help, or would have the effect twice.
	RetryNever Retry = "never"
	// RetrySameID means to send the same request with the same request id.
	RetrySameID Retry = "same-id"
	// RetryNewID means to send it with a new request id.
	RetryNewID Retry = "new-id"
	// RetryInquire means to inquire about the outcome first.
	RetryInquire Retry = "inquire"
	// RetryFix means to correct the request or the configuration first.
	RetryFix Retry = "fix"
)

// Verdict says whether a call may be repeated, and why.
type Verdict struct {
	Retry   Retry
	Passing bool   // the problem may be temporary: a network error, or U
	Reason  string // for people
}

// Verdict decides about a call of this endpoint that returned err. An answer of Antom is
// decided by the row of its code, a call whose answer was lost by Recourse.
func (e Endpoint) Verdict(err error) Verdict {
	if refused, ok := errors.AsType[*ResultError](err); ok {
		return Verdict{
			Retry: refused.Retry(), Passing: refused.Result.ResultStatus == StatusU && refused.Retry() == RetrySameID,
			Reason: fmt.Sprintf("Antom answered %s (%s)", oneLine(refused.Result.ResultCode), refused.Result.ResultStatus),
		}
	}
	failed, ok := errors.AsType[*TransportError](err)
	if !ok {
		return Verdict{Retry: RetryInquire, Reason: "there is no valid answer"}
	}
	v := Verdict{Retry: RetryInquire, Passing: failed.Temporary(), Reason: "no usable answer: " + string(failed.Kind)}
	switch {
	case !failed.Sent():
		v.Retry, v.Reason = RetryFix, "nothing was sent: "+string(failed.Kind)
		if v.Passing {
			v.Retry = RetrySameID
		}
	case v.Passing && e.Recourse != "" && e.Recourse != InquireFirst:
		v.Retry = RetrySameID
	}
	return v
}

// Retry returns how the refused call may be repeated. U leaves the outcome open: the same
// request completes it, unless the code's row says to inquire.
func (e *ResultError) Retry() Retry {
	switch {
	case e.Result.ResultStatus == StatusU && (!e.Known || e.Row.Retry != RetryInquire):
		return RetrySameID
	case e.Known:
		return e.Row.Retry
	}
	return RetryNever
}

// UnderWay reports whether the call was accepted and is in progress: do not send it again, but
// wait for its result.
func (e *ResultError) UnderWay() bool {
	return e.Result.ResultStatus == StatusU && e.Retry() == RetryInquire
}

// Decides reports whether the refusal determines the outcome of an earlier call with the same
// request id whose answer was lost. A refusal that may come before Antom looks at the id does
// not, and neither does an unsigned one.
func (e *ResultError) Decides() bool {
	return e.Result.ResultStatus == StatusF && e.Signed && e.Known && !e.Row.Places.Has(InGateway)
}

// next is what to do after an inquiry without a final state, and why.
type next struct {
	again   bool
	backOff bool   // reduce the frequency
	reason  string // for people
}

// afterAnswer decides after an answer with a state.
func afterAnswer(done bool) next {
	if done {
		return next{reason: "the awaited state is final"}
	}
	return next{again: true, reason: "the awaited state is not final"}
}

// afterError decides after an error whether sending the same bytes again makes sense. Only
// operations whose row allows it are repeated.
func afterError(op Operation, err error) next {
	if endpoint, _ := LookupEndpoint(op); !endpoint.Repeat {
		return next{reason: fmt.Sprintf("%s must not be repeated", op)}
	}
	if refused, ok := errors.AsType[*ResultError](err); ok {
		return afterRefusal(refused)
	}
	if failed, ok := errors.AsType[*TransportError](err); ok {
		return next{again: failed.Temporary(), backOff: true, reason: "no usable answer: " + string(failed.Kind)}
	}
	return next{reason: "asking again would not help"}
}

func afterRefusal(refused *ResultError) next {
	code := refused.Result.ResultCode
	switch {
	case refused.Result.ResultStatus == StatusU:
		return next{again: true, backOff: true, reason: "the gateway does not know yet: " + code}
	case refused.Retry() == RetryInquire: // ORDER_NOT_EXIST
		return next{again: true, reason: "not paid yet: " + code}
	}
	return next{reason: "refused: " + code}
}
