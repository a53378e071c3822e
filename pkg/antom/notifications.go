package antom

import (
	"cmp"
	"fmt"
)

// Notification is a message that Antom sent to the merchant's endpoint. The body that belongs
// to Type is set. For a type that this package does not know no body is set; Raw contains the
// message.
type Notification struct {
	Type          NotifyType // empty for a vaulting notification, which has none
	Payment       *PaymentNotification
	Capture       *CaptureNotification
	Refund        *RefundNotification
	Authorization *AuthorizationNotification
	Vaulting      *VaultingNotification
	Dispute       *DisputeNotification

	// Raw contains the exact bytes of the body, which the signature covers.
	Raw []byte
	// ClientID and Time are the client-id and request-time headers.
	ClientID string
	Time     string
	// KeyVersion is the version of the key that Antom signed with.
	KeyVersion string
	// Unread names the fields whose values do not have the documented type. They are left empty
	// in the body's struct.
	Unread []string
}

// ParseNotification parses the body of a notification. It does not verify anything: see
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

// readBodyOf reads the body of n as a T. The essential members must have the documented types.
func readBodyOf[T any](n *Notification, essential ...string) (*T, error) {
	value := new(T)
	var err error
	n.Unread, err = decodeMembers(n.Raw, value, append(essential, "notifyType", "result")...)
	if err != nil {
		return nil, fmt.Errorf("read the notification: %w", err)
	}
	return value, nil
}

// Summary contains the fields that identify most messages of the API.
type Summary struct {
	NotifyType       string // for authorisations and disputes, their own type field
	PaymentRequestID string
	PaymentID        string
	Result           Result

	disputeID         string
	vaultingRequestID string
}

// ReadSummary reads the fields that identify a notification, an answer or a request. Absent
// ones stay empty.
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
