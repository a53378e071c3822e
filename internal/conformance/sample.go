package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Subject is the payment that a notification is about.
type Subject struct {
	PaymentRequestID string
	PaymentID        string
	CaptureID        string // "" for a made-up one
	CaptureRequestID string
	RefundID         string
	RefundRequestID  string
	Amount           antom.Amount
	Card             *antom.PaymentResultInfo // nil for a made-up one
	Now              time.Time
}

// Vaulting names the one notification that has no type on the wire.
const Vaulting = "VAULTING"

// sample is a notification type with a complete example.
type sample struct {
	name string
	make func(Subject) any
}

// samples are all documented types, sorted (J24, SDK).
var samples = [...]sample{
	{string(antom.NotifyAuthCodeCreated), authorization},
	{string(antom.NotifyCaptureResult), capture},
	{string(antom.NotifyDefenseDueAlert), dispute(antom.NotifyDefenseDueAlert)},
	{string(antom.NotifyDefenseSupplied), dispute(antom.NotifyDefenseSupplied)},
	{string(antom.NotifyDisputeAccepted), dispute(antom.NotifyDisputeAccepted)},
	{string(antom.NotifyDisputeCancelled), dispute(antom.NotifyDisputeCancelled)},
	{string(antom.NotifyDisputeCreated), dispute(antom.NotifyDisputeCreated)},
	{string(antom.NotifyDisputeJudged), dispute(antom.NotifyDisputeJudged)},
	{string(antom.NotifyPaymentPending), payment(antom.NotifyPaymentPending)},
	{string(antom.NotifyPaymentResult), payment(antom.NotifyPaymentResult)},
	{string(antom.NotifyRDRResolved), dispute(antom.NotifyRDRResolved)},
	{string(antom.NotifyRefundResult), refund},
	{string(antom.NotifyTokenCancelled), token(antom.NotifyTokenCancelled)},
	{string(antom.NotifyTokenCreated), token(antom.NotifyTokenCreated)},
	{string(antom.NotifyUpdateAmount), payment(antom.NotifyUpdateAmount)},
	{Vaulting, vaulting},
}

// Types returns the names of all documented notification types, sorted.
func Types() []string {
	var names []string
	for _, row := range samples {
		names = append(names, row.name)
	}
	return names
}

// TypeError means that a word does not name a notification type.
type TypeError struct{ word, near string }

func (e *TypeError) Error() string {
	return fmt.Sprintf("type %q: Antom does not document such a notification", e.word)
}

// Hint names the nearest type.
func (e *TypeError) Hint() string {
	if e.near != "" {
		return "did you mean " + e.near + "?"
	}
	return "types: " + strings.Join(Types(), ", ")
}

// Setting changes one value of a notification: paymentAmount.value to 4300.
type Setting struct {
	Path  string // see [jsontree.ParsePath]
	Value string // a text that the field understands; an amount as "43.00 SGD"
	JSON  bool   // the value is JSON
}

// Message makes the body of a notification and applies the settings. The error is a
// [*TypeError], a [*PathError] or, for an amount, an [*antom.AmountError].
func Message(kind string, about Subject, settings ...Setting) ([]byte, error) {
	for _, row := range samples {
		if row.name != kind {
			continue
		}
		value := row.make(about)
		for _, s := range settings {
			if err := set(value, s); err != nil {
				return nil, err
			}
		}
		return encode(value)
	}
	return nil, &TypeError{kind, rules.Nearest(kind, Types())}
}

// encode writes JSON as Antom does: only what must be escaped is escaped.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode the notification: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// success is the result of a successful operation.
func success() antom.Result {
	return antom.Result{ResultStatus: antom.StatusS, ResultCode: antom.CodeSuccess, ResultMessage: "success."}
}

func wireTime(t time.Time) antom.DateTime { return antom.DateTime(t.UTC().Format(time.RFC3339)) }

