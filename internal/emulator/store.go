package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// store keeps orders in one bbolt file. bbolt locks its file, so the file is
// opened for each transaction and closed after it: other processes get their
// turn. Nothing is synced: what a killed process wrote is in the file all the
// same, and more than that it need not survive.
type store struct {
	path string
	mu   sync.Mutex // one transaction of this process at a time
}

// lockTimeout is how long another process may hold the file.
const lockTimeout = 5 * time.Second

var (
	ordersBucket   = []byte("orders")   // paymentRequestId → order
	paymentsBucket = []byte("payments") // paymentId → paymentRequestId
)

// transaction reads and writes orders.
type transaction struct{ tx *bbolt.Tx }

func (s *store) view(ctx context.Context, read func(*transaction) error) error {
	return s.open(ctx, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error { return read(&transaction{tx}) })
	})
}

func (s *store) update(ctx context.Context, change func(*transaction) error) error {
	return s.open(ctx, func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error { return change(&transaction{tx}) })
	})
}

func (s *store) open(ctx context.Context, use func(*bbolt.DB) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	db, err := bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: true, NoFreelistSync: true})
	if err != nil {
		return fmt.Errorf("open the emulator's state %s: %w", s.path, err)
	}
	err = use(db)
	return errors.Join(err, db.Close())
}

// reset removes all state.
func (s *store) reset(ctx context.Context) error {
	return s.open(ctx, func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error {
			for _, bucket := range [...][]byte{ordersBucket, paymentsBucket} {
				if err := tx.DeleteBucket(bucket); err != nil && !errors.Is(err, bbolt.ErrBucketNotFound) {
					return err
				}
			}
			return nil
		})
	})
}

// order reads an order by its paymentRequestId; the error is fs.ErrNotExist if
// there is none.
func (t *transaction) order(paymentRequestID string) (*order, error) {
	value := t.get(ordersBucket, paymentRequestID)
	if value == nil {
		return nil, fs.ErrNotExist
	}
	found := new(order)
	if err := json.Unmarshal(value, found); err != nil {
		return nil, fmt.Errorf("read order %q: %w", paymentRequestID, err)
	}
	return found, nil
}

// orderOfPayment reads an order by its paymentId.
func (t *transaction) orderOfPayment(paymentID string) (*order, error) {
	return t.order(string(t.get(paymentsBucket, paymentID)))
}

func (t *transaction) get(bucket []byte, key string) []byte {
	b := t.tx.Bucket(bucket)
	if b == nil || key == "" {
		return nil
	}
	return b.Get([]byte(key))
}

// put writes an order.
func (t *transaction) put(o *order) error {
	value, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write order %q: %w", o.PaymentRequestID, err)
	}
	if err := t.set(ordersBucket, o.PaymentRequestID, value); err != nil || o.Payment == nil {
		return err
	}
	return t.set(paymentsBucket, o.Payment.ID, []byte(o.PaymentRequestID))
}

func (t *transaction) set(bucket []byte, key string, value []byte) error {
	b, err := t.tx.CreateBucketIfNotExists(bucket)
	if err != nil {
		return err
	}
	return b.Put([]byte(key), value)
}
