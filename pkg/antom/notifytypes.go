package antom

// NotifyType is the type of a notification. The groups of constants are the values of three
// different fields: notifyType, authorizationNotifyType and disputeNotificationType.
type NotifyType string

// The values of notifyType.
const (
	NotifyCaptureResult  NotifyType = "CAPTURE_RESULT"       // a capture is final
	NotifyPaymentPending NotifyType = "PAYMENT_PENDING"      // the buyer has finished, the result is pending
	NotifyPaymentResult  NotifyType = "PAYMENT_RESULT"       // a payment is final
	NotifyRefundResult   NotifyType = "REFUND_RESULT"        // a refund is final
	NotifyUpdateAmount   NotifyType = "UPDATE_AMOUNT_RESULT" // an authorised amount was changed (SDK)
)

// The values of authorizationNotifyType.
const (
	NotifyAuthCodeCreated NotifyType = "AUTHCODE_CREATED"
	NotifyTokenCancelled  NotifyType = "TOKEN_CANCELED"
	NotifyTokenCreated    NotifyType = "TOKEN_CREATED"
)

// The values of disputeNotificationType.
const (
	NotifyDefenseDueAlert  NotifyType = "DEFENSE_DUE_ALERT"
	NotifyDefenseSupplied  NotifyType = "DEFENSE_SUPPLIED"
	NotifyDisputeAccepted  NotifyType = "DISPUTE_ACCEPTED" // SDK
	NotifyDisputeCancelled NotifyType = "DISPUTE_CANCELLED"
	NotifyDisputeCreated   NotifyType = "DISPUTE_CREATED"
	NotifyDisputeJudged    NotifyType = "DISPUTE_JUDGED"
	NotifyRDRResolved      NotifyType = "RDR_RESOLVED" // SDK
)

// PaymentNotification is the body of notifyPayment (G24). Result is the result of the payment:
// S with PAYMENT_RESULT means paid, F failed; S with PAYMENT_PENDING means that it is still
// being processed. Compare PaymentAmount with your own order.
type PaymentNotification struct {
	NotifyType               NotifyType         `json:"notifyType"`
	Result                   Result             `json:"result"`
	PaymentRequestID         string             `json:"paymentRequestId"` // max 64
	PaymentID                string             `json:"paymentId"`        // max 64
	PaymentAmount            Amount             `json:"paymentAmount"`
	PaymentCreateTime        DateTime           `json:"paymentCreateTime"`
	PaymentTime              DateTime           `json:"paymentTime,omitzero"`         // only on success
	PaymentResultInfo        *PaymentResultInfo `json:"paymentResultInfo,omitzero"`   // cards
	AcquirerReferenceNo      string             `json:"acquirerReferenceNo,omitzero"` // max 64
	PSPCustomerInfo          *PSPCustomerInfo   `json:"pspCustomerInfo,omitzero"`
	CustomsDeclarationAmount Amount             `json:"customsDeclarationAmount,omitzero"`
	GrossSettlementAmount    Amount             `json:"grossSettlementAmount,omitzero"`
	SettlementQuote          *Quote             `json:"settlementQuote,omitzero"`
	PromotionResult          []PromotionResult  `json:"promotionResult,omitzero"`
	AcquirerInfo             *AcquirerInfo      `json:"acquirerInfo,omitzero"`
	AuthExpiryTime           DateTime           `json:"authExpiryTime,omitzero"`      // no capture after this time; SDK
	PaymentMethodType        string             `json:"paymentMethodType,omitzero"`   // SDK
	Metadata                 string             `json:"metadata,omitzero"`            // SDK
	CustomizedInfo           *CustomizedInfo    `json:"customizedInfo,omitzero"`      // SDK
	PaymentQuote             *Quote             `json:"paymentQuote,omitzero"`        // SDK
	ProcessingAmount         Amount             `json:"processingAmount,omitzero"`    // SDK
	UpdateRequestID          string             `json:"updateRequestId,omitzero"`     // of UPDATE_AMOUNT_RESULT; SDK
	SubscriptionOrderID      string             `json:"subscriptionOrderId,omitzero"` // SDK
	RetryInfo                *RetryInfo         `json:"retryInfo,omitzero"`           // SDK
	TaxCalculationID         string             `json:"taxCalculationId,omitzero"`    // SDK
}

