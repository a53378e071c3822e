package redact

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/jsontree"
)

// shownHeaders are the headers whose values may be shown, in lower case. Sorted.
var shownHeaders = [...]string{
	"accept", "client-id", "content-length", "content-type", "date", "host", "request-time", "response-time", "server", "trace-id",
	"traceid", "user-agent", "x-trace-id",
}

// HeaderValue returns the value of a header as it may be shown: unchanged if the
// header is on a list, shortened for a signature, otherwise hidden.
func HeaderValue(name, value string) string {
	name = strings.ToLower(name)
	if _, ok := slices.BinarySearch(shownHeaders[:], name); ok {
		return value
	}
	if name == "signature" {
		return signatureValue(value)
	}
	return hidden
}

// signatureValue keeps the parameters and the beginning of a signature header.
func signatureValue(header string) string {
	before, signature, found := strings.Cut(header, "signature=")
	if !found {
		return hidden
	}
	return before + "signature=" + shortened(signature)
}

// How much of a shortened value is shown.
const (
	shownStart   = 8
	worthCutting = 24
)

// shortened returns enough of a text to distinguish it from others.
func shortened(text string) string {
	n := utf8.RuneCountInString(text)
	if n <= worthCutting {
		return hidden
	}
	return fmt.Sprintf("%s…(%d characters)", string([]rune(text)[:shownStart]), n)
}

// shownFields are the members of a JSON body whose values may be shown: ids,
// states, codes, amounts and times, nothing of the buyer. Sorted.
var shownFields = [...]string{
	"authExpiryTime", "cancelTime", "captureId", "captureMode", "captureRequestId", "captureTime", "cardBrand", "creditPayFeeType",
	"currency", "enableAuthenticationUpgrade", "enableInstallmentCollection", "feePercentage", "funding", "goodsQuantity",
	"installmentNum", "interval", "is3DSAuthentication", "isAuthorization", "isLastCapture", "issuingCountry", "locale",
	"merchantRegion", "notifyType", "paymentCreateTime", "paymentExpiryTime", "paymentId", "paymentMethodCategoryType",
	"paymentMethodOrder", "paymentMethodRegion", "paymentMethodType", "paymentRequestId", "paymentResultCode",
	"paymentResultMessage", "paymentSessionExpiryTime", "paymentStatus", "paymentTime", "presentmentMode", "productCode",
	"productScene", "quoteCurrencyPair", "quotePrice", "referenceOrderId", "refundId", "refundRequestId", "refundStatus",
	"refundTime", "resultCode", "resultMessage", "resultStatus", "settlementCurrency", "threeDSVersion", "transactionId",
	"transactionRequestId", "transactionStatus", "transactionTime", "transactionType", "value",
}

// shownURLs are members that contain URLs, which are shown up to the path. Sorted.
var shownURLs = [...]string{"paymentNotifyUrl", "paymentRedirectUrl", "refundNotifyUrl"}

// cutFields are members that are secret for a limited time. Their beginning is
// shown. Sorted.
var cutFields = [...]string{"paymentSessionData", "paymentSessionId"}

// openFields are the objects and lists whose contents may be shown. Others are hidden
// completely. Sorted.
var openFields = [...]string{
	"actualPaymentAmount", "availablePaymentMethod", "captureAmount", "creditPayPlan", "goods", "goodsUnitAmount",
	"grossSettlementAmount", "order", "orderAmount", "paymentAmount", "paymentFactor", "paymentMethod", "paymentMethodMetaData",
	"paymentMethodTypeList", "paymentQuote", "paymentResultInfo", "processingAmount", "refundAmount", "result", "settlementQuote",
	"settlementStrategy", "threeDSResult", "transactionAmount", "transactionResult", "transactions",
}

func in(list []string, name string) bool {
	_, found := slices.BinarySearch(list, name)
	return found
}

// JSONBody is a JSON body as it may be shown, on one line: names stay, values
// only where a list allows them. A body that is not JSON is not shown.
func JSONBody(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	root, err := jsontree.ParseBytes(body)
	if err != nil {
		return fmt.Sprintf("[%d bytes that are not JSON]", len(body))
	}
	return string(appendShown(nil, root, "result"))
}

// appendShown appends a value, which is the member of that name, as it may be
// shown.
func appendShown(out []byte, v *jsontree.Node, name string) []byte {
	switch {
	case v.Kind != jsontree.Object && v.Kind != jsontree.List:
		return append(out, shownScalar(v, name)...)
	case !in(openFields[:], name):
		return append(out, jsontree.Quote(hidden)...)
	}
	out = append(out, byte(v.Kind))
	for i, m := range v.Members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, jsontree.Quote(plainName(m.Name))...), ':')
		out = appendShown(out, m.Value, m.Name)
	}
	for i, item := range v.Items {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendShown(out, item, name)
	}
	return append(out, byte(v.Kind)+2) // in ASCII the closing brace stands two behind
}

// plainName hides names that do not look like names: data may be used as keys.
func plainName(name string) string {
	if len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return hidden
	}
	return name
}

func shownScalar(v *jsontree.Node, name string) []byte {
	isText := v.Kind == jsontree.String
	switch {
	case v.Kind == jsontree.Null:
		return v.Text
	case in(shownFields[:], name) && isText:
		return jsontree.Quote(v.Str())
	case in(shownFields[:], name):
		return v.Text
	case in(cutFields[:], name) && isText:
		return jsontree.Quote(shortened(v.Str()))
	case in(shownURLs[:], name) && isText:
		return jsontree.Quote(URL(v.Str()))
	}
	return jsontree.Quote(hidden)
}

// URL returns a URL without user, query and fragment.
func URL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return hidden
	}
	shown := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		shown += "?" + hidden
	}
	return shown
}
