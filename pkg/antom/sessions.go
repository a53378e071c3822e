package antom

import (
	"context"
	"errors"
)

// SessionsService creates payment sessions.
type SessionsService service

// ProductCode is the product that a session is for.
type ProductCode string

// ProductCashierPayment is the product of one-time payments (SEED).
const ProductCashierPayment ProductCode = "CASHIER_PAYMENT"

// CaptureMode is who captures an authorised payment.
type CaptureMode string

// The capture modes; empty means automatic (G24).
const (
	CaptureAutomatic CaptureMode = "AUTOMATIC" // Antom, right after the authorisation
	CaptureManual    CaptureMode = "MANUAL"    // the merchant, within 7 days
)

// SessionRequest is the request of createPaymentSession (G24 unless a field says otherwise).
// ProductCode, PaymentRequestID, PaymentAmount, PaymentMethod, PaymentRedirectURL and Order are
// required (SEED). Lengths are in characters.
type SessionRequest struct {
	ProductCode                 ProductCode             `json:"productCode,omitzero"`
	PaymentRequestID            string                  `json:"paymentRequestId,omitzero"` // max 64; a new one for each payment; no Chinese characters
	PaymentAmount               Amount                  `json:"paymentAmount,omitzero"`    // what is charged, in minor units of the order's currency
	PaymentMethod               *PaymentMethod          `json:"paymentMethod,omitzero"`
	PaymentRedirectURL          string                  `json:"paymentRedirectUrl,omitzero"` // max 2048; the page that the buyer returns to
	PaymentNotifyURL            string                  `json:"paymentNotifyUrl,omitzero"`   // max 2048; takes precedence over the Dashboard's
	Order                       *Order                  `json:"order,omitzero"`
	SettlementStrategy          *SettlementStrategy     `json:"settlementStrategy,omitzero"`       // required with several settlement currencies
	PaymentFactor               *PaymentFactor          `json:"paymentFactor,omitzero"`            // set it for CARD
	PaymentSessionExpiryTime    DateTime                `json:"paymentSessionExpiryTime,omitzero"` // at most 1 h after creation, which is the default
	PaymentExpiryTime           DateTime                `json:"paymentExpiryTime,omitzero"`        // SDK
	EnableInstallmentCollection *Bool                   `json:"enableInstallmentCollection,omitzero"`
	CreditPayPlan               *CreditPayPlan          `json:"creditPayPlan,omitzero"`
	MerchantRegion              string                  `json:"merchantRegion,omitzero"` // ISO 3166 alpha-2
	UserRegion                  string                  `json:"userRegion,omitzero"`     // ISO 3166 alpha-2; DOC
	Env                         *Env                    `json:"env,omitzero"`
	AgreementInfo               *AgreementInfo          `json:"agreementInfo,omitzero"`
	RiskData                    *RiskData               `json:"riskData,omitzero"`                    // SDK
	ProductScene                string                  `json:"productScene,omitzero"`                // max 32; CHECKOUT_PAYMENT, ELEMENT_PAYMENT (DOC), EASY_PAY (SDK)
	SavedPaymentMethods         []PaymentMethod         `json:"savedPaymentMethods,omitzero"`         // DOC
	AvailablePaymentMethod      *AvailablePaymentMethod `json:"availablePaymentMethod,omitzero"`      // DOC
	AllowedPaymentMethodRegions []string                `json:"allowedPaymentMethodRegions,omitzero"` // ISO 3166 alpha-2 or GLOBAL; DOC
	Locale                      string                  `json:"locale,omitzero"`                      // max 8; DOC
	MerchantAccountID           string                  `json:"merchantAccountId,omitzero"`           // max 32; DOC
	Metadata                    string                  `json:"metadata,omitzero"`                    // DOC
	CustomizedInfo              *CustomizedInfo         `json:"customizedInfo,omitzero"`              // DOC
	Scopes                      []string                `json:"scopes,omitzero"`                      // SDK
	PaymentQuote                *Quote                  `json:"paymentQuote,omitzero"`                // SDK
	ProcessingAmount            Amount                  `json:"processingAmount,omitzero"`            // SDK

	// The subscription products (SDK) are not part of the card flow: their objects are passed
	// on unchanged.
	SubscriptionPlan map[string]any `json:"subscriptionPlan,omitzero"`
	SubscriptionInfo map[string]any `json:"subscriptionInfo,omitzero"`
	Subscription     map[string]any `json:"subscription,omitzero"`
}

