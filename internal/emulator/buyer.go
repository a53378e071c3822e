package emulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// The buyer's ways to end a 3-D Secure challenge.
const (
	ChallengePass    = "pass"
	ChallengeFail    = "fail"
	ChallengeAbandon = "abandon"
)

// What the emulator reports about cards (INF, except for the frictionless card: DOC ref/card).
const (
	frictionlessCard = "4035501000000008"
	testIssuer       = "ANTOM TEST BANK"
	regionKorea      = "KR"
)

// decisions decide how a payment ends, from the form; the first row that applies wins. That
// such data fail is documented (DOC ref/card); the codes they fail with are INF.
func decisions() []rule[form] {
	return []rule[form]{
		{code: "INVALID_CARD_NUMBER", on: "the card number is wrong: its check digit does not match", source: "INF",
			when: func(f form) bool { return f.CardToken == "" && !rules.LuhnValid(f.Card) }},
		{code: "INVALID_EXPIRY_DATE_FORMAT", on: "the expiry date is not MM/YY", source: "INF",
			when: func(f form) bool { return f.CardToken == "" && !isExpiry(f.Expiry) }},
		{code: "INVALID_EXPIRATION_DATE", on: "the expiry date is invalid: there is no such month", source: "DOC ref/card",
			when: func(f form) bool { return f.CardToken == "" && (f.Expiry[:2] < "01" || f.Expiry[:2] > "12") }},
		{code: "INVALID_CVV", on: "the card verification digits must be three, or four of AMEX", source: "DOC ref/card",
			when: func(f form) bool { return f.CardToken == "" && !isCVV(f.CVV, f.card.Brand) }},
		{code: "CARD_NOT_SUPPORTED", on: "the card's brand is not in the session's supportedBrands", source: "INF",
			when: func(f form) bool { return !f.o.takes(f.card.Brand) }},
		{code: "RISK_REJECT", on: "rejected by risk control: the amount is one of the sandbox's magic amounts (11, 1100, 1111)", source: "DOC ref/card; the code INF",
			when: func(f form) bool { return rules.IsRiskAmount(f.o.Amount.Value) },
			message: func(f form) string {
				return fmt.Sprintf("rejected by risk control: the amount %d is one of the sandbox's magic amounts (11, 1100, 1111)", f.o.Amount.Value)
			}},
		{code: "AUTHENTICATION_REQUIRED", on: "the issuer wants 3-D Secure, and the session has neither is3DSAuthentication true nor leaves enableAuthenticationUpgrade on", source: "DOC pm/3ds_retry",
			when: func(f form) bool { return f.Challenge != "" && !f.o.ThreeDS && f.o.NoUpgrade }},
		{code: "USER_PAYMENT_VERIFICATION_FAILED", on: "the buyer failed the 3-D Secure challenge", source: "INF",
			when: func(f form) bool { return f.challenge() == ChallengeFail }},
		{code: codeInProcess, on: "the buyer abandoned the 3-D Secure challenge: nothing is paid, and the order is closed after 14 minutes", source: "SEED",
			when: func(f form) bool { return f.challenge() == ChallengeAbandon }},
	}
}

// decide returns the payment result code that a form ends with: the requested outcome, else
// the first rule that applies, else the card's own. Numbers that are not test cards succeed
// (INF).
func (f form) decide() (code, message string) {
	if f.Outcome != "" {
		return f.Outcome, meaning(f.Outcome) + " (requested with --outcome)"
	}
	if refused := refuse(decisions(), f); refused != nil {
		return refused.code, refused.message
	}
	if f.card.Outcome != antom.CodeSuccess {
		return f.card.Outcome, meaning(f.card.Outcome)
	}
	return antom.CodeSuccess, "success."
}

// challenge is how the buyer ends the challenge that the card gets in this session; empty
// without a challenge. With is3DSAuthentication true, every card is challenged except the
// frictionless one and Korean ones (DOC ref/card, pm/3ds_retry).
func (f form) challenge() string {
	switch {
	case f.card.Frictionless, f.card.Region == regionKorea, !f.o.ThreeDS && f.o.NoUpgrade:
		return ""
	case f.Challenge == "" && f.o.ThreeDS:
		return ChallengePass
	}
	return f.Challenge
}

func (f form) checks() checks {
	offered := (f.o.ThreeDS && f.card.Region != regionKorea) || f.challenge() != ""
	c := checks{Offered: offered, Challenge: f.challenge(), CVV: "M"}
	switch {
	case f.CardToken != "":
		c.CVV = "P"
	case !isCVV(f.CVV, f.card.Brand):
		c.CVV = "N"
	}
	address := f.Billing
	if address == (antom.Address{}) && f.o.Billing != nil {
		address = *f.o.Billing
	}
	c.AVS = avsResult(address)
	return c
}

