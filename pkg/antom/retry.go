package antom

import (
	"errors"
	"fmt"
)

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
	case refused.Known && refused.Row.Class == ClassWait: // ORDER_NOT_EXIST
		return next{again: true, reason: "not paid yet: " + code}
	}
	return next{reason: "refused: " + code}
}
