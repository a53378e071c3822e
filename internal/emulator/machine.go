package emulator

import (
	"slices"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// state is a state of a session, payment, capture or refund. Except for a session's, these are
// Antom's names.
type state string

const (
	stateNone       state = ""
	stateOpen       state = "OPEN"
	stateUsed       state = "USED"
	stateExpired    state = "EXPIRED"
	stateProcessing state = "PROCESSING"
	statePending    state = "PENDING"
	stateSuccess    state = "SUCCESS"
	stateFail       state = "FAIL"
	stateCancelled  state = "CANCELLED"
)

// move is a row of a state machine: what takes its subject from one state to another, and when
// that happens, if ever, according to the stored facts.
type move[T any] struct {
	from    []state
	to      state
	on      string // the event, in words
	at      func(T) (time.Time, bool)
	code    string           // the result code in the new state; empty: that of the outcome
	message string           // the message of that code
	notify  antom.NotifyType // the notification to the merchant; empty: none
	source  string           // of the rule
}

// step is a move that takes place.
type step struct {
	at      time.Time
	to      state
	on      string
	code    string
	message string
	notify  antom.NotifyType
}

// walk goes through a machine from start to end: in every state it takes the earliest move; of
// several at the same time, the first row. The facts determine the future as well as the past;
// callers that ask for a time stop there.
func walk[T any](rows []move[T], subject T) []step {
	var steps []step
	now, reached := stateNone, time.Time{}
	for len(steps) <= len(rows) { // no machine has a cycle
		next, found := earliest(rows, subject, now, reached)
		if !found {
			break
		}
		steps = append(steps, next)
		now, reached = next.to, next.at
	}
	return steps
}

func earliest[T any](rows []move[T], subject T, from state, since time.Time) (step, bool) {
	var best step
	found := false
	for _, row := range rows {
		if !slices.Contains(row.from, from) {
			continue
		}
		at, happens := row.at(subject)
		if !happens || at.Before(since) || (found && !at.Before(best.at)) {
			continue
		}
		best = step{at: at, to: row.to, on: row.on, code: row.code, message: row.message, notify: row.notify}
		found = true
	}
	return best, found
}

// lastStep is the last step at a time; the zero step before the first.
func lastStep(steps []step, now time.Time) step {
	var last step
	for _, s := range steps {
		if !s.at.After(now) {
			last = s
		}
	}
	return last
}

func stateAt(steps []step, now time.Time) state { return lastStep(steps, now).to }

// paymentSubject, captureSubject and refundSubject are the subjects of the machines.
type (
	paymentSubject struct {
		o *order
		p *payment
	}
	captureSubject struct {
		o *order
		p *payment
		c *capture
	}
	refundSubject struct {
		o *order
		p *payment
		r *refund
	}
)

// happened returns a time, and whether it is set.
func happened(at time.Time) (time.Time, bool) { return at, !at.IsZero() }

func sessionMoves() []move[*order] {
	return []move[*order]{
		{from: []state{stateNone}, to: stateOpen, on: "createPaymentSession", source: "G24",
			at: func(o *order) (time.Time, bool) { return o.Created, true }},
		{from: []state{stateOpen}, to: stateUsed, on: "the buyer submits the form; with Element and Checkout Page the buyer may submit again until a payment succeeds", source: "DOC cashierpay/payment_retry",
			at: func(o *order) (time.Time, bool) { return o.used() }},
		{from: []state{stateOpen}, to: stateCancelled, on: "cancel", source: "INF",
			at: func(o *order) (time.Time, bool) { return happened(o.Cancelled) }},
		{from: []state{stateOpen}, to: stateExpired, on: "paymentSessionExpiryTime is reached: 1 hour after the creation unless an earlier one was asked for", source: "G24",
			at: func(o *order) (time.Time, bool) { return o.SessionExpires, true }},
	}
}

// used is when the session stops accepting payments: at the first submission or, where several
// are allowed, at the first success.
func (o *order) used() (first time.Time, yes bool) {
	for _, p := range o.Payments {
		at, counts := p.Submitted, true
		if o.retries() {
			at, counts = p.succeeds()
		}
		if counts && (!yes || at.Before(first)) {
			first, yes = at, true
		}
	}
	return first, yes
}

// retries reports whether the buyer may try several times in one session.
func (o *order) retries() bool { return o.Scene == sceneCheckoutPage || o.Scene == sceneElement }

func paymentMoves() []move[paymentSubject] {
	unfinished := []state{stateProcessing, statePending}
	return []move[paymentSubject]{
		{from: []state{stateNone}, to: statePending, on: "the buyer is done and the result is awaited (pay --pending)", source: "G24",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.Submitted, s.p.Pending }, notify: antom.NotifyPaymentPending, code: codeInProcess, message: "payment in process"},
		{from: []state{stateNone}, to: stateProcessing, on: "the buyer submits the form", source: "SEED",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.Submitted, true }, code: codeInProcess, message: "payment in process"},
		{from: unfinished, to: stateSuccess, on: "the issuer approves; 3 s after the submission unless pay --processing says otherwise", source: "SEED",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.Final, s.p.ends(antom.StatusS) }, notify: antom.NotifyPaymentResult, code: antom.CodeSuccess, message: "success."},
		{from: unfinished, to: stateFail, on: "the payment is refused", source: "SEED",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.Final, s.p.ends(antom.StatusF) }, notify: antom.NotifyPaymentResult},
		{from: unfinished, to: stateCancelled, on: "cancel", source: "DOC cashierpay",
			at: func(s paymentSubject) (time.Time, bool) { return happened(s.p.Cancelled) }, code: codeCanceled, message: "the payment was cancelled"},
		{from: unfinished, to: stateFail, on: "14 minutes after the submission, or at paymentExpiryTime, it is still unpaid: the order is closed", source: "SEED",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.Closes, true }, notify: antom.NotifyPaymentResult, code: codeClosed, message: "the order was not paid in time and is closed"},
		{from: []state{stateSuccess}, to: stateCancelled, on: "cancel: an authorisation is voided, a sale is returned in full", source: "DOC cashierpay",
			at: func(s paymentSubject) (time.Time, bool) { return happened(s.p.Cancelled) }, code: codeCanceled, message: "the payment was cancelled"},
		{from: []state{stateSuccess}, to: stateCancelled, on: "nothing was captured within 7 days: the authorisation ends", source: "DOC cashierpay/capture",
			at: func(s paymentSubject) (time.Time, bool) { return s.p.authorisedUntil(), s.o.lapses(s.p) }, code: "AUTH_EXPIRED", message: "the authorisation has expired: nothing was captured within 7 days"},
	}
}

