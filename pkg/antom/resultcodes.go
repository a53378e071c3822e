package antom

import (
	"slices"
	"strings"
)

// ResultStatus is the status of an answer: S, F or U.
type ResultStatus string

// The result statuses (API specification, Result).
const (
	StatusS ResultStatus = "S" // the call succeeded
	StatusF ResultStatus = "F" // it failed: see the code
	StatusU ResultStatus = "U" // not known: send the same request again, or inquire
)

// RetryClass is what can be done about a result code, and by whom. It is our own grouping
// (INF): Antom publishes none.
type RetryClass string

// The classes of result codes.
const (
	ClassFinal       RetryClass = "final"        // done, nothing to retry
	ClassWait        RetryClass = "wait"         // not decided yet: wait for the notification, or inquire again
	ClassSameRequest RetryClass = "same-request" // send the same request again, with the same request id
	ClassNewRequest  RetryClass = "new-request"  // the id can't be used again: start a new payment with a new paymentRequestId
	ClassFix         RetryClass = "fix"          // the merchant's request or configuration is wrong: fix it, then call again
	ClassBuyer       RetryClass = "buyer"        // the buyer can fix it and try again
	ClassCard        RetryClass = "card"         // this card will not work, but another one may
	ClassHard        RetryClass = "hard"         // it will not work, however often it is tried
	ClassSupport     RetryClass = "support"      // only Antom can fix it
)

// Place is a place where Antom's documents list a result code, or a set of them.
type Place uint16

// The places of result codes.
const (
	InGateway       Place = 1 << iota // before any operation: signature, client, path
	InSession                         // answers of createPaymentSession
	InInquiry                         // answers of inquiryPayment
	InTransaction                     // transactions[].transactionResult
	InCapture                         // answers of capture, and notifyCapture
	InCancel                          // answers of cancel
	InRefund                          // answers of refund
	InRefundInquiry                   // answers of inquiryRefund
	InRefundResult                    // notifyRefund
	InNotification                    // notifyPayment
	InPaymentResult                   // paymentResultCode, and the web SDK's result
)

// operationPlaces are the places of the answers of operations. Sorted.
var operationPlaces = [...]struct {
	operation Operation
	place     Place
}{
	{Cancel, InCancel},
	{Capture, InCapture},
	{CreatePaymentSession, InSession},
	{InquiryPayment, InInquiry},
	{InquiryRefund, InRefundInquiry},
	{Refund, InRefund},
}

// place returns the place of the operation's answers; 0 for an unknown operation.
func (op Operation) place() Place {
	for _, row := range operationPlaces {
		if row.operation == op {
			return row.place
		}
	}
	return 0
}

// Has reports whether a set contains all of another.
func (p Place) Has(other Place) bool { return p&other == other }

// ResultCode is a row of the result-code table.
type ResultCode struct {
	Code    string
	Status  ResultStatus
	Class   RetryClass
	Retry   Retry // of the call with this answer; see [ResultCode.In] for one operation
	Places  Place
	Meaning string // our wording; Antom's varies from page to page
	Action  string // what to do next
	Source  string // G24, J24: API pages of spring 2024; DOC: newer pages; 3P: third parties
	Aliases string // other spellings in use (conflict C9), separated by commas
}

// Codes that the rules for waiting and retrying use.
const (
	CodeSuccess       = "SUCCESS"
	CodeOrderNotExist = "ORDER_NOT_EXIST"
)