func payment(kind antom.NotifyType) func(Subject) any {
	return func(s Subject) any {
		n := &antom.PaymentNotification{
			NotifyType: kind, Result: success(), PaymentRequestID: s.PaymentRequestID, PaymentID: s.PaymentID, PaymentAmount: s.Amount,
			PaymentCreateTime: wireTime(s.Now.Add(-5 * time.Second)), PaymentMethodType: "CARD",
		}
		switch kind {
		case antom.NotifyPaymentResult:
			n.PaymentTime, n.PaymentResultInfo = wireTime(s.Now), s.card()
		case antom.NotifyUpdateAmount:
			n.UpdateRequestID = "update-" + s.PaymentRequestID
		}
		return n
	}
}

// card is the card that paid: one of Antom's test cards, masked.
func (s Subject) card() *antom.PaymentResultInfo {
	if s.Card != nil {
		return s.Card
	}
	return &antom.PaymentResultInfo{CardNo: "405469******0768", CardBrand: "VISA", Funding: "CREDIT", PaymentMethodRegion: "SG", LastFour: "0768", CardBin: "405469"}
}

func capture(s Subject) any {
	return &antom.CaptureNotification{
		NotifyType: antom.NotifyCaptureResult, Result: success(), CaptureRequestID: cmp.Or(s.CaptureRequestID, "capture-"+s.PaymentRequestID),
		PaymentID: s.PaymentID, CaptureID: cmp.Or(s.CaptureID, "C"+s.PaymentID), CaptureAmount: s.Amount, CaptureTime: wireTime(s.Now),
	}
}

func refund(s Subject) any {
	return &antom.RefundNotification{
		NotifyType: antom.NotifyRefundResult, Result: success(), RefundStatus: antom.PaymentSuccess,
		RefundRequestID: cmp.Or(s.RefundRequestID, "refund-"+s.PaymentRequestID), RefundID: cmp.Or(s.RefundID, "R"+s.PaymentID), RefundAmount: s.Amount, RefundTime: wireTime(s.Now),
	}
}

func authorization(Subject) any {
	return &antom.AuthorizationNotification{
		AuthorizationNotifyType: antom.NotifyAuthCodeCreated, Result: success(), AuthClientID: "AUTHCLIENT0001", AuthState: "state-0001", AuthCode: "authcode-0001",
	}
}

func token(kind antom.NotifyType) func(Subject) any {
	return func(Subject) any {
		n := &antom.AuthorizationNotification{
			AuthorizationNotifyType: kind, Result: success(), AuthClientID: "AUTHCLIENT0001", AccessToken: "token-0001", UserLoginID: "b***@shop.example", UserID: "2088000000000001",
		}
		if kind == antom.NotifyTokenCancelled {
			n.Reason = "cancelled by the user"
		} else {
			n.AuthState = "state-0001"
		}
		return n
	}
}

func vaulting(s Subject) any {
	return &antom.VaultingNotification{
		Result: success(), VaultingRequestID: "vault-" + s.PaymentRequestID,
		PaymentMethodDetail: &antom.VaultedMethod{PaymentMethodType: "CARD", Card: &antom.VaultedCard{CardToken: "ALIPAYcardtoken0001", Brand: "VISA", MaskedCardNo: "405469******0768"}},
	}
}

func dispute(kind antom.NotifyType) func(Subject) any {
	return func(s Subject) any {
		n := &antom.DisputeNotification{
			DisputeNotificationType: kind, PaymentRequestID: s.PaymentRequestID, PaymentID: s.PaymentID, DisputeID: "D" + s.PaymentID,
			DisputeTime: wireTime(s.Now.Add(-time.Hour)), DisputeAmount: s.Amount, DisputeReasonMsg: "Cardholder disputes the charge", DisputeReasonCode: "13.1", DisputeSource: "VISA",
			DefenseDueTime: wireTime(s.Now.Add(7 * 24 * time.Hour)),
		}
		if kind == antom.NotifyDisputeJudged {
			n.DisputeJudgedTime, n.DisputeJudgedAmount, n.DisputeJudgedResult = wireTime(s.Now), s.Amount, "ACCEPT_BY_MERCHANT"
		}
		return n
	}
}
