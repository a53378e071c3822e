// Package history is the record of the calls that were made from this machine:
// JSON lines in one file of the state folder, which processes share.
//
// A record holds what its struct names and nothing else: no key, no signature,
// no session data, no card, nothing about the buyer.
package history

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Record is one call and what came of it.
type Record struct {
	Time      time.Time       `json:"time"`
	Profile   string          `json:"profile"` // empty for the nameless one of the environment
	ClientID  string          `json:"clientId"`
	Gateway   string          `json:"gateway"` // host
	Operation antom.Operation `json:"operation"`

	PaymentRequestID         string              `json:"paymentRequestId,omitzero"`
	PaymentID                string              `json:"paymentId,omitzero"`
	RefundRequestID          string              `json:"refundRequestId,omitzero"` // a refund's notification names no payment
	ReferenceOrderID         string              `json:"referenceOrderId,omitzero"`
	PaymentAmount            antom.Amount        `json:"paymentAmount,omitzero"`
	PaymentSessionExpiryTime antom.DateTime      `json:"paymentSessionExpiryTime,omitzero"`
	PaymentStatus            antom.PaymentStatus `json:"paymentStatus,omitzero"`
	PaymentResultCode        string              `json:"paymentResultCode,omitzero"`

	ResultStatus antom.ResultStatus `json:"resultStatus,omitzero"`
	ResultCode   string             `json:"resultCode,omitzero"`
	Signed       bool               `json:"signed"`
	Failure      string             `json:"failure,omitzero"` // id of why there is no answer that counts
	TookMs       int64              `json:"tookMs"`
}

// facts are what is taken from a request and from its answer.
type facts struct {
	PaymentRequestID         string              `json:"paymentRequestId"`
	PaymentID                string              `json:"paymentId"`
	RefundRequestID          string              `json:"refundRequestId"`
	PaymentAmount            antom.Amount        `json:"paymentAmount"`
	PaymentSessionExpiryTime antom.DateTime      `json:"paymentSessionExpiryTime"`
	PaymentStatus            antom.PaymentStatus `json:"paymentStatus"`
	PaymentResultCode        string              `json:"paymentResultCode"`
	Order                    struct {
		ReferenceOrderID string `json:"referenceOrderId"`
	} `json:"order"`
}

// NewRecord is the record of a call. Time, Profile and ClientID are the caller's
// to set. Only an answer that was accepted is believed.
func NewRecord(exchange antom.Exchange) Record {
	r := Record{Operation: exchange.Operation, Gateway: exchange.Host}
	r.take(exchange.Request)
	if exchange.Response != nil {
		r.Signed = exchange.Response.Signed
		r.TookMs = exchange.Response.Took.Milliseconds()
		r.ResultStatus, r.ResultCode = exchange.Response.Result.ResultStatus, exchange.Response.Result.ResultCode
	}
	if exchange.Err == nil {
		r.take(exchange.Response.Body)
		return r
	}
	r.Failure = failure(exchange.Err)
	return r
}

// take adds the facts that a body names. A body that can't be read names none.
func (r *Record) take(body []byte) {
	var told facts
	if json.Unmarshal(body, &told) != nil {
		return
	}
	fill(&r.PaymentRequestID, told.PaymentRequestID)
	fill(&r.PaymentID, told.PaymentID)
	fill(&r.RefundRequestID, told.RefundRequestID)
	fill(&r.ReferenceOrderID, told.Order.ReferenceOrderID)
	fill(&r.PaymentAmount, told.PaymentAmount)
	fill(&r.PaymentSessionExpiryTime, told.PaymentSessionExpiryTime)
	fill(&r.PaymentStatus, told.PaymentStatus)
	fill(&r.PaymentResultCode, told.PaymentResultCode)
}

func fill[T comparable](field *T, value T) {
	if value != *new(T) {
		*field = value
	}
}

// failure is the id of an error: its text may hold what has no place here.
func failure(err error) string {
	if failed, ok := errors.AsType[*antom.TransportError](err); ok {
		return string(failed.Kind)
	}
	if refused, ok := errors.AsType[*sign.Error](err); ok {
		return string(refused.Reason)
	}
	if is[*antom.ResultError](err) {
		return "" // the result says it
	}
	return "stopped"
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// SameState reports whether two records tell the same of the same payment, so
// that the second one is no news.
func (r Record) SameState(other Record) bool {
	r.Time, r.TookMs = other.Time, other.TookMs
	return r == other
}
