package receiver

import "time"

// EventType is the kind of an [Event].
type EventType string

// The types of events.
const (
	Received  EventType = "notification" // genuine, stored and acknowledged
	Refused   EventType = "refused"      // not acknowledged: not genuine, or not a notification
	NotStored EventType = "not-stored"   // genuine, but not acknowledged because the journal could not store it
	Forwarded EventType = "forwarded"    // the merchant's server answered
	Merchant  EventType = "merchant"     // the merchant's server went down or came back, or the queue is empty
)

// Event is something that happened to the receiver.
type Event struct {
	Type   EventType
	Time   time.Time
	Record *Record // of the first three types; no ID if not stored
	Status int     // HTTP status of our answer or, for Forwarded, of the merchant's
	Err    error   // why it was refused; for Received: why the answer could not be sent

	// For Forwarded and Merchant:
	ID      string // of the record
	Attempt int    // counted from 1
	Left    int    // sends that Antom would still make; 0 once it would give up
	Final   bool   // acknowledged or given up
	Elapsed time.Duration
	State   State
	Queue   int           // records waiting to be forwarded
	RetryIn time.Duration // for StateDown: the time until the next try
}

// State is the state of the merchant's server.
type State string

// The states.
const (
	StateUp    State = "up"
	StateDown  State = "down"
	StateEmpty State = "empty" // up, and nothing is waiting
)
