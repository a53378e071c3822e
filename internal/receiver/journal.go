package receiver

import (
	"bufio"
	"bytes"
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

// The files of a journal's folder.
const (
	journalFile   = "journal.jsonl"   // the deliveries, one record a line
	forwardedFile = "forwarded.jsonl" // the outcomes of forwarding
	lockFile      = "lock"
)

// largestGroup limits how many records are written and synced together.
const largestGroup = 1024

// ErrClosed is returned when a record is appended to a closed journal.
var ErrClosed = errors.New("the journal is closed")

// LockedError reports that another process writes to the journal.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("open the journal %s: another receiver of this profile is running", e.Dir)
}

// Hint returns what to do about it.
func (e *LockedError) Hint() string {
	return "stop the other antom notify listen, or set ANTOM_STATE_DIR to give this one its own folder"
}

// DamagedError reports that a line of the journal is not a record. Later lines may still be
// readable.
type DamagedError struct {
	File string
	Line int
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s:%d: not a record: %s", e.File, e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *DamagedError) Unwrap() error { return e.Err }

// location is the position of a record in the journal.
type location struct {
	id     string
	order  string
	offset int64
	length int
}

// Journal is the append-only store of deliveries. One process writes it; others may read its
// file at the same time.
type Journal struct {
	file      *os.File
	lock      *flock.Flock
	committed func(location) // called in the journal's order
	appends   chan *pendingRecord
	closing   chan struct{}
	closed    chan struct{}

	// Used by the writing goroutine only:
	seen  map[[16]byte]uint64 // identity → number of the first record
	last  uint64
	size  int64 // of the stored records; the file is not longer unless dirty
	dirty bool  // a write failed, and its remains could not be removed
}

// pendingRecord is a record that is waiting to be written.
type pendingRecord struct {
	record   *Record
	location location
	done     chan error
}

// Found is what a journal held when it was opened.
type Found struct {
	Records int
	Notes   []string // what was damaged, and what was done about it

	waiting     []location // still to be forwarded, in order
	damaged     int        // lines
	firstDamage int64      // offset of the first one
}

// Waiting returns how many records still have to be forwarded.
func (f *Found) Waiting() int { return len(f.waiting) }

// OpenJournal opens the journal in a folder, and creates both if missing. An incomplete last
// line is removed: it was never acknowledged.
func OpenJournal(dir string) (*Journal, *Found, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the journal's folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, nil, fmt.Errorf("lock the journal: %w", err)
	case !locked:
		return nil, nil, &LockedError{dir}
	}
	j, found, err := openLocked(dir)
	if err != nil {
		_ = lock.Unlock() // the first error is reported
		return nil, nil, err
	}
	j.lock = lock
	go j.run()
	return j, found, nil
}

