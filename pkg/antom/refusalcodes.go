package antom

import (
	"slices"
	"strings"
)

// RefusalKind is the field of paymentResultInfo that contains a refusal code.
type RefusalKind string

// The fields of refusal codes (SDK PaymentResultInfo).
const (
	RefusalOfIssuer RefusalKind = "refusalCodeRaw"     // the issuer's answer
	RefusalAdvice   RefusalKind = "merchantAdviceCode" // the card scheme's advice
)

// RefusalCode is a row of the table of card refusal codes.
type RefusalCode struct {
	Code    string
	Kind    RefusalKind
	Class   RetryClass // ClassBuyer, ClassCard, ClassHard, ClassFix or ClassSupport
	Meaning string
	Action  string
}

// refusalCodes are codes that Antom passes on unchanged. Antom documents neither list (INF):
// refusalCodeRaw is interpreted as field 39 of ISO 8583 as used by Visa and Mastercard,
// merchantAdviceCode as Mastercard's list. Issuers and local schemes have their own codes, so
// an unknown one is not an error. Sorted by kind, then code.
var refusalCodes = [...]RefusalCode{
	{"01", RefusalAdvice, ClassBuyer, "the account has new card details", "ask the buyer for the new card details"},
	{"02", RefusalAdvice, ClassBuyer, "not approved at this time", "try again later with a new payment"},
	{"03", RefusalAdvice, ClassHard, "do not try this card again", "let the buyer use another card"},
	{"04", RefusalAdvice, ClassFix, "the token does not meet the requirements", "pay with the card itself, or store the card again"},
	{"21", RefusalAdvice, ClassHard, "the buyer stopped this series of payments", "stop charging this card"},
	{"24", RefusalAdvice, ClassBuyer, "try again after 1 hour", "wait 1 hour, then start a new payment"},
	{"25", RefusalAdvice, ClassBuyer, "try again after 24 hours", "wait 24 hours, then start a new payment"},
	{"26", RefusalAdvice, ClassBuyer, "try again after 2 days", "wait 2 days, then start a new payment"},
	{"27", RefusalAdvice, ClassBuyer, "try again after 4 days", "wait 4 days, then start a new payment"},
	{"28", RefusalAdvice, ClassBuyer, "try again after 6 days", "wait 6 days, then start a new payment"},
	{"29", RefusalAdvice, ClassBuyer, "try again after 8 days", "wait 8 days, then start a new payment"},
	{"30", RefusalAdvice, ClassBuyer, "try again after 10 days", "wait 10 days, then start a new payment"},
	{"00", RefusalOfIssuer, ClassFinal, "approved", "read the payment result code: the issuer did not refuse"},
	{"01", RefusalOfIssuer, ClassBuyer, "the issuer must be contacted", "let the buyer call the issuer or use another card"},
	{"03", RefusalOfIssuer, ClassSupport, "the merchant is not valid for the issuer", "contact Antom's support"},
	{"04", RefusalOfIssuer, ClassCard, "the issuer asks to retain the card", "let the buyer use another card"},
	{"05", RefusalOfIssuer, ClassBuyer, "declined without a reason: do not honour", "let the buyer use another card or ask the issuer"},
	{"12", RefusalOfIssuer, ClassCard, "the transaction is not valid for this card", "let the buyer use another card"},
	{"13", RefusalOfIssuer, ClassFix, "the amount is not valid", "check the amount and its currency"},
	{"14", RefusalOfIssuer, ClassBuyer, "the card number is not valid", "let the buyer correct the number or use another card"},
	{"15", RefusalOfIssuer, ClassCard, "no such issuer", "let the buyer use another card"},
	{"1A", RefusalOfIssuer, ClassBuyer, "the issuer requires 3-D Secure", "start a new payment with 3-D Secure"},
	{"41", RefusalOfIssuer, ClassCard, "the card was reported lost", "let the buyer use another card; do not disclose the reason"},
	{"43", RefusalOfIssuer, ClassCard, "the card was reported stolen", "let the buyer use another card; do not disclose the reason"},
	{"46", RefusalOfIssuer, ClassCard, "the account is closed", "let the buyer use another card"},
	{"51", RefusalOfIssuer, ClassBuyer, "the funds are insufficient", "let the buyer use another card or try later"},
	{"54", RefusalOfIssuer, ClassBuyer, "the card has expired, or the expiry date is wrong", "let the buyer correct the date or use another card"},
	{"55", RefusalOfIssuer, ClassBuyer, "the PIN is wrong", "let the buyer try again"},
	{"57", RefusalOfIssuer, ClassCard, "the issuer does not permit this for the card", "let the buyer use another card or ask the issuer"},
	{"58", RefusalOfIssuer, ClassSupport, "the merchant is not permitted to do this", "contact Antom's support"},
	{"59", RefusalOfIssuer, ClassCard, "fraud is suspected", "let the buyer use another card; do not disclose the reason"},
	{"61", RefusalOfIssuer, ClassBuyer, "over the card's limit", "let the buyer use another card or raise the limit"},
	{"62", RefusalOfIssuer, ClassCard, "the card is restricted", "let the buyer use another card or ask the issuer"},
	{"65", RefusalOfIssuer, ClassBuyer, "used too often, or the issuer requires 3-D Secure", "start a new payment with 3-D Secure"},
	{"78", RefusalOfIssuer, ClassCard, "the card is blocked or not yet in use", "let the buyer ask the issuer or use another card"},
	{"82", RefusalOfIssuer, ClassBuyer, "the card verification digits are wrong", "let the buyer correct them"},
	{"91", RefusalOfIssuer, ClassBuyer, "the issuer can't be reached", "let the buyer try again later"},
	{"96", RefusalOfIssuer, ClassBuyer, "an error in the system of the issuer or the scheme", "let the buyer try again later"},
	{"N7", RefusalOfIssuer, ClassBuyer, "the card verification digits are wrong", "let the buyer correct them"},
	{"R0", RefusalOfIssuer, ClassHard, "the buyer stopped this payment of a series", "stop charging this card"},
	{"R1", RefusalOfIssuer, ClassHard, "the buyer stopped all payments of a series", "stop charging this card"},
}

// RefusalCodes returns the table of card refusal codes, sorted by kind and code.
func RefusalCodes() []RefusalCode { return slices.Clone(refusalCodes[:]) }

// LookupRefusalCode returns the row of a code in a field of paymentResultInfo.
func LookupRefusalCode(kind RefusalKind, code string) (RefusalCode, bool) {
	for _, row := range refusalCodes {
		if row.Kind == kind && strings.EqualFold(row.Code, code) {
			return row, true
		}
	}
	return RefusalCode{}, false
}
