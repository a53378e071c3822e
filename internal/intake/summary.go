package intake

import "bytes"

// Summary has the members of a body that a verdict shows. Members that are absent or not
// texts stay empty.
type Summary struct {
	NotifyType       string // of authorisations and disputes: their own discriminator
	PaymentRequestID string
	PaymentID        string
	OtherID          string // refundRequestId, vaultingRequestId or disputeId, of what has no paymentRequestId
	ResultStatus     string
	ResultCode       string
	Currency         string // of paymentAmount
	Value            string
	CaptureCurrency  string // of captureAmount
	CaptureValue     string
	IsJSON           bool // the body is one JSON value
}

// Summarise reads the few members of a body that a verdict shows. The summary of a body
// that is not JSON is empty.
func Summarise(body []byte) Summary {
	var t Summary
	s := &scanner{text: body}
	if s.peek() != '{' {
		err := s.value()
		return Summary{IsJSON: err == nil && s.end() == nil}
	}
	var other string
	err := s.object(func(name literal) error {
		switch string(name.raw) {
		case "notifyType":
			return s.into(&t.NotifyType)
		case "authorizationNotifyType", "disputeNotificationType":
			return s.into(&other)
		case "paymentRequestId":
			return s.into(&t.PaymentRequestID)
		case "paymentId":
			return s.into(&t.PaymentID)
		case "refundRequestId", "vaultingRequestId", "disputeId":
			return s.into(&t.OtherID)
		case "result":
			return s.pair("resultStatus", &t.ResultStatus, "resultCode", &t.ResultCode)
		case "paymentAmount":
			return s.pair("currency", &t.Currency, "value", &t.Value)
		case "captureAmount":
			return s.pair("currency", &t.CaptureCurrency, "value", &t.CaptureValue)
		}
		return s.value()
	})
	if err != nil || s.end() != nil {
		return Summary{}
	}
	if t.NotifyType == "" {
		t.NotifyType = other
	}
	t.IsJSON = true
	return t
}

// ofAntom reports whether it is a body of Antom's API.
func (t Summary) ofAntom() bool {
	return t.NotifyType+t.PaymentRequestID+t.PaymentID+t.ResultStatus != ""
}

// into consumes a value and stores it if it is a text.
func (s *scanner) into(text *string) error {
	if s.peek() != '"' {
		return s.value()
	}
	l, err := s.str()
	if err == nil {
		*text = usual(l)
	}
	return err
}

// pair consumes an object and stores two of its members.
func (s *scanner) pair(first string, a *string, second string, b *string) error {
	if s.peek() != '{' {
		return s.value()
	}
	return s.object(func(name literal) error {
		switch string(name.raw) {
		case first:
			return s.into(a)
		case second:
			return s.into(b)
		}
		return s.value()
	})
}

// isJSON reports whether a text is one JSON value.
func isJSON(text []byte) bool {
	s := &scanner{text: text}
	err := s.value()
	return err == nil && s.end() == nil && len(bytes.TrimSpace(text)) > 0
}
