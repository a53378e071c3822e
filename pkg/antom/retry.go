package antom

import (
	"errors"
	"fmt"
)

// next is what to do after an inquiry that did not tell a final state.
type next struct {
	again   bool
	backOff bool   // ask less often
	reason  string // in words
}

// afterInquiry decides on the decoded answer whether asking again makes sense.
func afterInquiry(payment *Payment, err error) next {
	if err == nil {
		return next{again: true, reason: fmt.Sprintf("the payment is %s", payment.PaymentStatus)}
	}
	if refused, ok := errors.AsType[*ResultError](err); ok {
		switch {
		case refused.Result.ResultStatus == StatusU:
			return next{again: true, backOff: true, reason: "the gateway does not know: " + refused.Result.ResultCode}
		case refused.Known && refused.Row.Class == ClassWait:
			return next{again: true, reason: refused.Row.Meaning}
		}
		return next{reason: "refused: " + refused.Result.ResultCode}
	}
	if failed, ok := errors.AsType[*TransportError](err); ok && failed.Temporary() {
		return next{again: true, backOff: true, reason: string(failed.Kind)}
	}
	return next{reason: "asking again would not help"}
}
