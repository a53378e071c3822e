package history

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
)

// block is how much of a file is read at a time. A record is about 600 bytes.
const block = 64 << 10

// longestLine limits the memory used for a file that is not a history.
const longestLine = 1 << 20

// backwards yields the lines of a file from the last to the first. A line is valid until the
// next one is yielded.
func backwards(path string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer file.Close()
		end, err := file.Seek(0, io.SeekEnd)
		var rest []byte // the end of a line that starts in an earlier block
		for end > 0 && err == nil {
			size := min(end, block)
			part := make([]byte, size, int(size)+len(rest))
			if _, err = file.ReadAt(part, end-size); err != nil {
				break
			}
			end -= size
			part = append(part, rest...)
			for {
				i := bytes.LastIndexByte(part, '\n')
				if i < 0 {
					break
				}
				if line := part[i+1:]; len(line) > 0 && !yield(line, nil) {
					return
				}
				part = part[:i]
			}
			if rest = part; len(rest) > longestLine {
				err = errors.New("a line is too long: not a history file")
			}
		}
		switch {
		case err != nil:
			yield(nil, err)
		case len(rest) > 0:
			yield(rest, nil)
		}
	}
}

// copyRecords copies the lines of the records to keep, and returns their number.
func copyRecords(out io.Writer, in io.Reader, keep func(Record) bool) (kept int, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var r Record
		if json.Unmarshal(lines.Bytes(), &r) != nil || !keep(r) {
			continue
		}
		if _, err := out.Write(append(bytes.Clone(lines.Bytes()), '\n')); err != nil {
			return kept, err
		}
		kept++
	}
	return kept, lines.Err()
}

// PaymentIDs returns which of the ids are paymentIds in the records of a profile. It searches
// the text first, because decoding every record would be noticeably slow.
func (l *Log) PaymentIDs(profile string, ids []string) (map[string]bool, error) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	known := map[string]bool{}
	for generation := range generations {
		for line, err := range backwards(l.file(generation)) {
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				return known, fmt.Errorf("read the history: %w", err)
			}
			if id := paymentIDIn(line); id == "" || !wanted[id] || known[id] {
				continue
			}
			var r Record
			if json.Unmarshal(line, &r) == nil && r.Profile == profile && wanted[r.PaymentID] {
				known[r.PaymentID] = true
			}
		}
	}
	return known, nil
}

// paymentIDIn returns the paymentId in a line without decoding it.
func paymentIDIn(line []byte) string {
	const member = `"paymentId":"`
	_, rest, found := bytes.Cut(line, []byte(member))
	if !found {
		return ""
	}
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}
