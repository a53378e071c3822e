package antom

import (
	"slices"
	"strings"
)

//go:generate go run ../../internal/gen/sdkevents

// SDKEventKind is the kind of a code of the web SDK. The first three are Antom's types R, S and
// E; the last one is ours (INF).
type SDKEventKind string

// The kinds of the web SDK's codes.
const (
	SDKResult SDKEventKind = "result" // the result of the payment, according to the browser
	SDKStatus SDKEventKind = "status" // the progress of the form
	SDKError  SDKEventKind = "error"  // an error of the SDK or the page; it did not make the payment
	SDKAnswer SDKEventKind = "answer" // error.code of the promises of submitPayment and mount of AMSElement
)

// SDKEvent is a row of the table of the web SDK's codes: those passed to onEventCallback and
// onError, and those with which promises are rejected.
type SDKEvent struct {
	Code    string
	Kind    SDKEventKind
	Inquire bool   // the payment may have changed: only inquiryPayment and the notification are reliable
	Meaning string // our wording
	Action  string // what to do next
	Source  string // G24: the guide of spring 2024; DOC: newer pages; JS: the SDK 1.47.2; 3P: third parties
	Aliases string // other spellings in use, separated by commas
	Dispute string // what Antom's pages disagree about, and what is right; empty if they agree
}

// sdkConfusion describes the two codes whose meanings are swapped in Antom's event table
// (conflict C6). The guide's questions, the newer reference and the code of the SDK agree.
const sdkConfusion = "the guide's event table assigns SDK_CREATEPAYMENT_PARAMETER_ERROR to the constructor and SDK_INIT_PARAMETER_ERROR to createComponent; " +
	"its questions and answers, the newer reference and the SDK itself have it the other way round, as here"