func openLocked(dir string) (*Journal, *Found, error) {
	file, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the journal: %w", err)
	}
	j := &Journal{
		file: file, seen: map[[16]byte]uint64{}, committed: func(location) {},
		appends: make(chan *pendingRecord, largestGroup), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	found, err := j.load(dir)
	if err == nil {
		err = syncDir(dir) // the file's name must survive a crash too
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return j, found, nil
}

// load reads the existing records and removes an incomplete last line.
func (j *Journal) load(dir string) (*Found, error) {
	finished, err := readFinished(filepath.Join(dir, forwardedFile))
	if err != nil {
		return nil, err
	}
	found := &Found{}
	for line, err := range lines(j.file) {
		if err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		at := j.size
		if line[len(line)-1] != '\n' {
			break
		}
		j.size += int64(len(line))
		j.loadLine(line, at, finished, found)
	}
	if found.damaged > 0 {
		found.Notes = append(found.Notes, fmt.Sprintf("%d lines of the journal are damaged, the first at byte %d; left as they are", found.damaged, found.firstDamage))
	}
	end, err := j.file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	if end > j.size {
		found.Notes = append(found.Notes, fmt.Sprintf("the journal's last %d bytes were cut off by a crash and never acknowledged; removed", end-j.size))
		if err := j.file.Truncate(j.size); err != nil {
			return nil, fmt.Errorf("repair the journal: %w", err)
		}
	}
	return found, nil
}

// loadLine reads one existing line.
func (j *Journal) loadLine(line []byte, offset int64, finished map[string]bool, found *Found) {
	var head struct {
		ID       string `json:"id"`
		Forward  bool   `json:"forward"`
		Identity string `json:"identity"`
		Order    string `json:"order"`
	}
	number := uint64(0)
	if json.Unmarshal(headOf(line), &head) == nil {
		number = recordNumber(head.ID)
	}
	if number == 0 {
		if found.damaged++; found.damaged == 1 {
			found.firstDamage = offset
		}
		return
	}
	found.Records++
	j.last = max(j.last, number)
	if _, again := j.seen[identityKey(head.Identity)]; !again {
		j.seen[identityKey(head.Identity)] = number
	}
	if head.Forward && !finished[head.ID] {
		found.waiting = append(found.waiting, location{head.ID, head.Order, offset, len(line)})
	}
}

// headOf returns the leading fields of a record's line as an object of its own, so that loading
// a long journal parses only these. Inside a string, a quotation mark follows a backslash, so
// the cut is never made there.
func headOf(line []byte) []byte {
	at := bytes.Index(line, []byte(`,"kind":`))
	if at < 0 || !bytes.HasSuffix(line, []byte("}\n")) {
		return line
	}
	return append(line[:at:at], '}')
}

// Append stores a record and returns once it is on the disk. It sets the record's ID, and
// DuplicateOf if the same notification was stored before.
func (j *Journal) Append(r *Record) error {
	w := &pendingRecord{record: r, done: make(chan error, 1)}
	select {
	case <-j.closing:
		return ErrClosed
	case j.appends <- w:
	}
	select {
	case err := <-w.done:
		return err
	case <-j.closed:
	}
	select { // it may have been in the last group
	case err := <-w.done:
		return err
	default:
		return ErrClosed
	}
}

// Close waits for pending records and releases the journal. Further calls do nothing.
func (j *Journal) Close() error {
	select {
	case <-j.closing:
		return nil
	default:
	}
	close(j.closing)
	<-j.closed
	defer func() { _ = j.lock.Unlock() }() // exiting unlocks too
	return j.file.Close()
}

// run writes the pending records in groups: while one group is synced, the next one gathers.
func (j *Journal) run() {
	defer close(j.closed)
	for {
		select {
		case first := <-j.appends:
			j.commit(j.gather(first))
		case <-j.closing:
			for {
				select {
				case first := <-j.appends:
					j.commit(j.gather(first))
				default:
					_ = j.removeRest() // whoever appended the record got its error
					return
				}
			}
		}
	}
}

func (j *Journal) gather(first *pendingRecord) []*pendingRecord {
	group := []*pendingRecord{first}
	for len(group) < largestGroup {
		select {
		case next := <-j.appends:
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// commit stores all of a group or nothing. A failure leaves the journal unchanged, so that the
// next group does not follow half a line.
func (j *Journal) commit(group []*pendingRecord) {
	last, size := j.last, j.size
	text, err := j.encode(group)
	if err == nil {
		err = j.write(text)
	}
	if err != nil {
		for _, w := range group {
			if key := identityKey(w.record.Identity); j.seen[key] > last {
				delete(j.seen, key)
			}
			w.record.ID, w.record.DuplicateOf = "", ""
		}
		j.last, j.size = last, size
	}
	for _, w := range group {
		if err == nil {
			j.committed(w.location)
		}
		w.done <- err
	}
}

func (j *Journal) encode(group []*pendingRecord) ([]byte, error) {
	var text []byte
	for _, w := range group {
		j.last++
		w.record.ID = recordID(j.last)
		key := identityKey(w.record.Identity)
		if first, again := j.seen[key]; again {
			w.record.DuplicateOf = recordID(first)
		} else {
			j.seen[key] = j.last
		}
		line, err := w.record.line()
		if err != nil {
			return nil, err
		}
		w.location = location{w.record.ID, w.record.Order, j.size + int64(len(text)), len(line)}
		text = append(text, line...)
	}
	return text, nil
}

// write appends text after the last valid byte and waits for the disk.
func (j *Journal) write(text []byte) error {
	if err := j.removeRest(); err != nil {
		return err
	}
	_, err := j.file.WriteAt(text, j.size)
	if err == nil {
		err = datasync(j.file)
	}
	if err != nil {
		j.dirty = true
		if left := j.removeRest(); left != nil {
			return fmt.Errorf("%w; %w", err, left)
		}
		return err
	}
	j.size += int64(len(text))
	return nil
}

// removeRest removes what a failed write has left after the last valid byte. Nothing is stored
// until that succeeds: shorter lines written over longer ones would leave parts of these to be
// read as records. If the process ends first, whole lines that are left are like those of a
// crash before the acknowledgement: genuine, and sent again by Antom.
func (j *Journal) removeRest() error {
	if !j.dirty {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("remove what a failed write has left: %w", err)
	}
	j.dirty = false
	return nil
}

// read returns the record at a location.
func (j *Journal) read(p location) (*Record, error) {
	line := make([]byte, p.length)
	if _, err := j.file.ReadAt(line, p.offset); err != nil {
		return nil, fmt.Errorf("read %s from the journal: %w", p.id, err)
	}
	r := new(Record)
	if err := json.Unmarshal(line, r); err != nil {
		return nil, fmt.Errorf("read %s from the journal: %w", p.id, err)
	}
	return r, nil
}

// Records reads the journal in a folder from the beginning, even while it is being written. It
// yields a line that is not a record as a [*DamagedError] and continues. If there is no
// journal, it yields nothing.
func Records(dir string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		file, err := os.Open(filepath.Join(dir, journalFile))
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(nil, fmt.Errorf("open the journal: %w", err))
			return
		}
		defer file.Close()
		number := 0
		for line, err := range lines(file) {
			if err != nil {
				yield(nil, fmt.Errorf("read the journal: %w", err))
				return
			}
			number++
			if line[len(line)-1] != '\n' {
				return // still being written
			}
			r := new(Record)
			err := json.Unmarshal(line, r)
			if err == nil && recordNumber(r.ID) == 0 {
				err = errors.New("it has no id")
			}
			if err != nil {
				r, err = nil, &DamagedError{file.Name(), number, err}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// longestLine limits a line of the journal. A record is at most about twice as long as its
// body, so this is far above any sensible body limit.
const longestLine = 64 << 20

// lines yields the lines of a file including their line ends; the last one may have none.
func lines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		for {
			line, err := readLine(in)
			if len(line) > 0 && !yield(line, nil) {
				return
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > longestLine {
			return nil, fmt.Errorf("a line is longer than %d MiB", longestLine>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
