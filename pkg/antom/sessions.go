package antom

import "context"

// SessionsService creates payment sessions.
type SessionsService service

// ProductCode says which product a session is for.
type ProductCode string

// ProductCashierPayment is the product of one-time payments (SEED).
const ProductCashierPayment ProductCode = "CASHIER_PAYMENT"

// CaptureMode says who captures an authorised payment.
type CaptureMode string

// The capture modes; empty means automatic (PaymentFactor, G24).
const (
	CaptureAutomatic CaptureMode = "AUTOMATIC"
	CaptureManual    CaptureMode = "MANUAL"
)

// SessionRequest is the request of createPaymentSession. Lengths are in
// characters. ProductCode, PaymentRequestID, PaymentAmount, PaymentMethod,
// PaymentRedirectURL and Order are required (SEED).
type SessionRequest struct {
	ProductCode                 ProductCode             `json:"productCode,omitzero"`
	PaymentRequestID            string                  `json:"paymentRequestId,omitzero"` // 64; a new one for each payment; no Chinese characters
	PaymentAmount               Amount                  `json:"paymentAmount,omitzero"`    // what is charged
	PaymentMethod               *PaymentMethod          `json:"paymentMethod,omitzero"`
	PaymentRedirectURL          string                  `json:"paymentRedirectUrl,omitzero"` // 2048
	PaymentNotifyURL            string                  `json:"paymentNotifyUrl,omitzero"`   // 2048; beats the Dashboard's
	Order                       *Order                  `json:"order,omitzero"`
	SettlementStrategy          *SettlementStrategy     `json:"settlementStrategy,omitzero"` // needed with several settlement currencies (C3)
	PaymentFactor               *PaymentFactor          `json:"paymentFactor,omitzero"`
	PaymentSessionExpiryTime    DateTime                `json:"paymentSessionExpiryTime,omitzero"` // 0 to 1 h after creation
	PaymentExpiryTime           DateTime                `json:"paymentExpiryTime,omitzero"`        // SDK
	EnableInstallmentCollection *Bool                   `json:"enableInstallmentCollection,omitzero"`
	CreditPayPlan               *CreditPayPlan          `json:"creditPayPlan,omitzero"`
	MerchantRegion              string                  `json:"merchantRegion,omitzero"` // ISO 3166 alpha-2
	UserRegion                  string                  `json:"userRegion,omitzero"`
	Env                         *Env                    `json:"env,omitzero"`
	AgreementInfo               *AgreementInfo          `json:"agreementInfo,omitzero"`
	RiskData                    *RiskData               `json:"riskData,omitzero"`
	ProductScene                string                  `json:"productScene,omitzero"` // CHECKOUT_PAYMENT, ELEMENT_PAYMENT, EASY_PAY
	SavedPaymentMethods         []PaymentMethod         `json:"savedPaymentMethods,omitzero"`
	AvailablePaymentMethod      *AvailablePaymentMethod `json:"availablePaymentMethod,omitzero"`
	AllowedPaymentMethodRegions []string                `json:"allowedPaymentMethodRegions,omitzero"`
	Locale                      string                  `json:"locale,omitzero"`            // 8
	MerchantAccountID           string                  `json:"merchantAccountId,omitzero"` // 32
	Metadata                    string                  `json:"metadata,omitzero"`
	CustomizedInfo              *CustomizedInfo         `json:"customizedInfo,omitzero"`
	SubscriptionPlan            map[string]any          `json:"subscriptionPlan,omitzero"`
	SubscriptionInfo            map[string]any          `json:"subscriptionInfo,omitzero"`
	Subscription                map[string]any          `json:"subscription,omitzero"`
	Scopes                      []string                `json:"scopes,omitzero"`
	PaymentQuote                *Quote                  `json:"paymentQuote,omitzero"`
	ProcessingAmount            Amount                  `json:"processingAmount,omitzero"`
}

// SettlementStrategy names the currency to be settled in.
type SettlementStrategy struct {
	SettlementCurrency string `json:"settlementCurrency,omitzero"` // ISO 4217
}

// PaymentFactor says how a payment is authorised and captured.
type PaymentFactor struct {
	IsAuthorization        *Bool       `json:"isAuthorization,omitzero"` // true: authorise, then capture; SEED sends true for CARD
	CaptureMode            CaptureMode `json:"captureMode,omitzero"`
	PresentmentMode        string      `json:"presentmentMode,omitzero"` // BUNDLE, TILE, UNIFIED
	InStorePaymentScenario string      `json:"inStorePaymentScenario,omitzero"`
	IsPaymentEvaluation    *Bool       `json:"isPaymentEvaluation,omitzero"`
}

