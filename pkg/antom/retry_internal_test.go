package antom

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

func refusal(status ResultStatus, code string) error {
	row, known := LookupResultCode(code)
	return &ResultError{Result: Result{ResultStatus: status, ResultCode: code}, Row: row, Known: known}
}

// TestAfterError is the table of decisions: whether the same bytes may be sent again, whether
// at a lower frequency, and why.
func TestAfterError(t *testing.T) {
	t.Parallel()
	unsigned := fmt.Errorf("inquiryPayment: the gateway's answer: %w", sign.NewError(sign.SignatureMissing, ""))
	lost := func(kind TransportKind) error { return &TransportError{Kind: kind, Err: errors.New("x")} }
	tests := []struct {
		op   Operation
		err  error
		want next
	}{
		{InquiryPayment, refusal(StatusF, "ORDER_NOT_EXIST"), next{again: true, reason: "not paid yet: ORDER_NOT_EXIST"}},
		{InquiryPayment, refusal(StatusU, "PAYMENT_IN_PROCESS"), next{again: true, backOff: true, reason: "the gateway does not know yet: PAYMENT_IN_PROCESS"}},
		{InquiryPayment, refusal(StatusU, "UNKNOWN_EXCEPTION"), next{again: true, backOff: true, reason: "the gateway does not know yet: UNKNOWN_EXCEPTION"}},
		{InquiryPayment, refusal(StatusU, "REQUEST_TRAFFIC_EXCEED_LIMIT"), next{again: true, backOff: true, reason: "the gateway does not know yet: REQUEST_TRAFFIC_EXCEED_LIMIT"}},
		{InquiryPayment, refusal(StatusU, "BRAND_NEW"), next{again: true, backOff: true, reason: "the gateway does not know yet: BRAND_NEW"}},
		{InquiryPayment, refusal(StatusF, "BRAND_NEW"), next{reason: "refused: BRAND_NEW"}},
		{InquiryPayment, refusal(StatusF, "SYSTEM_ERROR"), next{reason: "refused: SYSTEM_ERROR"}},
		{InquiryPayment, refusal(StatusF, "INVALID_SIGNATURE"), next{reason: "refused: INVALID_SIGNATURE"}},
		{InquiryPayment, refusal(StatusF, "PARAM_ILLEGAL"), next{reason: "refused: PARAM_ILLEGAL"}},
		{InquiryPayment, fmt.Errorf("wrapped: %w", refusal(StatusU, "UNKNOWN_EXCEPTION")), next{again: true, backOff: true, reason: "the gateway does not know yet: UNKNOWN_EXCEPTION"}},
		{InquiryPayment, unsigned, next{reason: "asking again would not help"}},
		{InquiryPayment, errors.New("no idea"), next{reason: "asking again would not help"}},
		{InquiryPayment, lost(BadStatus), next{backOff: true, reason: "no usable answer: bad-status"}},
		{InquiryPayment, lost(CutShort), next{again: true, backOff: true, reason: "no usable answer: cut-short"}},
		{InquiryPayment, lost(Dropped), next{again: true, backOff: true, reason: "no usable answer: dropped"}},
		{InquiryPayment, lost(NotJSON), next{backOff: true, reason: "no usable answer: not-json"}},
		{InquiryPayment, lost(Redirected), next{backOff: true, reason: "no usable answer: redirected"}},
		{InquiryPayment, lost(ServerFault), next{again: true, backOff: true, reason: "no usable answer: server-fault"}},
		{InquiryPayment, lost(TimedOut), next{again: true, backOff: true, reason: "no usable answer: timed-out"}},
		{InquiryPayment, lost(TooLarge), next{backOff: true, reason: "no usable answer: too-large"}},
		{InquiryPayment, lost(Unreachable), next{again: true, backOff: true, reason: "no usable answer: unreachable"}},
		{InquiryPayment, lost(Untrusted), next{backOff: true, reason: "no usable answer: untrusted"}},
		{InquiryPayment, lost(WebPage), next{backOff: true, reason: "no usable answer: web-page"}},
		{InquiryRefund, lost(TimedOut), next{again: true, backOff: true, reason: "no usable answer: timed-out"}},
		{InquiryRefund, refusal(StatusF, "ORDER_NOT_EXIST"), next{again: true, reason: "not paid yet: ORDER_NOT_EXIST"}},
		{Cancel, refusal(StatusU, "UNKNOWN_EXCEPTION"), next{again: true, backOff: true, reason: "the gateway does not know yet: UNKNOWN_EXCEPTION"}},
		{Capture, lost(Dropped), next{again: true, backOff: true, reason: "no usable answer: dropped"}},
		{CreatePaymentSession, refusal(StatusU, "UNKNOWN_EXCEPTION"), next{reason: "createPaymentSession must not be repeated"}},
		{CreatePaymentSession, lost(Unreachable), next{reason: "createPaymentSession must not be repeated"}},
		{"pay", lost(TimedOut), next{reason: "pay must not be repeated"}},
	}
	for _, test := range tests {
		if got := afterError(test.op, test.err); got != test.want {
			t.Errorf("%s: %v:\n got %+v\nwant %+v", test.op, test.err, got, test.want)
		}
	}
}

