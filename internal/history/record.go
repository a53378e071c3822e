// Package history records the calls made from this machine: JSON lines in one file of the state
// folder, shared by several processes.
//
// A record holds only the fields of its struct: no key, no signature, no session data, no card,
// nothing about the buyer.
package history

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Record is one call and its result.
type Record struct {
	Time      time.Time       `json:"time"`
	Profile   string          `json:"profile"` // empty for the unnamed profile of the environment
	ClientID  string          `json:"clientId"`
	Gateway   string          `json:"gateway"` // host
	Operation antom.Operation `json:"operation"`

	PaymentRequestID         string              `json:"paymentRequestId,omitzero"`
	PaymentID                string              `json:"paymentId,omitzero"`
	RefundRequestID          string              `json:"refundRequestId,omitzero"` // needed because a refund's notification names no payment
	CaptureRequestID         string              `json:"captureRequestId,omitzero"`
	ReferenceOrderID         string              `json:"referenceOrderId,omitzero"`
	PaymentAmount            antom.Amount        `json:"paymentAmount,omitzero"`
	Amount                   antom.Amount        `json:"amount,omitzero"` // of a capture or refund
	PaymentSessionExpiryTime antom.DateTime      `json:"paymentSessionExpiryTime,omitzero"`
	PaymentStatus            antom.PaymentStatus `json:"paymentStatus,omitzero"`
	PaymentResultCode        string              `json:"paymentResultCode,omitzero"`

	ResultStatus antom.ResultStatus `json:"resultStatus,omitzero"`
	ResultCode   string             `json:"resultCode,omitzero"`
	Signed       bool               `json:"signed"`
	Failure      string             `json:"failure,omitzero"` // id of the reason why there is no accepted answer
	TookMs       int64              `json:"tookMs"`
	TraceID      string             `json:"traceId,omitzero"` // names the call to Antom's support
}

// facts are the fields taken from a request and its answer.
type facts struct {
	PaymentRequestID         string              `json:"paymentRequestId"`
	PaymentID                string              `json:"paymentId"`
	RefundRequestID          string              `json:"refundRequestId"`
	CaptureRequestID         string              `json:"captureRequestId"`
	PaymentAmount            antom.Amount        `json:"paymentAmount"`
	CaptureAmount            antom.Amount        `json:"captureAmount"`
	RefundAmount             antom.Amount        `json:"refundAmount"`
	PaymentSessionExpiryTime antom.DateTime      `json:"paymentSessionExpiryTime"`
	PaymentStatus            antom.PaymentStatus `json:"paymentStatus"`
	PaymentResultCode        string              `json:"paymentResultCode"`
	Order                    struct {
		ReferenceOrderID string `json:"referenceOrderId"`
	} `json:"order"`
}

// NewRecord returns the record of a call. The caller sets Time, Profile and ClientID. Fields of
// the answer are used only if it was accepted.
func NewRecord(exchange antom.Exchange) Record {
	r := Record{Operation: exchange.Operation, Gateway: exchange.Host}
	r.addFacts(exchange.Request)
	if exchange.Response != nil {
		r.Signed = exchange.Response.Signed
		r.TookMs, r.TraceID = exchange.Response.Took.Milliseconds(), exchange.Response.TraceID
		r.ResultStatus, r.ResultCode = exchange.Response.Result.ResultStatus, exchange.Response.Result.ResultCode
	}
	if exchange.Err == nil {
		r.addFacts(exchange.Response.Body)
		return r
	}
	r.Failure = failure(exchange.Err)
	return r
}

// addFacts adds the fields found in a body. An unreadable body has none.
func (r *Record) addFacts(body []byte) {
	var found facts
	if json.Unmarshal(body, &found) != nil {
		return
	}
	fill(&r.PaymentRequestID, found.PaymentRequestID)
	fill(&r.PaymentID, found.PaymentID)
	fill(&r.RefundRequestID, found.RefundRequestID)
	fill(&r.CaptureRequestID, found.CaptureRequestID)
	fill(&r.Amount, found.CaptureAmount)
	fill(&r.Amount, found.RefundAmount)
	fill(&r.ReferenceOrderID, found.Order.ReferenceOrderID)
	fill(&r.PaymentAmount, found.PaymentAmount)
	fill(&r.PaymentSessionExpiryTime, found.PaymentSessionExpiryTime)
	fill(&r.PaymentStatus, found.PaymentStatus)
	fill(&r.PaymentResultCode, found.PaymentResultCode)
}

func fill[T comparable](field *T, value T) {
	if value != *new(T) {
		*field = value
	}
}

// failure returns the id of an error, not its text, which may contain data that must not be
// recorded.
func failure(err error) string {
	if failed, ok := errors.AsType[*antom.TransportError](err); ok {
		return string(failed.Kind)
	}
	if refused, ok := errors.AsType[*sign.Error](err); ok {
		return string(refused.Reason)
	}
	if is[*antom.ResultError](err) {
		return "" // ResultStatus and ResultCode show it
	}
	return "stopped"
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// SameState reports whether two records describe the same state of the same payment, so that
// the second one adds nothing.
func (r Record) SameState(other Record) bool {
	r.Time, r.TookMs, r.TraceID = other.Time, other.TookMs, other.TraceID
	return r == other
}
