package emulator

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// checkSize rejects a file that is shorter than its header says: reading past the end would
// end the process.
func (s *store) checkSize(db *bbolt.DB) (*bbolt.DB, error) {
	var want int64
	err := db.View(func(tx *bbolt.Tx) error {
		want = tx.Size()
		return nil
	})
	file, failed := os.Stat(s.path)
	if err = errors.Join(err, failed); err == nil && file.Size() < want {
		err = &DamagedError{fmt.Errorf("open the emulator's state %s: cut short: it has %d of %d bytes", s.path, file.Size(), want)}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// guarded runs code that opens or uses the file. bbolt panics on a corrupt page; the operating
// system raises a fault for a page beyond the end of a shortened file.
func (s *store) guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		found := recover()
		if found == nil {
			return
		}
		_, isText := found.(string) // nothing here panics with a non-error
		if _, fault := found.(interface{ Addr() uintptr }); !fault && !isText {
			panic(found)
		}
		err = &DamagedError{fmt.Errorf("read the emulator's state %s: it is damaged: %v", s.path, found)}
	}()
	return do()
}
