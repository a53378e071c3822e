package receiver

import "time"

// EventType says what an [Event] tells of.
type EventType string

// The types of events.
const (
	Received  EventType = "notification" // genuine, stored and acknowledged
	Refused   EventType = "refused"      // not acknowledged: not genuine, or no notification
	NotStored EventType = "not-stored"   // genuine, and not acknowledged since the journal could not take it
	Forwarded EventType = "forwarded"    // the merchant's server has answered
	Merchant  EventType = "merchant"     // the merchant's server went down or came up, or the queue is empty
)

// Event is something that happened to the receiver.
type Event struct {
	Type   EventType
	Time   time.Time
	Record *Record // of the first three types; not stored ones have no ID
	Status int     // HTTP status: what was answered or, of Forwarded, what the merchant answered
	Err    error   // why it was refused; of Received: the answer did not leave

	// Of Forwarded and Merchant:
	ID      string // of the record
	Attempt int    // counted from 1
	Left    int    // sends that Antom would still make; 0 if it would give up
	Final   bool   // it is done with: acknowledged or given up
	Elapsed time.Duration
	State   State
	Queue   int           // how many wait to be forwarded
	RetryIn time.Duration // of StateDown: until the next try
}

// State is how the merchant's server is.
type State string

// The states.
const (
	StateUp    State = "up"
	StateDown  State = "down"
	StateEmpty State = "empty" // up, and nothing waits any more
)
