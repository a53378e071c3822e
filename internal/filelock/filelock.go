// Package filelock lets one process at a time do something, by the operating
// system's lock on a file: it ends with the process, however that ends.
package filelock

import "errors"

// ErrLocked says that another process has the lock.
var ErrLocked = errors.New("locked by another process")
