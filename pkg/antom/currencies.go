package antom

import (
	"slices"
	"strings"
)

// Currency is a row of the currency table.
type Currency struct {
	// Code is the ISO 4217 code.
	Code string
	// Digits is the number of decimals of the minor unit: 2 for SGD.
	Digits int
	// Name is the English name.
	Name string
	// Listed is true for the currencies on Antom's own list.
	Listed bool
	// Multiple is the number that a value in minor units must be a multiple of; 0 means 1.
	Multiple int64
	// Source is the source of the decimals: DOC is Antom's own list, INF is ISO 4217, assumed
	// to apply to Antom too.
	Source string
}

// currencies are the active codes of ISO 4217 (list one, as of January 2026) that are used for
// payments. Omitted are metals, testing codes and units without decimals (XAU, XDR, XXX, …),
// and units of account and funds (CLF, COU, UYI, USN, …). For currencies on Antom's pages
// (ams/amount, ref/cc), the pages define decimals and multiples: IDR has two decimals and its
// last two digits must be 00. Sorted by code.
var currencies = [...]Currency{
	{Code: "AED", Digits: 2, Name: "UAE dirham", Source: "INF"},
	{Code: "AFN", Digits: 2, Name: "Afghani", Source: "INF"},
	{Code: "ALL", Digits: 2, Name: "Lek", Source: "INF"},
	{Code: "AMD", Digits: 2, Name: "Armenian dram", Source: "INF"},
	{Code: "AOA", Digits: 2, Name: "Kwanza", Source: "INF"},
	{Code: "ARS", Digits: 2, Name: "Argentine peso", Source: "INF"},
	{Code: "AUD", Digits: 2, Name: "Australian dollar", Listed: true, Source: "DOC"},
	{Code: "AWG", Digits: 2, Name: "Aruban florin", Source: "INF"},
	{Code: "AZN", Digits: 2, Name: "Azerbaijan manat", Source: "INF"},
	{Code: "BAM", Digits: 2, Name: "Convertible mark", Source: "INF"},
	{Code: "BBD", Digits: 2, Name: "Barbados dollar", Source: "INF"},
	{Code: "BDT", Digits: 2, Name: "Taka", Listed: true, Source: "DOC"},
	{Code: "BHD", Digits: 3, Name: "Bahraini dinar", Source: "INF"},
	{Code: "BIF", Digits: 0, Name: "Burundi franc", Source: "INF"},
	{Code: "BMD", Digits: 2, Name: "Bermudian dollar", Source: "INF"},
	{Code: "BND", Digits: 2, Name: "Brunei dollar", Source: "INF"},
	{Code: "BOB", Digits: 2, Name: "Boliviano", Source: "INF"},
	{Code: "BRL", Digits: 2, Name: "Brazilian real", Listed: true, Source: "DOC"},
	{Code: "BSD", Digits: 2, Name: "Bahamian dollar", Source: "INF"},
	{Code: "BTN", Digits: 2, Name: "Ngultrum", Source: "INF"},
	{Code: "BWP", Digits: 2, Name: "Pula", Source: "INF"},
	{Code: "BYN", Digits: 2, Name: "Belarusian ruble", Source: "INF"},
	{Code: "BZD", Digits: 2, Name: "Belize dollar", Source: "INF"},
	{Code: "CAD", Digits: 2, Name: "Canadian dollar", Listed: true, Source: "DOC"},
	{Code: "CDF", Digits: 2, Name: "Congolese franc", Source: "INF"},
	{Code: "CHF", Digits: 2, Name: "Swiss franc", Source: "INF"},
	{Code: "CLP", Digits: 0, Name: "Chilean peso", Listed: true, Source: "DOC"},
	{Code: "CNY", Digits: 2, Name: "Yuan renminbi", Listed: true, Source: "DOC"},
	{Code: "COP", Digits: 2, Name: "Colombian peso", Source: "INF"},
	{Code: "CRC", Digits: 2, Name: "Costa Rican colon", Source: "INF"},
	{Code: "CUP", Digits: 2, Name: "Cuban peso", Source: "INF"},
	{Code: "CVE", Digits: 2, Name: "Cabo Verde escudo", Source: "INF"},
	{Code: "CZK", Digits: 2, Name: "Czech koruna", Source: "INF"},
	{Code: "DJF", Digits: 0, Name: "Djibouti franc", Source: "INF"},
	{Code: "DKK", Digits: 2, Name: "Danish krone", Source: "INF"},
	{Code: "DOP", Digits: 2, Name: "Dominican peso", Source: "INF"},
	{Code: "DZD", Digits: 2, Name: "Algerian dinar", Source: "INF"},
	{Code: "EGP", Digits: 2, Name: "Egyptian pound", Source: "INF"},
	{Code: "ERN", Digits: 2, Name: "Nakfa", Source: "INF"},
	{Code: "ETB", Digits: 2, Name: "Ethiopian birr", Source: "INF"},
	{Code: "EUR", Digits: 2, Name: "Euro", Listed: true, Source: "DOC"},
	{Code: "FJD", Digits: 2, Name: "Fiji dollar", Source: "INF"},
	{Code: "FKP", Digits: 2, Name: "Falkland Islands pound", Source: "INF"},
	{Code: "GBP", Digits: 2, Name: "Pound sterling", Listed: true, Source: "DOC"},
	{Code: "GEL", Digits: 2, Name: "Lari", Source: "INF"},
	{Code: "GHS", Digits: 2, Name: "Ghana cedi", Source: "INF"},
	{Code: "GIP", Digits: 2, Name: "Gibraltar pound", Source: "INF"},
	{Code: "GMD", Digits: 2, Name: "Dalasi", Source: "INF"},
	{Code: "GNF", Digits: 0, Name: "Guinean franc", Source: "INF"},
	{Code: "GTQ", Digits: 2, Name: "Quetzal", Source: "INF"},
	{Code: "GYD", Digits: 2, Name: "Guyana dollar", Source: "INF"},
	{Code: "HKD", Digits: 2, Name: "Hong Kong dollar", Listed: true, Source: "DOC"},
	{Code: "HNL", Digits: 2, Name: "Lempira", Source: "INF"},
	{Code: "HTG", Digits: 2, Name: "Gourde", Source: "INF"},
	{Code: "HUF", Digits: 2, Name: "Forint", Source: "INF"},
	{Code: "IDR", Digits: 2, Name: "Rupiah", Listed: true, Multiple: 100, Source: "DOC"},
	{Code: "ILS", Digits: 2, Name: "New Israeli sheqel", Source: "INF"},
	{Code: "INR", Digits: 2, Name: "Indian rupee", Source: "INF"},
	{Code: "IQD", Digits: 3, Name: "Iraqi dinar", Source: "INF"},
	{Code: "IRR", Digits: 2, Name: "Iranian rial", Source: "INF"},
	{Code: "ISK", Digits: 0, Name: "Iceland krona", Source: "INF"},
	{Code: "JMD", Digits: 2, Name: "Jamaican dollar", Source: "INF"},
	{Code: "JOD", Digits: 3, Name: "Jordanian dinar", Source: "INF"},
	{Code: "JPY", Digits: 0, Name: "Yen", Listed: true, Source: "DOC"},
	{Code: "KES", Digits: 2, Name: "Kenyan shilling", Source: "INF"},
	{Code: "KGS", Digits: 2, Name: "Som", Source: "INF"},
	{Code: "KHR", Digits: 2, Name: "Riel", Source: "INF"},
	{Code: "KMF", Digits: 0, Name: "Comorian franc", Source: "INF"},
	{Code: "KPW", Digits: 2, Name: "North Korean won", Source: "INF"},
	{Code: "KRW", Digits: 0, Name: "Won", Listed: true, Source: "DOC"},
	{Code: "KWD", Digits: 3, Name: "Kuwaiti dinar", Source: "INF"},
	{Code: "KYD", Digits: 2, Name: "Cayman Islands dollar", Source: "INF"},
	{Code: "KZT", Digits: 2, Name: "Tenge", Source: "INF"},
	{Code: "LAK", Digits: 2, Name: "Lao kip", Source: "INF"},
	{Code: "LBP", Digits: 2, Name: "Lebanese pound", Source: "INF"},
	{Code: "LKR", Digits: 2, Name: "Sri Lanka rupee", Source: "INF"},
	{Code: "LRD", Digits: 2, Name: "Liberian dollar", Source: "INF"},
	{Code: "LSL", Digits: 2, Name: "Loti", Source: "INF"},
	{Code: "LYD", Digits: 3, Name: "Libyan dinar", Source: "INF"},
	{Code: "MAD", Digits: 2, Name: "Moroccan dirham", Source: "INF"},
	{Code: "MDL", Digits: 2, Name: "Moldovan leu", Source: "INF"},
	{Code: "MGA", Digits: 2, Name: "Malagasy ariary", Source: "INF"},
	{Code: "MKD", Digits: 2, Name: "Denar", Source: "INF"},
	{Code: "MMK", Digits: 2, Name: "Kyat", Source: "INF"},
	{Code: "MNT", Digits: 2, Name: "Tugrik", Source: "INF"},
	{Code: "MOP", Digits: 2, Name: "Pataca", Source: "INF"},
	{Code: "MRU", Digits: 2, Name: "Ouguiya", Source: "INF"},
	{Code: "MUR", Digits: 2, Name: "Mauritius rupee", Source: "INF"},
	{Code: "MVR", Digits: 2, Name: "Rufiyaa", Source: "INF"},
	{Code: "MWK", Digits: 2, Name: "Malawi kwacha", Source: "INF"},
	{Code: "MXN", Digits: 2, Name: "Mexican peso", Listed: true, Source: "DOC"},
	{Code: "MYR", Digits: 2, Name: "Malaysian ringgit", Listed: true, Source: "DOC"},
	{Code: "MZN", Digits: 2, Name: "Mozambique metical", Source: "INF"},
	{Code: "NAD", Digits: 2, Name: "Namibia dollar", Source: "INF"},
	{Code: "NGN", Digits: 2, Name: "Naira", Source: "INF"},
	{Code: "NIO", Digits: 2, Name: "Cordoba oro", Source: "INF"},
	{Code: "NOK", Digits: 2, Name: "Norwegian krone", Source: "INF"},
	{Code: "NPR", Digits: 2, Name: "Nepalese rupee", Source: "INF"},
	{Code: "NZD", Digits: 2, Name: "New Zealand dollar", Listed: true, Source: "DOC"},
	{Code: "OMR", Digits: 3, Name: "Rial Omani", Source: "INF"},
	{Code: "PAB", Digits: 2, Name: "Balboa", Source: "INF"},
	{Code: "PEN", Digits: 2, Name: "Sol", Listed: true, Source: "DOC"},
	{Code: "PGK", Digits: 2, Name: "Kina", Source: "INF"},
	{Code: "PHP", Digits: 2, Name: "Philippine peso", Listed: true, Source: "DOC"},
	{Code: "PKR", Digits: 2, Name: "Pakistan rupee", Listed: true, Source: "DOC"},
	{Code: "PLN", Digits: 2, Name: "Zloty", Listed: true, Source: "DOC"},
	{Code: "PYG", Digits: 0, Name: "Guarani", Source: "INF"},
	{Code: "QAR", Digits: 2, Name: "Qatari rial", Source: "INF"},
	{Code: "RON", Digits: 2, Name: "Romanian leu", Source: "INF"},
	{Code: "RSD", Digits: 2, Name: "Serbian dinar", Source: "INF"},
	{Code: "RUB", Digits: 2, Name: "Russian ruble", Source: "INF"},
	{Code: "RWF", Digits: 0, Name: "Rwanda franc", Source: "INF"},
	{Code: "SAR", Digits: 2, Name: "Saudi riyal", Source: "INF"},
	{Code: "SBD", Digits: 2, Name: "Solomon Islands dollar", Source: "INF"},
	{Code: "SCR", Digits: 2, Name: "Seychelles rupee", Source: "INF"},
	{Code: "SDG", Digits: 2, Name: "Sudanese pound", Source: "INF"},
	{Code: "SEK", Digits: 2, Name: "Swedish krona", Source: "INF"},
	{Code: "SGD", Digits: 2, Name: "Singapore dollar", Listed: true, Source: "DOC"},
	{Code: "SHP", Digits: 2, Name: "Saint Helena pound", Source: "INF"},
	{Code: "SLE", Digits: 2, Name: "Leone", Source: "INF"},
	{Code: "SOS", Digits: 2, Name: "Somali shilling", Source: "INF"},
	{Code: "SRD", Digits: 2, Name: "Surinam dollar", Source: "INF"},
	{Code: "SSP", Digits: 2, Name: "South Sudanese pound", Source: "INF"},
	{Code: "STN", Digits: 2, Name: "Dobra", Source: "INF"},
	{Code: "SVC", Digits: 2, Name: "El Salvador colon", Source: "INF"},
	{Code: "SYP", Digits: 2, Name: "Syrian pound", Source: "INF"},
	{Code: "SZL", Digits: 2, Name: "Lilangeni", Source: "INF"},
	{Code: "THB", Digits: 2, Name: "Baht", Listed: true, Source: "DOC"},
	{Code: "TJS", Digits: 2, Name: "Somoni", Source: "INF"},
	{Code: "TMT", Digits: 2, Name: "Turkmenistan new manat", Source: "INF"},
	{Code: "TND", Digits: 3, Name: "Tunisian dinar", Source: "INF"},
	{Code: "TOP", Digits: 2, Name: "Pa'anga", Source: "INF"},
	{Code: "TRY", Digits: 2, Name: "Turkish lira", Source: "INF"},
	{Code: "TTD", Digits: 2, Name: "Trinidad and Tobago dollar", Source: "INF"},
	{Code: "TWD", Digits: 2, Name: "New Taiwan dollar", Listed: true, Source: "DOC"},
	{Code: "TZS", Digits: 2, Name: "Tanzanian shilling", Source: "INF"},
	{Code: "UAH", Digits: 2, Name: "Hryvnia", Source: "INF"},
	{Code: "UGX", Digits: 0, Name: "Uganda shilling", Source: "INF"},
	{Code: "USD", Digits: 2, Name: "US dollar", Listed: true, Source: "DOC"},
	{Code: "UYU", Digits: 2, Name: "Peso uruguayo", Source: "INF"},
	{Code: "UZS", Digits: 2, Name: "Uzbekistan sum", Source: "INF"},
	{Code: "VED", Digits: 2, Name: "Digital bolivar", Source: "INF"},
	{Code: "VES", Digits: 2, Name: "Bolivar soberano", Source: "INF"},
	{Code: "VND", Digits: 0, Name: "Dong", Listed: true, Source: "DOC"},
	{Code: "VUV", Digits: 0, Name: "Vatu", Source: "INF"},
	{Code: "WST", Digits: 2, Name: "Tala", Source: "INF"},
	{Code: "XAF", Digits: 0, Name: "CFA franc BEAC", Source: "INF"},
	{Code: "XCD", Digits: 2, Name: "East Caribbean dollar", Source: "INF"},
	{Code: "XCG", Digits: 2, Name: "Caribbean guilder", Source: "INF"},
	{Code: "XOF", Digits: 0, Name: "CFA franc BCEAO", Source: "INF"},
	{Code: "XPF", Digits: 0, Name: "CFP franc", Source: "INF"},
	{Code: "YER", Digits: 2, Name: "Yemeni rial", Source: "INF"},
	{Code: "ZAR", Digits: 2, Name: "Rand", Source: "INF"},
	{Code: "ZMW", Digits: 2, Name: "Zambian kwacha", Source: "INF"},
	{Code: "ZWG", Digits: 2, Name: "Zimbabwe gold", Source: "INF"},
}

