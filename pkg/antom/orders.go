package antom

// Order is what is bought. Antom uses it for risk control, reports and display,
// and does not compare OrderAmount with the payment's amount (G24).
// ReferenceOrderID, OrderDescription and OrderAmount are required.
type Order struct {
	ReferenceOrderID    string         `json:"referenceOrderId,omitzero"` // 64; no Chinese characters
	OrderDescription    string         `json:"orderDescription,omitzero"` // 256; no Chinese characters
	OrderAmount         Amount         `json:"orderAmount,omitzero"`
	OrderDiscountAmount Amount         `json:"orderDiscountAmount,omitzero"`
	SubTotalOrderAmount Amount         `json:"subTotalOrderAmount,omitzero"`
	OrderType           string         `json:"orderType,omitzero"`
	Buyer               *Buyer         `json:"buyer,omitzero"`
	Goods               []Goods        `json:"goods,omitzero"` // 100 at most
	Shipping            *Shipping      `json:"shipping,omitzero"`
	Merchant            *Merchant      `json:"merchant,omitzero"` // secondary merchant
	Env                 *Env           `json:"env,omitzero"`      // older place for env
	Transit             *Transit       `json:"transit,omitzero"`
	Lodging             *Lodging       `json:"lodging,omitzero"`
	Gaming              *Gaming        `json:"gaming,omitzero"`
	NeedDeclaration     *Bool          `json:"needDeclaration,omitzero"`
	Declaration         map[string]any `json:"declaration,omitzero"`
	ExtendInfo          string         `json:"extendInfo,omitzero"`
}

// Buyer is the person who pays; phone and e-mail help risk control of cards.
type Buyer struct {
	ReferenceBuyerID      string    `json:"referenceBuyerId,omitzero"` // 64
	BuyerName             *UserName `json:"buyerName,omitzero"`
	BuyerPhoneNo          string    `json:"buyerPhoneNo,omitzero"` // 24
	BuyerEmail            string    `json:"buyerEmail,omitzero"`   // 64
	BuyerRegistrationTime DateTime  `json:"buyerRegistrationTime,omitzero"`
	IsAccountVerified     *Bool     `json:"isAccountVerified,omitzero"`
	SuccessfulOrderCount  Int       `json:"successfulOrderCount,omitzero"`
	BuyerPhoneNoContry    string    `json:"buyerPhoneNoContryCode,omitzero"` // spelt so by Antom
}

// Goods is one kind of thing that is bought.
type Goods struct {
	ReferenceGoodsID    string   `json:"referenceGoodsId,omitzero"` // 64
	GoodsName           string   `json:"goodsName,omitzero"`        // 256; no Chinese characters
	GoodsCategory       string   `json:"goodsCategory,omitzero"`    // 64
	GoodsBrand          string   `json:"goodsBrand,omitzero"`
	GoodsUnitAmount     Amount   `json:"goodsUnitAmount,omitzero"`
	GoodsQuantity       string   `json:"goodsQuantity,omitzero"`
	GoodsSkuName        string   `json:"goodsSkuName,omitzero"`
	GoodsURL            string   `json:"goodsUrl,omitzero"`           // 2048
	DeliveryMethodType  string   `json:"deliveryMethodType,omitzero"` // PHYSICAL, DIGITAL
	GoodsImageURL       string   `json:"goodsImageUrl,omitzero"`
	PriceID             string   `json:"priceId,omitzero"` // 64
	GoodsDiscountAmount Amount   `json:"goodsDiscountAmount,omitzero"`
	GoodsEndsOnTime     DateTime `json:"goodsEndsOnTime,omitzero"`
	CrossSell           *Goods   `json:"crossSell,omitzero"`
}

