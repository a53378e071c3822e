package browser

import (
	"slices"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// sample is a card that the form fills in at a click: the emulator's data, named by their
// outcome.
type sample struct {
	Name    string       `json:"name"` // key in the form's texts
	Number  string       `json:"number"`
	Expiry  string       `json:"expiry"`
	CVV     string       `json:"cvv"`
	Billing *wireAddress `json:"billing,omitempty"`

	challenge challengeKind // not sent to the form, which returns the name
	takes     time.Duration // processing time
}

// challengeKind says whether the issuer asks for 3-D Secure, and where.
type challengeKind string

const (
	challengeModal    challengeKind = "modal"
	challengeRedirect challengeKind = "redirect"
)

// wireAddress is a billing address in the form: every field, empty or not.
type wireAddress struct {
	Region   string `json:"region"`
	State    string `json:"state"`
	City     string `json:"city"`
	Address1 string `json:"address1"`
	Address2 string `json:"address2"`
	ZipCode  string `json:"zipCode"`
}

func (a wireAddress) address() antom.Address {
	return antom.Address{Region: a.Region, State: a.State, City: a.City, Address1: a.Address1, Address2: a.Address2, ZipCode: a.ZipCode}
}

// The sample cards by outcome; for their sources see rules.TestCards.
const (
	cardSuccess      = "4054695723100768"
	cardDeclined     = "4054692760174822"
	cardFrictionless = "4035501000000008"
	cardMastercard   = "5162774114974622"
)

// samples is the table, in the order of the buttons. That any expiry date and any security
// digits work, and that month 13 and two digits do not, is DOC ref/card.
func samples() []sample {
	return []sample{
		{Name: "success", Number: cardSuccess, Expiry: "12/30", CVV: "123"},
		{Name: "declined", Number: cardDeclined, Expiry: "12/30", CVV: "123"},
		{Name: "three-ds", Number: cardSuccess, Expiry: "12/30", CVV: "123", challenge: challengeModal},
		{Name: "frictionless", Number: cardFrictionless, Expiry: "12/30", CVV: "123"},
		{Name: "three-ds-redirect", Number: cardSuccess, Expiry: "12/30", CVV: "123", challenge: challengeRedirect},
		{Name: "avs-mismatch", Number: cardSuccess, Expiry: "12/30", CVV: "123", Billing: &wireAddress{Region: "US", State: "CA", City: "San Francisco", Address1: "1 Main St", ZipCode: emulator.AVSMismatchZIP}},
		{Name: "success-mastercard", Number: cardMastercard, Expiry: "12/30", CVV: "123"},
		{Name: "later", Number: cardSuccess, Expiry: "12/30", CVV: "123", takes: someTime},
		{Name: "bad-month", Number: cardSuccess, Expiry: "13/30", CVV: "123"},
		{Name: "bad-cvv", Number: cardSuccess, Expiry: "12/30", CVV: "99"},
	}
}

// offered are the samples whose brand the session accepts.
func offered(brands []string) []sample {
	list := []sample{}
	for _, s := range samples() {
		card, known := rules.LookupTestCard(s.Number)
		if known && takesBrand(brands, card.Brand) {
			list = append(list, s)
		}
	}
	return list
}

func takesBrand(brands []string, brand string) bool {
	return len(brands) == 0 || slices.Contains(brands, brand)
}

// lookupSample finds a sample by its name; the zero sample if there is none.
func lookupSample(name string) sample {
	for _, s := range samples() {
		if s.Name == name {
			return s
		}
	}
	return sample{}
}
