package antom

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Bool is a JSON boolean that is also read from its string form: Antom's pages
// ask for strings, its SDKs send booleans (conflict C1). It is written natively.
type Bool bool

// UnmarshalJSON reads true, "true", false and "false"; null and "" are false.
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch text := string(bytes.Trim(data, `"`)); text {
	case "true":
		*b = true
	case "false", "null", "":
		*b = false
	default:
		return fmt.Errorf("boolean %q: neither true nor false", text)
	}
	return nil
}

// Int is a JSON number that is also read from its string form (conflict C1).
type Int int64

// UnmarshalJSON reads 5 and "5"; null and "" are 0.
func (i *Int) UnmarshalJSON(data []byte) error {
	text := string(bytes.Trim(data, `"`))
	if text == "null" || text == "" {
		*i = 0
		return nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("number %q: not a whole number", text)
	}
	*i = Int(value)
	return nil
}

// DateTime is an ISO 8601 time as the gateway wrote it.
type DateTime string

// Time parses it. Antom writes the zone as Z, ±hh:mm or ±hhmm.
func (d DateTime) Time() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, string(d))
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999-0700", string(d))
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q: not ISO 8601", string(d))
	}
	return t, nil
}

// Result is what every answer and most notifications begin with.
type Result struct {
	ResultStatus  ResultStatus `json:"resultStatus"`
	ResultCode    string       `json:"resultCode"`
	ResultMessage string       `json:"resultMessage"`
}

// UserName is a person's name; each part up to 32 characters, FullName 128.
type UserName struct {
	FirstName  string `json:"firstName,omitzero"`
	MiddleName string `json:"middleName,omitzero"`
	LastName   string `json:"lastName,omitzero"`
	FullName   string `json:"fullName,omitzero"`
}

// Address is a billing or shipping address.
type Address struct {
	Region   string `json:"region,omitzero"`   // ISO 3166 alpha-2; required
	State    string `json:"state,omitzero"`    // 8 characters
	City     string `json:"city,omitzero"`     // 32 characters
	Address1 string `json:"address1,omitzero"` // 256 characters
	Address2 string `json:"address2,omitzero"` // 256 characters
	Address3 string `json:"address3,omitzero"`
	ZipCode  string `json:"zipCode,omitzero"` // 32 characters
	Label    string `json:"label,omitzero"`
}

// Quote is an exchange rate.
type Quote struct {
	QuoteID           string   `json:"quoteId,omitzero"`
	QuoteCurrencyPair string   `json:"quoteCurrencyPair,omitzero"` // AAA/BBB
	QuotePrice        any      `json:"quotePrice,omitzero"`
	QuoteStartTime    DateTime `json:"quoteStartTime,omitzero"`
	QuoteExpiryTime   DateTime `json:"quoteExpiryTime,omitzero"`
	Guaranteed        Bool     `json:"guaranteed,omitzero"`
}

// CustomizedInfo is free text of the merchant, given back with the result.
type CustomizedInfo struct {
	CustomizedField1 string `json:"customizedField1,omitzero"`
	CustomizedField2 string `json:"customizedField2,omitzero"`
	CustomizedField3 string `json:"customizedField3,omitzero"`
	CustomizedField4 string `json:"customizedField4,omitzero"`
	CustomizedField5 string `json:"customizedField5,omitzero"`
}
