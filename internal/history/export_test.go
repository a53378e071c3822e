package history

// OpenSized is Open with another maximum file size.
func OpenSized(dir string, largest int64) *Log { return &Log{dir: dir, largest: largest} }
