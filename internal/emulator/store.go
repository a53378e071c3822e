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

// store keeps the emulator's state in one bbolt file. bbolt locks its file, so it is opened
// for each transaction and closed afterwards, which lets other processes use it; a server
// holds it open instead. Nothing is synced: what a killed process wrote is in the file anyway,
// and the state need not survive more than that.
type store struct {
	path   string
	now    func() time.Time // the real clock, for a state without a virtual one
	resend Resend
	web    string       // base URL of the buyer's pages
	notify string       // URL for notifications whose request names none
	mu     sync.RWMutex // protects held; exclusive if the file is opened for each transaction
	held   *bbolt.DB    // nil unless the file is held open
}

// lockTimeout is how long to wait for another process to release the file.
const lockTimeout = 5 * time.Second

var (
	metaBucket      = []byte("meta")       // clock, seed
	ordersBucket    = []byte("orders")     // client's paymentRequestId → order (scope.go)
	paymentsBucket  = []byte("payments")   // paymentId → order key
	capturesBucket  = []byte("captures")   // client's captureRequestId → paymentId
	captureIDBucket = []byte("captureIds") // captureId → paymentId
	refundsBucket   = []byte("refunds")    // client's refundRequestId → paymentId
	refundIDBucket  = []byte("refundIds")  // refundId → paymentId
	agendaBucket    = []byte("agenda")     // time|order key: something happens to the order then
	queueBucket     = []byte("queue")      // time|notification id → order key: an attempt is due then
	attemptsBucket  = []byte("attempts")   // notification id → deliveryRecord
	recentBucket    = []byte("recent")     // time|order key: orders by creation
	scenariosBucket = []byte("scenarios")  // operation → list of scenarios
	sessionsBucket  = []byte("sessions")   // session id (browser_session.go) → order key
)

// byTime are the buckets sorted by time. New keys come last in them, so their pages may be
// fuller, and fewer pages are read and written.
var byTime = [...][]byte{agendaBucket, queueBucket, recentBucket}

// transaction reads and writes state; its time is the emulator's.
type transaction struct {
	tx       *bbolt.Tx
	now      time.Time
	resend   Resend
	clientID string // of the request

	notifyURL string // URL for notifications whose request names none
	web       string // base URL of the buyer's pages
}

// view and update run a function in a transaction. If the function returns an error, all that
// it wrote is rolled back.
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

// access is how the file is opened. Readers share it and need no list of free pages. All
// others keep that list in the file: otherwise bbolt walks all pages to open the file, in a
// goroutine whose panics would end the process.
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

// hold opens the file and keeps it open: no other process can use the state.
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
		how = max(how, writing) // a reader can't initialise an empty file
	case err == nil && how != reading:
		db, err := s.openAs(reading, timeout) // an unreadable file must not be written
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
		return s.checkSize(db)
	}
	if file != nil {
		release(file) // after a panic, bbolt may have left the file locked and mapped
	}
	if _, damaged := errors.AsType[*DamagedError](err); damaged {
		return nil, err
	}
	if isDamage(err) {
		return nil, &DamagedError{fmt.Errorf("open the emulator's state %s: it is damaged: %w", s.path, err)}
	}
	return nil, fmt.Errorf("open the emulator's state %s: %w", s.path, err)
}

// DamagedError reports that the state file is not one, or has an unknown format.
type DamagedError struct{ err error }

func (e *DamagedError) Error() string { return e.err.Error() }

// Unwrap returns the underlying error.
func (e *DamagedError) Unwrap() error { return e.err }

// Hint says how to continue.
func (e *DamagedError) Hint() string {
	return "antom emulator reset --yes starts over; the keys stay"
}

// isDamage distinguishes an unreadable format from a file that can't be opened. bbolt has no
// error value for a file that is too short.
func isDamage(err error) bool {
	for _, damage := range [...]error{berrors.ErrInvalid, berrors.ErrVersionMismatch, berrors.ErrChecksum} {
		if errors.Is(err, damage) {
			return true
		}
	}
	return strings.Contains(err.Error(), "file size too small")
}

// resetAll removes all state, even in an unreadable file, and restores the saved one, if there
// is one.
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

// make creates the file atomically, so that a process killed meanwhile leaves no incomplete
// one. If two processes make it, the first one's stays.
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

// orderOfPayment reads an order and its payment by a paymentId.
func (t *transaction) orderOfPayment(paymentID string) (*order, *payment, error) {
	found, err := t.order(string(t.get(paymentsBucket, paymentID)))
	if err != nil {
		return nil, nil, err
	}
	return found, found.payment(paymentID), nil
}

// put writes an order and its due times. Index entries are written by the code that creates
// the ids.
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