// SettlementStrategy selects the settlement currency (SEED).
type SettlementStrategy struct {
	SettlementCurrency string `json:"settlementCurrency,omitzero"` // ISO 4217
}

// PaymentFactor determines how a payment is authorised and captured (G24).
type PaymentFactor struct {
	IsAuthorization        *Bool       `json:"isAuthorization,omitzero"`        // true: authorise, then capture; sent for CARD (SEED)
	CaptureMode            CaptureMode `json:"captureMode,omitzero"`            // max 64
	PresentmentMode        string      `json:"presentmentMode,omitzero"`        // BUNDLE, TILE, UNIFIED
	InStorePaymentScenario string      `json:"inStorePaymentScenario,omitzero"` // SDK
	IsPaymentEvaluation    *Bool       `json:"isPaymentEvaluation,omitzero"`    // SDK
}

// PaymentMethod is how the buyer pays (G24).
type PaymentMethod struct {
	PaymentMethodType           string                 `json:"paymentMethodType,omitzero"` // max 64; CARD
	PaymentMethodID             string                 `json:"paymentMethodId,omitzero"`   // max 128; a saved card's token
	PaymentMethodMetaData       *PaymentMethodMetaData `json:"paymentMethodMetaData,omitzero"`
	CustomerID                  string                 `json:"customerId,omitzero"`                  // SDK
	Funding                     string                 `json:"funding,omitzero"`                     // CREDIT, DEBIT, PREPAID, CHARGE, DEFERRED_DEBIT; SDK
	RequireIssuerAuthentication *Bool                  `json:"requireIssuerAuthentication,omitzero"` // Korean cards; SDK
	ExtendInfo                  string                 `json:"extendInfo,omitzero"`                  // max 2048; SDK
}

// PaymentMethodMetaData contains the details of a card payment that a session may set (SDK
// unless a field says otherwise). The card's own data (number, expiry date, verification
// digits) belongs to the pay API, for merchants with PCI compliance, and is left out on
// purpose: in a session the buyer enters it in the web SDK.
type PaymentMethodMetaData struct {
	PaymentMethodRegion         string    `json:"paymentMethodRegion,omitzero"`         // BR, KR, GLOBAL; G24
	Is3DSAuthentication         *Bool     `json:"is3DSAuthentication,omitzero"`         // true: 3-D Secure from the start; DOC
	EnableAuthenticationUpgrade *Bool     `json:"enableAuthenticationUpgrade,omitzero"` // 3-D Secure after a soft decline; absent: true; DOC
	Request3DS                  string    `json:"request3DS,omitzero"`
	SCAExemptionIndicator       string    `json:"scaExemptionIndicator,omitzero"`
	AuthenticationFlow          string    `json:"authenticationFlow,omitzero"`
	MPIData                     *MPIData  `json:"mpiData,omitzero"`
	Tokenize                    *Bool     `json:"tokenize,omitzero"`
	SupportedBrands             []string  `json:"supportedBrands,omitzero"` // VISA, MASTERCARD, …
	SelectedCardBrand           string    `json:"selectedCardBrand,omitzero"`
	Brand                       string    `json:"brand,omitzero"`
	CardholderName              *UserName `json:"cardholderName,omitzero"`
	BillingAddress              *Address  `json:"billingAddress,omitzero"`       // for address verification
	NetworkTransactionID        string    `json:"networkTransactionId,omitzero"` // max 256
	CPF                         string    `json:"cpf,omitzero"`                  // max 11; Brazil
	PayerEmail                  string    `json:"payerEmail,omitzero"`           // max 64; Brazil, Chile, Mexico, Peru
	DateOfBirth                 string    `json:"dateOfBirth,omitzero"`          // max 10; Korea
	BusinessNo                  string    `json:"businessNo,omitzero"`           // max 10; Korea
}