// sdkEvents are the codes of the classes AMSCashierPayment, AMSElement and AMSCheckoutPage. The
// form is served by Antom and may send others: an unknown code is not an error. Sorted by code.
var sdkEvents = [...]SDKEvent{
	{"APPLE_PAY_CANCEL", SDKAnswer, false, "the buyer closed Apple Pay's sheet", "let the buyer try again", "JS", "", ""},
	{"APPLE_PAY_MISSING_DATA", SDKAnswer, false, "the session lacks data that Apple Pay needs", "check the merchant's Apple Pay set-up", "JS", "", ""},
	{"APPLE_PAY_NOT_SUPPORTED", SDKAnswer, false, "this browser or device has no Apple Pay", "offer another payment method", "JS", "", ""},
	{"APPLE_PAY_PAYMENT_SESSION_REQUEST_FAILED", SDKAnswer, false, "Apple did not grant a payment session", "check that the page's domain is registered with Apple Pay", "JS", "", ""},
	{"APPLE_PAY_TOKEN_ERROR", SDKAnswer, true, "Apple's token could not be used", "call inquiryPayment, then let the buyer try again", "JS", "", ""},
	{"ERR_DATA_STRUCT_UNRECOGNIZED", SDKAnswer, false, "the SDK could not read the form's or the gateway's answer", "use a newer version of the SDK; if that does not help, contact Antom's support", "JS", "", ""},
	{"EXTERNAL_RESOURCE_LOAD_FAILED", SDKAnswer, false, "a script or a page that the SDK needs did not load", "check the network and the page's content security policy", "3P", "", ""},
	{"FORM_INVALID", SDKAnswer, false, "fields of the form are not valid", "the buyer corrects the fields and submits again", "3P", "", ""},
	{"GOOGLE_PAY_NOT_SUPPORTED", SDKAnswer, false, "this browser or device has no Google Pay", "offer another payment method", "JS", "", ""},
	{"INITIALIZE_API_TIMEOUT", SDKAnswer, false, "Antom's gateway gave no answer within 10 s", "check the network and that the content security policy allows the gateway in connect-src", "JS", "", ""},
	{"INITIALIZE_WEB_TIMEOUT", SDKAnswer, false, "the gateway answered, but the form's page did not load within 10 s", "check that the content security policy allows checkout.antom.com in frame-src", "JS", "", ""},
	{"INQUIRY_PAYMENT_SESSION_FAILED", SDKAnswer, true, "the SDK could not inquire about the payment", "call inquiryPayment", "JS", "", ""},
	{"PARAM_INVALID", SDKAnswer, false, "a parameter is missing or wrong", "check what is passed to the constructor, to mount and to submitPayment", "JS", "", ""},
	{"PAYMENT_RESULT_TIMEOUT", SDKAnswer, true, "the result did not arrive in time", "call inquiryPayment", "3P", "", ""},
	{"REPEAT_REQ_REJECT", SDKAnswer, true, "a submission is already in progress", "wait for its result; do not submit twice", "JS", "", ""},
	{"SDK_CALL_URL_ERROR", SDKError, true, "the redirect to the bank, the wallet or the shop failed; version 1.47.2 sends SDK_LAUNCH_PAYMENT_APP_ERROR instead", "check paymentRedirectUrl", "G24", "", "the newer reference calls it a status"},
	{"SDK_CALL_URL_SUCCESS", SDKStatus, true, "the browser goes to the page of the bank, the wallet or the shop", "nothing; when the buyer returns, call inquiryPayment", "DOC", "", ""},
	{"SDK_CREATECOMPONENT_ERROR", SDKError, false, "the payment component could not be shown", "read the message: it has several causes", "G24", "SDK_CREATE_COMPONENT_ERROR", ""},
	{"SDK_CREATEPAYMENT_PARAMETER_ERROR", SDKError, false, "the SDK could not read the session data: wrong, cut, or without the fourth part", "antom session inspect says what is wrong; pass the complete paymentSessionData", "DOC", "", sdkConfusion},
	{"SDK_DUPLICATE_SUBMISSION_BEHAVIOR", SDKStatus, false, "the form was submitted again while the first submission was in progress", "nothing; disable your button until the result arrives", "DOC", "", ""},
	{"SDK_END_OF_LOADING", SDKStatus, false, "the form is ready", "end your own loading animation, if you have one", "G24", "", ""},
	{"SDK_FORM_VERIFICATION_FAILED", SDKStatus, false, "fields of the form are not valid; nothing was sent", "the buyer corrects the marked fields and submits again", "G24", "", ""},
	{"SDK_INIT_PARAMETER_ERROR", SDKError, false, "an option of the constructor is wrong", "check environment, locale and the callbacks", "DOC", "", sdkConfusion},
	{"SDK_INTERNAL_ERROR", SDKError, false, "the frame of the form could not be created, or sent a malformed message", "reload the page; if that does not help, contact Antom's support", "G24", "", ""},
	{"SDK_LAUNCH_PAYMENT_APP_ERROR", SDKError, true, "the redirect to the bank, the wallet or the shop failed", "check paymentRedirectUrl", "JS", "", ""},
	{"SDK_PAYMENT_APPROVE", SDKStatus, true, "the buyer approved in PayPal", "wait for the result code", "JS", "", ""},
	{"SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL", SDKStatus, true, "the buyer has finished; the result code follows", "keep the page open", "DOC", "", ""},
	{"SDK_PAYMENT_CANCEL", SDKResult, true, "the buyer left without submitting", "use the same session data until the session expires; then create a new session", "G24", "", ""},
	{"SDK_PAYMENT_CHALLENGE", SDKStatus, false, "3-D Secure is shown: the bank asks the buyer", "wait", "DOC", "", ""},
	{"SDK_PAYMENT_CLICK_BACK_TO_MERCHANT", SDKStatus, true, "the buyer clicked to return to the shop (AMSCheckoutPage)", "show the order; call inquiryPayment", "JS", "", ""},
	{"SDK_PAYMENT_ERROR", SDKResult, true, "the payment is in an abnormal state", "check paymentResultCode, and that session and SDK have the same environment; call inquiryPayment", "G24", "", ""},
	{"SDK_PAYMENT_FAIL", SDKResult, true, "the payment failed", "check paymentResultCode; another attempt needs a new session", "G24", "", ""},
	{"SDK_PAYMENT_PROCESSING", SDKResult, true, "the payment is being processed", "wait for the notification, or call inquiryPayment; a second payment may charge the buyer twice", "G24", "", "the guide tells the merchant to let the buyer try again; the newer reference, to inquire or wait"},
	{"SDK_PAYMENT_RETRY", SDKResult, true, "the payment failed, and the form lets the buyer try again", "wait: the buyer changes the details", "DOC", "", ""},
	{"SDK_PAYMENT_SHIPPINGCHANGE", SDKStatus, false, "the buyer changed the shipping address in PayPal", "update the order", "JS", "", ""},
	{"SDK_PAYMENT_SUCCESSFUL", SDKResult, true, "paid, according to the browser", "show the result page; ship only after inquiryPayment or the notification says SUCCESS", "G24", "", ""},
	{"SDK_PAYMENT_WARN", SDKStatus, false, "PayPal sent a warning", "read the message", "JS", "", ""},
	{"SDK_REDIRECT", SDKStatus, true, "the browser is sent to another page", "nothing; when the buyer returns, call inquiryPayment", "JS", "", ""},
	{"SDK_START_OF_LOADING", SDKStatus, false, "the form is being loaded", "start your own loading animation, if showLoading is false", "G24", "", ""},
	{"SDK_SUBMIT_NETWORK_ERROR", SDKError, true, "the submission did not reach Antom, or its answer was lost", "call inquiryPayment; if there is no payment, submit again", "DOC", "", "the reference says to submit again; but a lost answer may hide a payment"},
	{"SUBMIT_PAYMENT_TIMEOUT", SDKAnswer, true, "the submission was not answered in time", "call inquiryPayment before the buyer pays again", "3P", "", ""},
	{"UI_STATE_ERROR", SDKAnswer, false, "the call is not valid in this state of the component, such as a submission before mount", "mount first, and wait for its promise", "JS", "", ""},
	{"USER_CANCELED", SDKAnswer, true, "the buyer cancelled", "let the buyer try again", "3P", "", ""},
}