// TestEndpoint_verdict is the table of decisions on calls that change something.
func TestEndpoint_verdict(t *testing.T) {
	t.Parallel()
	lost := func(kind TransportKind) error { return &TransportError{Kind: kind, Err: errors.New("x")} }
	in := func(op Operation, err error) error {
		if refused, ok := errors.AsType[*ResultError](err); ok {
			refused.Row = refused.Row.In(op.place())
		}
		return err
	}
	for _, test := range []struct {
		op      Operation
		err     error
		retry   Retry
		passing bool
	}{
		{Refund, refusal(StatusU, "UNKNOWN_EXCEPTION"), RetrySameID, true},
		{Refund, refusal(StatusU, "BRAND_NEW"), RetrySameID, true},
		{Refund, refusal(StatusU, "REFUND_IN_PROCESS"), RetryInquire, false},
		{Capture, refusal(StatusU, "CAPTURE_IN_PROCESS"), RetryInquire, false},
		{Refund, refusal(StatusF, "MERCHANT_BALANCE_NOT_ENOUGH"), RetryNewID, false},
		{Cancel, refusal(StatusF, "MERCHANT_BALANCE_NOT_ENOUGH"), RetrySameID, false},
		{Capture, refusal(StatusF, "ORDER_STATUS_INVALID"), RetryInquire, false},
		{Capture, refusal(StatusF, "BRAND_NEW"), RetryNever, false},
		{Refund, lost(Dropped), RetrySameID, true},
		{Refund, lost(Unreachable), RetrySameID, true},
		{Refund, lost(Untrusted), RetryFix, false},
		{Refund, lost(WebPage), RetryInquire, false},
		{CreatePaymentSession, lost(TimedOut), RetrySameID, true},
		{Cancel, lost(Dropped), RetryInquire, true},
		{"updateAmount", lost(Dropped), RetryInquire, true},
		{Refund, sign.NewError(sign.Mismatch, ""), RetryInquire, false},
	} {
		got := test.op.Endpoint().Verdict(in(test.op, test.err))
		if got.Retry != test.retry || got.Passing != test.passing || got.Reason == "" {
			t.Errorf("%s: %v: %+v, want %s, passing %t", test.op, test.err, got, test.retry, test.passing)
		}
	}
}

// Every code has a verdict; a difference is of a code that stands there, and says
// something of its own.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, row := range resultCodes {
		if row.Retry == "" {
			t.Errorf("%s has no verdict", row.Code)
		}
	}
	for i, row := range differences {
		code, known := LookupResultCode(row.Code)
		if !known || !code.Places.Has(row.In) || row.Retry == "" || row.Action == "" {
			t.Errorf("%s does not stand there, or has an empty column", row.Code)
		}
		if code.Retry == row.Retry && code.Action == row.Action {
			t.Errorf("%s says nothing of its own", row.Code)
		}
		if i > 0 && (differences[i-1].Code > row.Code || differences[i-1].Code == row.Code && differences[i-1].In >= row.In) {
			t.Errorf("%s does not sort", row.Code)
		}
	}
}

func TestPace_after(t *testing.T) {
	t.Parallel()
	pace := NewPace(InquiryPayment, PollOptions{Interval: time.Second, MaxBackoff: 3 * time.Second})
	unreachable := &TransportError{Kind: Unreachable}
	steps := [...]struct {
		err  error
		done bool
		want Decision
	}{
		{nil, false, Decision{true, time.Second, "the awaited state is not final"}},
		{unreachable, false, Decision{true, 2 * time.Second, "no usable answer: " + string(Unreachable)}},
		{unreachable, false, Decision{true, 3 * time.Second, "no usable answer: " + string(Unreachable)}},
		{nil, false, Decision{true, time.Second, "the awaited state is not final"}},
		{nil, true, Decision{false, time.Second, "the awaited state is final"}},
	}
	for i, step := range steps {
		if got := pace.After(step.err, step.done); got != step.want {
			t.Errorf("step %d: %+v, want %+v", i, got, step.want)
		}
	}
}

// All kinds of transport errors are in the table, sorted.
func TestTransportKinds(t *testing.T) {
	t.Parallel()
	for i, row := range transportKinds {
		if row.text == "" || row.hint == "" {
			t.Errorf("%s has an empty column", row.kind)
		}
		if i > 0 && transportKinds[i-1].kind >= row.kind {
			t.Errorf("%s does not sort after %s", row.kind, transportKinds[i-1].kind)
		}
	}
}