// AVSMismatchZIP is the postcode that matches no address: the payment succeeds, and its
// avsResultRaw is N, no match (INF: Antom documents no such data).
const AVSMismatchZIP = "00000"

// avsResults are the raw results of address verification, by the given fields; the first row
// that applies wins. The letters are those of the card schemes; that every other address
// matches is INF (DOC ref/card: any postcode does).
var avsResults = [...]struct {
	address, zip bool
	only         string // this postcode, with or without an address
	result       string
}{
	{only: AVSMismatchZIP, result: "N"},
	{address: true, zip: true, result: "Y"},
	{address: true, result: "A"},
	{zip: true, result: "Z"},
}

func avsResult(a antom.Address) string {
	for _, row := range avsResults {
		given := row.address == (a.Address1 != "") && row.zip == (a.ZipCode != "")
		if row.only == a.ZipCode && row.only != "" || row.only == "" && given {
			return row.result
		}
	}
	return ""
}

// billingLimits are the lengths of a billing address (SEED, G24).
func billingLimits(a antom.Address) []struct {
	name, value string
	longest     int
} {
	return []struct {
		name, value string
		longest     int
	}{
		{"region", a.Region, 2}, {"state", a.State, 8}, {"city", a.City, 32},
		{"address1", a.Address1, 256}, {"address2", a.Address2, 256}, {"zipCode", a.ZipCode, 32},
	}
}

// checkBilling rejects an address that the web SDK's form would not accept.
func checkBilling(a antom.Address) error {
	if len(a.Region) != 2 || strings.ToUpper(a.Region) != a.Region {
		return &Refusal{fmt.Sprintf("billing address: region %q must be a country code of two letters", a.Region), "such as SG, US or GB"}
	}
	for _, row := range billingLimits(a) {
		if n := utf8.RuneCountInString(row.value); n > row.longest {
			return &Refusal{fmt.Sprintf("billing address: %s has %d characters, at most %d are allowed", row.name, n, row.longest), "shorten it"}
		}
	}
	if !slices.Contains([]string{"CA", "GB", "US"}, a.Region) {
		return nil
	}
	if a.State != "" && (len(a.State) < 2 || len(a.State) > 3) {
		return &Refusal{fmt.Sprintf("billing address: state %q must be an ISO 3166-2 code of 2 or 3 characters in %s", a.State, a.Region), "such as CA for California"}
	}
	plain := func(r rune) bool {
		return r == '-' || r == ' ' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	}
	if len(a.ZipCode) > 10 || strings.IndexFunc(a.ZipCode, func(r rune) bool { return !plain(r) }) >= 0 {
		return &Refusal{fmt.Sprintf("billing address: zipCode %q must be at most 10 letters, digits, hyphens and blanks in %s", a.ZipCode, a.Region), "such as 94105"}
	}
	return nil
}

// isExpiry checks the form MM/YY, not whether the month exists.
func isExpiry(text string) bool {
	return len(text) == 5 && text[2] == '/' && strings.Trim(text[:2]+text[3:], "0123456789") == ""
}

func isCVV(text, brand string) bool {
	return (len(text) == 3 || (len(text) == 4 && brand == "AMEX")) && strings.Trim(text, "0123456789") == ""
}

// brands by the leading digits of a number (approximate ISO/IEC 7812 ranges).
var brands = [...]struct{ prefix, brand string }{
	{"34", "AMEX"}, {"37", "AMEX"}, {"35", "JCB"}, {"36", "DINERS"}, {"62", "CUP"}, {"6", "DISCOVER"}, {"5", "MASTERCARD"}, {"2", "MASTERCARD"}, {"4", "VISA"},
}

func brandOf(number string) string {
	for _, row := range brands {
		if strings.HasPrefix(number, row.prefix) {
			return row.brand
		}
	}
	return ""
}

// countryOf is the country of the emulator's issuer: the card's region, or Singapore for a
// global card (INF).
func countryOf(region string) string {
	if region == "GLOBAL" {
		return "SG"
	}
	return region
}

// ecis are the 3-D Secure indicators by brand: authenticated, not authenticated (8.3).
var ecis = [...]struct{ brand, authenticated, none string }{
	{"MASTERCARD", "02", "00"},
	{"", "05", "07"}, // all others
}

func eci(brand string, authenticated bool) string {
	for _, row := range ecis {
		if row.brand != brand && row.brand != "" {
			continue
		}
		if authenticated {
			return row.authenticated
		}
		return row.none
	}
	return ""
}

