package antom

import (
	"fmt"
	"strings"

	"github.com/antom-cli/antom/pkg/sign"
)

// ResultError is a refusal: the gateway answered F or U.
type ResultError struct {
	Operation Operation
	Result    Result
	// Row explains the code, if Known.
	Row   ResultCode
	Known bool
	// Signed is false for an answer without a signature: nobody vouches for it.
	Signed   bool
	Response *Response
}

// Error names the operation, the code and what it means.
func (e *ResultError) Error() string {
	verb := "refused"
	if e.Result.ResultStatus == StatusU {
		verb = "not known yet"
	}
	text := fmt.Sprintf("%s: %s: %s (%s)", e.Operation, verb, e.Result.ResultCode, e.Result.ResultStatus)
	if message := strings.TrimSpace(e.Result.ResultMessage); message != "" {
		text += ": " + message
	} else if e.Known {
		text += ": " + e.Row.Meaning
	}
	if !e.Signed {
		text += " (the answer is not signed)"
	}
	return text
}

// Hint says what the code asks for.
func (e *ResultError) Hint() string {
	if !e.Known {
		return "the code is not in the table; Antom's pages may know it"
	}
	return e.Row.Action
}

// TransportKind is why there is no answer that can be used.
type TransportKind string

// The kinds of a [*TransportError].
const (
	Unreachable TransportKind = "unreachable"
	TimedOut    TransportKind = "timed-out"
	Redirected  TransportKind = "redirected"
	ServerFault TransportKind = "server-fault"
	BadStatus   TransportKind = "bad-status"
	NotJSON     TransportKind = "not-json"
	TooLarge    TransportKind = "too-large"
	CutShort    TransportKind = "cut-short"
)

// transportKinds describe each kind: what happened, whether it may pass by
// itself, and what to do.
var transportKinds = [...]struct {
	kind      TransportKind
	text      string
	temporary bool
	hint      string
}{
	{Unreachable, "not reached", true, "check the network, the proxy and the gateway URL"},
	{TimedOut, "timed out", true, "the outcome is not known: inquire before you repeat a call that moves money"},
	{Redirected, "answered with a redirect, which is never followed", false, "check the gateway URL; a proxy or a login page may stand in between"},
	{ServerFault, "answered with a server error", true, "try again later; the outcome of this call is not known"},
	{BadStatus, "answered with an error status", false, "check the gateway URL: Antom answers HTTP 200 to refusals too"},
	{NotJSON, "gave no answer that can be read", false, "check the gateway URL; a proxy may answer in its place"},
	{TooLarge, "gave an answer that is too large", false, "check the gateway URL; Antom's answers are a few kilobytes"},
	{CutShort, "gave an answer that was cut short", true, "the outcome is not known: inquire before you repeat a call that moves money"},
}

// TransportError says that no answer came, or none that can be used.
type TransportError struct {
	Kind      TransportKind
	Operation Operation
	Host      string
	Err       error
}

// Error names the operation, the gateway's host and what happened.
func (e *TransportError) Error() string {
	for _, row := range transportKinds {
		if row.kind == e.Kind {
			return fmt.Sprintf("%s: gateway %s %s: %s", e.Operation, e.Host, row.text, e.Err)
		}
	}
	return fmt.Sprintf("%s: gateway %s: %s", e.Operation, e.Host, e.Err)
}

// Hint says what to look at.
func (e *TransportError) Hint() string {
	for _, row := range transportKinds {
		if row.kind == e.Kind {
			return row.hint
		}
	}
	return ""
}

// Temporary reports whether asking again later may help.
func (e *TransportError) Temporary() bool {
	for _, row := range transportKinds {
		if row.kind == e.Kind {
			return row.temporary
		}
	}
	return false
}

// Unwrap returns what the network or the decoder said.
func (e *TransportError) Unwrap() error { return e.Err }

type hinter interface {
	error
	Hint() string
}

var (
	_ hinter = (*ResultError)(nil)
	_ hinter = (*TransportError)(nil)
	_ hinter = (*AmountError)(nil)
	_ hinter = (*sign.Error)(nil)
	_ hinter = (*sign.KeyError)(nil)
)