// Shipping is where the goods go.
type Shipping struct {
	ShippingName        *UserName         `json:"shippingName,omitzero"`
	ShippingAddress     *Address          `json:"shippingAddress,omitzero"`
	ShippingCarrier     string            `json:"shippingCarrier,omitzero"` // 128
	ShippingPhoneNo     string            `json:"shippingPhoneNo,omitzero"` // 16
	ShipToEmail         string            `json:"shipToEmail,omitzero"`     // 64
	ShippingFeeID       string            `json:"shippingFeeId,omitzero"`   // 64
	ShippingFee         Amount            `json:"shippingFee,omitzero"`
	ShippingDescription string            `json:"shippingDescription,omitzero"` // 64
	DeliveryEstimate    *DeliveryEstimate `json:"deliveryEstimate,omitzero"`
	ShippingNumber      string            `json:"shippingNumber,omitzero"`
	Notes               string            `json:"notes,omitzero"`
}

// DeliveryEstimate is when the goods arrive.
type DeliveryEstimate struct {
	Minimum *DeliveryTime `json:"minimum,omitzero"`
	Maximum *DeliveryTime `json:"maximum,omitzero"`
}

// DeliveryTime is a number of units: YEAR, MONTH, DAY, HOUR, MINUTE or SECOND.
type DeliveryTime struct {
	Unit  string `json:"unit,omitzero"`
	Value Int    `json:"value"`
}

// Merchant is a secondary merchant.
type Merchant struct {
	ReferenceMerchantID  string         `json:"referenceMerchantId,omitzero"`
	MerchantMCC          string         `json:"merchantMCC,omitzero"`
	MerchantName         string         `json:"merchantName,omitzero"`
	MerchantDisplayName  string         `json:"merchantDisplayName,omitzero"`
	MerchantAddress      *Address       `json:"merchantAddress,omitzero"`
	MerchantRegisterDate DateTime       `json:"merchantRegisterDate,omitzero"`
	Store                map[string]any `json:"store,omitzero"`
	MerchantType         string         `json:"merchantType,omitzero"` // INDIVIDUAL, ENTERPRISE
}

// Env is what risk control wants to know of the buyer's device.
type Env struct {
	TerminalType             string       `json:"terminalType,omitzero"` // WEB, WAP, APP, MINI_APP
	OSType                   string       `json:"osType,omitzero"`       // IOS, ANDROID
	ClientIP                 string       `json:"clientIp,omitzero"`
	UserAgent                string       `json:"userAgent,omitzero"`
	CookieID                 string       `json:"cookieId,omitzero"`
	DeviceID                 string       `json:"deviceId,omitzero"`
	DeviceTokenID            string       `json:"deviceTokenId,omitzero"` // 64
	DeviceBrand              string       `json:"deviceBrand,omitzero"`   // 64
	DeviceModel              string       `json:"deviceModel,omitzero"`   // 128
	DeviceLanguage           string       `json:"deviceLanguage,omitzero"`
	OSVersion                string       `json:"osVersion,omitzero"`
	StoreTerminalID          string       `json:"storeTerminalId,omitzero"`
	StoreTerminalRequestTime DateTime     `json:"storeTerminalRequestTime,omitzero"`
	ColorDepth               string       `json:"colorDepth,omitzero"`
	ScreenHeight             string       `json:"screenHeight,omitzero"`
	ScreenWidth              string       `json:"screenWidth,omitzero"`
	TimeZoneOffset           *Int         `json:"timeZoneOffset,omitzero"` // minutes, -720 to 720; UTC+2 is -120
	BrowserInfo              *BrowserInfo `json:"browserInfo,omitzero"`
	ExtendInfo               string       `json:"extendInfo,omitzero"` // 2048
}

// BrowserInfo is what 3-D Secure wants to know of the buyer's browser.
type BrowserInfo struct {
	AcceptHeader      string `json:"acceptHeader,omitzero"`
	JavaEnabled       *Bool  `json:"javaEnabled,omitzero"`
	JavaScriptEnabled *Bool  `json:"javaScriptEnabled,omitzero"`
	Language          string `json:"language,omitzero"`
	UserAgent         string `json:"userAgent,omitzero"`
}

