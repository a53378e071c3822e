package receiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// outcome is a line of forwardedFile: the outcome of forwarding a record.
type outcome struct {
	ID           string    `json:"id"`
	Time         time.Time `json:"time"`
	Acknowledged bool      `json:"acknowledged"` // false: given up
	Status       int       `json:"status"`
	Reason       string    `json:"reason,omitzero"`
}

// progress writes outcomes. It does not sync: after a crash of the machine a record may be
// forwarded twice, as Antom may send it twice.
type progress struct{ file *os.File }

func openProgress(dir string) (*progress, error) {
	file, err := os.OpenFile(filepath.Join(dir, forwardedFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the record of what was forwarded: %w", err)
	}
	return &progress{file}, nil
}

// write starts with a line end, so that an incomplete line before it does no harm.
func (p *progress) write(o outcome) error {
	line, err := json.Marshal(o)
	if err == nil {
		_, err = p.file.Write(append(append([]byte{'\n'}, line...), '\n'))
	}
	if err != nil {
		return fmt.Errorf("note that %s was forwarded: %w", o.ID, err)
	}
	return nil
}

// readFinished returns which records need not be forwarded again.
func readFinished(path string) (map[string]bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the record of what was forwarded: %w", err)
	}
	defer file.Close()
	finished := map[string]bool{}
	for line, err := range lines(file) {
		if err != nil {
			return nil, fmt.Errorf("read the record of what was forwarded: %w", err)
		}
		var o outcome
		if json.Unmarshal(line, &o) == nil && o.ID != "" {
			finished[o.ID] = true
		}
	}
	return finished, nil
}
