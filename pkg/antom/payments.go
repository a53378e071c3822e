package antom

import (
	"context"
	"errors"
)

// PaymentsService inquires about and cancels payments.
type PaymentsService service

// PaymentStatus is the state of a payment or of one of its transactions.
type PaymentStatus string

// The states (G24 inquiryPayment).
const (
	PaymentSuccess    PaymentStatus = "SUCCESS"    // paid, or authorised
	PaymentFail       PaymentStatus = "FAIL"       // failed
	PaymentProcessing PaymentStatus = "PROCESSING" // in progress
	PaymentCancelled  PaymentStatus = "CANCELLED"  // cancelled permanently: Antom refunds a late success
	PaymentPending    PaymentStatus = "PENDING"    // the buyer has finished, the result is pending
)

// Final reports whether the state will not change any more.
func (s PaymentStatus) Final() bool {
	return s == PaymentSuccess || s == PaymentFail || s == PaymentCancelled
}

// Inquiry identifies a payment by one of its two ids; PaymentID takes precedence. After a call
// whose outcome is not known, use PaymentRequestID (G24).
type Inquiry struct {
	PaymentRequestID  string `json:"paymentRequestId,omitzero"`  // max 64
	PaymentID         string `json:"paymentId,omitzero"`         // max 64
	MerchantAccountID string `json:"merchantAccountId,omitzero"` // max 32
}

// Payment is the answer of inquiryPayment (G24 unless a field says otherwise). PaymentStatus is
// the state of the payment. The result of the call in [Response] says only whether the inquiry
// worked.
type Payment struct {
	PaymentStatus            PaymentStatus       `json:"paymentStatus,omitzero"`
	PaymentResultCode        string              `json:"paymentResultCode,omitzero"`    // max 64; see LookupResultCode
	PaymentResultMessage     string              `json:"paymentResultMessage,omitzero"` // max 256
	PaymentRequestID         string              `json:"paymentRequestId,omitzero"`     // max 64
	PaymentID                string              `json:"paymentId,omitzero"`            // max 64
	AuthPaymentID            string              `json:"authPaymentId,omitzero"`        // SDK
	PaymentAmount            Amount              `json:"paymentAmount,omitzero"`
	ActualPaymentAmount      Amount              `json:"actualPaymentAmount,omitzero"`
	PaymentQuote             *Quote              `json:"paymentQuote,omitzero"`
	ProcessingAmount         Amount              `json:"processingAmount,omitzero"` // SDK
	AuthExpiryTime           DateTime            `json:"authExpiryTime,omitzero"`   // CARD: no capture after this time; also read as authExpirytime
	PaymentCreateTime        DateTime            `json:"paymentCreateTime,omitzero"`
	PaymentTime              DateTime            `json:"paymentTime,omitzero"`       // only on SUCCESS
	PaymentResultInfo        *PaymentResultInfo  `json:"paymentResultInfo,omitzero"` // cards, on SUCCESS or FAIL
	PSPCustomerInfo          *PSPCustomerInfo    `json:"pspCustomerInfo,omitzero"`
	RedirectActionForm       *RedirectActionForm `json:"redirectActionForm,omitzero"`  // while PAYMENT_IN_PROCESS
	Transactions             []Transaction       `json:"transactions,omitzero"`        // captures and refunds
	AcquirerReferenceNo      string              `json:"acquirerReferenceNo,omitzero"` // max 64
	AcquirerInfo             *AcquirerInfo       `json:"acquirerInfo,omitzero"`
	GrossSettlementAmount    Amount              `json:"grossSettlementAmount,omitzero"` // when the rate is locked
	SettlementQuote          *Quote              `json:"settlementQuote,omitzero"`
	CustomsDeclarationAmount Amount              `json:"customsDeclarationAmount,omitzero"` // ALIPAY_CN
	PromotionResults         []PromotionResult   `json:"promotionResults,omitzero"`         // also read as promotionResult
	CardInfo                 *PaymentResultInfo  `json:"cardInfo,omitzero"`                 // former place of the card data
	PaymentMethodType        string              `json:"paymentMethodType,omitzero"`        // max 64; Checkout Page
	Metadata                 string              `json:"metadata,omitzero"`                 // SDK
	CustomizedInfo           *CustomizedInfo     `json:"customizedInfo,omitzero"`           // SDK
	MerchantAccountID        string              `json:"merchantAccountId,omitzero"`        // SDK
	EarliestSettlementTime   DateTime            `json:"earliestSettlementTime,omitzero"`   // SDK
	ExtendInfo               string              `json:"extendInfo,omitzero"`               // SDK
	NonGuaranteeCouponAmount Amount              `json:"nonGuaranteeCouponAmount,omitzero"` // SDK
	RetryInfo                *RetryInfo          `json:"retryInfo,omitzero"`                // SDK

	// Unread names the fields whose values do not have the documented type. They are left empty
	// here; [Response] contains them unchanged.
	Unread []string `json:"-"`
}

