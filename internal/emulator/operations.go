package emulator

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// operation does what a checked request asks for; an error that is no refusal
// is answered with SYSTEM_ERROR.
type operation func(*Emulator, *exchange) (any, error)

// lookupOperation finds the operations that the emulator has; the others of
// Antom's are answered with NO_INTERFACE_DEF.
func lookupOperation(op antom.Operation) (operation, bool) {
	table := [...]struct {
		op antom.Operation
		do operation
	}{
		{antom.CreatePaymentSession, createPaymentSession},
		{antom.InquiryPayment, inquiryPayment},
	}
	for _, row := range table {
		if row.op == op {
			return row.do, true
		}
	}
	return nil, false
}

// sessionAnswer is the answer of createPaymentSession.
type sessionAnswer struct {
	PaymentSessionData       string         `json:"paymentSessionData"`
	PaymentSessionExpiryTime antom.DateTime `json:"paymentSessionExpiryTime"`
	PaymentSessionID         string         `json:"paymentSessionId"`
	NormalURL                string         `json:"normalUrl,omitzero"`
	Result                   antom.Result   `json:"result"`
}

func success(message string) antom.Result {
	return antom.Result{ResultStatus: antom.StatusS, ResultCode: antom.CodeSuccess, ResultMessage: message}
}

func createPaymentSession(e *Emulator, x *exchange) (any, error) {
	var request antom.SessionRequest
	if err := json.Unmarshal(x.body, &request); err != nil {
		return nil, &refusal{code: "PARAM_ILLEGAL", message: err.Error()}
	}
	expires, err := sessionExpiry(request.PaymentSessionExpiryTime, e.now())
	if err != nil {
		return nil, err
	}
	err = e.store.update(x.request.Context(), func(tx *transaction) error {
		if err := mayCreate(tx, request); err != nil {
			return err
		}
		return tx.put(newOrder(request, expires))
	})
	if err != nil {
		return nil, err
	}
	return newSession(request, expires)
}

// sessionExpiry is when a session ends: at the time asked for, which must be
// within the hour, or after an hour (G24).
func sessionExpiry(asked antom.DateTime, now time.Time) (time.Time, error) {
	if asked == "" {
		return now.Add(sessionLife), nil
	}
	at, err := asked.Time()
	if err != nil {
		return at, &refusal{code: "PARAM_ILLEGAL", message: "paymentSessionExpiryTime: " + err.Error()}
	}
	if !at.After(now) || at.After(now.Add(sessionLife)) {
		return at, &refusal{code: "PARAM_ILLEGAL", message: "paymentSessionExpiryTime: must be within 1 hour after creation"}
	}
	return at, nil
}

// mayCreate decides about a paymentRequestId that was used before: the rules of
// the pay API (INF: createPaymentSession documents none).
func mayCreate(tx *transaction, request antom.SessionRequest) error {
	earlier, err := tx.order(request.PaymentRequestID)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case earlier.Payment != nil:
		return &refusal{code: "ORDER_IS_CLOSED", message: fmt.Sprintf("paymentRequestId %s has been paid with already", shorten(request.PaymentRequestID))}
	case earlier.Amount != request.PaymentAmount:
		return &refusal{code: "REPEAT_REQ_INCONSISTENT", message: fmt.Sprintf("paymentRequestId %s was used with %s", shorten(request.PaymentRequestID), earlier.Amount)}
	}
	return nil
}

func newOrder(request antom.SessionRequest, expires time.Time) *order {
	o := &order{
		PaymentRequestID: request.PaymentRequestID, ReferenceOrderID: request.Order.ReferenceOrderID,
		Amount: request.PaymentAmount, NotifyURL: request.PaymentNotifyURL, SessionExpires: expires,
	}
	if o.NotifyURL == "" {
		o.NotifyURL = notifyURL
	}
	if request.PaymentFactor != nil {
		o.ManualCapture = request.PaymentFactor.CaptureMode == antom.CaptureManual
	}
	if method := request.PaymentMethod; method != nil && method.PaymentMethodMetaData != nil {
		is3DS := method.PaymentMethodMetaData.Is3DSAuthentication
		o.ThreeDS = is3DS != nil && bool(*is3DS)
	}
	return o
}

// sessionConfig is the fourth part of the session data, which the web SDK reads.
type sessionConfig struct {
	PaymentSessionConfig struct {
		ProductScene              string `json:"productScene"`
		PaymentMethodCategoryType string `json:"paymentMethodCategoryType"`
		ProductSceneVersion       string `json:"productSceneVersion"`
	} `json:"paymentSessionConfig"`
}

// scenes that Checkout Page sessions have.
const (
	sceneCheckoutPage = "CHECKOUT_PAYMENT"
	sceneCashier      = "CASHIER_PAYMENT"
)

// newSession makes the session's texts in Antom's form: the data are a blob, the
// region, a number and a configuration, joined with &&; blob and session id
// share their first half.
func newSession(request antom.SessionRequest, expires time.Time) (*sessionAnswer, error) {
	blob := make([]byte, 64)
	tail := make([]byte, 16)
	_, _ = rand.Read(blob) // never fails
	_, _ = rand.Read(tail)
	var config sessionConfig
	config.PaymentSessionConfig.ProductScene = sceneCashier
	config.PaymentSessionConfig.PaymentMethodCategoryType = "CARD"
	config.PaymentSessionConfig.ProductSceneVersion = "1.0"
	text, err := encode(config)
	if err != nil {
		return nil, err
	}
	session := &sessionAnswer{
		PaymentSessionData:       base64.StdEncoding.EncodeToString(blob) + "&&SG&&188&&" + base64.StdEncoding.EncodeToString(text),
		PaymentSessionID:         base64.StdEncoding.EncodeToString(append(blob[:32:32], tail...)),
		PaymentSessionExpiryTime: wireTime(expires),
		Result:                   success("success."),
	}
	if request.ProductScene == sceneCheckoutPage {
		session.NormalURL = gatewayURL + "/checkout/" + base64.RawURLEncoding.EncodeToString(tail)
	}
	return session, nil
}

