package antom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Bool is a JSON boolean that is also read from a string: Antom's pages require strings, its
// SDKs send booleans. It is written as a boolean.
type Bool bool

// UnmarshalJSON reads true, "true", false and "false"; null and "" are false.
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch text := string(unquoted(data)); text {
	case "true":
		*b = true
	case "false", "null", "":
		*b = false
	default:
		return fmt.Errorf("boolean %q: neither true nor false", text)
	}
	return nil
}

// Int is a JSON number that is also read from a string, as Antom's pages require. It is written
// as a number.
type Int int64

// UnmarshalJSON reads 5 and "5"; null and "" are 0.
func (i *Int) UnmarshalJSON(data []byte) error {
	text := string(unquoted(data))
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

func unquoted(data []byte) []byte {
	if len(data) >= 2 && data[0] == '"' {
		return data[1 : len(data)-1]
	}
	return bytes.TrimSpace(data)
}

// DateTime is an ISO 8601 time as written in the message, such as 2019-06-01T12:01:01+08:30.
type DateTime string

// Time parses the time. Antom writes the zone as Z, ±hh:mm or ±hhmm.
func (d DateTime) Time() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, string(d))
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999-0700", string(d))
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q: not ISO 8601 with a zone", string(d))
	}
	return t, nil
}

// UserName is a person's name (G24).
type UserName struct {
	FirstName  string `json:"firstName,omitzero"`  // max 32
	MiddleName string `json:"middleName,omitzero"` // max 32
	LastName   string `json:"lastName,omitzero"`   // max 32
	FullName   string `json:"fullName,omitzero"`   // max 128
}

// Address is a billing or shipping address (G24). With a merchant in the US and
// a card of CA, US or GB, State is the ISO 3166-2 code (2 or 3 characters) and
// ZipCode at most 10 letters, digits, hyphens and blanks.
type Address struct {
	Region   string `json:"region,omitzero"`   // required; ISO 3166 alpha-2
	State    string `json:"state,omitzero"`    // max 8
	City     string `json:"city,omitzero"`     // max 32
	Address1 string `json:"address1,omitzero"` // max 256
	Address2 string `json:"address2,omitzero"` // max 256
	Address3 string `json:"address3,omitzero"` // SDK
	ZipCode  string `json:"zipCode,omitzero"`  // max 32
	Label    string `json:"label,omitzero"`    // SDK
}

// Quote is an exchange rate (G24).
type Quote struct {
	QuoteID           string      `json:"quoteId,omitzero"`           // max 64
	QuoteCurrencyPair string      `json:"quoteCurrencyPair,omitzero"` // max 16; AAA/BBB
	QuotePrice        json.Number `json:"quotePrice,omitzero"`        // exactly as written; BBB for one AAA
	QuoteStartTime    DateTime    `json:"quoteStartTime,omitzero"`
	QuoteExpiryTime   DateTime    `json:"quoteExpiryTime,omitzero"`
	Guaranteed        Bool        `json:"guaranteed,omitzero"`
	ExchangeAmount    Amount      `json:"exchangeAmount,omitzero"` // SDK
}

// CustomizedInfo is free text of the merchant, returned with the result (SDK).
type CustomizedInfo struct {
	CustomizedField1 string `json:"customizedField1,omitzero"`
	CustomizedField2 string `json:"customizedField2,omitzero"`
	CustomizedField3 string `json:"customizedField3,omitzero"`
	CustomizedField4 string `json:"customizedField4,omitzero"`
	CustomizedField5 string `json:"customizedField5,omitzero"`
}
