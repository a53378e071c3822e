package antom

import (
	"slices"
	"strings"
)

// Currency is a row of the currency table.
type Currency struct {
	// Code is the ISO 4217 code.
	Code string
	// Digits is the number of decimals that minor units count: 2 for SGD.
	Digits int
	// Name is the English name.
	Name string
	// Listed is true for the currencies on Antom's own list.
	Listed bool
	// Multiple is what a value in minor units must be a multiple of; 0 is 1.
	Multiple int64
}

// currencies are the active ISO 4217 codes (list one, as of 2026) that name
// money people pay with; funds and metals have no minor unit and are left out.
// Where Antom's pages (ams/amount, ref/cc) list a currency, theirs is the word
// on decimals and multiples: IDR has two decimals and its last two digits must
// be 00. Others follow ISO 4217 (INF). Sorted by code.
var currencies = [...]Currency{
	{Code: "AED", Digits: 2, Name: "UAE dirham"},
	{Code: "AFN", Digits: 2, Name: "Afghani"},
	{Code: "ALL", Digits: 2, Name: "Lek"},
	{Code: "AMD", Digits: 2, Name: "Armenian dram"},
	{Code: "AOA", Digits: 2, Name: "Kwanza"},
	{Code: "ARS", Digits: 2, Name: "Argentine peso"},
	{Code: "AUD", Digits: 2, Name: "Australian dollar", Listed: true},
	{Code: "AWG", Digits: 2, Name: "Aruban florin"},
	{Code: "AZN", Digits: 2, Name: "Azerbaijan manat"},
	{Code: "BAM", Digits: 2, Name: "Convertible mark"},
	{Code: "BBD", Digits: 2, Name: "Barbados dollar"},
	{Code: "BDT", Digits: 2, Name: "Taka", Listed: true},
	{Code: "BHD", Digits: 3, Name: "Bahraini dinar"},
	{Code: "BIF", Digits: 0, Name: "Burundi franc"},
	{Code: "BMD", Digits: 2, Name: "Bermudian dollar"},
	{Code: "BND", Digits: 2, Name: "Brunei dollar"},
	{Code: "BOB", Digits: 2, Name: "Boliviano"},
	{Code: "BRL", Digits: 2, Name: "Brazilian real", Listed: true},
	{Code: "BSD", Digits: 2, Name: "Bahamian dollar"},
	{Code: "BTN", Digits: 2, Name: "Ngultrum"},
	{Code: "BWP", Digits: 2, Name: "Pula"},
	{Code: "BYN", Digits: 2, Name: "Belarusian ruble"},
	{Code: "BZD", Digits: 2, Name: "Belize dollar"},
	{Code: "CAD", Digits: 2, Name: "Canadian dollar", Listed: true},
	{Code: "CDF", Digits: 2, Name: "Congolese franc"},
	{Code: "CHF", Digits: 2, Name: "Swiss franc"},
	{Code: "CLP", Digits: 0, Name: "Chilean peso", Listed: true},
	{Code: "CNY", Digits: 2, Name: "Yuan renminbi", Listed: true},
	{Code: "COP", Digits: 2, Name: "Colombian peso"},
	{Code: "CRC", Digits: 2, Name: "Costa Rican colon"},
	{Code: "CUP", Digits: 2, Name: "Cuban peso"},
	{Code: "CVE", Digits: 2, Name: "Cabo Verde escudo"},
	{Code: "CZK", Digits: 2, Name: "Czech koruna"},
	{Code: "DJF", Digits: 0, Name: "Djibouti franc"},
	{Code: "DKK", Digits: 2, Name: "Danish krone"},
	{Code: "DOP", Digits: 2, Name: "Dominican peso"},
	{Code: "DZD", Digits: 2, Name: "Algerian dinar"},
	{Code: "EGP", Digits: 2, Name: "Egyptian pound"},
	{Code: "ERN", Digits: 2, Name: "Nakfa"},
	{Code: "ETB", Digits: 2, Name: "Ethiopian birr"},
	{Code: "EUR", Digits: 2, Name: "Euro", Listed: true},
	{Code: "FJD", Digits: 2, Name: "Fiji dollar"},
	{Code: "FKP", Digits: 2, Name: "Falkland Islands pound"},
	{Code: "GBP", Digits: 2, Name: "Pound sterling", Listed: true},
	{Code: "GEL", Digits: 2, Name: "Lari"},
	{Code: "GHS", Digits: 2, Name: "Ghana cedi"},
	{Code: "GIP", Digits: 2, Name: "Gibraltar pound"},
	{Code: "GMD", Digits: 2, Name: "Dalasi"},
	{Code: "GNF", Digits: 0, Name: "Guinean franc"},
	{Code: "GTQ", Digits: 2, Name: "Quetzal"},
	{Code: "GYD", Digits: 2, Name: "Guyana dollar"},
	{Code: "HKD", Digits: 2, Name: "Hong Kong dollar", Listed: true},
	{Code: "HNL", Digits: 2, Name: "Lempira"},
	{Code: "HTG", Digits: 2, Name: "Gourde"},
	{Code: "HUF", Digits: 2, Name: "Forint"},
	{Code: "IDR", Digits: 2, Name: "Rupiah", Listed: true, Multiple: 100},
	{Code: "ILS", Digits: 2, Name: "New Israeli sheqel"},
	{Code: "INR", Digits: 2, Name: "Indian rupee"},
	{Code: "IQD", Digits: 3, Name: "Iraqi dinar"},
	{Code: "IRR", Digits: 2, Name: "Iranian rial"},
	{Code: "ISK", Digits: 0, Name: "Iceland krona"},
	{Code: "JMD", Digits: 2, Name: "Jamaican dollar"},
	{Code: "JOD", Digits: 3, Name: "Jordanian dinar"},
	{Code: "JPY", Digits: 0, Name: "Yen", Listed: true},
	{Code: "KES", Digits: 2, Name: "Kenyan shilling"},
	{Code: "KGS", Digits: 2, Name: "Som"},
	{Code: "KHR", Digits: 2, Name: "Riel"},
	{Code: "KMF", Digits: 0, Name: "Comorian franc"},
	{Code: "KPW", Digits: 2, Name: "North Korean won"},
	{Code: "KRW", Digits: 0, Name: "Won", Listed: true},
	{Code: "KWD", Digits: 3, Name: "Kuwaiti dinar"},
	{Code: "KYD", Digits: 2, Name: "Cayman Islands dollar"},
	{Code: "KZT", Digits: 2, Name: "Tenge"},
	{Code: "LAK", Digits: 2, Name: "Lao kip"},
	{Code: "LBP", Digits: 2, Name: "Lebanese pound"},
	{Code: "LKR", Digits: 2, Name: "Sri Lanka rupee"},
	{Code: "LRD", Digits: 2, Name: "Liberian dollar"},
	{Code: "LSL", Digits: 2, Name: "Loti"},
	{Code: "LYD", Digits: 3, Name: "Libyan dinar"},
	{Code: "MAD", Digits: 2, Name: "Moroccan dirham"},
	{Code: "MDL", Digits: 2, Name: "Moldovan leu"},
	{Code: "MGA", Digits: 2, Name: "Malagasy ariary"},
	{Code: "MKD", Digits: 2, Name: "Denar"},
	{Code: "MMK", Digits: 2, Name: "Kyat"},
	{Code: "MNT", Digits: 2, Name: "Tugrik"},
	{Code: "MOP", Digits: 2, Name: "Pataca"},
	{Code: "MRU", Digits: 2, Name: "Ouguiya"},
	{Code: "MUR", Digits: 2, Name: "Mauritius rupee"},
	{Code: "MVR", Digits: 2, Name: "Rufiyaa"},
	{Code: "MWK", Digits: 2, Name: "Malawi kwacha"},
	{Code: "MXN", Digits: 2, Name: "Mexican peso", Listed: true},
	{Code: "MYR", Digits: 2, Name: "Malaysian ringgit", Listed: true},
	{Code: "MZN", Digits: 2, Name: "Mozambique metical"},
	{Code: "NAD", Digits: 2, Name: "Namibia dollar"},
	{Code: "NGN", Digits: 2, Name: "Naira"},
	{Code: "NIO", Digits: 2, Name: "Cordoba oro"},
	{Code: "NOK", Digits: 2, Name: "Norwegian krone"},
	{Code: "NPR", Digits: 2, Name: "Nepalese rupee"},
	{Code: "NZD", Digits: 2, Name: "New Zealand dollar", Listed: true},
	{Code: "OMR", Digits: 3, Name: "Rial Omani"},
	{Code: "PAB", Digits: 2, Name: "Balboa"},
	{Code: "PEN", Digits: 2, Name: "Sol", Listed: true},
	{Code: "PGK", Digits: 2, Name: "Kina"},
	{Code: "PHP", Digits: 2, Name: "Philippine peso", Listed: true},
	{Code: "PKR", Digits: 2, Name: "Pakistan rupee", Listed: true},
	{Code: "PLN", Digits: 2, Name: "Zloty", Listed: true},
	{Code: "PYG", Digits: 0, Name: "Guarani"},
	{Code: "QAR", Digits: 2, Name: "Qatari rial"},
	{Code: "RON", Digits: 2, Name: "Romanian leu"},
	{Code: "RSD", Digits: 2, Name: "Serbian dinar"},
	{Code: "RUB", Digits: 2, Name: "Russian ruble"},
	{Code: "RWF", Digits: 0, Name: "Rwanda franc"},
	{Code: "SAR", Digits: 2, Name: "Saudi riyal"},
	{Code: "SBD", Digits: 2, Name: "Solomon Islands dollar"},
	{Code: "SCR", Digits: 2, Name: "Seychelles rupee"},
	{Code: "SDG", Digits: 2, Name: "Sudanese pound"},
	{Code: "SEK", Digits: 2, Name: "Swedish krona"},
	{Code: "SGD", Digits: 2, Name: "Singapore dollar", Listed: true},
	{Code: "SHP", Digits: 2, Name: "Saint Helena pound"},
	{Code: "SLE", Digits: 2, Name: "Leone"},
	{Code: "SOS", Digits: 2, Name: "Somali shilling"},
	{Code: "SRD", Digits: 2, Name: "Surinam dollar"},
	{Code: "SSP", Digits: 2, Name: "South Sudanese pound"},
	{Code: "STN", Digits: 2, Name: "Dobra"},
	{Code: "SVC", Digits: 2, Name: "El Salvador colon"},
	{Code: "SYP", Digits: 2, Name: "Syrian pound"},
	{Code: "SZL", Digits: 2, Name: "Lilangeni"},
	{Code: "THB", Digits: 2, Name: "Baht", Listed: true},
	{Code: "TJS", Digits: 2, Name: "Somoni"},
	{Code: "TMT", Digits: 2, Name: "Turkmenistan new manat"},
	{Code: "TND", Digits: 3, Name: "Tunisian dinar"},
	{Code: "TOP", Digits: 2, Name: "Pa'anga"},
	{Code: "TRY", Digits: 2, Name: "Turkish lira"},
	{Code: "TTD", Digits: 2, Name: "Trinidad and Tobago dollar"},
	{Code: "TWD", Digits: 2, Name: "New Taiwan dollar", Listed: true},
	{Code: "TZS", Digits: 2, Name: "Tanzanian shilling"},
	{Code: "UAH", Digits: 2, Name: "Hryvnia"},
	{Code: "UGX", Digits: 0, Name: "Uganda shilling"},
	{Code: "USD", Digits: 2, Name: "US dollar", Listed: true},
	{Code: "UYU", Digits: 2, Name: "Peso uruguayo"},
	{Code: "UZS", Digits: 2, Name: "Uzbekistan sum"},
	{Code: "VED", Digits: 2, Name: "Digital bolivar"},
	{Code: "VES", Digits: 2, Name: "Bolivar soberano"},
	{Code: "VND", Digits: 0, Name: "Dong", Listed: true},
	{Code: "VUV", Digits: 0, Name: "Vatu"},
	{Code: "WST", Digits: 2, Name: "Tala"},
	{Code: "XAF", Digits: 0, Name: "CFA franc BEAC"},
	{Code: "XCD", Digits: 2, Name: "East Caribbean dollar"},
	{Code: "XCG", Digits: 2, Name: "Caribbean guilder"},
	{Code: "XOF", Digits: 0, Name: "CFA franc BCEAO"},
	{Code: "XPF", Digits: 0, Name: "CFP franc"},
	{Code: "YER", Digits: 2, Name: "Yemeni rial"},
	{Code: "ZAR", Digits: 2, Name: "Rand"},
	{Code: "ZMW", Digits: 2, Name: "Zambian kwacha"},
	{Code: "ZWG", Digits: 2, Name: "Zimbabwe gold"},
}