// inquiryAnswer is the answer of inquiryPayment.
type inquiryAnswer struct {
	Result               antom.Result             `json:"result"`
	PaymentStatus        antom.PaymentStatus      `json:"paymentStatus"`
	PaymentResultCode    string                   `json:"paymentResultCode"`
	PaymentResultMessage string                   `json:"paymentResultMessage"`
	PaymentRequestID     string                   `json:"paymentRequestId"`
	PaymentID            string                   `json:"paymentId"`
	PaymentAmount        antom.Amount             `json:"paymentAmount"`
	PaymentCreateTime    antom.DateTime           `json:"paymentCreateTime"`
	PaymentTime          antom.DateTime           `json:"paymentTime,omitzero"`
	AuthExpiryTime       antom.DateTime           `json:"authExpiryTime,omitzero"`
	PaymentMethodType    string                   `json:"paymentMethodType"`
	PaymentResultInfo    *antom.PaymentResultInfo `json:"paymentResultInfo,omitzero"`
	Transactions         []wireTransaction        `json:"transactions"`
}

// wireTransaction is a transaction as it is answered.
type wireTransaction struct {
	TransactionType      antom.TransactionType `json:"transactionType"`
	TransactionStatus    antom.PaymentStatus   `json:"transactionStatus"`
	TransactionRequestID string                `json:"transactionRequestId"`
	TransactionAmount    antom.Amount          `json:"transactionAmount"`
	TransactionTime      antom.DateTime        `json:"transactionTime,omitzero"`
	TransactionID        string                `json:"transactionId"`
	TransactionResult    antom.Result          `json:"transactionResult"`
}

func inquiryPayment(e *Emulator, x *exchange) (any, error) {
	var inquiry antom.Inquiry
	if err := json.Unmarshal(x.body, &inquiry); err != nil {
		return nil, &refusal{code: "PARAM_ILLEGAL", message: err.Error()}
	}
	found, err := e.find(x.request.Context(), inquiry)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && found.Payment == nil) {
		return nil, &refusal{code: antom.CodeOrderNotExist, message: "the order does not exist"}
	}
	if err != nil {
		return nil, err
	}
	return found.inquiry(e.now()), nil
}

// find reads the order that an inquiry names; the paymentId wins (G24).
func (e *Emulator) find(ctx context.Context, inquiry antom.Inquiry) (found *order, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		if inquiry.PaymentID != "" {
			found, err = tx.orderOfPayment(inquiry.PaymentID)
		} else {
			found, err = tx.order(inquiry.PaymentRequestID)
		}
		return err
	})
	return found, err
}

// inquiry is the state of the payment at a time.
func (o *order) inquiry(now time.Time) *inquiryAnswer {
	p := o.Payment
	code, message := p.result(now)
	answer := &inquiryAnswer{
		Result: success("success."), PaymentStatus: p.status(now), PaymentResultCode: code, PaymentResultMessage: message,
		PaymentRequestID: o.PaymentRequestID, PaymentID: p.ID, PaymentAmount: o.Amount, PaymentMethodType: "CARD",
		PaymentCreateTime: wireTime(p.Submitted), PaymentResultInfo: p.resultInfo(now, o.ThreeDS), Transactions: o.transactions(now),
	}
	if answer.PaymentStatus == antom.PaymentSuccess {
		answer.PaymentTime = wireTime(p.Final)
		answer.AuthExpiryTime = wireTime(p.Final.Add(authorisationLife))
	}
	return answer
}

// notifications are the bodies that are due at a time, in Antom's order: the
// payment, then the capture.
func (o *order) notifications(now time.Time) [][]byte {
	if o.Payment == nil || now.Before(o.Payment.Final) {
		return nil
	}
	messages := []any{o.paymentNotification(now)}
	if o.hasCapture(now) && !now.Before(o.Payment.captured()) {
		messages = append(messages, antom.CaptureNotification{
			NotifyType: antom.NotifyCaptureResult, Result: success("success."), CaptureRequestID: o.Payment.captureRequestID(),
			PaymentID: o.Payment.ID, CaptureID: o.Payment.CaptureID, CaptureAmount: o.Amount, CaptureTime: wireTime(o.Payment.captured()),
		})
	}
	var bodies [][]byte
	for _, message := range messages {
		body, err := encode(message)
		if err != nil {
			continue // texts and numbers always encode
		}
		bodies = append(bodies, body)
	}
	return bodies
}

func (o *order) paymentNotification(now time.Time) antom.PaymentNotification {
	p := o.Payment
	n := antom.PaymentNotification{
		NotifyType: antom.NotifyPaymentResult, PaymentRequestID: o.PaymentRequestID, PaymentID: p.ID, PaymentAmount: o.Amount,
		PaymentCreateTime: wireTime(p.Submitted), PaymentResultInfo: p.resultInfo(now, o.ThreeDS), PaymentMethodType: "CARD",
	}
	if p.Code == antom.CodeSuccess {
		n.Result, n.PaymentTime = success("success."), wireTime(p.Final)
		return n
	}
	n.Result = (&refusal{code: p.Code, message: p.Message}).result()
	return n
}
