package explain

import (
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// verdicts are what the classes of refusal codes mean for a repeat, and what the buyer
// can be told of any code (INF: Antom publishes no sentences for buyers). A refused
// payment is tried again as a new payment, with a new paymentRequestId. The verdicts on
// result codes are in antom's own table.
var verdicts = [...]struct {
	class antom.RetryClass
	retry Retry
	buyer string
}{
	{antom.ClassFinal, Never, ""},
	{antom.ClassWait, Inquire, "Your payment is being processed. Please do not pay again."},
	{antom.ClassSameRequest, SameID, "Your payment is being processed. Please do not pay again."},
	{antom.ClassNewRequest, NewID, "This payment is closed. Please start it again."},
	{antom.ClassFix, Fix, "The payment can't be made at the moment. Please try later or pay in another way."},
	{antom.ClassBuyer, NewID, "The payment was not made. Please check your details, or use another card."},
	{antom.ClassCard, NewID, "This card can't be used. Please use another card."},
	{antom.ClassHard, Never, "The payment was not made. Please pay in another way."},
	{antom.ClassSupport, Never, "The payment can't be made at the moment. Please try later or pay in another way."},
}

func retryOf(class antom.RetryClass) Retry {
	for _, row := range verdicts {
		if row.class == class {
			return row.retry
		}
	}
	return ""
}

func buyerText(class antom.RetryClass) string {
	for _, row := range verdicts {
		if row.class == class {
			return row.buyer
		}
	}
	return ""
}

// placeGateway names the codes that come before any operation.
const placeGateway = "gateway"

// placeNames are the operations and fields in which result codes appear.
var placeNames = [...]struct {
	place antom.Place
	name  string
}{
	{antom.InGateway, placeGateway},
	{antom.InSession, string(antom.CreatePaymentSession)},
	{antom.InInquiry, string(antom.InquiryPayment)},
	{antom.InTransaction, "transactionResult"},
	{antom.InCapture, string(antom.Capture)},
	{antom.InCancel, string(antom.Cancel)},
	{antom.InRefund, string(antom.Refund)},
	{antom.InRefundInquiry, string(antom.InquiryRefund)},
	{antom.InRefundResult, "notifyRefund"},
	{antom.InNotification, "notifyPayment"},
	{antom.InPaymentResult, "payment result"},
}

func placesOf(places antom.Place) []string {
	var names []string
	for _, row := range placeNames {
		if places.Has(row.place) {
			names = append(names, row.name)
		}
	}
	return names
}

// sourceRefusal is where refusal codes are documented.
const sourceRefusal = "not documented by Antom: ISO 8583 and the card schemes (INF)"

// sources explain the source marks of the tables.
var sources = [...]struct{ mark, text string }{
	{"G24", "Antom's API pages of spring 2024"},
	{"J24", "Antom's API pages of spring 2024"},
	{"DOC", "docs.antom.com, a page newer than 2024"},
	{"SDK", "the code of Antom's server SDKs"},
	{"JS", "the code of Antom's web SDK 1.47.2"},
	{"3P", "seen by third parties; not documented by Antom"},
	{"INF", "inferred; not documented by Antom"},
}

func sourceOf(mark string) string {
	for _, row := range sources {
		if row.mark == mark {
			return row.text
		}
	}
	return mark
}

// listOf splits a comma-separated list; nil if it is empty.
func listOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
