package antom

import (
	"context"
	"encoding/json"
)

// PaymentsService asks for the state of payments.
type PaymentsService service

// PaymentStatus is the state of a payment or of one of its transactions.
type PaymentStatus string

// The states (inquiryPayment, G24).
const (
	PaymentSuccess    PaymentStatus = "SUCCESS"    // paid; of an authorisation: authorised
	PaymentFail       PaymentStatus = "FAIL"       // failed
	PaymentProcessing PaymentStatus = "PROCESSING" // in progress
	PaymentCancelled  PaymentStatus = "CANCELLED"  // cancelled, for good
	PaymentPending    PaymentStatus = "PENDING"    // the buyer is done, the result is awaited
)

// Final reports whether the state will not change any more.
func (s PaymentStatus) Final() bool {
	return s == PaymentSuccess || s == PaymentFail || s == PaymentCancelled
}

// Inquiry names a payment. One of the two ids is needed; PaymentID wins.
type Inquiry struct {
	PaymentRequestID  string `json:"paymentRequestId,omitzero"`  // 64
	PaymentID         string `json:"paymentId,omitzero"`         // 64
	MerchantAccountID string `json:"merchantAccountId,omitzero"` // 32
}

// Payment is the answer of inquiryPayment. PaymentStatus tells of the payment;
// the result of the call says only whether the inquiry worked.
type Payment struct {
	PaymentStatus            PaymentStatus       `json:"paymentStatus"`
	PaymentResultCode        string              `json:"paymentResultCode"`
	PaymentResultMessage     string              `json:"paymentResultMessage"`
	PaymentRequestID         string              `json:"paymentRequestId"`
	PaymentID                string              `json:"paymentId"`
	AuthPaymentID            string              `json:"authPaymentId"`
	PaymentAmount            Amount              `json:"paymentAmount"`
	ActualPaymentAmount      Amount              `json:"actualPaymentAmount"`
	PaymentQuote             *Quote              `json:"paymentQuote"`
	ProcessingAmount         Amount              `json:"processingAmount"`
	AuthExpiryTime           DateTime            `json:"authExpiryTime"` // no capture after it; also read as authExpirytime (C18)
	PaymentCreateTime        DateTime            `json:"paymentCreateTime"`
	PaymentTime              DateTime            `json:"paymentTime"` // only on SUCCESS
	PaymentResultInfo        *PaymentResultInfo  `json:"paymentResultInfo"`
	PSPCustomerInfo          *PSPCustomerInfo    `json:"pspCustomerInfo"`
	RedirectActionForm       *RedirectActionForm `json:"redirectActionForm"` // while PAYMENT_IN_PROCESS
	Transactions             []Transaction       `json:"transactions"`
	AcquirerReferenceNo      string              `json:"acquirerReferenceNo"`
	AcquirerInfo             *AcquirerInfo       `json:"acquirerInfo"`
	GrossSettlementAmount    Amount              `json:"grossSettlementAmount"`
	SettlementQuote          *Quote              `json:"settlementQuote"`
	CustomsDeclarationAmount Amount              `json:"customsDeclarationAmount"`
	PromotionResults         []PromotionResult   `json:"promotionResults"`
	CardInfo                 *PaymentResultInfo  `json:"cardInfo"` // older place of the card's facts
	PaymentMethodType        string              `json:"paymentMethodType"`
	Metadata                 string              `json:"metadata"`
	CustomizedInfo           *CustomizedInfo     `json:"customizedInfo"`
	MerchantAccountID        string              `json:"merchantAccountId"`
	EarliestSettlementTime   DateTime            `json:"earliestSettlementTime"`
	ExtendInfo               string              `json:"extendInfo"`
}

