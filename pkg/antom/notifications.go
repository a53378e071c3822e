package antom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// NotifyType says what a notification tells of.
type NotifyType string

// The types of notifications that carry a notifyType.
const (
	NotifyPaymentResult  NotifyType = "PAYMENT_RESULT"       // final
	NotifyPaymentPending NotifyType = "PAYMENT_PENDING"      // the buyer is done, the result is awaited
	NotifyCaptureResult  NotifyType = "CAPTURE_RESULT"       // a capture is final
	NotifyRefundResult   NotifyType = "REFUND_RESULT"        // a refund is final
	NotifyUpdateAmount   NotifyType = "UPDATE_AMOUNT_RESULT" // SDK
)

// PaymentNotification is the body of notifyPayment.
type PaymentNotification struct {
	NotifyType            NotifyType         `json:"notifyType"`
	Result                Result             `json:"result"`
	PaymentRequestID      string             `json:"paymentRequestId"`
	PaymentID             string             `json:"paymentId"`
	PaymentAmount         Amount             `json:"paymentAmount"`
	PaymentCreateTime     DateTime           `json:"paymentCreateTime"`
	PaymentTime           DateTime           `json:"paymentTime,omitzero"` // only on success
	PaymentResultInfo     *PaymentResultInfo `json:"paymentResultInfo,omitzero"`
	AcquirerReferenceNo   string             `json:"acquirerReferenceNo,omitzero"`
	PSPCustomerInfo       *PSPCustomerInfo   `json:"pspCustomerInfo,omitzero"`
	GrossSettlementAmount Amount             `json:"grossSettlementAmount,omitzero"`
	SettlementQuote       *Quote             `json:"settlementQuote,omitzero"`
	PromotionResult       []PromotionResult  `json:"promotionResult,omitzero"`
	AuthExpiryTime        DateTime           `json:"authExpiryTime,omitzero"`
	PaymentMethodType     string             `json:"paymentMethodType,omitzero"`
	Metadata              string             `json:"metadata,omitzero"`
	CustomizedInfo        *CustomizedInfo    `json:"customizedInfo,omitzero"`
}

// CaptureNotification is the body of notifyCapture.
type CaptureNotification struct {
	NotifyType          NotifyType `json:"notifyType"`
	Result              Result     `json:"result"`
	CaptureRequestID    string     `json:"captureRequestId"`
	PaymentID           string     `json:"paymentId"`
	CaptureID           string     `json:"captureId"`
	CaptureAmount       Amount     `json:"captureAmount"`
	CaptureTime         DateTime   `json:"captureTime,omitzero"`
	AcquirerReferenceNo string     `json:"acquirerReferenceNo,omitzero"`
}

// RefundNotification is the body of notifyRefund.
type RefundNotification struct {
	NotifyType            NotifyType    `json:"notifyType"`
	Result                Result        `json:"result"`
	RefundStatus          PaymentStatus `json:"refundStatus"` // SUCCESS, FAIL
	RefundRequestID       string        `json:"refundRequestId"`
	RefundID              string        `json:"refundId"`
	RefundAmount          Amount        `json:"refundAmount"`
	RefundTime            DateTime      `json:"refundTime,omitzero"`
	GrossSettlementAmount Amount        `json:"grossSettlementAmount,omitzero"`
	SettlementQuote       *Quote        `json:"settlementQuote,omitzero"`
	ARN                   string        `json:"arn,omitzero"`
	Metadata              string        `json:"metadata,omitzero"`
}

// Notification is a message that Antom sent to the merchant's endpoint. One of
// Payment, Capture and Refund is set; for other types all are nil, and Body
// holds the message.
type Notification struct {
	Type    NotifyType
	Payment *PaymentNotification
	Capture *CaptureNotification
	Refund  *RefundNotification

	Body       []byte // the exact bytes
	ClientID   string
	Time       string
	KeyVersion string
}

