package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// store keeps the emulator's state in one bbolt file. bbolt locks its file, so
// the file is opened for each transaction and closed after it: other processes
// get their turn. A server holds it open instead. Nothing is synced: what a
// killed process wrote is in the file all the same, and more than that it need
// not survive.
type store struct {
	path   string
	now    func() time.Time // the real clock, for a state without a virtual one
	resend Resend
	web    string       // where the buyer's pages are
	notify string       // where notifications go that no request says
	mu     sync.RWMutex // over held; exclusive where the file is opened for each transaction
	held   *bbolt.DB    // nil unless the file is held open
}

// lockTimeout is how long another process may hold the file.
const lockTimeout = 5 * time.Second

var (
	metaBucket      = []byte("meta")       // clock, seed
	ordersBucket    = []byte("orders")     // paymentRequestId of a client → order (scope.go)
	paymentsBucket  = []byte("payments")   // paymentId → key of the order
	capturesBucket  = []byte("captures")   // captureRequestId of a client → paymentId
	captureIDBucket = []byte("captureIds") // captureId → paymentId
	refundsBucket   = []byte("refunds")    // refundRequestId of a client → paymentId
	refundIDBucket  = []byte("refundIds")  // refundId → paymentId
	agendaBucket    = []byte("agenda")     // time|key of the order: something happens to the order then
	queueBucket     = []byte("queue")      // time|notification id → key of the order: an attempt is due then
	attemptsBucket  = []byte("attempts")   // notification id → deliveryRecord
	recentBucket    = []byte("recent")     // time|key of the order: orders by their creation
	scenariosBucket = []byte("scenarios")  // operation → list of scenarios
	sessionsBucket  = []byte("sessions")   // id of a session (browser_session.go) → key of the order
)

// byTime are the buckets that are sorted by time. What is new comes last in them,
// so that their pages may be fuller: fewer of them are read and written.
var byTime = [...][]byte{agendaBucket, queueBucket, recentBucket}

// transaction reads and writes state; its time is the emulator's.
type transaction struct {
	tx       *bbolt.Tx
	now      time.Time
	resend   Resend
	clientID string // of the request

	notifyURL string // where notifications go that no request says
	web       string // where the buyer's pages are
}

// view and update hand a transaction to a function. An error of the function
// undoes all that it wrote.
func (s *store) view(ctx context.Context, read func(*transaction) error) error {
	return s.use(ctx, reading, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error { return s.run(tx, read) })
	})
}

func (s *store) update(ctx context.Context, change func(*transaction) error) error {
	return s.use(ctx, writing, func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error { return s.run(tx, change) })
	})
}

func (s *store) run(tx *bbolt.Tx, do func(*transaction) error) error {
	t := &transaction{tx: tx, resend: s.resend, notifyURL: s.notify, web: s.web}
	virtual, reading, err := t.clock()
	if err != nil {
		return err
	}
	if t.now = reading; !virtual {
		t.now = s.now()
	}
	return do(t)
}

// access is how the file is opened. Readers share it and need no list of free
// pages. All others keep that list in the file: without it bbolt walks all pages
// to open the file, in a goroutine whose panics end the process.
type access int

const (
	reading access = iota
	writing
	holding
)

func (s *store) use(ctx context.Context, how access, do func(*bbolt.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	if s.held != nil {
		defer s.mu.RUnlock()
		return s.guarded(func() error { return do(s.held) })
	}
	s.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	db, err := s.open(how, lockTimeout)
	if err != nil {
		return err
	}
	err = s.guarded(func() error { return do(db) })
	return errors.Join(err, db.Close())
}

// hold keeps the file open from here on: no other process can use the state.
func (s *store) hold() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	db, err := s.open(holding, time.Second)
	if errors.Is(err, berrors.ErrTimeout) {
		return &Refusal{fmt.Sprintf("the emulator's state %s is in use by another process", s.path), "stop the other antom emulator serve, or name another folder with ANTOM_STATE_DIR"}
	}
	s.held = db
	return err
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return nil
	}
	db := s.held
	s.held = nil
	return db.Close()
}

