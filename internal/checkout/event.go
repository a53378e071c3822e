package checkout

import (
	"encoding/json"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// Kind is the channel of an event.
type Kind string

// The kinds of events. Those of the SDK are named after how the SDK tells them.
const (
	PageOpened   Kind = "page-opened"     // the link was used
	PageGone     Kind = "page-gone"       // closed, loaded again, or left
	PageHidden   Kind = "page-hidden"     // the page reports that the browser leaves it
	PageReturned Kind = "page-returned"   // the buyer came to the page of paymentRedirectUrl
	PageError    Kind = "page-error"      // an error in the page, of the SDK or of ours
	PageRejected Kind = "page-rejection"  // an uncaught promise rejection
	PageBlocked  Kind = "csp"             // the content security policy blocked something
	SDKLoaded    Kind = "sdk-loaded"      // the script is there; Message names its version, if it has one
	SDKMissing   Kind = "sdk-load-failed" // the script could not be loaded
	SDKEvent     Kind = "onEventCallback"
	SDKFailure   Kind = "onError"
	SDKLog       Kind = "onLog"
	SDKClosed    Kind = "onClose"
	Launching    Kind = "launching"       // createComponent, mountComponent or mount was called
	Launched     Kind = "launched"        // its promise has resolved
	NotLaunched  Kind = "launch-rejected" // its promise was rejected
	Submitting   Kind = "submitting"      // submit or submitPayment was called
	Submitted    Kind = "submitted"       // its promise has resolved
	NotSubmitted Kind = "submit-rejected" // its promise was rejected
)

// kinds are those that a page may send.
var kinds = [...]Kind{
	PageHidden, PageError, PageRejected, PageBlocked, SDKLoaded, SDKMissing, SDKEvent, SDKFailure, SDKLog, SDKClosed,
	Launching, Launched, NotLaunched, Submitting, Submitted, NotSubmitted,
}

// Event is one event of the page.
type Event struct {
	Seq     int // number in the order of events
	Page    int // number of the page, from 1; 0: none
	Time    time.Time
	Kind    Kind
	Code    string          // the SDK's code, as it came; empty: none
	Message string          // as it came, without the queries of URLs
	Result  string          // paymentResultCode of the data, if they have one
	Status  string          // status or paymentStatus of the data, if they have one
	Data    json.RawMessage // as it may be shown: redacted, on one line; nil: nothing
}

// facts are the fields that are read from an event's data.
type facts struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Status  string          `json:"status"`
	Result  json.RawMessage `json:"result"`
	Error   struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// resultFacts are the fields that are read from the result in an event.
type resultFacts struct {
	Code   string `json:"paymentResultCode"`
	Status string `json:"paymentStatus"`
}

// The longest texts that are kept of what a page sends, in characters.
const (
	longestCode    = 80
	longestMessage = 500
)

// addresses are URLs in a text; what follows the path is a secret of somebody's.
var addresses = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(https?://[^\s?#"']+)[?#][^\s"']*`) })

func plainMessage(text string) string {
	return redact.Clip(addresses().ReplaceAllString(text, "$1?…"), longestMessage)
}

// newEvent reads a report. Fields that may differ between versions of the SDK are read as far
// as possible.
func newEvent(r report) Event {
	e := Event{Kind: Kind(r.Kind)}
	var text string
	if json.Unmarshal(r.Data, &text) == nil {
		e.Message = plainMessage(text)
		return e
	}
	var f facts
	_ = json.Unmarshal(r.Data, &f) // what has another shape tells nothing
	if f.Code == "" && f.Error.Code != "" {
		f.Code, f.Message = f.Error.Code, f.Error.Message
	}
	e.Code, e.Message, e.Status = redact.Clip(f.Code, longestCode), plainMessage(f.Message), redact.Clip(f.Status, longestCode)
	for _, at := range []json.RawMessage{f.Result, r.Data} {
		var result resultFacts
		if json.Unmarshal(at, &result) == nil && result.Code != "" {
			e.Result, e.Status = redact.Clip(result.Code, longestCode), redact.Clip(result.Status, longestCode)
			break
		}
	}
	if len(r.Data) > 0 && string(r.Data) != "null" {
		if shown := json.RawMessage(redact.JSONBody(r.Data)); json.Valid(shown) {
			e.Data = shown
		}
	}
	return e
}

// claims are the codes by which the browser says how the payment ended.
var claims = [...]struct {
	code   string
	status antom.PaymentStatus
}{
	{"SDK_PAYMENT_FAIL", antom.PaymentFail},
	{"SDK_PAYMENT_SUCCESSFUL", antom.PaymentSuccess},
}

// Claim is the final status that a code of the SDK reports. It is a hint: the gateway decides.
func Claim(code string) (antom.PaymentStatus, bool) {
	for _, row := range claims {
		if row.code == code {
			return row.status, true
		}
	}
	return "", false
}

// leaving are the codes after which the browser is on another page.
var leaving = [...]string{"SDK_CALL_URL_SUCCESS", "SDK_REDIRECT"}

// Leaves reports whether the browser leaves the page after a code of the SDK.
func Leaves(code string) bool { return slices.Contains(leaving[:], code) }
