package antom

// Order describes what is bought (G24 unless a field says otherwise). Antom uses it for risk
// control, reports and display, and does not compare OrderAmount with the payment's amount.
// ReferenceOrderID, OrderDescription and OrderAmount are required.
type Order struct {
	ReferenceOrderID    string       `json:"referenceOrderId,omitzero"` // max 64; no Chinese characters
	OrderDescription    string       `json:"orderDescription,omitzero"` // max 256; no Chinese characters
	OrderAmount         Amount       `json:"orderAmount,omitzero"`
	OrderDiscountAmount Amount       `json:"orderDiscountAmount,omitzero"` // SDK
	SubTotalOrderAmount Amount       `json:"subTotalOrderAmount,omitzero"` // SDK
	OrderType           string       `json:"orderType,omitzero"`           // SDK
	Buyer               *Buyer       `json:"buyer,omitzero"`
	Goods               []Goods      `json:"goods,omitzero"` // at most 100
	Shipping            *Shipping    `json:"shipping,omitzero"`
	Merchant            *Merchant    `json:"merchant,omitzero"` // a secondary merchant
	Env                 *Env         `json:"env,omitzero"`      // older place for SessionRequest.Env
	Transit             *Transit     `json:"transit,omitzero"`  // SDK
	Lodging             *Lodging     `json:"lodging,omitzero"`  // SDK
	Gaming              *Gaming      `json:"gaming,omitzero"`   // SDK
	NeedDeclaration     *Bool        `json:"needDeclaration,omitzero"`
	Declaration         *Declaration `json:"declaration,omitzero"`
	ExtendInfo          string       `json:"extendInfo,omitzero"` // a JSON text
}

// Declaration is for inbound foreign exchange (DOC).
type Declaration struct {
	DeclarationBizScene      string `json:"declarationBizScene,omitzero"` // AIRLINE, HOTEL
	DeclarationBeneficiaryID string `json:"declarationBeneficiaryId,omitzero"`
}

// Buyer is the person who pays (G24). Phone and e-mail help risk control for cards.
type Buyer struct {
	ReferenceBuyerID      string    `json:"referenceBuyerId,omitzero"` // max 64
	BuyerName             *UserName `json:"buyerName,omitzero"`
	BuyerPhoneNo          string    `json:"buyerPhoneNo,omitzero"` // max 24
	BuyerEmail            string    `json:"buyerEmail,omitzero"`   // max 64
	BuyerRegistrationTime DateTime  `json:"buyerRegistrationTime,omitzero"`
	IsAccountVerified     *Bool     `json:"isAccountVerified,omitzero"`
	SuccessfulOrderCount  *Int      `json:"successfulOrderCount,omitzero"`
	BuyerPhoneNoContry    string    `json:"buyerPhoneNoContryCode,omitzero"` // Antom's spelling; STCPAY (SDK)
}

// Goods is one kind of item in the order (G24).
type Goods struct {
	ReferenceGoodsID    string   `json:"referenceGoodsId,omitzero"` // max 64
	GoodsName           string   `json:"goodsName,omitzero"`        // max 256; no Chinese characters
	GoodsCategory       string   `json:"goodsCategory,omitzero"`    // max 64; a path with slashes
	GoodsBrand          string   `json:"goodsBrand,omitzero"`
	GoodsUnitAmount     Amount   `json:"goodsUnitAmount,omitzero"`
	GoodsQuantity       string   `json:"goodsQuantity,omitzero"` // a whole number from 1
	GoodsSkuName        string   `json:"goodsSkuName,omitzero"`
	GoodsURL            string   `json:"goodsUrl,omitzero"`            // max 2048
	DeliveryMethodType  string   `json:"deliveryMethodType,omitzero"`  // max 32; PHYSICAL, DIGITAL
	GoodsImageURL       string   `json:"goodsImageUrl,omitzero"`       // SDK
	PriceID             string   `json:"priceId,omitzero"`             // max 64; SDK
	GoodsDiscountAmount Amount   `json:"goodsDiscountAmount,omitzero"` // SDK
	GoodsEndsOnTime     DateTime `json:"goodsEndsOnTime,omitzero"`     // SDK
	CrossSell           *Goods   `json:"crossSell,omitzero"`           // SDK
}

// Shipping is where the goods go (G24).
type Shipping struct {
	ShippingName        *UserName         `json:"shippingName,omitzero"`
	ShippingAddress     *Address          `json:"shippingAddress,omitzero"`
	ShippingCarrier     string            `json:"shippingCarrier,omitzero"` // max 128
	ShippingPhoneNo     string            `json:"shippingPhoneNo,omitzero"` // max 16
	ShipToEmail         string            `json:"shipToEmail,omitzero"`     // max 64
	ShippingFeeID       string            `json:"shippingFeeId,omitzero"`   // max 64
	ShippingFee         Amount            `json:"shippingFee,omitzero"`
	ShippingDescription string            `json:"shippingDescription,omitzero"` // max 64
	DeliveryEstimate    *DeliveryEstimate `json:"deliveryEstimate,omitzero"`
	ShippingNumber      string            `json:"shippingNumber,omitzero"` // SDK
	Notes               string            `json:"notes,omitzero"`          // SDK
}

// DeliveryEstimate is when the goods arrive (G24).
type DeliveryEstimate struct {
	Minimum *DeliveryTime `json:"minimum,omitzero"`
	Maximum *DeliveryTime `json:"maximum,omitzero"`
}

