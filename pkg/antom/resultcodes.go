package antom

import (
	"slices"
	"strings"
)

// ResultStatus is the first thing that an answer says: S, F or U.
type ResultStatus string

// The result statuses (API specification, Result).
const (
	StatusS ResultStatus = "S" // the call succeeded
	StatusF ResultStatus = "F" // it failed: see the code
	StatusU ResultStatus = "U" // not known: send the same request again, or inquire
)

// Class says who can do something about a result code. It is our own grouping
// (INF): Antom publishes none.
type Class string

// The classes of result codes.
const (
	ClassFinal       Class = "final"        // done
	ClassWait        Class = "wait"         // not final: wait or inquire
	ClassSameRequest Class = "same-request" // send the same request again
	ClassNewOrder    Class = "new-order"    // this id is used up: a new request id
	ClassBuyer       Class = "buyer"        // the buyer can mend it and try again
	ClassCard        Class = "card"         // this card will not work: another one
	ClassHard        Class = "hard"         // this payment will not work
	ClassMerchant    Class = "merchant"     // the merchant's set-up or request is wrong
)

// ResultCode is a row of the result-code table.
type ResultCode struct {
	Code    string
	Status  ResultStatus
	Class   Class
	Meaning string // in our words; Antom's vary from page to page
	Action  string // what to do next
	Source  string // G24, J24: API pages of spring 2024; DOC: newer pages; 3P: third parties; INF: our choice
	Aliases string // other spellings in use, separated by commas
}

// Codes that the rules of waiting and retrying look at.
const (
	CodeSuccess       = "SUCCESS"
	CodeOrderNotExist = "ORDER_NOT_EXIST"
)

