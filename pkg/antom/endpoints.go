package antom

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Operation is an operation of the API, as Antom names it.
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

// Endpoint is a row of the operation table, or describes a call that is not in the table: see
// [Client.Call].
type Endpoint struct {
	Operation Operation
	Path      string   // path in production; see [SandboxPath]
	Key       string   // the idempotency key's field; empty if none is documented
	Repeat    bool     // whether the same bytes may be sent again if the outcome is not known
	Names     []string // the fields that bind an answer to its request; see [BindingError]
	Recourse  Recourse // how to determine the outcome after a lost answer, or U
	Method    string   // HTTP method; empty means POST, which all of Antom's operations use
	Amount    string   // the field with the amount to move; empty if there is none
}

// Recourse is how to determine the outcome of a call if it is not known.
type Recourse string

// The recourses.
const (
	// AskAgain repeats a call that changes nothing.
	AskAgain Recourse = "ask-again"
	// SameRequest sends the same bytes again; they lead to at most one payment.
	SameRequest Recourse = "same-request"
	// SameID sends the same request with the same request id again: Antom executes it once,
	// whatever the result of the first attempt.
	SameID Recourse = "same-id"
	// InquireFirst inquires about the payment, and repeats the call if it had no effect.
	InquireFirst Recourse = "inquire"
)

// endpoints are the operations of the card flow (paths: SDK AntomPathConstants). Keys and
// Repeat are from the idempotency page and from each operation's rules for U (G24, J24).
// createPaymentSession has no key: a second call creates a second session, although one order
// can still be paid only once. Its answer contains nothing of its request. The first of Names
// is the id that Antom uses if both are given (G24, J24). Sorted by operation.
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

// LookupEndpoint returns the row of an operation.
func LookupEndpoint(op Operation) (Endpoint, bool) {
	i, found := slices.BinarySearchFunc(endpoints[:], op, func(row Endpoint, op Operation) int {
		return strings.Compare(string(row.Operation), string(op))
	})
	if !found {
		return Endpoint{}, false
	}
	return endpoints[i], true
}

// Endpoint returns the row of the operation. If there is none, only Operation is set, and the
// endpoint can't be called.
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

// IsSandboxID reports whether a client id belongs to the sandbox: those begin with SANDBOX_.
// Antom's SDKs use the same rule.
func IsSandboxID(clientID string) bool { return strings.HasPrefix(clientID, sandboxClientID) }

// SandboxPath replaces the first /ams/api of a path with /ams/sandbox/api. Sandbox clients call
// and sign that path (SDK).
func SandboxPath(path string) string {
	return strings.Replace(path, productionPrefix, sandboxPrefix, 1)
}

// Region is the region of one of Antom's gateways.
type Region string

// The regions of Antom's SDKs.
const (
	RegionDE Region = "de" // Europe
	RegionSG Region = "sg" // Asia
	RegionUS Region = "us" // North America
)

// regions are the accelerated hosts (SDK EndPointConstants, G24 api_fund). Sandbox and
// production share them; only the path differs.
var regions = [...]struct {
	region Region
	url    string
}{
	{RegionDE, "https://open-de-global.alipay.com"},
	{RegionSG, "https://open-sea-global.alipay.com"},
	{RegionUS, "https://open-na-global.alipay.com"},
}

// ParseRegion parses a region: sg, us or de.
func ParseRegion(s string) (Region, error) {
	if Region(s).URL() == "" {
		return "", fmt.Errorf("region %q: must be sg (Asia), us (North America) or de (Europe)", s)
	}
	return Region(s), nil
}

// URL returns the gateway of the region, or "" for an unknown one.
func (r Region) URL() string {
	for _, row := range regions {
		if row.region == r {
			return row.url
		}
	}
	return ""
}

// IsLoopback reports whether a host, as returned by [net/url.URL.Hostname], is this machine:
// localhost, a name below it, or a loopback address. It checks the whole name, so
// 127.0.0.1.example.com is not.
func IsLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.Unmap().IsLoopback()
}