func (s *store) open(how access, timeout time.Duration) (*bbolt.DB, error) {
	switch file, err := os.Stat(s.path); {
	case errors.Is(err, fs.ErrNotExist):
		if err := s.make(); err != nil {
			return nil, fmt.Errorf("make the emulator's state %s: %w", s.path, err)
		}
	case err == nil && file.Size() == 0:
		how = max(how, writing) // who reads can't make an empty file a state
	case err == nil && how != reading:
		db, err := s.openAs(reading, timeout) // what can't be read is not to be written to
		if err != nil {
			return nil, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	return s.openAs(how, timeout)
}

func (s *store) openAs(how access, timeout time.Duration) (*bbolt.DB, error) {
	var db *bbolt.DB
	var file *os.File
	settings := options(how, timeout)
	settings.OpenFile = func(name string, flag int, mode fs.FileMode) (_ *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}
	err := s.guarded(func() (err error) {
		db, err = bbolt.Open(s.path, 0o600, settings)
		return err
	})
	if err == nil {
		return s.whole(db)
	}
	if file != nil {
		release(file) // a panic may have stopped bbolt with the file locked and mapped
	}
	if _, damaged := errors.AsType[*DamagedError](err); damaged {
		return nil, err
	}
	if isDamage(err) {
		return nil, &DamagedError{fmt.Errorf("open the emulator's state %s: it is damaged: %w", s.path, err)}
	}
	return nil, fmt.Errorf("open the emulator's state %s: %w", s.path, err)
}

// DamagedError says that the state file is none, or one of a format that is not
// known here.
type DamagedError struct{ err error }

func (e *DamagedError) Error() string { return e.err.Error() }

// Unwrap gives what is wrong with the file.
func (e *DamagedError) Unwrap() error { return e.err }

// Hint says how to go on.
func (e *DamagedError) Hint() string {
	return "antom emulator reset --yes begins anew; the keys stay"
}

// isDamage tells a file that can't be understood from one that can't be had.
// bbolt has no error of its own for one that is too short.
func isDamage(err error) bool {
	for _, damage := range [...]error{berrors.ErrInvalid, berrors.ErrVersionMismatch, berrors.ErrChecksum} {
		if errors.Is(err, damage) {
			return true
		}
	}
	return strings.Contains(err.Error(), "file size too small")
}

// resetAll removes all state, also of a file that can't be read, and fills it with
// a saved one, if there is one.
func (s *store) resetAll(ctx context.Context, saved []byte) error {
	anew := func(tx *transaction) error {
		if err := tx.reset(); err != nil || saved == nil {
			return err
		}
		tx.now = s.now() // the virtual clock is gone
		return tx.restore(saved)
	}
	err := s.update(ctx, anew)
	if _, damaged := errors.AsType[*DamagedError](err); damaged {
		if err = os.Remove(s.path); err == nil && saved != nil {
			err = s.update(ctx, anew)
		}
	}
	return err
}

func options(how access, timeout time.Duration) *bbolt.Options {
	return &bbolt.Options{
		Timeout: timeout, NoSync: true, NoGrowSync: true, NoStatistics: true,
		ReadOnly: how == reading, FreelistType: bbolt.FreelistArrayType,
	}
}

// make creates the file in one step, so that a process killed in the middle of
// it leaves none that is cut short. Of two that make it, the first one's stays.
func (s *store) make() error {
	temporary, err := os.CreateTemp(filepath.Dir(s.path), ".state-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if err := temporary.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(temporary.Name(), 0o600, options(writing, lockTimeout))
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), s.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// reset removes all state.
func (t *transaction) reset() error {
	var names [][]byte
	err := t.tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
		names = append(names, name)
		return nil
	})
	for _, name := range names {
		err = errors.Join(err, t.tx.DeleteBucket(name))
	}
	return err
}

// order reads an order by its key; the error is fs.ErrNotExist if there is none.
func (t *transaction) order(key string) (*order, error) {
	found := &order{key: key}
	return found, t.load(ordersBucket, key, found)
}

// orderOfPayment reads an order by a paymentId, and finds the payment in it.
func (t *transaction) orderOfPayment(paymentID string) (*order, *payment, error) {
	found, err := t.order(string(t.get(paymentsBucket, paymentID)))
	if err != nil {
		return nil, nil, err
	}
	return found, found.payment(paymentID), nil
}

// put writes an order and what becomes due for it. The ways that lead to it are
// written where they begin.
func (t *transaction) put(o *order) error {
	if err := t.schedule(o); err != nil {
		return err
	}
	return t.save(ordersBucket, o.key, o)
}

// load reads a JSON value; the error is fs.ErrNotExist if there is none.
func (t *transaction) load(bucket []byte, key string, value any) error {
	text := t.get(bucket, key)
	if text == nil {
		return fs.ErrNotExist
	}
	if err := json.Unmarshal(text, value); err != nil {
		return &DamagedError{fmt.Errorf("read %s %q of the emulator's state: it is damaged: %w", bucket, key, err)}
	}
	return nil
}

// save writes a JSON value.
func (t *transaction) save(bucket []byte, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %s %q of the emulator's state: %w", bucket, key, err)
	}
	return t.set(bucket, key, text)
}

func (t *transaction) get(bucket []byte, key string) []byte {
	b := t.tx.Bucket(bucket)
	if b == nil || key == "" {
		return nil
	}
	return b.Get([]byte(key))
}

func (t *transaction) set(bucket []byte, key string, value []byte) error {
	b, err := t.tx.CreateBucketIfNotExists(bucket)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(byTime[:], func(name []byte) bool { return bytes.Equal(name, bucket) }) {
		b.FillPercent = 0.9
	}
	return b.Put([]byte(key), value)
}

func (t *transaction) remove(bucket []byte, key string) error {
	if b := t.tx.Bucket(bucket); b != nil {
		return b.Delete([]byte(key))
	}
	return nil
}

// timeKey sorts by time, then by id.
func timeKey(at time.Time, id string) string { return at.UTC().Format(keyTime) + "|" + id }

const keyTime = "2006-01-02T15:04:05.000000000Z"