// resultCodes are all codes of createPaymentSession, inquiryPayment, capture,
// cancel, refund, inquiryRefund, of payment results and of the gateway itself,
// as documented in spring 2024. Newer ones may exist: an unknown code is no
// error. Sorted by code.
var resultCodes = [...]ResultCode{
	{Code: "ACCESS_DENIED", Status: StatusF, Class: ClassMerchant, Meaning: "access was denied", Action: "contact Antom's support", Source: "G24"},
	{Code: "AUTHENTICATION_REQUIRED", Status: StatusF, Class: ClassBuyer, Meaning: "the issuer wants 3-D Secure", Action: "start again with 3-D Secure: --three-ds", Source: "G24"},
	{Code: "AUTH_CANCELLED", Status: StatusF, Class: ClassNewOrder, Meaning: "the authorisation was cancelled", Action: "start a new payment with a new paymentRequestId", Source: "G24"},
	{Code: "AUTH_EXPIRED", Status: StatusF, Class: ClassNewOrder, Meaning: "the authorisation has expired", Action: "start a new payment with a new paymentRequestId", Source: "G24"},
	{Code: "AUTH_NOT_FOUND", Status: StatusF, Class: ClassMerchant, Meaning: "there is no authorisation", Action: "check the paymentId; then contact Antom's support", Source: "G24"},
	{Code: "CANCEL_WINDOW_EXCEED", Status: StatusF, Class: ClassHard, Meaning: "the payment can no longer be cancelled", Action: "refund it instead", Source: "G24"},
	{Code: "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", Status: StatusF, Class: ClassMerchant, Meaning: "the captures together exceed the authorised amount", Action: "capture a smaller amount", Source: "G24"},
	{Code: "CAPTURE_IN_PROCESS", Status: StatusU, Class: ClassWait, Meaning: "the capture is being processed", Action: "wait for the capture notification, or inquire", Source: "G24"},
	{Code: "CARD_BIN_QUERY_ERROR", Status: StatusF, Class: ClassBuyer, Meaning: "the card's issuer could not be looked up", Action: "let the buyer check the number or use another card", Source: "3P"},
	{Code: "CARD_EXPIRED", Status: StatusF, Class: ClassBuyer, Meaning: "the card has expired", Action: "let the buyer use another card", Source: "3P"},
	{Code: "CARD_NOT_SUPPORTED", Status: StatusF, Class: ClassCard, Meaning: "this card is not supported", Action: "let the buyer use another card", Source: "G24"},
	{Code: "CLIENT_FORBIDDEN_ACCESS_API", Status: StatusF, Class: ClassMerchant, Meaning: "this client may not call this API", Action: "contact Antom's support", Source: "G24"},
	{Code: "CLIENT_INVALID", Status: StatusF, Class: ClassMerchant, Meaning: "the client id is unknown or restricted", Action: "check the client id and that it belongs to this environment", Source: "G24", Aliases: "INVALID_CLIENT,UNKNOWN_CLIENT,INVALID_CLIENT_STATUS"},
	{Code: "CURRENCY_NOT_SUPPORT", Status: StatusF, Class: ClassMerchant, Meaning: "the currency is not supported", Action: "check the currency; then contact Antom's support", Source: "G24"},
	{Code: "DO_NOT_HONOR", Status: StatusF, Class: ClassBuyer, Meaning: "the issuer declined the payment", Action: "let the buyer use another card or ask the issuer", Source: "G24"},
	{Code: "EXPIRED_CODE", Status: StatusF, Class: ClassBuyer, Meaning: "the payment code has expired", Action: "let the buyer refresh the code", Source: "G24"},
	{Code: "FRAUD_REJECT", Status: StatusF, Class: ClassHard, Meaning: "stopped by risk control", Action: "contact Antom's support for an appeal; a payment already made is refunded", Source: "G24"},
	{Code: "INCORRECT_BLIKCODE", Status: StatusF, Class: ClassBuyer, Meaning: "the BLIK code is wrong", Action: "let the buyer enter the code again", Source: "DOC"},
	{Code: "INVALID_ACCESS_TOKEN", Status: StatusF, Class: ClassMerchant, Meaning: "the token has expired, was revoked or is missing", Action: "obtain a new token", Source: "G24", Aliases: "OAUTH_FAILED"},
	{Code: "INVALID_AMOUNT", Status: StatusF, Class: ClassHard, Meaning: "the issuer declined: the amount is invalid or too large", Action: "contact Antom's support", Source: "G24"},
	{Code: "INVALID_API", Status: StatusF, Class: ClassMerchant, Meaning: "the API is not active for this merchant, or was called wrongly", Action: "check the request; then contact Antom's support", Source: "G24", Aliases: "API_INVALID"},
	{Code: "INVALID_CARD", Status: StatusF, Class: ClassCard, Meaning: "the card number can't be identified", Action: "let the buyer use another card", Source: "G24"},
	{Code: "INVALID_CARD_NUMBER", Status: StatusF, Class: ClassBuyer, Meaning: "the card number is wrong or not supported", Action: "let the buyer correct it or use another card", Source: "G24"},
	{Code: "INVALID_CONTRACT", Status: StatusF, Class: ClassMerchant, Meaning: "the contract does not cover this", Action: "check the contract with Antom", Source: "G24"},
	{Code: "INVALID_CVV", Status: StatusF, Class: ClassBuyer, Meaning: "the card verification digits are wrong", Action: "let the buyer correct them", Source: "3P"},
	{Code: "INVALID_EXPIRATION_DATE", Status: StatusF, Class: ClassBuyer, Meaning: "the expiry date is invalid", Action: "let the buyer correct it", Source: "G24"},
	{Code: "INVALID_EXPIRY_DATE_FORMAT", Status: StatusF, Class: ClassBuyer, Meaning: "the expiry date has a wrong format", Action: "send expiryYear and expiryMonth as two digits each", Source: "G24"},
	{Code: "INVALID_MERCHANT_STATUS", Status: StatusF, Class: ClassMerchant, Meaning: "the merchant is restricted", Action: "contact Antom's support", Source: "G24"},
	{Code: "INVALID_PAYMENT_CODE", Status: StatusF, Class: ClassBuyer, Meaning: "the payment code is invalid", Action: "let the buyer use another method", Source: "G24"},
	{Code: "INVALID_PAYMENT_METHOD_META_DATA", Status: StatusF, Class: ClassMerchant, Meaning: "paymentMethodMetaData is invalid", Action: "check paymentMethodMetaData", Source: "G24"},
	{Code: "INVALID_SIGNATURE", Status: StatusF, Class: ClassMerchant, Meaning: "the gateway could not verify the request's signature", Action: "check that the private key belongs to the public key registered for this client id, and test against live", Source: "G24", Aliases: "SIGNATURE_INVALID"},
	{Code: "ISSUER_REJECTS_TRANSACTION", Status: StatusF, Class: ClassBuyer, Meaning: "the issuer rejected the payment", Action: "let the buyer use another card or ask the issuer", Source: "G24"},
	{Code: "KEY_NOT_FOUND", Status: StatusF, Class: ClassMerchant, Meaning: "a key of the merchant or of Antom is missing", Action: "upload your public key in Antom's Dashboard", Source: "G24"},
	{Code: "MEDIA_TYPE_NOT_ACCEPTABLE", Status: StatusF, Class: ClassMerchant, Meaning: "the content type is not accepted", Action: "send application/json", Source: "G24"},
	{Code: "MERCHANT_BALANCE_NOT_ENOUGH", Status: StatusF, Class: ClassMerchant, Meaning: "the merchant's balance is too low", Action: "fund the balance, then retry; a refund needs a new refundRequestId", Source: "G24"},
	{Code: "MERCHANT_KYB_NOT_QUALIFIED", Status: StatusF, Class: ClassMerchant, Meaning: "the merchant's verification is not complete", Action: "contact Antom's support", Source: "G24"},
	{Code: "MERCHANT_NOT_REGISTERED", Status: StatusF, Class: ClassMerchant, Meaning: "the merchant is not registered", Action: "register with Antom", Source: "G24"},
	{Code: "METHOD_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "the HTTP method is not supported", Action: "send POST", Source: "G24"},
	{Code: "MULTIPLE_REFUNDS_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "the contract allows one refund only", Action: "do not call again", Source: "J24"},
	{Code: "MULTI_CAPTURE_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "only one capture is allowed", Action: "contact Antom's support", Source: "G24"},
	{Code: "NO_INTERFACE_DEF", Status: StatusF, Class: ClassMerchant, Meaning: "no such API", Action: "check the path: sandbox prefix, version and operation", Source: "G24"},
	{Code: "NO_PAY_OPTIONS", Status: StatusF, Class: ClassMerchant, Meaning: "no payment option is available", Action: "contact Antom's support", Source: "G24"},
	{Code: "ORDER_IS_CANCELED", Status: StatusF, Class: ClassNewOrder, Meaning: "the payment of this id was cancelled", Action: "start a new payment with a new paymentRequestId", Source: "G24", Aliases: "ORDER_IS_CANCELLED"},
	{Code: "ORDER_IS_CLOSED", Status: StatusF, Class: ClassNewOrder, Meaning: "the payment of this id is closed", Action: "start a new payment with a new paymentRequestId", Source: "G24"},
	{Code: "ORDER_NOT_EXIST", Status: StatusF, Class: ClassWait, Meaning: "no such payment: the buyer has not paid yet, or the id is wrong", Action: "check the id; after paying, ask again in 15 s", Source: "G24"},
	{Code: "ORDER_STATUS_INVALID", Status: StatusF, Class: ClassMerchant, Meaning: "the state of the payment does not allow this", Action: "check the state: antom payment inquire", Source: "G24"},
	{Code: "PARAM_ILLEGAL", Status: StatusF, Class: ClassMerchant, Meaning: "a parameter is missing or illegal", Action: "fix the field that the message names", Source: "G24"},
	{Code: "PARTIAL_REFUND_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "only the full amount can be refunded", Action: "refund in full", Source: "J24"},
	{Code: "PAYMENT_AMOUNT_EXCEED_LIMIT", Status: StatusF, Class: ClassMerchant, Meaning: "the amount is over the contract's or the method's limit", Action: "lower the amount", Source: "G24"},
	{Code: "PAYMENT_COUNT_EXCEED_LIMIT", Status: StatusF, Class: ClassMerchant, Meaning: "too many payments", Action: "contact Antom's support", Source: "G24"},
	{Code: "PAYMENT_IN_PROCESS", Status: StatusU, Class: ClassWait, Meaning: "the payment is being processed", Action: "wait for the notification, or inquire", Source: "G24"},
	{Code: "PAYMENT_METHOD_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "the payment method does not support this", Action: "do not retry", Source: "G24"},
	{Code: "PAYMENT_NOT_QUALIFIED", Status: StatusF, Class: ClassMerchant, Meaning: "the merchant may not take this payment", Action: "contact Antom's support", Source: "G24"},
	{Code: "PAYMENT_PROHIBITED", Status: StatusF, Class: ClassHard, Meaning: "the goods are prohibited in this country", Action: "there is no appeal", Source: "G24"},
	{Code: "PROCESS_FAIL", Status: StatusF, Class: ClassHard, Meaning: "general business failure", Action: "do not retry; contact Antom's support", Source: "G24"},
	{Code: "REFUND_AMOUNT_EXCEED", Status: StatusF, Class: ClassMerchant, Meaning: "the refunds together exceed the payment", Action: "refund a smaller amount", Source: "J24"},
	{Code: "REFUND_IN_PROCESS", Status: StatusU, Class: ClassWait, Meaning: "the refund is being processed", Action: "wait or inquire; do not retry", Source: "J24"},
	{Code: "REFUND_NOT_SUPPORTED", Status: StatusF, Class: ClassMerchant, Meaning: "the payment can't be refunded", Action: "check the contract", Source: "J24"},
	{Code: "REFUND_WINDOW_EXCEED", Status: StatusF, Class: ClassHard, Meaning: "the refund period is over", Action: "settle it with the buyer outside of Antom", Source: "J24"},
	{Code: "REPEAT_REQ_INCONSISTENT", Status: StatusF, Class: ClassMerchant, Meaning: "this request id was used with other values", Action: "send the same values, or a new request id", Source: "G24"},
	{Code: "REQUEST_TRAFFIC_EXCEED_LIMIT", Status: StatusU, Class: ClassSameRequest, Meaning: "too many requests", Action: "ask less often, then send the same request again", Source: "G24"},
	{Code: "RISK_REJECT", Status: StatusF, Class: ClassHard, Meaning: "stopped by risk control", Action: "let the buyer use another method; a payment already made is refunded", Source: "G24"},
	{Code: "SELECTED_CARD_BRAND_NOT_AVAILABLE", Status: StatusF, Class: ClassBuyer, Meaning: "the chosen card brand is not available", Action: "let the buyer choose another brand", Source: "G24"},
	{Code: "SETTLE_CONTRACT_NOT_MATCH", Status: StatusF, Class: ClassMerchant, Meaning: "there is no settlement contract for this currency", Action: "name a signed settlement currency: --settlement-currency", Source: "G24"},
	{Code: "SUCCESS", Status: StatusS, Class: ClassFinal, Meaning: "done", Action: "nothing to do", Source: "G24"},
	{Code: "SUSPECTED_CARD", Status: StatusF, Class: ClassCard, Meaning: "the card is suspected of fraud", Action: "let the buyer use another card or ask the issuer", Source: "G24"},
	{Code: "SUSPECTED_RISK", Status: StatusF, Class: ClassBuyer, Meaning: "a risk is suspected", Action: "let the buyer try again after a working day", Source: "G24"},
	{Code: "SYSTEM_ERROR", Status: StatusF, Class: ClassMerchant, Meaning: "an error on Antom's side", Action: "do not retry; contact Antom's support", Source: "G24"},
	{Code: "UNKNOWN_EXCEPTION", Status: StatusU, Class: ClassSameRequest, Meaning: "failed for an unknown reason", Action: "send the same request again, or inquire", Source: "G24"},
	{Code: "USER_AMOUNT_EXCEED_LIMIT", Status: StatusF, Class: ClassBuyer, Meaning: "the amount is over the buyer's limit", Action: "lower the amount", Source: "G24"},
	{Code: "USER_BALANCE_NOT_ENOUGH", Status: StatusF, Class: ClassBuyer, Meaning: "the buyer's funds are insufficient", Action: "let the buyer use another card or top up", Source: "G24"},
	{Code: "USER_KYC_NOT_QUALIFIED", Status: StatusF, Class: ClassBuyer, Meaning: "the buyer is not verified with the payment method", Action: "let the buyer complete the verification", Source: "G24"},
	{Code: "USER_NOT_EXIST", Status: StatusF, Class: ClassHard, Meaning: "the buyer's account does not exist", Action: "let the buyer use another method", Source: "G24"},
	{Code: "USER_PAYMENT_VERIFICATION_FAILED", Status: StatusF, Class: ClassBuyer, Meaning: "the buyer's verification failed", Action: "let the buyer try again or use another method", Source: "G24"},
	{Code: "USER_STATUS_ABNORMAL", Status: StatusF, Class: ClassHard, Meaning: "the buyer's account is not in order", Action: "let the buyer use another method", Source: "G24"},
	{Code: "VERIFY_TIMES_EXCEED_LIMIT", Status: StatusF, Class: ClassBuyer, Meaning: "too many wrong verification codes", Action: "let the buyer get a new code", Source: "G24"},
	{Code: "VERIFY_UNMATCHED", Status: StatusF, Class: ClassBuyer, Meaning: "the verification code is wrong", Action: "let the buyer get a new code", Source: "G24"},
}

// LookupResultCode finds a result code by its name or by another spelling of it.
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
