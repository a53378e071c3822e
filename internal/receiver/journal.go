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
	forwardedFile = "forwarded.jsonl" // what became of those that were to be forwarded
	lockFile      = "lock"
)

// A group of records is written and synced together: up to so many.
const largestGroup = 1024

// ErrClosed says that the journal takes no more records.
var ErrClosed = errors.New("the journal is closed")

// LockedError says that another process writes the journal.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("open the journal %s: another receiver of this profile is running", e.Dir)
}

// Hint says what to do about it.
func (e *LockedError) Hint() string {
	return "stop the other antom notify listen, or give this one a folder of its own with ANTOM_STATE_DIR"
}

// DamagedError says that a line of the journal is no record. Those behind it are.
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

// place is where a record lies in the journal.
type place struct {
	id     string
	order  string
	offset int64
	length int
}

// Journal is the append-only store of deliveries. Others may read its file while
// it is written; only one process writes it.
type Journal struct {
	file      *os.File
	lock      *flock.Flock
	committed func(place) // called in the journal's order
	appends   chan *waiting
	closing   chan struct{}
	closed    chan struct{}

	// Of the writing goroutine alone:
	seen  map[[16]byte]uint64 // identity → number of the first
	last  uint64
	size  int64 // of what is stored; nothing lies behind it unless dirty
	dirty bool  // a write failed, and what it left could not be removed
}

// waiting is a record on its way to the disk.
type waiting struct {
	record *Record
	place  place
	done   chan error
}

// Found is what a journal held when it was opened.
type Found struct {
	Records int
	Notes   []string // what was damaged, and what came of it

	waiting     []place // to be forwarded still, in their order
	damaged     int     // lines
	firstDamage int64   // its place
}

// Waiting is how many records are to be forwarded still.
func (f *Found) Waiting() int { return len(f.waiting) }

// OpenJournal opens the journal in a folder and makes both where they are not
// there. A last line that was cut off is removed: it was never acknowledged.
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
		_ = lock.Unlock() // what went wrong first is told
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
		file: file, seen: map[[16]byte]uint64{}, committed: func(place) {},
		appends: make(chan *waiting, largestGroup), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	found, err := j.load(dir)
	if err == nil {
		err = syncDir(dir) // the file's name, too, must survive
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return j, found, nil
}

// load reads what is there and cuts off a last line without an end.
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
		j.take(line, at, finished, found)
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

// take reads one line of the journal's past.
func (j *Journal) take(line []byte, offset int64, finished map[string]bool, found *Found) {
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
		found.waiting = append(found.waiting, place{head.ID, head.Order, offset, len(line)})
	}
}

// headOf is the part of a record's line that says what it is about, as an object
// of its own: of a long journal only this is read. A quotation mark inside a text
// has a backslash before it, so that the cut is never made in one.
func headOf(line []byte) []byte {
	at := bytes.Index(line, []byte(`,"kind":`))
	if at < 0 || !bytes.HasSuffix(line, []byte("}\n")) {
		return line
	}
	return append(line[:at:at], '}')
}

// Append stores a record and returns when it is on the disk. It gives the record
// its ID, and marks it if its notification has been here before.
func (j *Journal) Append(r *Record) error {
	w := &waiting{record: r, done: make(chan error, 1)}
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
	select { // it may have been the last one that was written
	case err := <-w.done:
		return err
	default:
		return ErrClosed
	}
}

// Close waits for the records on their way and releases the journal. Closing it
// again does nothing.
func (j *Journal) Close() error {
	select {
	case <-j.closing:
		return nil
	default:
	}
	close(j.closing)
	<-j.closed
	defer func() { _ = j.lock.Unlock() }() // the end of the process unlocks too
	return j.file.Close()
}

// run writes what comes, in groups: while one group is synced, the next gathers.
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
					_ = j.clear() // who waited for it was told
					return
				}
			}
		}
	}
}

func (j *Journal) gather(first *waiting) []*waiting {
	group := []*waiting{first}
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

// commit stores a group, all or nothing. After a failure the journal is as it
// was before, so that the next group does not follow half a line.
func (j *Journal) commit(group []*waiting) {
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
			j.committed(w.place)
		}
		w.done <- err
	}
}

func (j *Journal) encode(group []*waiting) ([]byte, error) {
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
		w.place = place{w.record.ID, w.record.Order, j.size + int64(len(text)), len(line)}
		text = append(text, line...)
	}
	return text, nil
}

// write appends text behind the last good byte and waits for the disk.
func (j *Journal) write(text []byte) error {
	if err := j.clear(); err != nil {
		return err
	}
	_, err := j.file.WriteAt(text, j.size)
	if err == nil {
		err = datasync(j.file)
	}
	if err != nil {
		j.dirty = true
		if left := j.clear(); left != nil {
			return fmt.Errorf("%w; %w", err, left)
		}
		return err
	}
	j.size += int64(len(text))
	return nil
}

// clear removes what a write that failed has left behind the last good byte.
// Until that is done nothing is stored: shorter lines written over longer ones
// would leave the rest of these to be read as records. Whole lines that are left
// when the process ends here are like any that a crash kept from being
// acknowledged: genuine, and sent again by Antom.
func (j *Journal) clear() error {
	if !j.dirty {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("remove what a failed write has left: %w", err)
	}
	j.dirty = false
	return nil
}

// read returns the record at a place.
func (j *Journal) read(p place) (*Record, error) {
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

// Records reads the journal in a folder from its beginning, also while it is
// written. A line that is no record is yielded as a [*DamagedError], and reading
// goes on. No journal has no records.
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
				return // it is being written
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

// longestLine bounds a line of the journal; a record is at most about twice as
// long as the longest body that anybody would allow.
const longestLine = 64 << 20

// lines yields the lines of a file with their line ends; the last may have none.
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