// UnmarshalJSON reads a payment. Booleans and whole numbers may be strings, and older spellings
// of field names are accepted.
func (p *Payment) UnmarshalJSON(data []byte) error {
	type plain Payment // authExpirytime differs only in case, which encoding/json ignores
	var read struct {
		plain
		PromotionResult []PromotionResult `json:"promotionResult"`
	}
	unread, err := decodeMembers(data, &read, "paymentStatus", "paymentRequestId", "paymentId", "paymentAmount", "transactions")
	if err != nil {
		return err
	}
	*p = Payment(read.plain)
	if p.PromotionResults == nil {
		p.PromotionResults = read.PromotionResult
	}
	p.Unread = unread
	return nil
}

// Inquire calls inquiryPayment. A payment does not exist until the buyer submits it: until then
// the answer is ORDER_NOT_EXIST (INF).
func (s *PaymentsService) Inquire(ctx context.Context, inquiry Inquiry) (*Payment, *Response, error) {
	if inquiry.PaymentRequestID == "" && inquiry.PaymentID == "" {
		return nil, nil, errors.New("inquiryPayment: neither a paymentRequestId nor a paymentId given")
	}
	return call[Payment](ctx, s.client, InquiryPayment, inquiry)
}

// CancelResult is the answer of cancel (G24).
type CancelResult struct {
	PaymentID        string   `json:"paymentId,omitzero"`
	PaymentRequestID string   `json:"paymentRequestId,omitzero"`
	CancelTime       DateTime `json:"cancelTime,omitzero"`
}

// Cancel calls cancel. It closes a payment that has not succeeded, voids an authorisation that
// was not captured, and returns the whole amount of a successful payment if the method allows
// it. A captured card payment must be refunded instead. After U or a lost answer inquire about
// the payment, and call again if it is not CANCELLED. A cancelled payment stays cancelled:
// Antom refunds a late success (G24, J24).
func (s *PaymentsService) Cancel(ctx context.Context, payment Inquiry) (*CancelResult, *Response, error) {
	if payment.PaymentRequestID == "" && payment.PaymentID == "" {
		return nil, nil, errors.New("cancel: neither a paymentRequestId nor a paymentId given")
	}
	return call[CancelResult](ctx, s.client, Cancel, payment)
}

// PaymentResultInfo contains the card data and the issuer's answer (SDK, DOC).
type PaymentResultInfo struct {
	CardNo                            string         `json:"cardNo,omitzero"` // masked
	CardBrand                         string         `json:"cardBrand,omitzero"`
	CardToken                         string         `json:"cardToken,omitzero"` // for PaymentMethodID of a later payment
	IssuingCountry                    string         `json:"issuingCountry,omitzero"`
	Funding                           string         `json:"funding,omitzero"` // CREDIT, DEBIT, PREPAID, CHARGE, DEFERRED_DEBIT
	PaymentMethodRegion               string         `json:"paymentMethodRegion,omitzero"`
	IssuerName                        string         `json:"issuerName,omitzero"`
	CardBin                           string         `json:"cardBin,omitzero"`        // max 8
	LastFour                          string         `json:"lastFour,omitzero"`       // max 4
	ExpiryMonth                       string         `json:"expiryMonth,omitzero"`    // max 2
	ExpiryYear                        string         `json:"expiryYear,omitzero"`     // max 2
	CardholderName                    string         `json:"cardholderName,omitzero"` // max 64
	CardCategory                      string         `json:"cardCategory,omitzero"`   // CONSUMER, COMMERCIAL
	ThreeDSResult                     *ThreeDSResult `json:"threeDSResult,omitzero"`
	AVSResultRaw                      string         `json:"avsResultRaw,omitzero"`
	CVVResultRaw                      string         `json:"cvvResultRaw,omitzero"`
	NetworkTransactionID              string         `json:"networkTransactionId,omitzero"`
	AuthorizationCode                 string         `json:"authorizationCode,omitzero"`
	RRN                               string         `json:"rrn,omitzero"`
	CredentialTypeUsed                string         `json:"credentialTypeUsed,omitzero"` // PAN, NETWORK_TOKEN
	ExemptionRequested                string         `json:"exemptionRequested,omitzero"` // lowValue, transactionRiskAnalysis
	RefusalCodeRaw                    string         `json:"refusalCodeRaw,omitzero"`     // the channel's code, on FAIL
	RefusalReasonRaw                  string         `json:"refusalReasonRaw,omitzero"`   // the channel's text, on FAIL
	MerchantAdviceCode                string         `json:"merchantAdviceCode,omitzero"`
	CreditPayPlan                     *CreditPayPlan `json:"creditPayPlan,omitzero"`
	AcquirerInfo                      *AcquirerInfo  `json:"acquirerInfo,omitzero"`
	AccountNo                         string         `json:"accountNo,omitzero"`
	UserAuthorizationStatus           string         `json:"userAuthorizationStatus,omitzero"`
	IncrementalAuthorizationAvailable Bool           `json:"incrementalAuthorizationAvailable,omitzero"`
	ExtendedAuthorizationAvailable    Bool           `json:"extendedAuthorizationAvailable,omitzero"`
	RefundOnAuthorizationAvailable    Bool           `json:"refundOnAuthorizationAvailable,omitzero"`

	// Unread names the fields whose values do not have the documented type.
	Unread []string `json:"-"`
}

