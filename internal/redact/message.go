package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// shownHeaders are the headers whose values may be shown, in lower case. Sorted.
var shownHeaders = [...]string{
	"accept", "client-id", "content-length", "content-type", "date", "host", "request-time", "response-time", "server", "trace-id",
	"traceid", "user-agent", "x-trace-id",
}

// HeaderValue is the value of a header as it may be shown: those of a list whole,
// a signature shortened, everything else not at all.
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

// signatureValue keeps what says how a message was signed.
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

// shortened is enough of a text to tell it from another one.
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

// shownURLs are members that are addresses: shown up to the path. Sorted.
var shownURLs = [...]string{"paymentNotifyUrl", "paymentRedirectUrl", "refundNotifyUrl"}

// cutFields are members that are secrets for a while: their begin is shown.
// Sorted.
var cutFields = [...]string{"paymentSessionData", "paymentSessionId"}

// openFields are the objects and lists that are looked into; what is in others
// is not shown. Sorted.
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
// only where a list allows them. A body that is no JSON is not shown.
func JSONBody(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var out strings.Builder
	if err := redactValue(decoder, &out, "result"); err != nil || decoder.More() {
		return fmt.Sprintf("[%d bytes that are no JSON]", len(body))
	}
	return out.String()
}

// redactValue copies the next value, which is the member of that name.
func redactValue(decoder *json.Decoder, out *strings.Builder, name string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if open, ok := token.(json.Delim); ok {
		if !in(openFields[:], name) {
			quoted(out, hidden)
			return skip(decoder)
		}
		return redactMembers(decoder, out, name, open == '{')
	}
	writeScalar(out, name, token)
	return nil
}

func redactMembers(decoder *json.Decoder, out *strings.Builder, name string, object bool) error {
	brackets := "[]"
	if object {
		brackets = "{}"
	}
	out.WriteByte(brackets[0])
	for first := true; decoder.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		if object {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			name, _ = token.(string)
			quoted(out, plainName(name))
			out.WriteByte(':')
		}
		if err := redactValue(decoder, out, name); err != nil {
			return err
		}
	}
	out.WriteByte(brackets[1])
	_, err := decoder.Token() // the closing bracket
	return err
}

// plainName hides a name that is none: somebody's data have become keys.
func plainName(name string) string {
	if len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return hidden
	}
	return name
}

// skip reads to the end of an object or list that has begun.
func skip(decoder *json.Decoder) error {
	for depth := 1; depth > 0; {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

func writeScalar(out *strings.Builder, name string, token json.Token) {
	text, isText := token.(string)
	switch {
	case token == nil:
		out.WriteString("null")
	case in(shownFields[:], name) && isText:
		quoted(out, text)
	case in(shownFields[:], name):
		fmt.Fprint(out, token)
	case in(cutFields[:], name) && isText:
		quoted(out, shortened(text))
	case in(shownURLs[:], name) && isText:
		quoted(out, URL(text))
	default:
		quoted(out, hidden)
	}
}

// URL is an address without its user, query and fragment.
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

// quoted writes a JSON string in which & and < stand for themselves.
func quoted(out *strings.Builder, text string) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	out.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
}