// LookupCurrency returns a currency by its ISO 4217 code in capital letters.
func LookupCurrency(code string) (Currency, bool) {
	i, found := slices.BinarySearchFunc(currencies[:], code, func(c Currency, code string) int { return strings.Compare(c.Code, code) })
	if !found {
		return Currency{}, false
	}
	return currencies[i], true
}

// Currencies returns the table, sorted by code.
func Currencies() []Currency { return slices.Clone(currencies[:]) }

func (c Currency) multiple() int64 { return max(1, c.Multiple) }

// unit returns one major unit in minor units.
func (c Currency) unit() int64 {
	n := int64(1)
	for range c.Digits {
		n *= 10
	}
	return n
}

// colloquial are common names of currencies that are not ISO 4217 codes. Sorted by name.
var colloquial = [...]struct{ name, code string }{
	{"EURO", "EUR"},
	{"NTD", "TWD"},
	{"RMB", "CNY"},
	{"YEN", "JPY"},
}

// unitsOfISO are codes of ISO 4217 that can't be used for card payments (INF: none of them is
// on Antom's list). Sorted by code.
var unitsOfISO = [...]struct{ code, name string }{
	{"BOV", "Mvdol, a unit of funds"},
	{"CHE", "WIR euro, a complementary currency"},
	{"CHW", "WIR franc, a complementary currency"},
	{"CLF", "Unidad de fomento, a unit of account"},
	{"COU", "the UVR of Colombia, a unit of account"},
	{"MXV", "Mexican UDI, a unit of account"},
	{"USN", "US dollar of the next day"},
	{"UYI", "Uruguayan indexed peso, a unit of account"},
	{"UYW", "Unidad previsional, a unit of account"},
	{"XAG", "silver"},
	{"XAU", "gold"},
	{"XBA", "a bond market unit"},
	{"XBB", "a bond market unit"},
	{"XBC", "a bond market unit"},
	{"XBD", "a bond market unit"},
	{"XDR", "special drawing rights"},
	{"XPD", "palladium"},
	{"XPT", "platinum"},
	{"XSU", "Sucre, a unit of account"},
	{"XTS", "the code for tests"},
	{"XUA", "the ADB unit of account"},
	{"XXX", "no currency"},
}

