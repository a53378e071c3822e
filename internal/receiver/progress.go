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

// outcome is a line of the file beside the journal: what became of a record that
// was to be forwarded.
type outcome struct {
	ID           string    `json:"id"`
	Time         time.Time `json:"time"`
	Acknowledged bool      `json:"acknowledged"` // else it was given up
	Status       int       `json:"status"`
	Reason       string    `json:"reason,omitzero"`
}

// progress writes outcomes down. It is not synced: after a crash of the machine
// a record is forwarded twice, as Antom would.
type progress struct{ file *os.File }

func openProgress(dir string) (*progress, error) {
	file, err := os.OpenFile(filepath.Join(dir, forwardedFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the record of what was forwarded: %w", err)
	}
	return &progress{file}, nil
}

// write begins with a line end, so that half a line before it harms nobody.
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

// readFinished reads which records need not be forwarded any more.
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
