package emulator

import (
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// order is what is stored of one paymentRequestId: its session and, once the
// buyer has submitted the form, its payment.
type order struct {
	PaymentRequestID string       `json:"paymentRequestId"`
	ReferenceOrderID string       `json:"referenceOrderId"`
	Amount           antom.Amount `json:"amount"`
	NotifyURL        string       `json:"notifyUrl"`
	ManualCapture    bool         `json:"manualCapture,omitzero"`
	ThreeDS          bool         `json:"threeDS,omitzero"`
	SessionExpires   time.Time    `json:"sessionExpires"`
	Payment          *payment     `json:"payment,omitzero"`
}

// payment is what the buyer did, and how that ends.
type payment struct {
	ID        string    `json:"id"`
	Submitted time.Time `json:"submitted"`
	Final     time.Time `json:"final"`
	Code      string    `json:"code"`    // the payment result code it ends with
	Message   string    `json:"message"` // why
	Card      card      `json:"card"`
	CaptureID string    `json:"captureId,omitzero"`
}

// card is what may be kept of a card: never its number.
type card struct {
	Masked   string `json:"masked"`
	Brand    string `json:"brand"`
	Region   string `json:"region"`
	Funding  string `json:"funding"`
	Bin      string `json:"bin"`
	LastFour string `json:"lastFour"`
}

// status is the state of the payment at a time.
func (p *payment) status(now time.Time) antom.PaymentStatus {
	switch {
	case now.Before(p.Final):
		return antom.PaymentProcessing
	case p.Code == antom.CodeSuccess:
		return antom.PaymentSuccess
	}
	return antom.PaymentFail
}

// result is the payment's result code at a time, and why.
func (p *payment) result(now time.Time) (code, message string) {
	if now.Before(p.Final) {
		return "PAYMENT_IN_PROCESS", "payment in process"
	}
	return p.Code, p.Message
}

// captured is the time at which the automatic capture is final.
func (p *payment) captured() time.Time { return p.Final.Add(captureDelay) }

// hasCapture reports whether a capture exists at a time: with automatic capture
// it begins when the payment succeeds.
func (o *order) hasCapture(now time.Time) bool {
	return !o.ManualCapture && o.Payment.status(now) == antom.PaymentSuccess
}

// transactions are the steps of the payment that exist at a time; nil for none,
// which is null on the wire as in Antom's samples.
func (o *order) transactions(now time.Time) []wireTransaction {
	if !o.hasCapture(now) {
		return nil
	}
	capture := wireTransaction{
		TransactionType: antom.TransactionCapture, TransactionStatus: antom.PaymentProcessing,
		TransactionRequestID: o.Payment.captureRequestID(), TransactionID: o.Payment.CaptureID, TransactionAmount: o.Amount,
		TransactionResult: antom.Result{ResultStatus: antom.StatusU, ResultCode: "PAYMENT_IN_PROCESS", ResultMessage: "payment in process"},
	}
	if !now.Before(o.Payment.captured()) {
		capture.TransactionStatus = antom.PaymentSuccess
		capture.TransactionResult = antom.Result{ResultStatus: antom.StatusS, ResultCode: antom.CodeSuccess, ResultMessage: "success"}
		capture.TransactionTime = wireTime(o.Payment.captured())
	}
	return []wireTransaction{capture}
}

// captureRequestID is the id of the automatic capture. Who makes it up is not
// documented (INF: the gateway).
func (p *payment) captureRequestID() string { return "auto-" + p.CaptureID[len(p.CaptureID)-11:] }

// wireTime is ISO 8601, accurate to the second, as Antom's answers have it.
func wireTime(t time.Time) antom.DateTime {
	return antom.DateTime(t.UTC().Format(time.RFC3339))
}

// resultInfo is what is told of the card once the payment is final.
func (p *payment) resultInfo(now time.Time, threeDS bool) *antom.PaymentResultInfo {
	if now.Before(p.Final) {
		return nil
	}
	info := &antom.PaymentResultInfo{
		CardNo: p.Card.Masked, CardBrand: p.Card.Brand, Funding: p.Card.Funding, PaymentMethodRegion: p.Card.Region,
		CardBin: p.Card.Bin, LastFour: p.Card.LastFour,
		ThreeDSResult: &antom.ThreeDSResult{ECI: "07"},
	}
	if threeDS {
		info.ThreeDSResult = &antom.ThreeDSResult{ThreeDSVersion: "2.2.0", ECI: "05", ThreeDSOffered: true}
	}
	if p.Code != antom.CodeSuccess {
		info.RefusalCodeRaw, info.RefusalReasonRaw = "05", p.Message
	}
	return info
}