// Codes of the states themselves.
const (
	codeInProcess = "PAYMENT_IN_PROCESS"
	codeCanceled  = "ORDER_IS_CANCELED"
	codeClosed    = "ORDER_IS_CLOSED"
)

// ends reports whether the payment's outcome has a status. One with a U code has no outcome:
// the payment stays in process until the order is closed.
func (p *payment) ends(status antom.ResultStatus) bool { return statusOf(p.Code) == status }

func (p *payment) authorisedUntil() time.Time { return p.Final.Add(authorisationLife) }

// lapses reports whether the authorisation expires unused.
func (o *order) lapses(p *payment) bool {
	if !o.Authorise || !o.ManualCapture {
		return false
	}
	for _, c := range p.Captures {
		if !c.Refused && c.Code == antom.CodeSuccess {
			return false
		}
	}
	return true
}

func captureMoves() []move[captureSubject] {
	return []move[captureSubject]{
		{from: []state{stateNone}, to: stateProcessing, on: "capture or, with automatic capture, the payment's success", source: "G24",
			at: func(s captureSubject) (time.Time, bool) { return s.c.Created, true }, code: codeInProcess, message: "payment in process"},
		{from: []state{stateProcessing}, to: stateSuccess, on: "the amount is captured: at once or, with automatic capture, a second later", source: "INF",
			at: func(s captureSubject) (time.Time, bool) { return s.c.Final, statusOf(s.c.Code) == antom.StatusS }, notify: antom.NotifyCaptureResult},
		{from: []state{stateProcessing}, to: stateFail, on: "the capture is refused", source: "G24",
			at: func(s captureSubject) (time.Time, bool) { return s.c.Final, statusOf(s.c.Code) != antom.StatusS }, notify: antom.NotifyCaptureResult},
		{from: []state{stateProcessing}, to: stateCancelled, on: "cancel before the automatic capture is final", source: "INF",
			at: func(s captureSubject) (time.Time, bool) { return happened(s.p.Cancelled) }, code: "AUTH_CANCELLED", message: "the authorisation was cancelled"},
	}
}

func refundMoves() []move[refundSubject] {
	return []move[refundSubject]{
		{from: []state{stateNone}, to: stateProcessing, on: "refund, or a later success in the same session: Antom refunds the earlier payment", source: "J24, DOC cashierpay/payment_retry",
			at: func(s refundSubject) (time.Time, bool) { return s.r.Created, true }, code: codeInProcess, message: "payment in process"},
		{from: []state{stateProcessing}, to: stateSuccess, on: "the amount is refunded: at once, or after 3 s with isAsyncRefund", source: "INF",
			at: func(s refundSubject) (time.Time, bool) { return s.r.Final, statusOf(s.r.Code) == antom.StatusS }, notify: antom.NotifyRefundResult},
		{from: []state{stateProcessing}, to: stateFail, on: "the refund fails", source: "J24",
			at: func(s refundSubject) (time.Time, bool) { return s.r.Final, statusOf(s.r.Code) != antom.StatusS }, notify: antom.NotifyRefundResult},
	}
}

// statusAt is the last step of a payment at a time.
func (o *order) statusAt(p *payment, now time.Time) step {
	last := lastStep(walk(paymentMoves(), paymentSubject{o, p}), now)
	switch {
	case last.code == "":
		last.code, last.message = p.Code, p.Message
	case last.code == codeInProcess && p.ends(antom.StatusU):
		last.code, last.message = p.Code, p.Message
	}
	return last
}

// statusAt is the last step of a capture at a time.
func (c *capture) statusAt(o *order, p *payment, now time.Time) step {
	last := lastStep(walk(captureMoves(), captureSubject{o, p, c}), now)
	if last.code == "" {
		last.code, last.message = c.Code, c.Message
	}
	return last
}

// statusAt is the last step of a refund at a time.
func (r *refund) statusAt(o *order, p *payment, now time.Time) step {
	last := lastStep(walk(refundMoves(), refundSubject{o, p, r}), now)
	if last.code == "" {
		last.code, last.message = r.Code, r.Message
	}
	return last
}

// sessionState is the state of the session at a time.
func (o *order) sessionState(now time.Time) state { return stateAt(walk(sessionMoves(), o), now) }

// paymentState is the state of a payment at a time.
func (o *order) paymentState(p *payment, now time.Time) state {
	return stateAt(walk(paymentMoves(), paymentSubject{o, p}), now)
}