// AuthorizationNotification is the body of notifyAuthorization (J24).
type AuthorizationNotification struct {
	AuthorizationNotifyType NotifyType `json:"authorizationNotifyType"` // max 32
	Result                  Result     `json:"result"`
	AuthClientID            string     `json:"authClientId,omitzero"` // max 64
	AccessToken             string     `json:"accessToken,omitzero"`  // max 128; of token events
	AuthState               string     `json:"authState,omitzero"`    // max 256
	AuthCode                string     `json:"authCode,omitzero"`     // max 64
	Reason                  string     `json:"reason,omitzero"`       // max 256
	UserLoginID             string     `json:"userLoginId,omitzero"`  // max 64
	UserID                  string     `json:"userId,omitzero"`       // max 64
}

// VaultingNotification is the body of notifyVaulting (J24): a card was stored (S)
// or not (F).
type VaultingNotification struct {
	Result              Result          `json:"result"`
	VaultingRequestID   string          `json:"vaultingRequestId"`            // max 64
	PaymentMethodDetail *VaultedMethod  `json:"paymentMethodDetail,omitzero"` // on S
	VaultingCreateTime  DateTime        `json:"vaultingCreateTime,omitzero"`  // SDK
	AcquirerInfo        *AcquirerInfo   `json:"acquirerInfo,omitzero"`        // SDK
	Metadata            string          `json:"metadata,omitzero"`            // SDK
	CustomizedInfo      *CustomizedInfo `json:"customizedInfo,omitzero"`      // SDK
}

// VaultedMethod is a stored payment method (J24).
type VaultedMethod struct {
	PaymentMethodType string       `json:"paymentMethodType"` // max 64; CARD
	Card              *VaultedCard `json:"card,omitzero"`
}

// VaultedCard is a stored card (J24).
type VaultedCard struct {
	CardToken    string `json:"cardToken,omitzero"`    // max 2048; for PaymentMethodID
	Brand        string `json:"brand,omitzero"`        // max 32
	MaskedCardNo string `json:"maskedCardNo,omitzero"` // max 32
}

// DisputeNotification is the body of notifyDispute (J24). It has no result.
type DisputeNotification struct {
	DisputeNotificationType NotifyType    `json:"disputeNotificationType"` // max 30
	PaymentRequestID        string        `json:"paymentRequestId"`        // max 64
	PaymentID               string        `json:"paymentId"`               // max 64
	DisputeID               string        `json:"disputeId"`               // max 64
	CaptureID               string        `json:"captureId,omitzero"`      // SDK
	DisputeType             string        `json:"disputeType,omitzero"`    // CHARGEBACK, RETRIEVAL_REQUEST, COMPLIANCE_REQUEST; SDK
	DisputeTime             DateTime      `json:"disputeTime,omitzero"`
	DisputeAmount           Amount        `json:"disputeAmount,omitzero"`
	DisputeReasonMsg        string        `json:"disputeReasonMsg,omitzero"`  // max 256
	DisputeReasonCode       string        `json:"disputeReasonCode,omitzero"` // max 64
	DisputeSource           string        `json:"disputeSource,omitzero"`     // max 64; the card scheme
	DefenseDueTime          DateTime      `json:"defenseDueTime,omitzero"`
	Defendable              Bool          `json:"defendable,omitzero"`       // SDK
	AutoDefendReason        string        `json:"autoDefendReason,omitzero"` // SDK
	DisputeJudgedTime       DateTime      `json:"disputeJudgedTime,omitzero"`
	DisputeJudgedAmount     Amount        `json:"disputeJudgedAmount,omitzero"`
	DisputeJudgedResult     string        `json:"disputeJudgedResult,omitzero"` // max 30; ACCEPT_BY_CUSTOMER, ACCEPT_BY_MERCHANT
	DisputeAcceptReason     string        `json:"disputeAcceptReason,omitzero"` // SDK
	DisputeAcceptTime       DateTime      `json:"disputeAcceptTime,omitzero"`   // SDK
	ARN                     string        `json:"arn,omitzero"`                 // max 64
	AcquirerInfo            *AcquirerInfo `json:"acquirerInfo,omitzero"`        // SDK
}
