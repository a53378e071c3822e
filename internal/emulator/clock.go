package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// clockRecord is the virtual clock, which stands still until it is moved.
type clockRecord struct {
	Reading time.Time `json:"reading"`
}

const clockKey = "clock"

// The years that the clock accepts: messages have four-digit years.
const (
	firstYear = 1970
	lastYear  = 9000
)

// Clock is a reading of the emulator's clock.
type Clock struct {
	Virtual bool      `json:"virtual"`
	Time    time.Time `json:"time"`
}

// Event is something that happened to an order or, with ToCome, will happen.
type Event struct {
	Time             time.Time `json:"time"`
	Entity           string    `json:"entity"` // session, payment, capture, refund
	PaymentRequestID string    `json:"paymentRequestId"`
	ID               string    `json:"id"`
	State            string    `json:"state"`
	Code             string    `json:"resultCode,omitempty"`
	NotificationID   string    `json:"notificationId,omitempty"`
	ToCome           bool      `json:"toCome,omitempty"` // used in an order's timeline
}

// clock reads the virtual clock, if there is one.
func (t *transaction) clock() (virtual bool, reading time.Time, err error) {
	var record clockRecord
	err = t.load(metaBucket, clockKey, &record)
	if errors.Is(err, fs.ErrNotExist) {
		return false, reading, nil
	}
	return err == nil, record.Reading, err
}

// Clock reads the clock.
func (e *Emulator) Clock(ctx context.Context) (c Clock, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		c.Virtual, _, err = tx.clock()
		c.Time = tx.now
		return err
	})
	return c, err
}

// SetClock makes the clock virtual and sets it. It can't go back, since that would undo past
// events. It returns the events up to the new time, in order.
func (e *Emulator) SetClock(ctx context.Context, to time.Time) (c Clock, events []Event, err error) {
	err = e.store.update(ctx, func(tx *transaction) error {
		c, events, err = tx.moveClock(to)
		return err
	})
	return c, events, err
}

// AdvanceClock makes the clock virtual, if it is not already, and moves it forward.
func (e *Emulator) AdvanceClock(ctx context.Context, by time.Duration) (c Clock, events []Event, err error) {
	if by < 0 {
		return c, nil, &Refusal{fmt.Sprintf("the clock can't go back by %s", -by), "antom emulator reset --yes starts over"}
	}
	err = e.store.update(ctx, func(tx *transaction) error {
		c, events, err = tx.moveClock(tx.now.Add(by))
		return err
	})
	return c, events, err
}

func (t *transaction) moveClock(to time.Time) (Clock, []Event, error) {
	to = to.UTC()
	if to.Year() < firstYear || to.Year() > lastYear {
		return Clock{}, nil, &Refusal{fmt.Sprintf("the clock can't be set to the year %d", to.Year()), fmt.Sprintf("the years %d to %d are possible", firstYear, lastYear)}
	}
	latest, err := t.latest()
	if err != nil {
		return Clock{}, nil, err
	}
	if to.Before(latest) {
		return Clock{}, nil, &Refusal{
			fmt.Sprintf("the clock can't go back to %s: the state has events at %s", to.Format(time.RFC3339), latest.Format(time.RFC3339)),
			"antom emulator reset --yes starts over",
		}
	}
	events, err := t.eventsBetween(t.now, to)
	if err != nil {
		return Clock{}, nil, err
	}
	return Clock{Virtual: true, Time: to}, events, t.save(metaBucket, clockKey, clockRecord{to})
}

// ResetClock makes the clock real again. If the state has events that are in the future by the
// real clock, it must be reset first.
func (e *Emulator) ResetClock(ctx context.Context) (c Clock, err error) {
	err = e.store.update(ctx, func(tx *transaction) error {
		latest, err := tx.latest()
		if err != nil {
			return err
		}
		c = Clock{Time: e.store.now()}
		if c.Time.Before(latest) {
			return &Refusal{
				fmt.Sprintf("the real clock is at %s, and the state has events at %s", c.Time.UTC().Format(time.RFC3339), latest.Format(time.RFC3339)),
				"antom emulator reset --yes starts over",
			}
		}
		return tx.remove(metaBucket, clockKey)
	})
	return c, err
}

const latestKey = "latest"

// touched records that something was stored at the transaction's time.
func (t *transaction) touched() error {
	return t.save(metaBucket, latestKey, clockRecord{t.now.UTC()})
}

// latest is the time of the latest stored event.
func (t *transaction) latest() (time.Time, error) {
	var record clockRecord
	err := t.load(metaBucket, latestKey, &record)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return record.Reading, err
}
