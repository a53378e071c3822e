package antom

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/antom-cli/antom/pkg/sign"
)

// ResultError is a refusal: the gateway answered F or U.
type ResultError struct {
	Operation Operation
	Result    Result
	// Row explains the code, if Known.
	Row   ResultCode
	Known bool
	// Signed is false for an unsigned answer, which may not be from Antom.
	Signed   bool
	Response *Response
}

// Error names the operation, the code and its meaning, on one line.
func (e *ResultError) Error() string {
	verb := "refused by the gateway"
	if e.Result.ResultStatus == StatusU {
		verb = "outcome not known to the gateway"
	}
	code := cmp.Or(oneLine(e.Result.ResultCode), "no result code")
	text := fmt.Sprintf("%s: %s: %s (%s)", e.Operation, verb, code, e.Result.ResultStatus)
	if message := strings.TrimRight(oneLine(e.Result.ResultMessage), ". "); message != "" {
		text += ": " + message
	} else if e.Known {
		text += ": " + e.Row.Meaning
	}
	if !e.Signed {
		text += " (answer not signed)"
	}
	return text
}

// Hint returns the action for the code.
func (e *ResultError) Hint() string {
	if !e.Known {
		return "the code is not in the table; look for it in Antom's documentation"
	}
	return e.Row.Action
}

// longestForeignText limits how much of a text from the network an error shows: the documented
// length of resultMessage.
const longestForeignText = 256

// oneLine prepares a text from the network for an error message: without line breaks and
// control characters, and with a limited length.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > longestForeignText {
		s = string(runes[:longestForeignText]) + "…"
	}
	return strings.TrimSpace(s)
}

// TransportKind is the reason why there is no usable answer.
type TransportKind string

// The kinds of a [*TransportError].
const (
	BadStatus   TransportKind = "bad-status"
	CutShort    TransportKind = "cut-short"
	Dropped     TransportKind = "dropped"
	NotJSON     TransportKind = "not-json"
	Redirected  TransportKind = "redirected"
	ServerFault TransportKind = "server-fault"
	TimedOut    TransportKind = "timed-out"
	TooLarge    TransportKind = "too-large"
	Unreachable TransportKind = "unreachable"
	Untrusted   TransportKind = "untrusted"
	WebPage     TransportKind = "web-page"
)

const inquireFirst = "the outcome is not known: inquire before you repeat a call that moves money"

// sameAgain is the hint for a session: before somebody pays there is nothing to inquire about,
// and one paymentRequestId leads to at most one payment.
const sameAgain = "the outcome is not known: send the same request again, with the same paymentRequestId"

// transportKinds describe each kind: what the gateway did, whether it may be temporary, and
// what to do. Sorted by kind.
var transportKinds = [...]struct {
	kind      TransportKind
	text      string
	temporary bool
	hint      string
}{
	{BadStatus, "answered with an error status", false,
		"check the gateway URL: Antom uses HTTP 200 even for refusals"},
	{CutShort, "sent an incomplete answer", true, inquireFirst},
	{Dropped, "gave no answer", true, inquireFirst},
	{NotJSON, "sent an unreadable answer", false,
		"check the gateway URL; a proxy may answer instead"},
	{Redirected, "answered with a redirect, which is never followed", false,
		"check the gateway URL; there may be a proxy or a login page in between"},
	{ServerFault, "answered with a server error", true,
		"try again later; " + inquireFirst},
	{TimedOut, "timed out", true, inquireFirst},
	{TooLarge, "sent an answer that is too large", false,
		"check the gateway URL; Antom's answers are a few kilobytes"},
	{Unreachable, "not reached", true,
		"nothing was sent; check the network, the proxy and the gateway URL"},
	{Untrusted, "not trusted", false,
		"nothing was sent; this machine does not trust the certificate for this host: there may be a proxy in between"},
	{WebPage, "sent an unreadable answer", false,
		"a proxy or a login page has probably answered instead of the gateway, or the gateway URL is wrong"},
}

// TransportError reports that there is no usable answer. It never contains a header, a body or
// the query of a URL.
type TransportError struct {
	Kind      TransportKind
	Operation Operation
	Host      string // of the gateway
	Err       error

	rateLimited bool // HTTP 429
}

// Error names the operation, the gateway's host and what happened.
func (e *TransportError) Error() string {
	text, _, _ := e.Kind.row()
	if e.Kind == ServerFault && e.rateLimited {
		text = "is rate limiting"
	}
	return fmt.Sprintf("%s: gateway %s %s: %s", e.Operation, e.Host, text, oneLine(e.Err.Error()))
}

// Hint returns what to check.
func (e *TransportError) Hint() string {
	_, _, hint := e.Kind.row()
	if e.Operation == CreatePaymentSession {
		hint = strings.Replace(hint, inquireFirst, sameAgain, 1)
	}
	return hint
}

// Sent reports whether the request may have reached the gateway. If so, its outcome is not
// known.
func (e *TransportError) Sent() bool { return e.Kind != Unreachable && e.Kind != Untrusted }

// Temporary reports whether a later attempt may succeed.
func (e *TransportError) Temporary() bool {
	_, temporary, _ := e.Kind.row()
	return temporary
}

// Unwrap returns the error of the network or the decoder.
func (e *TransportError) Unwrap() error { return e.Err }

func (k TransportKind) row() (text string, temporary bool, hint string) {
	for _, row := range transportKinds {
		if row.kind == k {
			return row.text, row.temporary, row.hint
		}
	}
	return string(k), false, ""
}

// kindOf distinguishes whether a request without an answer may have been sent.
func kindOf(err error) TransportKind {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return Untrusted
	}
	if network, ok := errors.AsType[*net.OpError](err); ok && (network.Op == "dial" || network.Op == "proxyconnect") {
		return Unreachable
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return Unreachable // no TLS at the other end
	}
	return Dropped
}

// withoutURL removes the URL that net/http adds to its errors: its query may contain a secret.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

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
