package antom

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Operation is an operation of the API, by Antom's own name.
type Operation string

// The operations of the card flow.
const (
	Cancel               Operation = "cancel"
	Capture              Operation = "capture"
	CreatePaymentSession Operation = "createPaymentSession"
	InquiryPayment       Operation = "inquiryPayment"
	InquiryRefund        Operation = "inquiryRefund"
	Refund               Operation = "refund"
)

// Endpoint is a row of the operation table, or a call that has no row: see
// [Client.Call].
type Endpoint struct {
	Operation Operation
	Path      string   // of production; see [SandboxPath]
	Key       string   // the field that makes a repeated call harmless; empty if none is documented
	Repeat    bool     // whether the same bytes may be sent again when no outcome is known
	Names     []string // the fields by which an answer says what it is about; see [BindingError]
	Recourse  Recourse // how to make sure after an answer that was lost, or U
	Method    string   // of HTTP; empty is POST, as all of Antom's are
	Amount    string   // the field with the amount that the call moves; empty if it has none
}

// Recourse is how to make sure of a call whose outcome is not known.
type Recourse string

// The ways to make sure.
const (
	// AskAgain repeats a call that changes nothing.
	AskAgain Recourse = "ask-again"
	// SameRequest sends the same bytes again; at most one payment comes of them.
	SameRequest Recourse = "same-request"
	// SameID sends the same request with the same request id again: Antom carries
	// it out once, whatever came of the first.
	SameID Recourse = "same-id"
	// InquireFirst asks for the payment, and repeats the call if it did not happen.
	InquireFirst Recourse = "inquire"
)

// endpoints are the operations of the card flow (paths: SDK AntomPathConstants).
// Keys and Repeat are from the idempotency page and from the rules for U of each
// operation (G24, J24). createPaymentSession has no key: a second call makes a
// second session, although one order is still paid once; and its answer names
// nothing of its request. Of Names the id that Antom goes by where both are given
// comes first (G24, J24). Sorted by operation.
var endpoints = [...]Endpoint{
	{Cancel, "/ams/api/v1/payments/cancel", "", true, []string{"paymentId", "paymentRequestId"}, InquireFirst, "", ""},
	{Capture, "/ams/api/v1/payments/capture", "captureRequestId", true, []string{"captureRequestId", "paymentId"}, SameID, "", "captureAmount"},
	{CreatePaymentSession, "/ams/api/v1/payments/createPaymentSession", "", false, nil, SameRequest, "", "paymentAmount"},
	{InquiryPayment, "/ams/api/v1/payments/inquiryPayment", "", true, []string{"paymentId", "paymentRequestId"}, AskAgain, "", ""},
	{InquiryRefund, "/ams/api/v1/payments/inquiryRefund", "", true, []string{"refundId", "refundRequestId"}, AskAgain, "", ""},
	{Refund, "/ams/api/v1/payments/refund", "refundRequestId", true, []string{"refundRequestId", "paymentId"}, SameID, "", "refundAmount"},
}

// Operations returns the names of the operations, sorted.
func Operations() []Operation {
	names := make([]Operation, 0, len(endpoints))
	for _, row := range endpoints {
		names = append(names, row.Operation)
	}
	return names
}

// Endpoints returns the operation table, sorted by operation.
func Endpoints() []Endpoint {
	rows := slices.Clone(endpoints[:])
	for i := range rows {
		rows[i].Names = slices.Clone(rows[i].Names)
	}
	return rows
}

// LookupEndpoint finds the row of an operation.
func LookupEndpoint(op Operation) (Endpoint, bool) {
	i, found := slices.BinarySearchFunc(endpoints[:], op, func(row Endpoint, op Operation) int {
		return strings.Compare(string(row.Operation), string(op))
	})
	if !found {
		return Endpoint{}, false
	}
	return endpoints[i], true
}

// Endpoint is the row of the operation; of one that has none only the name is set,
// which no call can be made with.
func (op Operation) Endpoint() Endpoint {
	if row, ok := LookupEndpoint(op); ok {
		return row
	}
	return Endpoint{Operation: op}
}

const (
	productionPrefix = "/ams/api"
	sandboxPrefix    = "/ams/sandbox/api"
	sandboxClientID  = "SANDBOX_"
)

// IsSandboxID reports whether a client id is of the sandbox: those begin with
// SANDBOX_. It is the rule that Antom's SDKs go by.
func IsSandboxID(clientID string) bool { return strings.HasPrefix(clientID, sandboxClientID) }

// SandboxPath turns the first /ams/api of a path into /ams/sandbox/api, which is
// where sandbox clients send, and what they sign (SDK).
func SandboxPath(path string) string {
	return strings.Replace(path, productionPrefix, sandboxPrefix, 1)
}

// Region names one of Antom's gateways.
type Region string

// The regions of Antom's SDKs.
const (
	RegionDE Region = "de" // Europe
	RegionSG Region = "sg" // Asia
	RegionUS Region = "us" // North America
)

// regions are the accelerated hosts (SDK EndPointConstants, G24 api_fund).
// Sandbox and production share them; only the path differs.
var regions = [...]struct {
	region Region
	url    string
}{
	{RegionDE, "https://open-de-global.alipay.com"},
	{RegionSG, "https://open-sea-global.alipay.com"},
	{RegionUS, "https://open-na-global.alipay.com"},
}

// ParseRegion reads a region: sg, us or de.
func ParseRegion(s string) (Region, error) {
	if Region(s).URL() == "" {
		return "", fmt.Errorf("region %q: must be sg (Asia), us (North America) or de (Europe)", s)
	}
	return Region(s), nil
}

// URL is the gateway of the region; empty for an unknown one.
func (r Region) URL() string {
	for _, row := range regions {
		if row.region == r {
			return row.url
		}
	}
	return ""
}

// IsLoopback reports whether a host, as [net/url.URL.Hostname] gives it, is this
// machine: localhost, a name under it, or a loopback address. It looks at the
// whole name, so 127.0.0.1.example.com is not.
func IsLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.Unmap().IsLoopback()
}
