// Package wait polls the gateway for many payments, captures or refunds until each is final.
// All share one rate limit, and the inquiry that is due first is made first. Changes are
// reported as events to an observer; the package prints nothing and knows no command.
//
// It keeps a few hundred bytes for each target, and the body of the gateway's newest answer.
package wait

import (
	"cmp"
	"context"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// The default limits. Antom publishes no limit, only the code REQUEST_TRAFFIC_EXCEED_LIMIT, so
// both are our choice (INF): with 20 requests a second, 40 payments are polled every two
// seconds and 1,000 every 50.
const (
	DefaultRate = 20.0 // inquiries started per second
	DefaultOpen = 16   // concurrent inquiries
)

// MissingAnswers is how many times ORDER_NOT_EXIST is read as "not paid yet" before the user is
// told: Antom's refund page says that an order that three inquiries do not find was never
// placed.
const MissingAnswers = 3

// Target identifies what to ask for; the subject determines which of the ids it needs.
type Target struct {
	PaymentRequestID string `json:"paymentRequestId,omitzero"`
	PaymentID        string `json:"paymentId,omitzero"`
	RefundRequestID  string `json:"refundRequestId,omitzero"`
	RefundID         string `json:"refundId,omitzero"`
}

// Name returns the id by which the user knows the target.
func (t Target) Name() string {
	return cmp.Or(t.RefundRequestID, t.RefundID, t.PaymentRequestID, t.PaymentID)
}

// Subject is what to wait for: payments, their captures, or refunds.
type Subject interface {
	// Operation is the API operation that Ask calls.
	Operation() antom.Operation
	// Ask makes one inquiry.
	Ask(ctx context.Context, target Target) (State, error)
}

// State is the state of a target according to one answer.
type State struct {
	Target             // the ids in the answer
	Status     string  // as Antom names it
	ResultCode string  // of the target, not of the inquiry
	Stages     []Stage // one for each part
	Final      bool    // it will not change any more
	Body       []byte  // the gateway's unchanged answer
}

// Stage is the state of one part: of the payment or of one of its captures.
type Stage struct {
	Text        string      // Antom's status, or a short description
	Transaction Transaction // if the stage is about one
}

// Transaction is the capture or refund that a stage is about.
type Transaction struct {
	ID, Status, ResultCode string
}

// End is why polling a target ended.
type End int

// The ends of a watch.
const (
	Open    End = iota // it has not ended, or was cut off by the context
	Final              // the state will not change any more
	Refused            // the answer shows that asking again would not help
	Missing            // it was not found [Options.MaxMissing] times
)

// Watch is the progress of one target. It does not change while the observer is running.
type Watch struct {
	Target   Target
	State    State         // the newest; empty before the first answer
	HasState bool          // the gateway has answered with a state
	Err      error         // of the newest inquiry; nil if it returned a state
	Polls    int           // inquiries so far
	Elapsed  time.Duration // from the start of the wait to the newest answer
	Missing  int           // answers that the target does not exist
	Next     time.Duration // until the next inquiry; 0: immediately, or none
	End      End

	pace *antom.Pace
	due  time.Time // of the next inquiry
}

// IDs returns the ids from the answer, completed by those of the target.
func (w *Watch) IDs() Target {
	return Target{
		PaymentRequestID: cmp.Or(w.State.PaymentRequestID, w.Target.PaymentRequestID),
		PaymentID:        cmp.Or(w.State.PaymentID, w.Target.PaymentID),
		RefundRequestID:  cmp.Or(w.State.RefundRequestID, w.Target.RefundRequestID),
		RefundID:         cmp.Or(w.State.RefundID, w.Target.RefundID),
	}
}

// Standing returns the text of the newest stage, or "" before the first answer.
func (w *Watch) Standing() string {
	if len(w.State.Stages) == 0 {
		return ""
	}
	return w.State.Stages[len(w.State.Stages)-1].Text
}

// Event reports the effect of an answer.
type Event struct {
	Watch  *Watch
	News   []Stage       // stages that are new
	Behind time.Duration // how long the oldest due inquiry is overdue
	Open   int           // watches that have not ended
}

// Options configures a wait.
type Options struct {
	// Interval is the time between the starts of two inquiries about the same target; zero
	// means [antom.DefaultPollInterval].
	Interval time.Duration
	// MaxMissing ends a watch after this many answers that the target does not exist; zero
	// never does.
	MaxMissing int
	// Rate limits how many inquiries start per second; zero means no limit.
	Rate float64
	// Open limits the concurrent inquiries; zero means [DefaultOpen].
	Open int
	// Observe is called after each answer, by one goroutine. It must not retain what the event
	// points to.
	Observe func(Event)
}
