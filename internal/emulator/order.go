package emulator

import (
	"time"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// order is what is stored for one paymentRequestId: the facts of its session and of what the
// buyer and the merchant did with it, each with its time. Its states are not stored: they
// follow from the facts and the clock (machine.go).
type order struct {
	key string // its key in the store

	PaymentRequestID string         `json:"paymentRequestId"`
	ReferenceOrderID string         `json:"referenceOrderId"`
	ClientID         string         `json:"clientId"`
	Amount           antom.Amount   `json:"amount"`
	NotifyURL        string         `json:"notifyUrl"`
	RedirectURL      string         `json:"redirectUrl,omitzero"`
	Description      string         `json:"description,omitzero"`
	Scene            string         `json:"scene,omitzero"`
	Authorise        bool           `json:"authorise,omitzero"` // authorise now, capture later; otherwise a sale
	ManualCapture    bool           `json:"manualCapture,omitzero"`
	ThreeDS          bool           `json:"threeDS,omitzero"`   // 3-D Secure from the start
	NoUpgrade        bool           `json:"noUpgrade,omitzero"` // no upgrade to 3-D Secure after a soft decline
	Brands           []string       `json:"brands,omitzero"`    // the only accepted brands
	StoredCard       string         `json:"storedCard,omitzero"`
	Billing          *antom.Address `json:"billing,omitzero"`
	Metadata         string         `json:"metadata,omitzero"`
	Created          time.Time      `json:"created"`
	SessionExpires   time.Time      `json:"sessionExpires"`
	PaymentExpires   time.Time      `json:"paymentExpires,omitzero"` // as requested; otherwise orderLife after the submission
	Cancelled        time.Time      `json:"cancelled,omitzero"`
	Payments         []*payment     `json:"payments,omitzero"`  // one per submission of the form
	Scheduled        []string       `json:"scheduled,omitzero"` // its keys in the queue and the agenda
}

// payment is what the buyer did, how it ends, and what the merchant did afterwards.
type payment struct {
	ID              string     `json:"id"`
	Attempt         string     `json:"attempt,omitzero"` // the click on a page that made it
	Submitted       time.Time  `json:"submitted"`
	Final           time.Time  `json:"final"`            // when the outcome is known
	Closes          time.Time  `json:"closes"`           // unpaid by then, the order is closed
	Pending         bool       `json:"pending,omitzero"` // the buyer is told that the result is pending
	Code            string     `json:"code"`             // the outcome; a code of status U means none is known
	Message         string     `json:"message"`
	IfPassed        string     `json:"ifPassed,omitzero"` // the outcome if an open challenge is passed
	Card            card       `json:"card"`
	IfPassedMessage string     `json:"ifPassedMessage,omitzero"`
	Checks          checks     `json:"checks,omitzero"`
	CaptureCode     string     `json:"captureCode,omitzero"` // the outcome of the automatic capture, if not a success
	Cancelled       time.Time  `json:"cancelled,omitzero"`
	Captures        []*capture `json:"captures,omitzero"` // requested by the merchant
	Refunds         []*refund  `json:"refunds,omitzero"`
}

// capture is a capture that was requested, or that follows from the payment.
type capture struct {
	RequestID string       `json:"requestId"`
	ID        string       `json:"id,omitzero"`
	Amount    antom.Amount `json:"amount"`
	Last      bool         `json:"last,omitzero"`
	Created   time.Time    `json:"created"`
	Final     time.Time    `json:"final"`
	Code      string       `json:"code"`
	Message   string       `json:"message"`
	Refused   bool         `json:"refused,omitzero"` // answered with F: stored for its request id only
	Automatic bool         `json:"-"`
}

// refund is a refund that was requested, or Antom's own refund of a payment that a later one
// replaced.
type refund struct {
	RequestID string       `json:"requestId"`
	ID        string       `json:"id,omitzero"`
	Amount    antom.Amount `json:"amount"`
	CaptureID string       `json:"captureId,omitzero"`
	NotifyURL string       `json:"notifyUrl,omitzero"`
	Metadata  string       `json:"metadata,omitzero"`
	Created   time.Time    `json:"created"`
	Final     time.Time    `json:"final"`
	Code      string       `json:"code"`
	Message   string       `json:"message"`
	Refused   bool         `json:"refused,omitzero"`
	Automatic bool         `json:"-"`
}

// card is what may be stored about a card: never its number.
type card struct {
	Masked       string `json:"masked"`
	Brand        string `json:"brand"`
	Region       string `json:"region"`
	Country      string `json:"country,omitzero"`
	Issuer       string `json:"issuer,omitzero"`
	Funding      string `json:"funding"`
	Bin          string `json:"bin"`
	LastFour     string `json:"lastFour"`
	Expiry       string `json:"expiry,omitzero"` // MM/YY
	Holder       string `json:"holder,omitzero"` // the name on it, as the form has it
	Token        string `json:"token,omitzero"`
	Outcome      string `json:"outcome,omitzero"`      // of a test card
	Frictionless bool   `json:"frictionless,omitzero"` // 3-D Secure without a challenge
}

// checks are the results of checking the buyer: 3-D Secure, address, security digits.
type checks struct {
	Offered   bool   `json:"offered,omitzero"` // 3-D Secure took place
	Challenge string `json:"challenge,omitzero"`
	Open      bool   `json:"open,omitzero"` // the challenge may still be answered
	AVS       string `json:"avs,omitzero"`
	CVV       string `json:"cvv,omitzero"`
}

// succeeds is when the payment succeeds, if it does. If it is cancelled or closed before its
// outcome is known, it does not.
func (p *payment) succeeds() (time.Time, bool) {
	inTime := !p.Final.After(p.Closes) && (p.Cancelled.IsZero() || !p.Cancelled.Before(p.Final))
	return p.Final, p.Code == antom.CodeSuccess && inTime
}

// current is the order's payment at a time: of several successes the last one, else the last
// submission.
func (o *order) current(now time.Time) *payment {
	var last *payment
	for _, p := range o.Payments {
		if at, ok := p.succeeds(); ok && !at.After(now) && (last == nil || !at.Before(last.Final)) {
			last = p
		}
	}
	if last == nil && len(o.Payments) > 0 {
		last = o.Payments[len(o.Payments)-1]
	}
	return last
}

// payment finds a payment of the order by its id.
func (o *order) payment(id string) *payment {
	for _, p := range o.Payments {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// superseded is when a later success of the same order replaces this one.
func (o *order) superseded(p *payment) (first time.Time, yes bool) {
	mine, ok := p.succeeds()
	if !ok {
		return first, false
	}
	after := false
	for _, other := range o.Payments {
		if other == p {
			after = true
			continue
		}
		at, ok := other.succeeds()
		later := at.After(mine) || (at.Equal(mine) && after)
		if ok && later && (!yes || at.Before(first)) {
			first, yes = at, true
		}
	}
	return first, yes
}

// captures are all captures of a payment, in order. With automatic capture there is one, which
// begins when the payment succeeds. Who chooses its request id is not documented (INF: the
// gateway).
func (o *order) captures(p *payment) []*capture {
	at, paid := p.succeeds()
	if !o.Authorise || o.ManualCapture || !paid {
		return placed(p.Captures, func(c *capture) bool { return !c.Refused })
	}
	c := &capture{
		RequestID: "auto-" + p.ID[len(p.ID)-11:], ID: derivedID(p.ID, captureIDs), Amount: o.Amount, Last: true,
		Created: at, Final: at.Add(captureDelay), Code: antom.CodeSuccess, Message: "success", Automatic: true,
	}
	if p.CaptureCode != "" {
		c.Code, c.Message = p.CaptureCode, meaning(p.CaptureCode)
	}
	return []*capture{c}
}

// refunds are the refunds of a payment, including Antom's own.
func (o *order) refunds(p *payment) []*refund {
	list := placed(p.Refunds, func(r *refund) bool { return !r.Refused })
	if at, yes := o.superseded(p); yes {
		list = append(list, &refund{
			RequestID: "auto-" + p.ID[len(p.ID)-11:], ID: derivedID(p.ID, refundIDs), Amount: o.Amount,
			Created: at, Final: at.Add(captureDelay), Code: antom.CodeSuccess, Message: "success", Automatic: true,
		})
	}
	return list
}

func placed[T any](list []T, keep func(T) bool) []T {
	var kept []T
	for _, item := range list {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// captured is the sum captured of a payment by now: of a sale, the whole amount.
func (o *order) captured(p *payment, now time.Time) int64 {
	if !o.Authorise {
		return o.Amount.Value
	}
	var sum int64
	for _, c := range o.captures(p) {
		if stateAt(walk(captureMoves(), captureSubject{o, p, c}), now) == stateSuccess {
			sum += c.Amount.Value
		}
	}
	return sum
}

// claimed is the sum of the captures that succeeded or are in process.
func (o *order) claimed(p *payment, now time.Time) int64 {
	var sum int64
	for _, c := range o.captures(p) {
		switch stateAt(walk(captureMoves(), captureSubject{o, p, c}), now) {
		case stateSuccess, stateProcessing:
			sum += c.Amount.Value
		}
	}
	return sum
}

// refunded is the sum of the refunds that succeeded or are in process, of one capture or, with
// an empty id, of all.
func (o *order) refunded(p *payment, captureID string, now time.Time) int64 {
	var sum int64
	for _, r := range o.refunds(p) {
		if captureID != "" && r.CaptureID != captureID {
			continue
		}
		switch stateAt(walk(refundMoves(), refundSubject{o, p, r}), now) {
		case stateSuccess, stateProcessing:
			sum += r.Amount.Value
		}
	}
	return sum
}

// wireTime is ISO 8601, to the second, as in Antom's answers.
func wireTime(t time.Time) antom.DateTime {
	return antom.DateTime(t.UTC().Format(time.RFC3339))
}

// meaning describes a result code.
func meaning(code string) string {
	row, _ := antom.LookupResultCode(code)
	return row.Meaning
}

// statusOf is the status of a code; F for an undocumented one.
func statusOf(code string) antom.ResultStatus {
	row, known := antom.LookupResultCode(code)
	if !known {
		return antom.StatusF
	}
	return row.Status
}

// resultOf is the result for a code, with its status and description.
func resultOf(code, message string) antom.Result {
	return antom.Result{ResultStatus: statusOf(code), ResultCode: code, ResultMessage: redact.Clip(message, longestMessage)}
}