// MPIData is the result of 3-D Secure performed by the merchant (SDK).
type MPIData struct {
	ThreeDSVersion  string `json:"threeDSVersion,omitzero"`
	ECI             string `json:"eci,omitzero"`
	CAVV            string `json:"cavv,omitzero"`
	DSTransactionID string `json:"dsTransactionId,omitzero"`
	CredentialType  string `json:"credentialType,omitzero"`
}

// AvailablePaymentMethod lists what Checkout Page and Element may offer (DOC).
type AvailablePaymentMethod struct {
	PaymentMethodMetaData map[string]any          `json:"paymentMethodMetaData,omitzero"` // by payment method
	PaymentMethodTypeList []PaymentMethodTypeItem `json:"paymentMethodTypeList,omitzero"`
}

// PaymentMethodTypeItem is one offer (DOC).
type PaymentMethodTypeItem struct {
	PaymentMethodType  string `json:"paymentMethodType,omitzero"`  // max 64
	PaymentMethodOrder Int    `json:"paymentMethodOrder,omitzero"` // from 1; the smallest comes first
	ExpressCheckout    *Bool  `json:"expressCheckout,omitzero"`    // ALIPAY_CN, APPLEPAY, Google Pay
}

// CreditPayPlan is an instalment plan (G24).
type CreditPayPlan struct {
	InstallmentNum             Int    `json:"installmentNum,omitzero"`             // 2 to 36
	Interval                   string `json:"interval,omitzero"`                   // MONTH
	CreditPayFeeType           string `json:"creditPayFeeType,omitzero"`           // PERCENTAGE
	FeePercentage              *Int   `json:"feePercentage,omitzero"`              // 0 to 100
	FilteredInstallmentPeriods []Int  `json:"filteredInstallmentPeriods,omitzero"` // 2 to 36 each; InstallmentNum takes precedence; SDK
	InterestRate               string `json:"interestRate,omitzero"`               // max 16; a decimal; in answers only; SDK
}

// AgreementInfo is for Easy Pay (G24).
type AgreementInfo struct {
	AuthState          string `json:"authState,omitzero"`
	UserLoginID        string `json:"userLoginId,omitzero"`
	UserLoginType      string `json:"userLoginType,omitzero"`
	DisplayUserLoginID string `json:"displayUserLoginId,omitzero"`
}

// Session is the answer of createPaymentSession (G24).
type Session struct {
	PaymentSessionData       string   `json:"paymentSessionData"`       // max 4096; for the web SDK, complete and unchanged
	PaymentSessionExpiryTime DateTime `json:"paymentSessionExpiryTime"` // after this time the buyer can't pay
	PaymentSessionID         string   `json:"paymentSessionId"`         // max 64
	NormalURL                string   `json:"normalUrl,omitzero"`       // max 2048; of Checkout Page
	URL                      string   `json:"url,omitzero"`             // SDK
	SubscriptionID           string   `json:"subscriptionId,omitzero"`  // SDK
	InvoiceID                string   `json:"invoiceId,omitzero"`       // SDK
}

// Create calls createPaymentSession. The payment itself is created when the buyer submits the
// form that the web SDK shows.
func (s *SessionsService) Create(ctx context.Context, request *SessionRequest) (*Session, *Response, error) {
	if request == nil {
		return nil, nil, errors.New("createPaymentSession: no request")
	}
	return call[Session](ctx, s.client, CreatePaymentSession, request)
}

// CreateFrom calls createPaymentSession with exactly this body, which is signed and sent byte
// for byte.
func (s *SessionsService) CreateFrom(ctx context.Context, body []byte) (*Session, *Response, error) {
	return callWith[Session](ctx, s.client, CreatePaymentSession, body)
}