// rawRefusals are the issuers' decline codes (ISO 8583 field 39 and the schemes' own) by
// result code. Which of them Antom passes on for which result is INF. Declines not made by an
// issuer have none. Advice is the schemes' merchant advice code. Sorted by code.
var rawRefusals = [...]struct{ code, raw, reason, advice string }{
	{"AUTHENTICATION_REQUIRED", "1A", "Additional customer authentication required", ""},
	{"CARD_BIN_QUERY_ERROR", "15", "No such issuer", ""},
	{"CARD_EXPIRED", "54", "Expired card", "01"},
	{"CARD_NOT_SUPPORTED", "57", "Transaction not permitted to cardholder", "03"},
	{"DO_NOT_HONOR", "05", "Do not honor", "02"},
	{"FRAUD_REJECT", "59", "Suspected fraud", "03"},
	{"INVALID_AMOUNT", "13", "Invalid amount", ""},
	{"INVALID_CARD", "14", "Invalid card number", "03"},
	{"INVALID_CARD_NUMBER", "14", "Invalid card number", "01"},
	{"INVALID_CVV", "N7", "Decline for CVV2 failure", "01"},
	{"INVALID_EXPIRATION_DATE", "54", "Expired card", "01"},
	{"ISSUER_REJECTS_TRANSACTION", "62", "Restricted card", "03"},
	{"SUSPECTED_CARD", "41", "Lost card, pick up", "03"},
	{"USER_AMOUNT_EXCEED_LIMIT", "61", "Exceeds withdrawal amount limit", "02"},
	{"USER_BALANCE_NOT_ENOUGH", "51", "Insufficient funds", "02"},
	{"USER_PAYMENT_VERIFICATION_FAILED", "55", "Incorrect PIN", ""},
	{"USER_STATUS_ABNORMAL", "62", "Restricted card", "03"},
	{"VERIFY_TIMES_EXCEED_LIMIT", "75", "Allowable number of PIN tries exceeded", "02"},
}

// RefusalOutcomes returns the codes of failed payments whose card facts have a raw refusal
// code: the outcomes for antom emulator pay that show it.
func RefusalOutcomes(kind antom.RefusalKind, raw string) []string {
	var outcomes []string
	for _, row := range rawRefusals {
		if kind == antom.RefusalOfIssuer && row.raw == raw || kind == antom.RefusalAdvice && row.advice == raw {
			outcomes = append(outcomes, row.code)
		}
	}
	return outcomes
}

// resultInfo is what is reported about the card once the payment has ended.
func (o *order) resultInfo(p *payment, now time.Time) *antom.PaymentResultInfo {
	stand := o.statusAt(p, now)
	at, paid := p.succeeds()
	paid = paid && !at.After(now)
	if !paid && stand.to != stateFail {
		return nil
	}
	info := &antom.PaymentResultInfo{
		CardNo: p.Card.Masked, CardBrand: p.Card.Brand, Funding: p.Card.Funding, PaymentMethodRegion: p.Card.Region,
		IssuingCountry: p.Card.Country, IssuerName: p.Card.Issuer, CardBin: p.Card.Bin, LastFour: p.Card.LastFour, CardCategory: "CONSUMER", CardholderName: p.Card.Holder,
		AVSResultRaw: p.Checks.AVS, CVVResultRaw: p.Checks.CVV, CredentialTypeUsed: "PAN", ThreeDSResult: o.threeDS(p, paid),
	}
	if month, year, ok := strings.Cut(p.Card.Expiry, "/"); ok && isExpiry(p.Card.Expiry) {
		info.ExpiryMonth, info.ExpiryYear = month, year
	}
	if paid {
		info.CardToken, info.AuthorizationCode = p.Card.Token, digits(p.ID, "authorisation", 6)
		info.NetworkTransactionID, info.RRN = digits(p.ID, "network", 15), digits(p.ID, "rrn", 12)
		return info
	}
	for _, row := range rawRefusals {
		if row.code == stand.code {
			info.RefusalCodeRaw, info.RefusalReasonRaw, info.MerchantAdviceCode = row.raw, row.reason, row.advice
		}
	}
	return info
}

// challengeEnds tell who ended a challenge (8.3): 03 means abandoned.
const challengeAbandoned = "03"

func (o *order) threeDS(p *payment, paid bool) *antom.ThreeDSResult {
	c := p.Checks
	authenticated := c.Offered && (c.Challenge == "" || c.Challenge == ChallengePass)
	result := &antom.ThreeDSResult{ECI: eci(p.Card.Brand, authenticated), ThreeDSOffered: new(antom.Bool(c.Offered))}
	if !c.Offered {
		return result
	}
	sum := digest(p.ID, "3ds")
	result.ThreeDSVersion, result.Challenged = "2.2.0", new(antom.Bool(c.Challenge != ""))
	result.DSTransactionID = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	switch {
	case authenticated && paid:
		result.CAVV = base64.StdEncoding.EncodeToString(sum[12:32])
	case c.Challenge == ChallengeAbandon:
		result.ChallengeCancel = challengeAbandoned
	case c.Challenge == ChallengeFail:
		result.ThreeDSTransactionStatusReason = "01" // card authentication failed (EMV 3-D Secure)
	}
	return result
}