// PaymentMethod is how the buyer pays.
type PaymentMethod struct {
	PaymentMethodType           string                 `json:"paymentMethodType,omitzero"` // 64; CARD
	PaymentMethodID             string                 `json:"paymentMethodId,omitzero"`   // 128; a stored card's token
	PaymentMethodMetaData       *PaymentMethodMetaData `json:"paymentMethodMetaData,omitzero"`
	CustomerID                  string                 `json:"customerId,omitzero"`
	Funding                     string                 `json:"funding,omitzero"` // CREDIT, DEBIT, PREPAID, CHARGE, DEFERRED_DEBIT
	RequireIssuerAuthentication *Bool                  `json:"requireIssuerAuthentication,omitzero"`
	ExtendInfo                  string                 `json:"extendInfo,omitzero"` // 2048
}

// PaymentMethodMetaData holds what a card payment may say of itself in a
// session. Raw card data belongs to the pay API and is left out on purpose.
type PaymentMethodMetaData struct {
	PaymentMethodRegion         string   `json:"paymentMethodRegion,omitzero"` // BR, KR, GLOBAL
	Is3DSAuthentication         *Bool    `json:"is3DSAuthentication,omitzero"` // true: 3-D Secure from the start
	EnableAuthenticationUpgrade *Bool    `json:"enableAuthenticationUpgrade,omitzero"`
	Request3DS                  string   `json:"request3DS,omitzero"`
	ScaExemptionIndicator       string   `json:"scaExemptionIndicator,omitzero"`
	AuthenticationFlow          string   `json:"authenticationFlow,omitzero"`
	MPIData                     *MPIData `json:"mpiData,omitzero"`
	Tokenize                    *Bool    `json:"tokenize,omitzero"`
	SupportedBrands             []string `json:"supportedBrands,omitzero"`
	SelectedCardBrand           string   `json:"selectedCardBrand,omitzero"`
	BillingAddress              *Address `json:"billingAddress,omitzero"`
	NetworkTransactionID        string   `json:"networkTransactionId,omitzero"` // 256
	CPF                         string   `json:"cpf,omitzero"`                  // 11; Brazil
	PayerEmail                  string   `json:"payerEmail,omitzero"`           // 64; BR, CL, MX, PE
	DateOfBirth                 string   `json:"dateOfBirth,omitzero"`          // 10; Korea
	BusinessNo                  string   `json:"businessNo,omitzero"`           // 10; Korea
}

// MPIData is the result of 3-D Secure that the merchant ran.
type MPIData struct {
	ThreeDSVersion  string `json:"threeDSVersion,omitzero"`
	ECI             string `json:"eci,omitzero"`
	CAVV            string `json:"cavv,omitzero"`
	DSTransactionID string `json:"dsTransactionId,omitzero"`
	CredentialType  string `json:"credentialType,omitzero"`
}

// AvailablePaymentMethod lists what Checkout Page and Element may offer.
type AvailablePaymentMethod struct {
	PaymentMethodMetaData  map[string]any          `json:"paymentMethodMetaData,omitzero"`
	PaymentMethodTypeList  []PaymentMethodTypeItem `json:"paymentMethodTypeList,omitzero"`
	PaymentMethodTypeOrder []string                `json:"paymentMethodTypeOrder,omitzero"`
}

// PaymentMethodTypeItem is one offer; the smaller order stands first.
type PaymentMethodTypeItem struct {
	PaymentMethodType  string `json:"paymentMethodType,omitzero"` // 64
	PaymentMethodOrder Int    `json:"paymentMethodOrder,omitzero"`
	ExpressCheckout    *Bool  `json:"expressCheckout,omitzero"`
}

// CreditPayPlan is an instalment plan.
type CreditPayPlan struct {
	InstallmentNum             Int    `json:"installmentNum,omitzero"` // 2 to 36
	Interval                   string `json:"interval,omitzero"`
	CreditPayFeeType           string `json:"creditPayFeeType,omitzero"` // PERCENTAGE
	FeePercentage              Int    `json:"feePercentage,omitzero"`    // 0 to 100
	FilteredInstallmentPeriods []Int  `json:"filteredInstallmentPeriods,omitzero"`
}

// AgreementInfo is for Easy Pay.
type AgreementInfo struct {
	AuthState          string `json:"authState,omitzero"`
	UserLoginID        string `json:"userLoginId,omitzero"`
	UserLoginType      string `json:"userLoginType,omitzero"`
	DisplayUserLoginID string `json:"displayUserLoginId,omitzero"`
}

// Session is the answer of createPaymentSession.
type Session struct {
	PaymentSessionData       string   `json:"paymentSessionData"`       // for the web SDK, whole and unchanged
	PaymentSessionExpiryTime DateTime `json:"paymentSessionExpiryTime"` // ISO 8601
	PaymentSessionID         string   `json:"paymentSessionId"`
	NormalURL                string   `json:"normalUrl"` // Checkout Page
	URL                      string   `json:"url"`
}

// Create calls createPaymentSession. The payment itself is born when the buyer
// submits the form that the web SDK shows.
func (s *SessionsService) Create(ctx context.Context, request *SessionRequest) (*Session, *Response, error) {
	return call[Session](ctx, s.client, CreatePaymentSession, request)
}
