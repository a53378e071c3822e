package antom

import (
	"errors"
	"fmt"
)

// Retry says whether a call may be made again.
type Retry string

// The verdicts on a repeat.
const (
	// RetryNever: another try would not help, or would do it twice.
	RetryNever Retry = "never"
	// RetrySameID: the same request again, with the same request id.
	RetrySameID Retry = "same-id"
	// RetryNewID: again, with a new request id.
	RetryNewID Retry = "new-id"
	// RetryInquire: ask what became of it before anything else.
	RetryInquire Retry = "inquire"
	// RetryFix: correct the request or the set-up first.
	RetryFix Retry = "fix"
)

// Verdict is whether a call may be made again, and why.
type Verdict struct {
	Retry   Retry
	Passing bool   // what went wrong may pass by itself: a fault of the network, or U
	Reason  string // in words
}

// Verdict judges a call of this endpoint that ended with err. What Antom answered is
// judged by the row of its code; a call whose answer was lost, by Recourse.
func (e Endpoint) Verdict(err error) Verdict {
	if refused, ok := errors.AsType[*ResultError](err); ok {
		return Verdict{
			Retry: refused.Retry(), Passing: refused.Result.ResultStatus == StatusU && refused.Retry() == RetrySameID,
			Reason: fmt.Sprintf("Antom answered %s (%s)", oneLine(refused.Result.ResultCode), refused.Result.ResultStatus),
		}
	}
	failed, ok := errors.AsType[*TransportError](err)
	if !ok {
		return Verdict{Retry: RetryInquire, Reason: "there is no answer that can be believed"}
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

// Retry is the verdict on a repeat of the refused call. U leaves the outcome open: the
// same request completes it, unless the code's row says to inquire.
func (e *ResultError) Retry() Retry {
	switch {
	case e.Result.ResultStatus == StatusU && (!e.Known || e.Row.Retry != RetryInquire):
		return RetrySameID
	case e.Known:
		return e.Row.Retry
	}
	return RetryNever
}

// UnderWay reports whether the call was accepted and is being carried out: it must not
// be sent again, and what comes of it is waited for.
func (e *ResultError) UnderWay() bool {
	return e.Result.ResultStatus == StatusU && e.Retry() == RetryInquire
}

// Decides reports whether the refusal settles what came of an earlier call with the
// same request id whose answer was lost. A refusal that can come before Antom looks at
// the id does not, nor one that nobody vouches for.
func (e *ResultError) Decides() bool {
	return e.Result.ResultStatus == StatusF && e.Signed && e.Known && !e.Row.Places.Has(InGateway)
}

// next is what to do after an inquiry that told no final state, and why.
type next struct {
	again   bool
	backOff bool   // ask less often
	reason  string // in words
}

// afterAnswer decides on a state that was told.
func afterAnswer(done bool) next {
	if done {
		return next{reason: "what was waited for is final"}
	}
	return next{again: true, reason: "what is waited for is not final"}
}

// afterError decides on the decoded answer whether sending the same bytes again
// makes sense. Only operations whose row allows it are repeated.
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