// UnmarshalJSON reads the card data. A field of an unexpected type is left empty and named in
// Unread.
func (i *PaymentResultInfo) UnmarshalJSON(data []byte) error {
	type plain PaymentResultInfo
	var read plain
	unread, err := decodeMembers(data, &read)
	*i = PaymentResultInfo(read)
	i.Unread = unread
	return err
}

// ThreeDSResult is the result of 3-D Secure (SDK).
type ThreeDSResult struct {
	ThreeDSVersion                 string `json:"threeDSVersion,omitzero"` // 1.0.2, 2.1.0, 2.2.0
	ECI                            string `json:"eci,omitzero"`            // 02, 05: authenticated; 01, 06: attempted; 00, 07: none
	CAVV                           string `json:"cavv,omitzero"`
	DSTransactionID                string `json:"dsTransactionId,omitzero"` // 3-D Secure 2
	XID                            string `json:"xid,omitzero"`             // 3-D Secure 1
	ThreeDSOffered                 *Bool  `json:"threeDSOffered,omitzero"`  // nil: not given
	Challenged                     *Bool  `json:"challenged,omitzero"`      // false: frictionless; nil: not given
	ChallengeCancel                string `json:"challengeCancel,omitzero"` // 01 to 08: who ended it
	ThreeDSTransactionStatusReason string `json:"threeDStransactionStatusReason,omitzero"`
	ExemptionType                  string `json:"exemptionType,omitzero"` // dataOnly, lowValue, transactionRiskAnalysis
}

// PSPCustomerInfo is the buyer's account with the payment method (G24).
type PSPCustomerInfo struct {
	PSPName             string `json:"pspName,omitzero"`           // max 64
	PSPCustomerID       string `json:"pspCustomerId,omitzero"`     // max 64
	DisplayCustomerID   string `json:"displayCustomerId,omitzero"` // max 64
	DisplayCustomerName string `json:"displayCustomerName,omitzero"`
	Customer2088ID      string `json:"customer2088Id,omitzero"`
	ExtendInfo          string `json:"extendInfo,omitzero"`
}

// RedirectActionForm is where to send the buyer next (G24).
type RedirectActionForm struct {
	Method         string `json:"method,omitzero"`         // POST, GET
	Parameters     string `json:"parameters,omitzero"`     // max 2048; for POST
	RedirectURL    string `json:"redirectUrl,omitzero"`    // max 2048
	ActionFormType string `json:"actionFormType,omitzero"` // max 32
}

// AcquirerInfo is the acquirer's view of the payment (DOC); max 64 each.
type AcquirerInfo struct {
	AcquirerName              string `json:"acquirerName,omitzero"`
	ReferenceRequestID        string `json:"referenceRequestId,omitzero"`
	AcquirerTransactionID     string `json:"acquirerTransactionId,omitzero"`
	AcquirerMerchantID        string `json:"acquirerMerchantId,omitzero"`
	AcquirerMerchantName      string `json:"acquirerMerchantName,omitzero"`
	AcquirerResultCode        string `json:"acquirerResultCode,omitzero"`
	AcquirerResultMessage     string `json:"acquirerResultMessage,omitzero"`
	AcquirerReasonDescription string `json:"acquirerReasonDescription,omitzero"`
	AcquirerCardToken         string `json:"acquirerCardToken,omitzero"`
	PTSPTransactionID         string `json:"ptspTransactionId,omitzero"`
}

// PromotionResult is a discount or interest-free instalments (G24).
type PromotionResult struct {
	PromotionType string    `json:"promotionType,omitzero"` // DISCOUNT, INTEREST_FREE
	Discount      *Discount `json:"discount,omitzero"`
}

// Discount is the amount that a promotion saves (G24).
type Discount struct {
	DiscountTag           string `json:"discountTag,omitzero"`
	DiscountName          string `json:"discountName,omitzero"` // max 128
	SavingsAmount         Amount `json:"savingsAmount,omitzero"`
	EstimateSavingsAmount Amount `json:"estimateSavingsAmount,omitzero"`
}

// RetryInfo lists earlier attempts at a payment (SDK).
type RetryInfo struct {
	AvailableRetries Int              `json:"availableRetries,omitzero"`
	PaymentAttempts  []PaymentAttempt `json:"paymentAttempts,omitzero"`
}

// PaymentAttempt is one attempt (SDK).
type PaymentAttempt struct {
	AttemptAt       DateTime `json:"attemptAt,omitzero"`
	AttemptResponse string   `json:"attemptResponse,omitzero"`
}
