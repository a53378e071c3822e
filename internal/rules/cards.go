package rules

import "slices"

// TestCard is a card number that Antom documents for its sandbox.
type TestCard struct {
	Number  string
	Brand   string
	Region  string
	Funding string // INF: not documented
	Outcome string // payment result code of a payment with this card
	Purpose string
	Source  string
}

// testCards are the numbers on Antom's card page (ref/card). It documents which cards
// fail; their result codes are INF. Sorted by number.
var testCards = [...]TestCard{
	{"4006055482525268", "VISA", "MX", "CREDIT", "SUCCESS", "success", "DOC"},
	{"4035501000000008", "VISA", "GLOBAL", "CREDIT", "SUCCESS", "3-D Secure without challenge", "DOC"},
	{"4054692760174822", "VISA", "GLOBAL", "CREDIT", "DO_NOT_HONOR", "declined", "INF"},
	{"4054695723100768", "VISA", "GLOBAL", "CREDIT", "SUCCESS", "success", "DOC"},
	{"4294097400915107", "VISA", "BR", "CREDIT", "SUCCESS", "success", "DOC"},
	{"4310377720003234", "VISA", "PE", "CREDIT", "SUCCESS", "success", "DOC"},
	{"4600729331819383", "VISA", "CL", "CREDIT", "SUCCESS", "success", "DOC"},
	{"5162770472561357", "MASTERCARD", "GLOBAL", "CREDIT", "DO_NOT_HONOR", "declined", "INF"},
	{"5162774114974622", "MASTERCARD", "GLOBAL", "CREDIT", "SUCCESS", "success", "DOC"},
	{"9490220011669217", "HYUNDAI", "KR", "CREDIT", "SUCCESS", "success", "DOC"},
}

// TestCards returns the documented test cards, sorted by number.
func TestCards() []TestCard { return slices.Clone(testCards[:]) }

// LookupTestCard finds a documented test card by its number.
func LookupTestCard(number string) (TestCard, bool) {
	for _, card := range testCards {
		if card.Number == number {
			return card, true
		}
	}
	return TestCard{}, false
}

// riskAmounts are the values of paymentAmount, in minor units, that risk control in
// Antom's sandbox rejects. The English page has 11, the Chinese page has a cell that
// can be read as all three (C13).
var riskAmounts = [...]int64{11, 1100, 1111}

// IsRiskAmount reports whether risk control rejects a value.
func IsRiskAmount(value int64) bool { return slices.Contains(riskAmounts[:], value) }

// LuhnValid reports whether a card number has 12 to 19 digits and a correct check digit
// (ISO/IEC 7812).
func LuhnValid(number string) bool {
	if len(number) < 12 || len(number) > 19 {
		return false
	}
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if digit < 0 || digit > 9 {
			return false
		}
		if i%2 == 1 {
			digit *= 2
		}
		sum += digit/10 + digit%10
	}
	return sum%10 == 0
}