// NotACurrency returns why a code is not in the table of currencies: it is not in ISO 4217, or
// it is an ISO 4217 code that is not used for payments, such as XAU.
func NotACurrency(code string) string {
	for _, row := range unitsOfISO {
		if row.code == code {
			return "a code of ISO 4217 for " + row.name + ", which Antom does not accept"
		}
	}
	return "not an ISO 4217 code"
}

// NearestCurrency returns the code that was probably meant by a word that is not a code, or "".
// It finds the same letters in another case, a common name, the country alone, and a code with
// one letter wrong or two swapped. It prefers a currency of the same country, then one on
// Antom's list.
func NearestCurrency(word string) string {
	word = strings.ToUpper(strings.TrimSpace(word))
	if _, ok := LookupCurrency(word); ok {
		return word
	}
	for _, row := range colloquial {
		if row.name == word {
			return row.code
		}
	}
	if slices.ContainsFunc(unitsOfISO[:], func(row struct{ code, name string }) bool { return row.code == word }) {
		return ""
	}
	near, best := "", 0
	for _, c := range currencies {
		if likeness := c.likeness(word); likeness > best {
			near, best = c.Code, likeness
		}
	}
	return near
}

// likeness rates how probable it is that a word means the currency; 0 means not at all.
func (c Currency) likeness(word string) int {
	country := len(word) >= 2 && word[:2] == c.Code[:2]
	if !isSlip(word, c.Code) && (!country || len(word) != 2) {
		return 0
	}
	likeness := 1
	if c.Listed {
		likeness++
	}
	if country {
		likeness += 2
	}
	return likeness
}

// isSlip reports whether a is b with one letter wrong or two neighbours swapped.
func isSlip(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// MinimumAmount is the documented minimum amount of a payment method.
type MinimumAmount struct {
	PaymentMethodType string
	Amount            Amount
	Source            string
}

// minimumAmounts are from Antom's currency page (ref/cc). Cards have none.
// Sorted by payment method.
var minimumAmounts = [...]MinimumAmount{
	{"ALIPAY_HK", Amount{"HKD", 1}, "DOC"},
	{"DANA", Amount{"IDR", 30000}, "DOC"},
	{"GCASH", Amount{"PHP", 100}, "DOC"},
	{"JKOPAY", Amount{"TWD", 100}, "DOC"},
	{"KAKAOPAY", Amount{"KRW", 50}, "DOC"},
	{"TNG", Amount{"MYR", 5}, "DOC"},
	{"TRUEMONEY", Amount{"THB", 100}, "DOC"},
}

// MinimumAmounts returns the documented minimums, sorted by payment method.
func MinimumAmounts() []MinimumAmount { return slices.Clone(minimumAmounts[:]) }
