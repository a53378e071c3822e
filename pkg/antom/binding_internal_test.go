package antom

import (
	"errors"
	"testing"
)

// TestTextMember: the fast path and the full parser agree, and an ambiguous member is read as
// empty.
func TestTextMember(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]string{
		`{"paymentId":"1"}`:                                    "1",
		"{ \"paymentId\" :\r\n \"1\" }":                        "1",
		`{"a":{"paymentId":"2"},"paymentId":"1"}`:              "1",
		`{"a":{"paymentId":"2"}}`:                              "",
		`{"a":[{"paymentId":"2"}],"b":"}]"}`:                   "",
		`{"a":"{[","paymentId":"1"}`:                           "1",
		`{"a":"}{","x":{"paymentId":"2"}}`:                     "",
		`{"payment\u0049d":"1"}`:                               "1",
		`{"paymentId":"\u0031"}`:                               "1",
		`{"paymentId":17}`:                                     "17",
		`{"paymentId":"1","paymentId":"2"}`:                    "",
		`{"paymentId":"1","payment\u0049d":"2"}`:               "",
		`{"paymentId":null}`:                                   "",
		`{"a":"\"paymentId\":\"2\"","paymentId":"1"}`:          "1",
		`{"a":"x\"paymentId\":\"2\"}`:                          "",
		`["paymentId","1"]`:                                    "",
		``:                                                     "",
		`{"paymentRequestId":"r","paymentId":"2026112419"}`:    "2026112419",
		`{"paymentRequestId":"paymentId","x":"\"paymentId\""}`: "",
	} {
		if got := string(textMember([]byte(object), "paymentId")); got != want {
			t.Errorf("%s: %q, want %q", object, got, want)
		}
	}
}

// TestCheckBinding checks which field an answer must contain, and which may be missing.
func TestCheckBinding(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		op              Operation
		request, answer string
		status          ResultStatus
		field           string // that does not agree; "" is a bound answer
	}{
		{InquiryPayment, `{"paymentRequestId":"a"}`, `{"paymentRequestId":"a","paymentId":"1"}`, StatusS, ""},
		{InquiryPayment, `{"paymentRequestId":"b"}`, `{"paymentRequestId":"a","paymentId":"1"}`, StatusS, "paymentRequestId"},
		{InquiryPayment, `{"paymentRequestId":"a"}`, `{"paymentId":"1"}`, StatusS, "paymentRequestId"},
		{InquiryPayment, `{"paymentId":"1"}`, `{"paymentId":"1"}`, StatusS, ""},
		{InquiryPayment, `{"paymentId":"1","paymentRequestId":"a"}`, `{"paymentId":"1"}`, StatusS, ""},
		{InquiryPayment, `{"paymentId":"1","paymentRequestId":"a"}`, `{"paymentId":"1","paymentRequestId":"b"}`, StatusS, "paymentRequestId"},
		{InquiryPayment, `{"paymentRequestId":"a"}`, `{}`, StatusF, ""},
		{InquiryPayment, `{"paymentRequestId":"a"}`, `{"paymentRequestId":"b"}`, StatusF, "paymentRequestId"},
		{Capture, `{"captureRequestId":"c","paymentId":"1"}`, `{"paymentId":"1"}`, StatusS, "captureRequestId"},
		{Capture, `{"captureRequestId":"c","paymentId":"1"}`, `{"captureRequestId":"c","paymentId":"2"}`, StatusS, "paymentId"},
		{Refund, `{"refundRequestId":"r","paymentId":"1"}`, `{"refundRequestId":"r"}`, StatusS, ""},
		{InquiryRefund, `{"refundRequestId":"r"}`, `{"refundRequestId":"s"}`, StatusU, "refundRequestId"},
		{Cancel, `{"paymentId":"1"}`, `{"paymentId":"2"}`, StatusS, "paymentId"},
		{CreatePaymentSession, `{"paymentRequestId":"a"}`, `{}`, StatusS, ""},
	} {
		response := &Response{Body: []byte(test.answer), Result: Result{ResultStatus: test.status}}
		err := checkBinding(test.op.Endpoint(), []byte(test.request), response)
		unbound, refused := errors.AsType[*BindingError](err)
		if refused != (test.field != "") || refused && (unbound.Field != test.field || unbound.Operation != test.op) {
			t.Errorf("%s %s: %s: %v, want %q", test.op, test.request, test.answer, err, test.field)
		}
	}
}