// LookupCurrency finds a currency by its ISO 4217 code in capital letters.
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

// example is a valid amount of the currency, to be shown in hints.
func (c Currency) example() string {
	if c.Digits == 0 {
		return "42"
	}
	return "42." + strings.Repeat("0", c.Digits)
}

// nearestCurrency is the code that was probably meant: the same letters in
// another case, or one letter off. Of several, one on Antom's list is preferred.
func nearestCurrency(code string) string {
	upper := strings.ToUpper(strings.TrimSpace(code))
	if _, ok := LookupCurrency(upper); ok {
		return upper
	}
	near := ""
	for _, c := range currencies {
		if lettersOff(c.Code, upper) == 1 && (near == "" || c.Listed) {
			near = c.Code
		}
	}
	return near
}

// lettersOff counts the letters in which two codes of the same length differ.
func lettersOff(a, b string) int {
	if len(a) != len(b) {
		return len(a) + len(b)
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// MinimumAmount is the least amount that Antom documents for a payment method.
type MinimumAmount struct {
	PaymentMethodType string
	Amount            Amount
}

// minimumAmounts are from Antom's currency page (ref/cc). Cards have none.
var minimumAmounts = [...]MinimumAmount{
	{"ALIPAY_HK", Amount{"HKD", 1}},
	{"DANA", Amount{"IDR", 30000}},
	{"GCASH", Amount{"PHP", 100}},
	{"JKOPAY", Amount{"TWD", 100}},
	{"KAKAOPAY", Amount{"KRW", 50}},
	{"TNG", Amount{"MYR", 5}},
	{"TRUEMONEY", Amount{"THB", 100}},
}

// MinimumAmounts returns the documented minimums, sorted by payment method.
func MinimumAmounts() []MinimumAmount { return slices.Clone(minimumAmounts[:]) }