// RiskData is further data for risk control (SDK); its parts are passed on as
// they are.
type RiskData struct {
	Order                  map[string]any `json:"order,omitzero"`
	Buyer                  map[string]any `json:"buyer,omitzero"`
	Env                    map[string]any `json:"env,omitzero"`
	RiskSignal             map[string]any `json:"riskSignal,omitzero"`
	Address                map[string]any `json:"address,omitzero"`
	CardVerificationResult map[string]any `json:"cardVerificationResult,omitzero"`
}

// Transit is trade data of a journey.
type Transit struct {
	TransitType               string      `json:"transitType,omitzero"` // FLIGHT, TRAIN, CRUISE, COACH
	Legs                      []Leg       `json:"legs,omitzero"`        // 10 at most
	Passengers                []Passenger `json:"passengers,omitzero"`  // 100 at most
	AgentCode                 string      `json:"agentCode,omitzero"`
	AgentName                 string      `json:"agentName,omitzero"`
	TicketNumber              string      `json:"ticketNumber,omitzero"`
	TicketIssuerCode          string      `json:"ticketIssuerCode,omitzero"`
	RestrictedTicketIndicator string      `json:"restrictedTicketIndicator,omitzero"`
	AncillaryData             any         `json:"ancillaryData,omitzero"`
}

// Leg is one part of a journey.
type Leg struct {
	DepartureTime        DateTime `json:"departureTime,omitzero"`
	ArrivalTime          DateTime `json:"arrivalTime,omitzero"`
	DepartureAddress     *Address `json:"departureAddress,omitzero"`
	ArrivalAddress       *Address `json:"arrivalAddress,omitzero"`
	CarrierName          string   `json:"carrierName,omitzero"`          // 128
	CarrierNo            string   `json:"carrierNo,omitzero"`            // 64
	ClassType            string   `json:"classType,omitzero"`            // FIRSTLEVEL, SECONDLEVEL, THIRDLEVEL
	DepartureAirportCode string   `json:"departureAirportCode,omitzero"` // 8
	ArrivalAirportCode   string   `json:"arrivalAirportCode,omitzero"`   // 8
	FareBasis            string   `json:"fareBasis,omitzero"`
	CouponNumber         string   `json:"couponNumber,omitzero"`
	FlightNumber         string   `json:"flightNumber,omitzero"`
	PassengerNameRecord  string   `json:"passengerNameRecord,omitzero"`
}

// Passenger is one traveller.
type Passenger struct {
	PassengerName    *UserName `json:"passengerName,omitzero"`
	PassengerEmail   string    `json:"passengerEmail,omitzero"`   // 64
	PassengerPhoneNo string    `json:"passengerPhoneNo,omitzero"` // 32
	PassengerID      string    `json:"passengerId,omitzero"`
	PassengerIDType  string    `json:"passengerIdType,omitzero"`
	PassengerCode    string    `json:"passengerCode,omitzero"`
}

// Lodging is trade data of a stay.
type Lodging struct {
	HotelName      string     `json:"hotelName,omitzero"` // 128
	HotelAddress   *Address   `json:"hotelAddress,omitzero"`
	CheckInDate    DateTime   `json:"checkInDate,omitzero"`
	CheckOutDate   DateTime   `json:"checkOutDate,omitzero"`
	NumberOfNights Int        `json:"numberOfNights,omitzero"`
	NumberOfRooms  Int        `json:"numberOfRooms,omitzero"`
	GuestNames     []UserName `json:"guestNames,omitzero"` // 100 at most
}

// Gaming is trade data of a top-up.
type Gaming struct {
	GameName        string `json:"gameName,omitzero"`        // 128
	ToppedUpUser    string `json:"toppedUpUser,omitzero"`    // 128
	ToppedUpEmail   string `json:"toppedUpEmail,omitzero"`   // 64
	ToppedUpPhoneNo string `json:"toppedUpPhoneNo,omitzero"` // 32
}
