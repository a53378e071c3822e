package antom

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// Notification is a message that Antom sent to the merchant's endpoint. Of its
// bodies the one that fits Type is set; for a type that this package does not
// know none is, and Raw holds the message.
type Notification struct {
	Type          NotifyType // empty for a vaulting notification, which has none
	Payment       *PaymentNotification
	Capture       *CaptureNotification
	Refund        *RefundNotification
	Authorization *AuthorizationNotification
	Vaulting      *VaultingNotification
	Dispute       *DisputeNotification

	// Raw holds the exact bytes of the body, which the signature covers.
	Raw []byte
	// ClientID and Time are the headers client-id and request-time.
	ClientID string
	Time     string
	// KeyVersion names the key that Antom signed with.
	KeyVersion string
	// Unread names the fields whose values had another type than documented, so
	// that they are left empty in the body's struct.
	Unread []string
}

// ParseNotification reads the body of a notification. It verifies nothing: see
// [VerifyRequest].
func ParseNotification(body []byte) (*Notification, error) {
	head, err := ReadSummary(body)
	if err != nil {
		return nil, err
	}
	n := &Notification{Type: NotifyType(head.NotifyType), Raw: body}
	switch n.Type {
	case NotifyPaymentResult, NotifyPaymentPending, NotifyUpdateAmount:
		n.Payment, err = readBodyOf[PaymentNotification](n, "paymentRequestId", "paymentId", "paymentAmount")
	case NotifyCaptureResult:
		n.Capture, err = readBodyOf[CaptureNotification](n, "captureRequestId", "captureId", "paymentId", "captureAmount")
	case NotifyRefundResult:
		n.Refund, err = readBodyOf[RefundNotification](n, "refundStatus", "refundRequestId", "refundId", "refundAmount")
	case NotifyAuthCodeCreated, NotifyTokenCreated, NotifyTokenCancelled:
		n.Authorization, err = readBodyOf[AuthorizationNotification](n)
	default:
		switch {
		case head.disputeID != "":
			n.Dispute, err = readBodyOf[DisputeNotification](n, "paymentRequestId", "paymentId")
		case head.vaultingRequestID != "":
			n.Vaulting, err = readBodyOf[VaultingNotification](n)
		}
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// readBodyOf reads the body of n as a T, of which the essential members must
// have the documented types.
func readBodyOf[T any](n *Notification, essential ...string) (*T, error) {
	value := new(T)
	var err error
	n.Unread, err = decodeMembers(n.Raw, value, append(essential, "notifyType", "result")...)
	if err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	return value, nil
}

// Summary is what most messages of the API say of themselves.
type Summary struct {
	NotifyType       string // of authorisations and disputes: their own discriminator
	PaymentRequestID string
	PaymentID        string
	Result           Result

	disputeID         string
	vaultingRequestID string
}

// ReadSummary reads the few fields that tell what a message is about: a
// notification, an answer or a request. Absent ones stay empty.
func ReadSummary(body []byte) (Summary, error) {
	var head struct {
		NotifyType              string `json:"notifyType"`
		AuthorizationNotifyType string `json:"authorizationNotifyType"`
		DisputeNotificationType string `json:"disputeNotificationType"`
		PaymentRequestID        string `json:"paymentRequestId"`
		PaymentID               string `json:"paymentId"`
		DisputeID               string `json:"disputeId"`
		VaultingRequestID       string `json:"vaultingRequestId"`
		Result                  Result `json:"result"`
	}
	if _, err := decodeMembers(body, &head, "notifyType", "result"); err != nil {
		return Summary{}, fmt.Errorf("read the message: %w", err)
	}
	return Summary{
		NotifyType:       cmp.Or(head.NotifyType, head.AuthorizationNotifyType, head.DisputeNotificationType),
		PaymentRequestID: head.PaymentRequestID, PaymentID: head.PaymentID, Result: head.Result,
		disputeID: head.DisputeID, vaultingRequestID: head.VaultingRequestID,
	}, nil
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
// Of the body only resultCode and resultStatus are judged: Antom's own pages
// spell the message in two ways. That the status must be 200 is our reading: all
// of Antom's samples answer so.
func JudgeAcknowledgement(status int, body []byte) error {
	var answer struct {
		Result *struct {
			ResultStatus ResultStatus `json:"resultStatus"`
			ResultCode   string       `json:"resultCode"`
		} `json:"result"`
	}
	err := json.Unmarshal(body, &answer)
	switch text := bytes.TrimSpace(body); {
	case status != http.StatusOK:
		return fmt.Errorf("HTTP status %d, want 200", status)
	case len(text) == 0:
		return errors.New("the body is empty")
	case !json.Valid(text):
		return errors.New("the body is not JSON")
	case err != nil:
		return fmt.Errorf("the body has not the form of an acknowledgement: %w", err)
	case answer.Result == nil:
		return errors.New("result missing")
	case answer.Result.ResultStatus == "":
		return errors.New("resultStatus missing")
	case answer.Result.ResultStatus != StatusS:
		return fmt.Errorf("resultStatus is %q, want %q", answer.Result.ResultStatus, StatusS)
	case answer.Result.ResultCode == "":
		return errors.New("resultCode missing")
	case answer.Result.ResultCode != CodeSuccess:
		return fmt.Errorf("resultCode is %q, want %q", answer.Result.ResultCode, CodeSuccess)
	}
	return nil
}

// NewNotificationRequest makes the signed request that delivers a notification
// to an endpoint, as Antom does. It is for test gateways: a notification that is
// signed with another key than Antom's is not genuine. Its time is ISO 8601
// (INF: Antom's pages show no other form).
func NewNotificationRequest(ctx context.Context, endpoint, clientID string, key *sign.PrivateKey, body []byte) (*http.Request, error) {
	if key == nil {
		return nil, errors.New("sign the notification: no private key")
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("notify URL %q: must be an absolute http or https URL", endpoint)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the notification: %w", err)
	}
	message := sign.Message{
		Method: r.Method, Target: r.URL.RequestURI(), ClientID: clientID, Time: time.Now().UTC().Format(time.RFC3339), Body: body,
	}
	signature, err := key.Sign(message, defaultKeyVersion)
	if err != nil {
		return nil, fmt.Errorf("sign the notification: %w", err)
	}
	r.Header = http.Header{
		HeaderClientID: {clientID}, HeaderRequestTime: {message.Time}, HeaderSignature: {signature}, "Content-Type": {ContentType},
	}
	return r, nil
}
