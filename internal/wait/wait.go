// Package wait asks the gateway for many things, again and again, until each is
// final: payments, the captures of payments, refunds. It shares one rate among
// them all, asks first for what is due first, and tells what it learns as events.
// It prints nothing and knows no command; who waits hands in an observer.
//
// Memory: of each thing that is waited for a few hundred bytes are kept, and the
// body of the gateway's newest answer.
package wait

import (
	"cmp"
	"context"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// The bounds of a wait for many things. Antom publishes no limit, only the code
// REQUEST_TRAFFIC_EXCEED_LIMIT, so both are our choice (INF): 20 requests a second
// ask after 40 payments every two seconds, and after 1,000 every 50.
const (
	DefaultRate = 20.0 // inquiries that begin in a second
	DefaultOpen = 16   // inquiries under way at a time
)

// MissingAnswers is how many times ORDER_NOT_EXIST is taken for "not paid yet"
// before it is worth a word: Antom's refund page calls an order that three
// inquiries do not find one that was never placed.
const MissingAnswers = 3

// Target names what is asked for; the subject says which of the ids it needs.
type Target struct {
	PaymentRequestID string `json:"paymentRequestId,omitzero"`
	PaymentID        string `json:"paymentId,omitzero"`
	RefundRequestID  string `json:"refundRequestId,omitzero"`
	RefundID         string `json:"refundId,omitzero"`
}

// Name is the id that a person knows the target by.
func (t Target) Name() string {
	return cmp.Or(t.RefundRequestID, t.RefundID, t.PaymentRequestID, t.PaymentID)
}

// Subject is what a wait is for: the payment itself, its captures, a refund.
type Subject interface {
	// Operation is what is called again and again.
	Operation() antom.Operation
	// Ask asks once.
	Ask(ctx context.Context, target Target) (State, error)
}

// State is how a thing stood at one answer.
type State struct {
	Target             // the ids that the gateway told
	Status     string  // Antom's word for it
	ResultCode string  // of the thing, not of the inquiry
	Stages     []Stage // one for each part that stands somehow
	Final      bool    // nothing more will happen
	Body       []byte  // the gateway's answer as it came
}

// Stage is one part that stands somehow: the payment, or one of its captures.
type Stage struct {
	Text        string      // one word of Antom's, or a few of ours
	Transaction Transaction // of a stage that is about one
}

// Transaction is a capture or a refund among the stages.
type Transaction struct {
	ID, Status, ResultCode string
}

// End says how asking for one thing came to an end.
type End int

// The ends of a watch.
const (
	Open    End = iota // it has not ended: the context has
	Final              // nothing more will happen
	Refused            // the answer shows that asking again would not help
	Missing            // it was not found as often as [Options.MaxMissing]
)

// Watch is one thing that is waited for. It changes only while the observer is
// not being called.
type Watch struct {
	Target  Target
	State   State         // the newest; empty before the first answer
	Told    bool          // the gateway has told a state
	Err     error         // of the newest inquiry; nil if it told a state
	Polls   int           // inquiries so far
	Elapsed time.Duration // from the begin of the wait to the newest answer
	Missing int           // answers that the thing does not exist
	Next    time.Duration // from now to the next inquiry; 0: at once, or none
	End     End

	pace *antom.Pace
	due  time.Time // of the next inquiry
}

// IDs are as the gateway told them; what it left out is as it was asked for.
func (w *Watch) IDs() Target {
	return Target{
		PaymentRequestID: cmp.Or(w.State.PaymentRequestID, w.Target.PaymentRequestID),
		PaymentID:        cmp.Or(w.State.PaymentID, w.Target.PaymentID),
		RefundRequestID:  cmp.Or(w.State.RefundRequestID, w.Target.RefundRequestID),
		RefundID:         cmp.Or(w.State.RefundID, w.Target.RefundID),
	}
}

// Standing is the newest stage in words; empty before the first answer.
func (w *Watch) Standing() string {
	if len(w.State.Stages) == 0 {
		return ""
	}
	return w.State.Stages[len(w.State.Stages)-1].Text
}

// Event is what an answer changed.
type Event struct {
	Watch  *Watch
	News   []Stage       // stages that were not there before
	Behind time.Duration // how long what is due longest is overdue
	Open   int           // watches that have not ended
}

// Options say how to wait.
type Options struct {
	// Interval counts from the start of one inquiry to the start of the next
	// about the same thing; zero is [antom.DefaultPollInterval].
	Interval time.Duration
	// MaxMissing ends a watch after so many answers that the thing does not
	// exist; zero never does.
	MaxMissing int
	// Rate bounds how many inquiries begin in a second; zero is no bound.
	Rate float64
	// Open bounds how many inquiries are under way at a time; zero is
	// [DefaultOpen].
	Open int
	// Observe is called after each answer, by one goroutine; it must not keep
	// what the event points to.
	Observe func(Event)
}