// PaymentResultInfo holds the card's facts and what the issuer said.
type PaymentResultInfo struct {
	CardNo               string         `json:"cardNo,omitzero"` // masked
	CardBrand            string         `json:"cardBrand,omitzero"`
	CardToken            string         `json:"cardToken,omitzero"`
	IssuingCountry       string         `json:"issuingCountry,omitzero"`
	Funding              string         `json:"funding,omitzero"`
	PaymentMethodRegion  string         `json:"paymentMethodRegion,omitzero"`
	IssuerName           string         `json:"issuerName,omitzero"`
	CardBin              string         `json:"cardBin,omitzero"`  // 8
	LastFour             string         `json:"lastFour,omitzero"` // 4
	ExpiryMonth          string         `json:"expiryMonth,omitzero"`
	ExpiryYear           string         `json:"expiryYear,omitzero"`
	CardholderName       string         `json:"cardholderName,omitzero"`
	CardCategory         string         `json:"cardCategory,omitzero"` // CONSUMER, COMMERCIAL
	ThreeDSResult        *ThreeDSResult `json:"threeDSResult,omitzero"`
	AVSResultRaw         string         `json:"avsResultRaw,omitzero"`
	CVVResultRaw         string         `json:"cvvResultRaw,omitzero"`
	NetworkTransactionID string         `json:"networkTransactionId,omitzero"`
	AuthorizationCode    string         `json:"authorizationCode,omitzero"`
	RRN                  string         `json:"rrn,omitzero"`
	CredentialTypeUsed   string         `json:"credentialTypeUsed,omitzero"` // PAN, NETWORK_TOKEN
	ExemptionRequested   string         `json:"exemptionRequested,omitzero"`
	RefusalCodeRaw       string         `json:"refusalCodeRaw,omitzero"`
	RefusalReasonRaw     string         `json:"refusalReasonRaw,omitzero"`
	MerchantAdviceCode   string         `json:"merchantAdviceCode,omitzero"`
}

// ThreeDSResult is how 3-D Secure went.
type ThreeDSResult struct {
	ThreeDSVersion    string `json:"threeDSVersion,omitzero"`
	ECI               string `json:"eci,omitzero"`
	CAVV              string `json:"cavv,omitzero"`
	DSTransactionID   string `json:"dsTransactionId,omitzero"`
	XID               string `json:"xid,omitzero"`
	ThreeDSOffered    Bool   `json:"threeDSOffered,omitzero"`
	Challenged        Bool   `json:"challenged,omitzero"`
	ChallengeCancel   string `json:"challengeCancel,omitzero"`
	TransactionReason string `json:"threeDStransactionStatusReason,omitzero"`
	ExemptionType     string `json:"exemptionType,omitzero"`
}

// PSPCustomerInfo is the buyer as the payment method knows them.
type PSPCustomerInfo struct {
	PSPName             string `json:"pspName"`
	PSPCustomerID       string `json:"pspCustomerId"`
	DisplayCustomerID   string `json:"displayCustomerId"`
	DisplayCustomerName string `json:"displayCustomerName"`
	Customer2088ID      string `json:"customer2088Id"`
	ExtendInfo          string `json:"extendInfo"`
}

// RedirectActionForm is where the buyer must go on.
type RedirectActionForm struct {
	Method         string `json:"method"` // POST, GET
	Parameters     string `json:"parameters"`
	RedirectURL    string `json:"redirectUrl"`
	ActionFormType string `json:"actionFormType"`
}

// AcquirerInfo is the acquirer's view of the payment.
type AcquirerInfo struct {
	AcquirerName              string `json:"acquirerName"`
	ReferenceRequestID        string `json:"referenceRequestId"`
	AcquirerTransactionID     string `json:"acquirerTransactionId"`
	AcquirerMerchantID        string `json:"acquirerMerchantId"`
	AcquirerMerchantName      string `json:"acquirerMerchantName"`
	AcquirerResultCode        string `json:"acquirerResultCode"`
	AcquirerResultMessage     string `json:"acquirerResultMessage"`
	AcquirerReasonDescription string `json:"acquirerReasonDescription"`
}

// PromotionResult is a discount or interest-free instalments.
type PromotionResult struct {
	PromotionType string         `json:"promotionType"` // DISCOUNT, INTEREST_FREE
	Discount      map[string]any `json:"discount"`
}

// UnmarshalJSON reads a payment, older spellings included (C18).
func (p *Payment) UnmarshalJSON(data []byte) error {
	type plain Payment
	older := struct {
		*plain
		AuthExpirytime  DateTime          `json:"authExpirytime"`
		PromotionResult []PromotionResult `json:"promotionResult"`
	}{plain: (*plain)(p)}
	if err := json.Unmarshal(data, &older); err != nil {
		return err
	}
	if p.AuthExpiryTime == "" {
		p.AuthExpiryTime = older.AuthExpirytime
	}
	if p.PromotionResults == nil {
		p.PromotionResults = older.PromotionResult
	}
	return nil
}

// Inquire calls inquiryPayment. A payment that no buyer has submitted yet does
// not exist: the answer is ORDER_NOT_EXIST (INF).
func (s *PaymentsService) Inquire(ctx context.Context, inquiry Inquiry) (*Payment, *Response, error) {
	return call[Payment](ctx, s.client, InquiryPayment, inquiry)
}