// resultCodes are all codes of createPaymentSession, inquiryPayment, capture, cancel, refund,
// inquiryRefund, of payment results and of the gateway itself, as documented in spring 2024.
// There may be newer ones: an unknown code is not an error. Sorted by code.
var resultCodes = [...]ResultCode{
	{"ACCESS_DENIED", StatusF, ClassSupport, RetryNever, InGateway | InInquiry | InTransaction | InCapture | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"access was denied", "contact Antom's support", "G24", ""},
	{"AUTHENTICATION_REQUIRED", StatusF, ClassBuyer, RetryNewID, InTransaction | InNotification | InPaymentResult,
		"the issuer requires 3-D Secure", "start a new payment with 3-D Secure: is3DSAuthentication true", "G24", ""},
	{"AUTH_CANCELLED", StatusF, ClassNewRequest, RetryNewID, InCapture,
		"the authorisation was cancelled", "start a new payment with a new paymentRequestId", "G24", ""},
	{"AUTH_EXPIRED", StatusF, ClassNewRequest, RetryNewID, InCapture,
		"the authorisation has expired", "start a new payment with a new paymentRequestId", "G24", ""},
	{"AUTH_NOT_FOUND", StatusF, ClassSupport, RetryNever, InCapture,
		"there is no authorisation", "check the paymentId; then contact Antom's support", "G24", ""},
	{"CANCEL_WINDOW_EXCEED", StatusF, ClassHard, RetryNever, InCancel,
		"the payment can no longer be cancelled", "refund the payment instead", "G24", ""},
	{"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", StatusF, ClassFix, RetryFix, InCapture,
		"the captures together exceed the authorised amount", "capture a smaller amount", "G24", ""},
	{"CAPTURE_IN_PROCESS", StatusU, ClassWait, RetryInquire, InCapture,
		"the capture is being processed", "wait for the capture notification, or inquire", "G24", ""},
	{"CARD_BIN_QUERY_ERROR", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the card's issuer could not be looked up", "let the buyer check the number or use another card", "3P", ""},
	{"CARD_EXPIRED", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the card has expired", "let the buyer use another card", "3P", ""},
	{"CARD_NOT_SUPPORTED", StatusF, ClassCard, RetryNewID, InSession | InNotification | InPaymentResult,
		"this card is not supported", "let the buyer use another card", "G24", ""},
	{"CLIENT_FORBIDDEN_ACCESS_API", StatusF, ClassSupport, RetryNever, InGateway,
		"this client may not call this API", "contact Antom's support", "G24", ""},
	{"CLIENT_INVALID", StatusF, ClassFix, RetryFix, InGateway | InTransaction | InRefundResult,
		"the client id is unknown or restricted", "check the client id, and that it belongs to this environment: test or live", "G24", "INVALID_CLIENT,UNKNOWN_CLIENT"},
	{"CURRENCY_NOT_SUPPORT", StatusF, ClassFix, RetryFix, InCapture | InRefund | InRefundResult | InNotification | InPaymentResult,
		"the currency is not supported, or differs from the payment's", "check the currency; then contact Antom's support", "G24", ""},
	{"DO_NOT_HONOR", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the issuer declined the payment", "let the buyer use another card or ask the issuer", "G24", ""},
	{"EXPIRED_CODE", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the payment code has expired", "let the buyer refresh the code", "G24", ""},
	{"FRAUD_REJECT", StatusF, ClassHard, RetryNever, InNotification | InPaymentResult,
		"stopped by risk control", "let the buyer pay in another way, or appeal at Antom's support; a payment already made is refunded", "G24", ""},
	{"INCORRECT_BLIKCODE", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the BLIK code is wrong", "let the buyer enter the code again", "DOC", ""},
	{"INVALID_ACCESS_TOKEN", StatusF, ClassFix, RetryFix, InGateway | InNotification | InPaymentResult,
		"the token has expired, was revoked or is missing", "obtain a new token", "G24", ""},
	{"INVALID_AMOUNT", StatusF, ClassHard, RetryNever, InTransaction | InNotification | InPaymentResult,
		"the issuer declined: the amount is invalid or too large", "contact Antom's support", "G24", ""},
	{"INVALID_API", StatusF, ClassSupport, RetryNever, InGateway | InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"the API is not active for this merchant, or was called incorrectly", "check the request; then contact Antom's support", "G24", "API_INVALID"},
	{"INVALID_CARD", StatusF, ClassCard, RetryNewID, InPaymentResult,
		"the card number can't be identified", "let the buyer use another card", "G24", ""},
	{"INVALID_CARD_NUMBER", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the card number is wrong or not supported", "let the buyer correct it or use another card", "G24", ""},
	{"INVALID_CLIENT_STATUS", StatusF, ClassSupport, RetryNever, InGateway,
		"the client is restricted", "ask Antom's support why", "G24", ""},
	{"INVALID_CONTRACT", StatusF, ClassSupport, RetryNever, InCapture | InRefundResult | InNotification | InPaymentResult,
		"the contract does not cover this", "check the contract with Antom", "G24", ""},
	{"INVALID_CVV", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the card verification digits are wrong", "let the buyer correct them", "3P", ""},
	{"INVALID_EXPIRATION_DATE", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the expiry date is invalid", "let the buyer correct it", "G24", ""},
	{"INVALID_EXPIRY_DATE_FORMAT", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the expiry date has a wrong format", "send expiryYear and expiryMonth as two digits each", "G24", ""},
	{"INVALID_MERCHANT_STATUS", StatusF, ClassSupport, RetryNever, InRefund | InRefundResult | InNotification | InPaymentResult,
		"the merchant is restricted", "contact Antom's support", "G24", ""},
	{"INVALID_PAYMENT_CODE", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the payment code is invalid", "let the buyer use another method", "G24", ""},
	{"INVALID_PAYMENT_METHOD_META_DATA", StatusF, ClassFix, RetryFix, InPaymentResult,
		"paymentMethodMetaData is invalid", "check paymentMethodMetaData", "G24", ""},
	{"INVALID_SIGNATURE", StatusF, ClassFix, RetryFix, InGateway | InRefundResult,
		"the gateway could not verify the request's signature", "check that your private key belongs to the public key registered for this client id, and test against live", "G24", "SIGNATURE_INVALID"},
	{"ISSUER_REJECTS_TRANSACTION", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the issuer rejected the payment", "let the buyer use another card or ask the issuer", "G24", ""},
	{"KEY_NOT_FOUND", StatusF, ClassFix, RetryFix, InGateway | InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"a key of the merchant or of Antom is missing", "upload your public key in Antom's Dashboard", "G24", ""},
	{"MEDIA_TYPE_NOT_ACCEPTABLE", StatusF, ClassFix, RetryFix, InGateway | InRefundResult,
		"the content type is not accepted", "send application/json", "G24", ""},
	{"MERCHANT_BALANCE_NOT_ENOUGH", StatusF, ClassFix, RetryFix, InCancel | InRefund | InRefundResult | InNotification | InPaymentResult,
		"the merchant's balance is too low", "fund the balance, then retry; a refund needs a new refundRequestId", "G24", ""},
	{"MERCHANT_KYB_NOT_QUALIFIED", StatusF, ClassSupport, RetryNever, InPaymentResult,
		"the merchant's verification is not complete", "contact Antom's support", "G24", ""},
	{"MERCHANT_NOT_REGISTERED", StatusF, ClassSupport, RetryNever, InRefundResult | InPaymentResult,
		"the merchant is not registered", "register with Antom", "G24", ""},
	{"METHOD_NOT_SUPPORTED", StatusF, ClassFix, RetryFix, InGateway | InRefundResult,
		"the HTTP method is not supported", "send POST", "G24", ""},
	{"MULTIPLE_REFUNDS_NOT_SUPPORTED", StatusF, ClassHard, RetryNever, InRefund | InRefundResult,
		"the contract allows one refund only", "do not call again: the payment was refunded once", "J24", ""},
	{"MULTI_CAPTURE_NOT_SUPPORTED", StatusF, ClassSupport, RetryNever, InCapture,
		"only one capture is allowed", "contact Antom's support", "G24", ""},
	{"NO_INTERFACE_DEF", StatusF, ClassFix, RetryFix, InGateway | InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"no such API", "check the path: sandbox prefix, version and operation", "G24", ""},
	{"NO_PAY_OPTIONS", StatusF, ClassSupport, RetryNever, InSession | InCapture | InNotification | InPaymentResult,
		"no payment option is available", "check paymentMethodType and the currency; Antom's support knows which ones your contract includes", "G24", ""},
	{"OAUTH_FAILED", StatusF, ClassFix, RetryFix, InGateway,
		"the agent token was not accepted", "renew the agent token", "G24", ""},
	{"ORDER_IS_CANCELED", StatusF, ClassNewRequest, RetryNewID, InCapture | InRefund | InRefundResult | InPaymentResult,
		"the payment of this id was cancelled", "start a new payment with a new paymentRequestId", "G24", "ORDER_IS_CANCELLED"},
	{"ORDER_IS_CLOSED", StatusF, ClassNewRequest, RetryNewID, InRefund | InRefundResult | InNotification | InPaymentResult,
		"the payment of this id is closed", "start a new payment with a new paymentRequestId", "G24", ""},
	{"ORDER_NOT_EXIST", StatusF, ClassWait, RetryInquire, InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"no such payment: the buyer has not paid yet, or the id is wrong", "check the id; if the buyer may be paying, ask again in 15 s", "G24", ""},
	{"ORDER_STATUS_INVALID", StatusF, ClassFix, RetryFix, InCapture | InCancel | InRefund | InRefundResult | InPaymentResult,
		"the state of the payment does not allow this", "inquire the payment and check its state", "G24", ""},
	{"PARAM_ILLEGAL", StatusF, ClassFix, RetryFix, InGateway | InSession | InInquiry | InTransaction | InCapture | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"a parameter is missing or illegal", "fix the field that the message names", "G24", ""},
	{"PARTIAL_REFUND_NOT_SUPPORTED", StatusF, ClassFix, RetryFix, InRefund | InRefundResult,
		"only the full amount can be refunded", "refund in full, or settle the difference outside of Antom", "J24", ""},
	{"PAYMENT_AMOUNT_EXCEED_LIMIT", StatusF, ClassFix, RetryFix, InNotification | InPaymentResult,
		"the amount is over the contract's or the method's limit", "lower the amount", "G24", ""},
	{"PAYMENT_COUNT_EXCEED_LIMIT", StatusF, ClassSupport, RetryNever, InCapture | InNotification | InPaymentResult,
		"too many payments", "contact Antom's support", "G24", ""},
	{"PAYMENT_IN_PROCESS", StatusU, ClassWait, RetryInquire, InInquiry | InTransaction | InNotification | InPaymentResult,
		"the payment is being processed", "wait for the payment notification, or inquire", "G24", ""},
	{"PAYMENT_METHOD_NOT_SUPPORTED", StatusF, ClassHard, RetryNever, InCancel | InRefund | InRefundResult,
		"the payment method does not allow this after success", "do not retry", "G24", ""},
	{"PAYMENT_NOT_QUALIFIED", StatusF, ClassSupport, RetryNever, InNotification | InPaymentResult,
		"the merchant may not take this payment", "contact Antom's support", "G24", ""},
	{"PAYMENT_PROHIBITED", StatusF, ClassHard, RetryNever, InTransaction | InNotification | InPaymentResult,
		"the goods are prohibited in this country", "do not retry: there is no appeal", "G24", ""},
	{"PROCESS_FAIL", StatusF, ClassHard, RetryNever, InSession | InInquiry | InTransaction | InCapture | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"general business failure", "do not retry; contact Antom's support", "G24", ""},
	{"REFUND_AMOUNT_EXCEED", StatusF, ClassFix, RetryFix, InRefund | InRefundResult,
		"the refunds together exceed the payment", "refund a smaller amount", "J24", ""},
	{"REFUND_IN_PROCESS", StatusU, ClassWait, RetryInquire, InRefund | InRefundResult,
		"the refund is being processed", "wait for the refund notification or call inquiryRefund; do not refund again", "J24", ""},
	{"REFUND_NOT_SUPPORTED", StatusF, ClassSupport, RetryNever, InRefund | InRefundResult,
		"the payment can't be refunded", "check the contract", "J24", ""},
	{"REFUND_WINDOW_EXCEED", StatusF, ClassHard, RetryNever, InRefund | InRefundResult,
		"the refund period is over", "settle it with the buyer outside of Antom", "J24", ""},
	{"REPEAT_REQ_INCONSISTENT", StatusF, ClassFix, RetryFix, InGateway | InCapture | InRefund | InRefundResult | InPaymentResult,
		"this request id was used with other values", "send the same values, or a new request id", "G24", ""},
	{"REQUEST_TRAFFIC_EXCEED_LIMIT", StatusU, ClassSameRequest, RetrySameID, InGateway | InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InPaymentResult,
		"too many requests", "ask less often, then send the same request again", "G24", ""},
	{"RISK_REJECT", StatusF, ClassHard, RetryNever, InCapture | InRefundResult | InNotification | InPaymentResult,
		"stopped by risk control", "let the buyer use another method; a payment already made is refunded", "G24", ""},
	{"SELECTED_CARD_BRAND_NOT_AVAILABLE", StatusF, ClassBuyer, RetryNewID, InPaymentResult,
		"the chosen card brand is not available", "let the buyer choose another brand", "G24", ""},
	{"SETTLE_CONTRACT_NOT_MATCH", StatusF, ClassFix, RetryFix, InPaymentResult,
		"there is no settlement contract for this currency", "set settlementStrategy.settlementCurrency to a currency of your contract", "G24", ""},
	{"SUCCESS", StatusS, ClassFinal, RetryNever, InSession | InInquiry | InTransaction | InCapture | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"the call succeeded", "go on; after inquiryPayment read paymentStatus, which is the payment's own state", "G24", ""},
	{"SUSPECTED_CARD", StatusF, ClassCard, RetryNewID, InPaymentResult,
		"the card is suspected of fraud", "let the buyer use another card or ask the issuer", "G24", ""},
	{"SUSPECTED_RISK", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"a risk is suspected", "let the buyer try again after a working day", "G24", ""},
	{"SYSTEM_ERROR", StatusF, ClassSupport, RetryNever, InGateway | InInquiry | InTransaction | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"an error on Antom's side", "do not retry; contact Antom's support", "G24", ""},
	{"UNKNOWN_EXCEPTION", StatusU, ClassSameRequest, RetrySameID, InGateway | InSession | InInquiry | InTransaction | InCapture | InCancel | InRefund | InRefundInquiry | InRefundResult | InNotification | InPaymentResult,
		"failed for an unknown reason", "send the same request again, or inquire", "G24", ""},
	{"USER_AMOUNT_EXCEED_LIMIT", StatusF, ClassBuyer, RetryNewID, InCapture | InNotification | InPaymentResult,
		"the amount is over the buyer's limit", "lower the amount", "G24", ""},
	{"USER_BALANCE_NOT_ENOUGH", StatusF, ClassBuyer, RetryNewID, InCapture | InNotification | InPaymentResult,
		"the buyer's funds are insufficient", "let the buyer use another card or top up", "G24", ""},
	{"USER_KYC_NOT_QUALIFIED", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the buyer is not verified with the payment method", "let the buyer complete the verification", "G24", ""},
	{"USER_NOT_EXIST", StatusF, ClassHard, RetryNever, InCapture | InCancel | InNotification | InPaymentResult,
		"the buyer's account does not exist", "let the buyer use another method", "G24", ""},
	{"USER_PAYMENT_VERIFICATION_FAILED", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the buyer's verification failed", "let the buyer try again or use another method", "G24", ""},
	{"USER_STATUS_ABNORMAL", StatusF, ClassHard, RetryNever, InCapture | InCancel | InNotification | InPaymentResult,
		"the buyer's account has a problem", "let the buyer use another method", "G24", ""},
	{"VERIFY_TIMES_EXCEED_LIMIT", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"too many wrong verification codes", "let the buyer get a new code", "G24", ""},
	{"VERIFY_UNMATCHED", StatusF, ClassBuyer, RetryNewID, InNotification | InPaymentResult,
		"the verification code is wrong", "let the buyer get a new code", "G24", ""},
}

// differences are codes whose verdict depends on their place (specification of each operation,
// G24 and J24). Sorted by code, then place.
var differences = [...]Difference{
	{"MERCHANT_BALANCE_NOT_ENOUGH", InCancel, RetrySameID, "fund the balance, then cancel again"},
	{"MERCHANT_BALANCE_NOT_ENOUGH", InRefund, RetryNewID, "fund the balance, then refund with a new refundRequestId"},
	{"ORDER_IS_CANCELED", InRefund, RetryNever, "do not refund: a cancelled payment gives its money back by itself"},
	{"ORDER_IS_CLOSED", InRefund, RetryNever, "do not refund: inquire the payment; a closed one was not paid"},
	{"ORDER_NOT_EXIST", InCancel, RetryFix, "check the id; a payment that was never begun needs no cancel"},
	{"ORDER_NOT_EXIST", InRefund, RetryFix, "check the paymentId"},
	{"ORDER_NOT_EXIST", InRefundInquiry, RetryInquire, "ask again after 15 s; after three such answers the refund was never placed"},
	{"ORDER_STATUS_INVALID", InCapture, RetryInquire, "inquire the payment and check its state"},
	{"ORDER_STATUS_INVALID", InCancel, RetryInquire, "inquire the payment; refund it if it is captured"},
	{"ORDER_STATUS_INVALID", InRefund, RetryInquire, "inquire the payment: wait if it is in process, do not refund if it failed"},
	{"UNKNOWN_EXCEPTION", InPaymentResult, RetryInquire, "inquire; do not take a second payment before the first is known"},
}

// Difference is the verdict on a code in one place.
type Difference struct {
	Code   string
	In     Place
	Retry  Retry
	Action string
}

// Differences returns the verdicts for single places, sorted by code, then place.
func Differences() []Difference { return slices.Clone(differences[:]) }

// In returns the row with the verdict and the action for one place.
func (r ResultCode) In(place Place) ResultCode {
	for _, row := range differences {
		if row.Code == r.Code && row.In == place {
			r.Retry, r.Action = row.Retry, row.Action
		}
	}
	return r
}

// For returns the row with the verdict and the action for the answers of an operation.
func (r ResultCode) For(op Operation) ResultCode { return r.In(op.place()) }

// LookupResultCode returns a result code by its name or an alias.
func LookupResultCode(code string) (ResultCode, bool) {
	i, found := slices.BinarySearchFunc(resultCodes[:], code, func(row ResultCode, code string) int { return strings.Compare(row.Code, code) })
	if found {
		return resultCodes[i], true
	}
	for _, row := range resultCodes {
		for alias := range strings.SplitSeq(row.Aliases, ",") {
			if alias != "" && alias == code {
				return row, true
			}
		}
	}
	return ResultCode{}, false
}

// ResultCodes returns the table, sorted by code.
func ResultCodes() []ResultCode { return slices.Clone(resultCodes[:]) }
