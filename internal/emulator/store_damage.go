package emulator

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// whole refuses a file that ends before its last page: to read on would end the
// process.
func (s *store) whole(db *bbolt.DB) (*bbolt.DB, error) {
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

// guarded runs what opens or uses the file. That a page is not what it should be
// bbolt says by a panic; that it is not there, in a file that was cut short, the
// system says by a fault.
func (s *store) guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		found := recover()
		if found == nil {
			return
		}
		_, said := found.(string) // nothing here panics so
		if _, fault := found.(interface{ Addr() uintptr }); !fault && !said {
			panic(found)
		}
		err = &DamagedError{fmt.Errorf("read the emulator's state %s: it is damaged: %v", s.path, found)}
	}()
	return do()
}
