package antom

// Env describes the buyer's device for risk control (G24). Send ClientIP for cards.
type Env struct {
	TerminalType             string       `json:"terminalType,omitzero"` // WEB, WAP, APP, MINI_APP
	OSType                   string       `json:"osType,omitzero"`       // IOS, ANDROID
	ClientIP                 string       `json:"clientIp,omitzero"`
	UserAgent                string       `json:"userAgent,omitzero"`                // SDK
	CookieID                 string       `json:"cookieId,omitzero"`                 // SDK
	DeviceID                 string       `json:"deviceId,omitzero"`                 // SDK
	DeviceTokenID            string       `json:"deviceTokenId,omitzero"`            // max 64
	DeviceBrand              string       `json:"deviceBrand,omitzero"`              // max 64
	DeviceModel              string       `json:"deviceModel,omitzero"`              // max 128
	DeviceLanguage           string       `json:"deviceLanguage,omitzero"`           // SDK
	OSVersion                string       `json:"osVersion,omitzero"`                // SDK
	StoreTerminalID          string       `json:"storeTerminalId,omitzero"`          // SDK
	StoreTerminalRequestTime DateTime     `json:"storeTerminalRequestTime,omitzero"` // SDK
	ColorDepth               string       `json:"colorDepth,omitzero"`               // bits: 1, 4, 8, 15, 16, 24, 30, 32, 48
	ScreenHeight             string       `json:"screenHeight,omitzero"`             // pixels, from 1
	ScreenWidth              string       `json:"screenWidth,omitzero"`              // pixels, from 1
	TimeZoneOffset           *Int         `json:"timeZoneOffset,omitzero"`           // minutes, -720 to 720; UTC+2 is -120
	BrowserInfo              *BrowserInfo `json:"browserInfo,omitzero"`
	ExtendInfo               string       `json:"extendInfo,omitzero"` // max 2048
}

// BrowserInfo describes the buyer's browser for 3-D Secure (G24).
type BrowserInfo struct {
	AcceptHeader      string `json:"acceptHeader,omitzero"`
	JavaEnabled       *Bool  `json:"javaEnabled,omitzero"`
	JavaScriptEnabled *Bool  `json:"javaScriptEnabled,omitzero"`
	Language          string `json:"language,omitzero"`
	UserAgent         string `json:"userAgent,omitzero"`
}

// RiskData is what the merchant knows that may help risk control (SDK).
type RiskData struct {
	Order                  *RiskOrder              `json:"order,omitzero"`
	Buyer                  *RiskBuyer              `json:"buyer,omitzero"`
	Env                    *RiskEnv                `json:"env,omitzero"`
	RiskSignal             *RiskSignal             `json:"riskSignal,omitzero"`
	Address                *RiskAddress            `json:"address,omitzero"`
	CardVerificationResult *CardVerificationResult `json:"cardVerificationResult,omitzero"`
}

// RiskOrder is the origin of an order (SDK).
type RiskOrder struct {
	OrderType     string `json:"orderType,omitzero"`
	ReferringSite string `json:"referringSite,omitzero"`
}

// RiskBuyer is the buyer's recent activity (SDK). A count of 0 differs from an absent one.
type RiskBuyer struct {
	NoteToMerchant  string `json:"noteToMerchant,omitzero"`
	NoteToShipping  string `json:"noteToShipping,omitzero"`
	OrderCountIn1H  *Int   `json:"orderCountIn1H,omitzero"`
	OrderCountIn24H *Int   `json:"orderCountIn24H,omitzero"`
}

// RiskEnv is what the merchant knows about the buyer's network (SDK).
type RiskEnv struct {
	IPAddressType string `json:"ipAddressType,omitzero"`
}

// RiskSignal is the merchant's own verdict (SDK).
type RiskSignal struct {
	RiskCode   string `json:"riskCode,omitzero"`
	RiskReason string `json:"riskReason,omitzero"`
}

// RiskAddress compares addresses (SDK). The unit of the distances is not documented.
type RiskAddress struct {
	ShippingPhoneType             string `json:"shippingPhoneType,omitzero"`
	IsBillShipStateSame           *Bool  `json:"isBillShipStateSame,omitzero"`
	IsPreviousStateSame           *Bool  `json:"isPreviousStateSame,omitzero"`
	LocToShipDistance             *Int   `json:"locToShipDistance,omitzero"`
	MinPreviousShipToBillDistance *Int   `json:"minPreviousShipToBillDistance,omitzero"`
}

// CardVerificationResult is the result of the merchant's own checks of the card (SDK).
type CardVerificationResult struct {
	AuthenticationType   string             `json:"authenticationType,omitzero"`
	AuthenticationMethod string             `json:"authenticationMethod,omitzero"`
	CVVResult            string             `json:"cvvResult,omitzero"`
	AVSResult            string             `json:"avsResult,omitzero"`
	AuthorizationCode    string             `json:"authorizationCode,omitzero"`
	ThreeDSResult        *RiskThreeDSResult `json:"threeDSResult,omitzero"`
}

// RiskThreeDSResult is the result of the merchant's own 3-D Secure (SDK).
type RiskThreeDSResult struct {
	ThreeDSVersion         string `json:"threeDSVersion,omitzero"`
	ThreeDSInteractionMode string `json:"threeDSInteractionMode,omitzero"` // FRICTIONLESS, CHALLENGE
	ECI                    string `json:"eci,omitzero"`
	CAVV                   string `json:"cavv,omitzero"`
}