// ParseNotification reads the body of a notification. It verifies nothing: see
// [VerifyRequest].
func ParseNotification(body []byte) (*Notification, error) {
	var head struct {
		NotifyType NotifyType `json:"notifyType"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	n := &Notification{Type: head.NotifyType, Body: body}
	var err error
	switch n.Type {
	case NotifyPaymentResult, NotifyPaymentPending, NotifyUpdateAmount:
		n.Payment, err = decode[PaymentNotification](body)
	case NotifyCaptureResult:
		n.Capture, err = decode[CaptureNotification](body)
	case NotifyRefundResult:
		n.Refund, err = decode[RefundNotification](body)
	}
	return n, err
}

func decode[T any](body []byte) (*T, error) {
	value := new(T)
	if err := json.Unmarshal(body, value); err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	return value, nil
}

// DefaultBodyLimit bounds the body of a notification: 1 MiB. Antom's are a few
// kilobytes.
const DefaultBodyLimit = 1 << 20

type verifyOptions struct {
	limit    int64
	target   string
	clientID string
}

// VerifyOption changes how [VerifyRequest] looks at a request.
type VerifyOption func(*verifyOptions)

// WithBodyLimit bounds the body, in bytes.
func WithBodyLimit(limit int64) VerifyOption { return func(o *verifyOptions) { o.limit = limit } }

// WithTarget names the path and query that Antom signed, for a server behind a
// proxy that changes them: those of the notify URL, without scheme and host.
func WithTarget(target string) VerifyOption { return func(o *verifyOptions) { o.target = target } }

// WithClientID refuses notifications for other clients.
func WithClientID(clientID string) VerifyOption {
	return func(o *verifyOptions) { o.clientID = clientID }
}

// VerifyRequest reads a notification from a request and verifies its signature
// with Antom's public key over the exact bytes of the body. Only a notification
// that is genuine is returned.
//
// The error wraps a [*sign.Error] if the signature does not hold, and a
// [*http.MaxBytesError] if the body is over the limit.
func VerifyRequest(r *http.Request, antomKey *sign.PublicKey, opts ...VerifyOption) (*Notification, error) {
	options := verifyOptions{limit: DefaultBodyLimit, target: r.URL.RequestURI()}
	for _, opt := range opts {
		opt(&options)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, options.limit))
	if err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	message := sign.Message{
		Method: r.Method, Target: options.target, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: body,
	}
	signature, err := soleHeader(r.Header, "Signature")
	if err != nil {
		return nil, fmt.Errorf("verify the notification: %w", err)
	}
	header, err := antomKey.Verify(message, signature)
	if err != nil {
		return nil, fmt.Errorf("verify the notification: %w", err)
	}
	if options.clientID != "" && message.ClientID != options.clientID {
		return nil, fmt.Errorf("verify the notification: it is for client id %q, want %q", message.ClientID, options.clientID)
	}
	n, err := ParseNotification(body)
	if err != nil {
		return nil, err
	}
	n.ClientID, n.Time, n.KeyVersion = message.ClientID, message.Time, header.KeyVersion
	return n, nil
}

// soleHeader is the value of a header that must not stand twice: of two
// signatures nobody can say which one is meant.
func soleHeader(header http.Header, name string) (string, error) {
	if values := header.Values(name); len(values) > 1 {
		return "", sign.NewError(sign.SignatureMalformed, fmt.Sprintf("the request has %d of them", len(values)))
	}
	return header.Get(name), nil
}

// AcknowledgementBody is what Antom wants to hear (J24). It is not signed.
func AcknowledgementBody() []byte {
	return []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
}

// Acknowledge answers a notification, so that Antom does not send it again. Call
// it only after the notification was verified and stored.
func Acknowledge(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", ContentType)
	if _, err := w.Write(AcknowledgementBody()); err != nil {
		return fmt.Errorf("acknowledge the notification: %w", err)
	}
	return nil
}

// JudgeAcknowledgement returns nil if Antom would take an endpoint's answer for
// an acknowledgement, and else says why it would send the notification again.
// The body decides: its resultCode and resultStatus; the message is free (C10).
func JudgeAcknowledgement(status int, body []byte) error {
	var answer struct {
		Result *Result `json:"result"`
	}
	if status != http.StatusOK {
		return fmt.Errorf("HTTP status %d, want 200", status)
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return errors.New("the body is not JSON")
	}
	switch {
	case answer.Result == nil:
		return errors.New("result missing")
	case answer.Result.ResultStatus == "":
		return errors.New("resultStatus missing")
	case answer.Result.ResultStatus != StatusS:
		return fmt.Errorf("resultStatus is %q, want %q", answer.Result.ResultStatus, StatusS)
	case answer.Result.ResultCode != CodeSuccess:
		return fmt.Errorf("resultCode is %q, want %q", answer.Result.ResultCode, CodeSuccess)
	}
	return nil
}

// NewNotificationRequest makes the signed request that delivers a notification
// to an endpoint, as Antom does. It is for test gateways: a notification that is
// signed with another key than Antom's is not genuine. The time is ISO 8601 (INF).
func NewNotificationRequest(ctx context.Context, endpoint, clientID string, key *sign.PrivateKey, body []byte) (*http.Request, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("notify URL %q: must be an absolute URL", endpoint)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the notification: %w", err)
	}
	message := sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: clientID, Time: time.Now().UTC().Format(time.RFC3339), Body: body,
	}
	signature, err := key.Sign(message, 1)
	if err != nil {
		return nil, fmt.Errorf("sign the notification: %w", err)
	}
	r.Header = http.Header{
		"Client-Id": {clientID}, "Request-Time": {message.Time}, "Signature": {signature}, "Content-Type": {ContentType},
	}
	return r, nil
}
