package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// largestFile is the size at which the current file is rotated.
const largestFile = 4 << 20

// generations is how many files are kept: the current one and the rotated ones.
const generations = 3

// Log is the history in one folder. It holds no file open: many processes write to it, one
// record at a time.
type Log struct {
	dir     string
	largest int64
	skipped int // lines that Newest could not read
}

// Open returns the history in a folder. It creates nothing before the first record.
func Open(dir string) *Log { return &Log{dir: dir, largest: largestFile} }

// Path returns the file that records are appended to.
func (l *Log) Path() string { return l.file(0) }

// Skipped returns how many lines the last walk of Newest could not read.
func (l *Log) Skipped() int { return l.skipped }

// file returns the path of a generation; 0 is the current one.
func (l *Log) file(generation int) string {
	if generation == 0 {
		return filepath.Join(l.dir, "history.jsonl")
	}
	return filepath.Join(l.dir, fmt.Sprintf("history.%d.jsonl", generation))
}

// Append adds a record. If another process left an incomplete last line, the record still
// starts on a new line.
func (l *Log) Append(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode the history record: %w", err)
	}
	return l.locked(func() error {
		if err := l.rotate(); err != nil {
			return err
		}
		return appendLine(l.file(0), line)
	})
}

// locked calls change while no other process changes the files.
func (l *Log) locked(change func() error) error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return fmt.Errorf("make the history's folder: %w", err)
	}
	lock := flock.New(filepath.Join(l.dir, "history.lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock the history: %w", err)
	}
	defer func() { _ = lock.Unlock() }() // exiting unlocks too
	if err := change(); err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	return nil
}

func appendLine(path string, line []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	cut, err := endsWithinLine(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if cut {
		line = append([]byte{'\n'}, line...)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

func endsWithinLine(file *os.File) (bool, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, size-1)
	return last[0] != '\n', err
}

// rotate renames the current file once it is large, and drops the oldest.
func (l *Log) rotate() error {
	info, err := os.Stat(l.file(0))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < l.largest {
		return nil
	}
	if err != nil {
		return err
	}
	for generation := generations - 1; generation > 0; generation-- {
		err := os.Rename(l.file(generation-1), l.file(generation))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Clear removes all records for which keep returns false.
func (l *Log) Clear(keep func(Record) bool) error {
	return l.locked(func() error {
		for generation := range generations {
			if err := rewrite(l.file(generation), keep); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

// rewrite replaces a file by one with the records to keep, or removes it if there are none.
func rewrite(path string, keep func(Record) bool) error {
	old, err := os.Open(path)
	if err != nil {
		return err
	}
	defer old.Close()
	fresh, err := os.CreateTemp(filepath.Dir(path), ".history-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // fails after the rename, which is fine
	kept, err := copyRecords(fresh, old, keep)
	if err := errors.Join(err, fresh.Close()); err != nil {
		return err
	}
	if kept == 0 {
		return os.Remove(path)
	}
	return os.Rename(fresh.Name(), path)
}

// Newest yields the records from the newest to the oldest. It skips and counts lines that are
// not records (see Skipped): a killed process may leave an incomplete one. An error is always
// the last thing yielded.
func (l *Log) Newest() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		l.skipped = 0
		for generation := range generations {
			for line, err := range backwards(l.file(generation)) {
				if errors.Is(err, fs.ErrNotExist) {
					break
				}
				if err != nil {
					yield(Record{}, fmt.Errorf("read the history: %w", err))
					return
				}
				var r Record
				if json.Unmarshal(line, &r) != nil {
					l.skipped++
					continue
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}