// DeliveryTime is a number of units (G24).
type DeliveryTime struct {
	Unit  string `json:"unit,omitzero"` // max 16; YEAR, MONTH, DAY, HOUR, MINUTE, SECOND
	Value Int    `json:"value"`         // from 0
}

// Merchant is a secondary merchant (G24).
type Merchant struct {
	ReferenceMerchantID  string   `json:"referenceMerchantId,omitzero"`
	MerchantMCC          string   `json:"merchantMCC,omitzero"`
	MerchantName         string   `json:"merchantName,omitzero"`
	MerchantDisplayName  string   `json:"merchantDisplayName,omitzero"`
	MerchantAddress      *Address `json:"merchantAddress,omitzero"`
	MerchantRegisterDate DateTime `json:"merchantRegisterDate,omitzero"`
	Store                *Store   `json:"store,omitzero"`
	MerchantType         string   `json:"merchantType,omitzero"` // INDIVIDUAL, ENTERPRISE
}

// Store is a shop of a secondary merchant (SDK).
type Store struct {
	ReferenceStoreID string   `json:"referenceStoreId,omitzero"`
	StoreName        string   `json:"storeName,omitzero"`
	StoreMCC         string   `json:"storeMCC,omitzero"`
	StoreDisplayName string   `json:"storeDisplayName,omitzero"`
	StoreTerminalID  string   `json:"storeTerminalId,omitzero"`
	StoreOperatorID  string   `json:"storeOperatorId,omitzero"`
	StoreAddress     *Address `json:"storeAddress,omitzero"`
	StorePhoneNo     string   `json:"storePhoneNo,omitzero"`
}

// Transit contains the trade data of a journey (SDK).
type Transit struct {
	TransitType               string         `json:"transitType,omitzero"` // FLIGHT, TRAIN, CRUISE, COACH
	Legs                      []Leg          `json:"legs,omitzero"`        // at most 10
	Passengers                []Passenger    `json:"passengers,omitzero"`  // at most 100
	AgentCode                 string         `json:"agentCode,omitzero"`
	AgentName                 string         `json:"agentName,omitzero"`
	TicketNumber              string         `json:"ticketNumber,omitzero"`
	TicketIssuerCode          string         `json:"ticketIssuerCode,omitzero"`
	RestrictedTicketIndicator string         `json:"restrictedTicketIndicator,omitzero"`
	AncillaryData             *AncillaryData `json:"ancillaryData,omitzero"`
}

// Leg is one part of a journey (SDK).
type Leg struct {
	DepartureTime        DateTime `json:"departureTime,omitzero"`
	ArrivalTime          DateTime `json:"arrivalTime,omitzero"`
	DepartureAddress     *Address `json:"departureAddress,omitzero"`
	ArrivalAddress       *Address `json:"arrivalAddress,omitzero"`
	CarrierName          string   `json:"carrierName,omitzero"`          // max 128
	CarrierNo            string   `json:"carrierNo,omitzero"`            // max 64
	ClassType            string   `json:"classType,omitzero"`            // FIRSTLEVEL, SECONDLEVEL, THIRDLEVEL
	DepartureAirportCode string   `json:"departureAirportCode,omitzero"` // max 8
	ArrivalAirportCode   string   `json:"arrivalAirportCode,omitzero"`   // max 8
	FareBasis            string   `json:"fareBasis,omitzero"`
	CouponNumber         string   `json:"couponNumber,omitzero"`
	FlightNumber         string   `json:"flightNumber,omitzero"`
	PassengerNameRecord  string   `json:"passengerNameRecord,omitzero"`
}

// Passenger is one traveller (SDK).
type Passenger struct {
	PassengerName    *UserName `json:"passengerName,omitzero"`
	PassengerEmail   string    `json:"passengerEmail,omitzero"`   // max 64
	PassengerPhoneNo string    `json:"passengerPhoneNo,omitzero"` // max 32
	PassengerID      string    `json:"passengerId,omitzero"`
	PassengerIDType  string    `json:"passengerIdType,omitzero"`
	PassengerCode    string    `json:"passengerCode,omitzero"`
}

// AncillaryData describes what was sold together with a ticket (SDK).
type AncillaryData struct {
	Services              []AncillaryService `json:"services,omitzero"`
	ConnectedTicketNumber string             `json:"connectedTicketNumber,omitzero"`
}

// AncillaryService is a kind of service (SDK).
type AncillaryService struct {
	CategoryCode    string `json:"categoryCode,omitzero"`
	SubCategoryCode string `json:"subCategoryCode,omitzero"`
}

// Lodging contains the trade data of a stay (SDK).
type Lodging struct {
	HotelName      string     `json:"hotelName,omitzero"` // max 128
	HotelAddress   *Address   `json:"hotelAddress,omitzero"`
	CheckInDate    DateTime   `json:"checkInDate,omitzero"`
	CheckOutDate   DateTime   `json:"checkOutDate,omitzero"`
	NumberOfNights Int        `json:"numberOfNights,omitzero"`
	NumberOfRooms  Int        `json:"numberOfRooms,omitzero"`
	GuestNames     []UserName `json:"guestNames,omitzero"` // at most 100
}

// Gaming contains the trade data of a top-up (SDK).
type Gaming struct {
	GameName        string `json:"gameName,omitzero"`        // max 128
	ToppedUpUser    string `json:"toppedUpUser,omitzero"`    // max 128
	ToppedUpEmail   string `json:"toppedUpEmail,omitzero"`   // max 64
	ToppedUpPhoneNo string `json:"toppedUpPhoneNo,omitzero"` // max 32
}