// LookupSDKEvent returns a code of the web SDK by its name or an alias.
func LookupSDKEvent(code string) (SDKEvent, bool) {
	i, found := slices.BinarySearchFunc(sdkEvents[:], code, func(row SDKEvent, code string) int { return strings.Compare(row.Code, code) })
	if found {
		return sdkEvents[i], true
	}
	for _, row := range sdkEvents {
		if row.Aliases != "" && slices.Contains(strings.Split(row.Aliases, ","), code) {
			return row, true
		}
	}
	return SDKEvent{}, false
}

// SDKEvents returns the table of the web SDK's codes, sorted by code.
func SDKEvents() []SDKEvent { return slices.Clone(sdkEvents[:]) }

// SDKCause is the meaning of a code together with a message: some codes have several causes,
// which the message distinguishes.
type SDKCause struct {
	Code    string
	Message string // the beginning of the SDK's message; empty for every other message
	Meaning string
	Action  string
	Source  string // as in SDKEvent
}

// sdkCauses are the messages of the SDK 1.47.2 (JS, measured). The empty message of a code
// comes last.
var sdkCauses = [...]SDKCause{
	{"SDK_CREATECOMPONENT_ERROR", "Load resource timeout", "the page of the form did not load within 15 s",
		"check the network and that the content security policy allows ac.alipay.com in frame-src", "JS"},
	{"SDK_CREATECOMPONENT_ERROR", "Network request error", "the browser can't reach Antom's gateway",
		"check the network, a proxy, an ad blocker, and that the content security policy allows the gateway in connect-src", "JS"},
	{"SDK_CREATECOMPONENT_ERROR", "Only one component", "a component is already shown",
		"call unmount before the next createComponent or mountComponent", "JS"},
	{"SDK_CREATECOMPONENT_ERROR", "", "Antom refused the session: expired, paid, cancelled, or of another environment",
		"create a new session; environment and keys must both be sandbox or both be production", "JS"},
	{"SDK_CREATEPAYMENT_PARAMETER_ERROR", "Abnormal response data", "the session data has no part that names a form of this class",
		"antom session inspect shows which class accepts it", "JS"},
}

// ExplainSDKEvent returns a code of the web SDK. If its message is more specific, the row has
// the meaning and the action of that message.
func ExplainSDKEvent(code, message string) (SDKEvent, bool) {
	row, known := LookupSDKEvent(code)
	if !known {
		return row, false
	}
	for _, cause := range sdkCauses {
		if cause.Code == row.Code && message != "" && strings.HasPrefix(message, cause.Message) {
			row.Meaning, row.Action = cause.Meaning, cause.Action
			break
		}
	}
	return row, true
}

// SDKCauses returns the messages that distinguish the causes of a code. The last one may have
// no message: it stands for all others.
func SDKCauses(code string) []SDKCause {
	var list []SDKCause
	for _, cause := range sdkCauses {
		if cause.Code == code {
			list = append(list, cause)
		}
	}
	return list
}
